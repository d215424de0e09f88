"""A small real training, for the pictures of docs/view.md: a network of two layers learns to tell two spirals apart."""

import json
import logging
import math
import os
import random
import signal
import sys
import time

import taskbeat_events as taskbeat

RESULTS = os.path.abspath(os.environ.get("NVCT_RESULTS_DIR", "results"))
EPOCHS = int(os.environ.get("EPOCHS", "40"))
RATE = float(os.environ.get("RATE", "0.05"))
HIDDEN, BATCH, STEPS = 24, 20, 12

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
log = logging.getLogger("spirals")
rng = random.Random(int(os.environ.get("SEED", "1")))


def point(kind):
    turn = rng.random()
    angle, radius = 8 * turn + math.pi * kind, 0.2 + turn
    noise = lambda: rng.gauss(0, 0.05)
    return [radius * math.cos(angle) + noise(), radius * math.sin(angle) + noise()], kind


def sample(size):
    return [point(index % 2) for index in range(size)]


def forward(weights, inputs):
    hidden = [math.tanh(row[0] * inputs[0] + row[1] * inputs[1] + row[2]) for row in weights["in"]]
    total = sum(w * h for w, h in zip(weights["out"], hidden)) + weights["bias"]
    return hidden, 1 / (1 + math.exp(-max(-30, min(30, total))))


def learn(weights, batch, rate):
    loss = norm = 0.0
    for inputs, kind in batch:
        hidden, guess = forward(weights, inputs)
        loss -= math.log(max(1e-9, guess if kind else 1 - guess)) / len(batch)
        error = rate * (guess - kind)
        for index, value in enumerate(hidden):
            back = error * weights["out"][index] * (1 - value * value)
            weights["out"][index] -= error * value
            row = weights["in"][index]
            row[0] -= back * inputs[0]
            row[1] -= back * inputs[1]
            row[2] -= back
            norm += back * back
        weights["bias"] -= error
    return loss, math.sqrt(norm)


def evaluate(weights, epoch):
    with taskbeat.span("evaluate", epoch=epoch, samples=400):
        right = sum((forward(weights, inputs)[1] > 0.5) == bool(kind) for inputs, kind in sample(400))
        taskbeat.metric("eval.accuracy", right / 400, unit="1")
        return right / 400


def save(weights, epoch, step, loss):
    path = os.path.join(RESULTS, f"checkpoint-{epoch}")
    taskbeat.checkpoint_start(path)
    with taskbeat.span("save", path=os.path.basename(path)):
        os.makedirs(path + ".tmp", exist_ok=True)
        with open(os.path.join(path + ".tmp", "model.json"), "w") as file:
            json.dump(weights, file)
        with open(os.path.join(path + ".tmp", "optimizer.bin"), "wb") as file:
            for _ in range(24 + epoch):
                file.write(os.urandom(1 << 20))
            os.fsync(file.fileno())
        os.rename(path + ".tmp", path)
    taskbeat.checkpoint(path, step=step, metadata={"loss": loss})


def freeze(seconds):
    """Our supervisor stands still, as on a machine that is short of everything: no sign of life meanwhile."""
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(os.getppid(), signal.SIGCONT)


def main():
    weights = {
        "in": [[rng.gauss(0, 2) for _ in range(3)] for _ in range(HIDDEN)],
        "out": [rng.gauss(0, 0.3) for _ in range(HIDDEN)],
        "bias": 0.0,
    }
    log.info("two spirals, %d hidden units, %d epochs of %d steps", HIDDEN, EPOCHS, STEPS)
    step, total = 0, EPOCHS * STEPS
    for epoch in range(1, EPOCHS + 1):
        with taskbeat.span("epoch", number=epoch):
            for _ in range(STEPS):
                step += 1
                rate = RATE * min(1, step / (total / 20)) * (0.55 + 0.45 * math.cos(math.pi * step / total))
                started = time.perf_counter()
                loss = norm = 0.0
                for _ in range(6):
                    loss, norm = learn(weights, sample(BATCH), rate)
                time.sleep(0.03)
                speed = 6 * BATCH / (time.perf_counter() - started)
                taskbeat.progress(
                    step=step, total_steps=total, epoch=step / STEPS, loss=loss, lr=rate,
                    samples_per_second=speed, grad_norm=norm,
                )
                if norm > 0.2:
                    log.warning("step %d: the gradient is large (%.2f)", step, norm)
            accuracy = evaluate(weights, epoch)
            log.info("epoch %d: loss %.4f, accuracy %.3f", epoch, loss, accuracy)
            if epoch % 8 == 0:
                save(weights, epoch, step, loss)
        if epoch == 28 and "FREEZE_SECONDS" in os.environ:
            freeze(float(os.environ["FREEZE_SECONDS"]))
        if epoch == 18:
            try:
                with taskbeat.span("upload samples", bucket="spirals-preview"):
                    raise ConnectionResetError("the other end has closed the connection")
            except ConnectionResetError as problem:
                log.error("the samples of epoch %d were not uploaded: %s", epoch, problem)
                taskbeat.error(problem, epoch=epoch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
