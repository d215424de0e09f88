"""Tells taskbeat how a Lightning ``Trainer`` is going: ``Trainer(…, callbacks=[TaskbeatCallback()])``.

Needs ``taskbeat_events.py`` (samples/python-events) beside it. Without ``taskbeat run`` it does nothing.
"""

import functools
import math
import os
import time

import taskbeat_events as taskbeat

try:
    from lightning.pytorch.callbacks import Callback
except ImportError:
    try:
        from pytorch_lightning.callbacks import Callback
    except ImportError:  # so that it can be tried without Lightning
        Callback = object


class TaskbeatCallback(Callback):
    def __init__(self, every_seconds=1.0):
        """Batches are told at most every so many seconds; epochs and checkpoints always."""
        self._every_seconds = every_seconds
        self._told_at = None
        self._total_steps = None

    def setup(self, trainer, pl_module, stage=None):
        """Lightning has no callback for a checkpoint that is complete, so its way to save is watched."""
        save = trainer.save_checkpoint
        if hasattr(save, "tells_taskbeat"):
            return

        @functools.wraps(save)
        def save_and_tell(filepath, *args, **kwargs):
            path = _checkpoint(trainer, filepath)
            if trainer.is_global_zero:
                taskbeat.checkpoint_start(path)
            result = save(filepath, *args, **kwargs)
            if trainer.is_global_zero:
                metadata = {"epoch": trainer.current_epoch, **_numbers(trainer)}
                taskbeat.checkpoint(path, step=trainer.global_step, metadata=metadata)
            return result

        save_and_tell.tells_taskbeat = True
        trainer.save_checkpoint = save_and_tell

    def on_train_start(self, trainer, pl_module):
        self._total_steps = _total_steps(trainer)
        self._tell(trainer)

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        is_due = self._told_at is None or time.monotonic() - self._told_at >= self._every_seconds
        if is_due or trainer.global_step == self._total_steps:
            self._tell(trainer, _loss(outputs))

    def on_train_epoch_end(self, trainer, pl_module):
        self._tell(trainer)

    def on_validation_end(self, trainer, pl_module):
        if not trainer.sanity_checking:
            self._tell(trainer)

    def on_train_end(self, trainer, pl_module):
        self._tell(trainer)

    def on_exception(self, trainer, pl_module, exception):
        taskbeat.error(exception, step=trainer.global_step)

    def _tell(self, trainer, metrics=None):
        if not trainer.is_global_zero:
            return
        self._told_at = time.monotonic()
        taskbeat.progress(
            step=trainer.global_step,
            total_steps=self._total_steps,
            epoch=trainer.current_epoch,
            metrics={**(metrics or {}), **_learning_rate(trainer), **_numbers(trainer)},
        )


def _checkpoint(trainer, filepath):
    """The directory of a checkpoint that has one for itself, else its file; sharded, it is a directory anyway."""
    path = os.path.abspath(filepath)
    directory = os.path.dirname(path)
    roots = [getattr(callback, "dirpath", None) for callback in trainer.checkpoint_callbacks]
    shared = {os.path.abspath(root) for root in roots if root}
    return directory if directory not in shared and os.path.dirname(directory) in shared else path


def _total_steps(trainer):
    """Infinite, or an error, where Lightning cannot tell either."""
    try:
        total = trainer.estimated_stepping_batches
        return int(total) if 0 < total < math.inf else None
    except Exception:
        return None


def _numbers(trainer):
    """What the module has logged; each of these is a tensor of one element."""
    return dict(trainer.callback_metrics)


def _learning_rate(trainer):
    try:
        return {"lr": trainer.optimizers[0].param_groups[0]["lr"]}
    except Exception:
        return {}


def _loss(outputs):
    """A training step returns the loss, or a dictionary that has it, or nothing."""
    loss = outputs.get("loss") if isinstance(outputs, dict) else outputs
    return {} if loss is None else {"loss": loss}
