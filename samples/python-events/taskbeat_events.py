"""Tells taskbeat how a training is going: copy this file beside yours, and import it.

Works on Python 3.8 and later and needs nothing else. Where TASKBEAT_EVENTS is not set, that is, without
``taskbeat run``, it does nothing. It never raises, and never waits for anything but the disk.

    import taskbeat_events as taskbeat

    taskbeat.progress(step=10, total_steps=100, loss=0.7, lr=3e-4)
    taskbeat.checkpoint("results/checkpoint-10", step=10)

The lines that it writes are described in docs/child-events.md.
"""

import contextlib
import contextvars
import itertools
import json
import os
import sys
import time
import traceback

_LONGEST_STACK = 8_000
_span_numbers = itertools.count(1)
_current_span = contextvars.ContextVar("taskbeat_span", default=None)
_has_told_trouble = False


def progress(step=None, total_steps=None, percent=None, epoch=None, metrics=None, **more_metrics):
    """How far the training is, and any numbers of this step: ``loss=0.7``, or ``metrics={"train/loss": 0.7}``."""
    numbers = {**(metrics or {}), **more_metrics}
    fields = {"step": step, "total_steps": total_steps, "percent": percent, "epoch": epoch, "metrics": numbers}
    _send("progress", fields, is_timed=True)


def checkpoint_start(path=None):
    """A checkpoint is about to be saved: the training may look idle until ``checkpoint`` says that it is."""
    _send("checkpoint_start", {"dir": _path(path)}, is_timed=True)


def checkpoint(path, step=None, percent=None, metadata=None):
    """A checkpoint, a directory or a file in the results directory, is complete."""
    _send("checkpoint", {"dir": _path(path), "step": step, "percent": percent, "metadata": metadata})


def event(name, /, **attributes):
    """Something happened."""
    _send("event", {"name": name, "attributes": attributes}, is_timed=True)


def error(problem, /, **attributes):
    """Something went wrong, and the training goes on: an exception, or a text."""
    fields = {"message": _text(problem), "attributes": attributes}
    if isinstance(problem, BaseException):
        fields["error_type"] = type(problem).__name__
        fields["stack"] = _stack(problem)
    _send("error", fields, is_timed=True)


def metric(name, value, /, unit=None, kind="gauge", **attributes):
    """A number of your own; ``kind`` is gauge, counter (what is added) or histogram."""
    _send("metric", {"name": name, "value": value, "unit": unit, "kind": kind, "attributes": attributes})


@contextlib.contextmanager
def span(name, /, **attributes):
    """Something that takes time: ``with taskbeat.span("evaluate"): …``. Spans may lie within one another."""
    identity = f"{os.getpid()}-{next(_span_numbers)}"
    begin = {"id": identity, "name": name, "parent": _current_span.get(), "attributes": attributes}
    _send("span_start", begin, is_timed=True)
    token = _current_span.set(identity)
    failure = None
    try:
        yield
    except BaseException as exception:
        failure = f"{type(exception).__name__}: {_text(exception)}"
        raise
    finally:
        # a generator may be ended in another context than it was begun in
        with contextlib.suppress(ValueError):
            _current_span.reset(token)
        _send("span_end", {"id": identity, "error": failure}, is_timed=True)


def _send(kind, fields, is_timed=False):
    """Appends one line with one write, so that several processes may write to the same file."""
    path = os.environ.get("TASKBEAT_EVENTS")
    if not path:
        return
    try:
        line = {"type": kind}
        if is_timed:
            line["time"] = time.time()
        rank = _rank()
        if rank is not None:
            line["rank"] = rank
        line.update((key, value) for key, value in fields.items() if not _is_empty(value))
        text = json.dumps(line, default=_plain, skipkeys=True, separators=(",", ":"))
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, text.encode() + b"\n")
        finally:
            os.close(file)
    except Exception as exception:  # a training must not fail because nobody hears of it
        _tell_trouble(exception)


def _is_empty(value):
    return value is None or (isinstance(value, dict) and not value)


def _rank():
    for name in ("RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID"):
        value = os.environ.get(name, "")
        if value.isdigit():
            return int(value)
    return None


def _path(path):
    """As taskbeat has to read it: what is relative here is relative to another directory there."""
    try:
        text = os.fsdecode(path)
        return os.path.abspath(text) if os.path.exists(text) else text
    except Exception:
        return None


def _plain(value):
    """What JSON does not know: numbers of NumPy and PyTorch, and anything else as its text."""
    try:
        return value.item()
    except Exception:
        return _text(value)


def _text(value):
    try:
        return str(value)
    except Exception:
        return f"<{type(value).__name__}>"


def _stack(exception):
    """The end of the stack, where the exception was raised."""
    try:
        lines = traceback.format_exception(type(exception), exception, exception.__traceback__)
        return "".join(lines)[-_LONGEST_STACK:]
    except Exception:
        return None


def _tell_trouble(exception):
    global _has_told_trouble
    if _has_told_trouble:
        return
    _has_told_trouble = True
    with contextlib.suppress(Exception):
        print(f"taskbeat_events: an event could not be written: {_text(exception)}", file=sys.stderr)
