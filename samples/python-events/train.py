"""A training that trains nothing, to show what to tell taskbeat, and where."""

import json
import math
import os
import shutil
import sys
import time

import taskbeat_events as taskbeat

RESULTS = os.path.abspath(os.environ.get("NVCT_RESULTS_DIR", "results"))
STEPS = int(os.environ.get("STEPS", "100"))
STEP_SECONDS = float(os.environ.get("STEP_SECONDS", "0.1"))
SAVE_EVERY = max(1, STEPS // 5)


def save(step, loss):
    """Writes beside the checkpoint's name and renames, so that what has the name is complete."""
    path = os.path.join(RESULTS, f"checkpoint-{step}")
    taskbeat.checkpoint_start(path)
    shutil.rmtree(path + ".tmp", ignore_errors=True)
    os.makedirs(path + ".tmp")
    with open(os.path.join(path + ".tmp", "model.json"), "w") as file:
        json.dump({"step": step, "loss": loss}, file)
    shutil.rmtree(path, ignore_errors=True)
    os.rename(path + ".tmp", path)
    taskbeat.checkpoint(path, step=step, metadata={"loss": loss})


def evaluate(step):
    with taskbeat.span("evaluate", step=step):
        time.sleep(STEP_SECONDS)
        taskbeat.metric("eval.accuracy", 1 - math.exp(-step / STEPS), unit="1")


def main():
    taskbeat.event("data loaded", samples=50_000)
    for step in range(1, STEPS + 1):
        time.sleep(STEP_SECONDS)
        loss = 3 * math.exp(-3 * step / STEPS)
        taskbeat.progress(step=step, total_steps=STEPS, epoch=step / STEPS, loss=loss, lr=3e-4)
        if step % SAVE_EVERY == 0:
            save(step, loss)
            try:
                evaluate(step)
            except Exception as exception:
                taskbeat.error(exception, step=step)
    return 0


if __name__ == "__main__":
    sys.exit(main())
