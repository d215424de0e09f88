"""A training on Ray under ``taskbeat run -- python driver.py``: driver, controller and actors in one trace."""

import json
import logging
import os
import shutil
import uuid

import ray
from opentelemetry import baggage, trace

import telemetry
from actors import Trainer

RESULTS = os.path.abspath(os.environ.get("NVCT_RESULTS_DIR", "results"))
STEPS = int(os.environ.get("STEPS", "50"))
ACTORS = int(os.environ.get("ACTORS", "2"))
SAVE_EVERY = max(1, STEPS // 5)
LEARNING_RATE = 0.1

logger = logging.getLogger("driver")
tracer = trace.get_tracer("driver")


class Controller:
    """Spreads each step over the actors; here the context goes into the arguments of the remote calls."""

    def __init__(self, actors):
        self._actors = actors

    def step(self, number, weights):
        with telemetry.keys(operation_type="step", request_id=f"step-{number}"):
            with tracer.start_as_current_span("controller.step", attributes={"step": number}):
                carrier = telemetry.inject()
                answers = ray.get([actor.gradient.remote(weights, carrier) for actor in self._actors])
                losses, gradients = zip(*answers)
                mean = [sum(parts) / len(parts) for parts in zip(*gradients)]
                moved = [weight - LEARNING_RATE * change for weight, change in zip(weights, mean)]
                return sum(losses) / len(losses), moved

    def save(self, number, weights):
        with telemetry.keys(operation_type="save_checkpoint", checkpoint=f"checkpoint-{number}"):
            with tracer.start_as_current_span("controller.save"):
                write_checkpoint(f"checkpoint-{number}", {"step": number, "weights": weights})
                logger.info("checkpoint-%d saved", number)


def write_checkpoint(name, state):
    """Writes beside the name and renames, so that what has the name is complete."""
    path = os.path.join(RESULTS, name)
    os.makedirs(path + ".tmp", exist_ok=True)
    with open(os.path.join(path + ".tmp", "model.json"), "w") as file:
        json.dump(state, file)
    shutil.rmtree(path, ignore_errors=True)  # of an attempt before
    os.rename(path + ".tmp", path)
    tell(type="checkpoint", dir=path)


def tell(**line):
    """One event for ``taskbeat run``, if this runs under it."""
    if path := os.environ.get("TASKBEAT_EVENTS"):
        with open(path, "a") as file:
            file.write(json.dumps(line) + "\n")


def start_ray():
    """The cluster of RAY_ADDRESS, which ``ray job submit`` sets; else a small one of our own."""
    if os.environ.get("RAY_ADDRESS"):
        ray.init()
    else:
        ray.init("local", num_cpus=ACTORS, object_store_memory=100_000_000, include_dashboard=False)


def train():
    # for each actor, not in ray.init: there it would collide with variables that a job has been given
    runtime_env = {"env_vars": telemetry.environment()}
    actors = [Trainer.options(runtime_env=runtime_env).remote(shard) for shard in range(ACTORS)]
    controller, weights = Controller(actors), [0.0, 0.0]
    for step in range(1, STEPS + 1):
        loss, weights = controller.step(step, weights)
        tell(step=step, total_steps=STEPS, loss=loss)
        if step % SAVE_EVERY == 0:
            controller.save(step, weights)
    logger.info("y = %.2f x + %.2f, loss %.4f", *weights, loss)


def main():
    telemetry.start()
    with telemetry.inherited():
        session = baggage.get_baggage("taskbeat.session_id") or uuid.uuid4().hex
        with telemetry.keys(session_id=session), tracer.start_as_current_span("driver.train"):
            start_ray()
            try:
                train()
            finally:
                ray.shutdown()


if __name__ == "__main__":
    main()
