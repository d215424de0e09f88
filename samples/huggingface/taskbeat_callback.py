"""Tells taskbeat how a Hugging Face ``Trainer`` is going: ``Trainer(…, callbacks=[TaskbeatCallback()])``.

Needs ``taskbeat_events.py`` (samples/python-events) beside it. Without ``taskbeat run`` it does nothing.
"""

import os
import time

import taskbeat_events as taskbeat

try:
    from transformers import TrainerCallback
except ImportError:  # so that it can be tried without transformers
    TrainerCallback = object


class TaskbeatCallback(TrainerCallback):
    def __init__(self, every_seconds=1.0):
        """Steps are told at most every so many seconds; logs and checkpoints always."""
        self._every_seconds = every_seconds
        self._told_at = None
        self._latest = {}

    def on_train_begin(self, args, state, control, **kwargs):
        self._tell(state)

    def on_step_end(self, args, state, control, **kwargs):
        is_due = self._told_at is None or time.monotonic() - self._told_at >= self._every_seconds
        if is_due or state.global_step == state.max_steps:
            self._tell(state)
        self._tell_if_saving(args, state, control)

    def on_epoch_end(self, args, state, control, **kwargs):
        self._tell_if_saving(args, state, control)

    def on_log(self, args, state, control, logs=None, **kwargs):
        numbers = {key: value for key, value in (logs or {}).items() if _is_number(value)}
        numbers.pop("epoch", None)
        self._latest.update(numbers)
        self._tell(state, numbers)

    def on_save(self, args, state, control, **kwargs):
        if state.is_world_process_zero:
            taskbeat.checkpoint(_directory(args, state), step=state.global_step, metadata=self._latest)

    def on_train_end(self, args, state, control, **kwargs):
        self._tell(state)

    def _tell(self, state, metrics=None):
        if not state.is_world_process_zero:
            return
        self._told_at = time.monotonic()
        total = state.max_steps if state.max_steps > 0 else None
        taskbeat.progress(step=state.global_step, total_steps=total, epoch=state.epoch, metrics=metrics)

    def _tell_if_saving(self, args, state, control):
        """The Trainer's own callback, which comes first, has decided by now."""
        if control.should_save and state.is_world_process_zero:
            taskbeat.checkpoint_start(_directory(args, state))


def _directory(args, state):
    """Where ``Trainer._save_checkpoint`` saves."""
    return os.path.abspath(os.path.join(args.output_dir, f"checkpoint-{state.global_step}"))


def _is_number(value):
    """Numbers, and what NumPy and PyTorch have in their place."""
    return not isinstance(value, bool) and (isinstance(value, (int, float)) or hasattr(value, "item"))
