"""What trains: one actor for each shard of the data, each in a process of its own, on whatever node Ray finds."""

import logging
import random
import time

import ray
from opentelemetry import metrics, trace
from opentelemetry.trace import SpanKind

import telemetry

logger = logging.getLogger("trainer")
tracer = trace.get_tracer("trainer")


@ray.remote(num_cpus=1)
class Trainer:
    """Fits y = 3x + 2 to a shard of noisy points."""

    def __init__(self, shard):
        telemetry.start()
        meter = metrics.get_meter("trainer")
        self._durations = meter.create_histogram("trainer.task.duration", "s", "Time that a task of an actor took")
        self._samples = meter.create_counter("trainer.samples", "{sample}", "Samples that actors have seen")
        generator = random.Random(shard)
        xs = [generator.uniform(-1, 1) for _ in range(1_000)]
        self._points = [(x, 3 * x + 2 + generator.gauss(0, 0.1)) for x in xs]

    def gradient(self, weights, carrier):
        """The loss on the shard, and its gradient by slope and offset."""
        with telemetry.extracted(carrier), tracer.start_as_current_span("trainer.gradient", kind=SpanKind.SERVER):
            began = time.monotonic()
            slope, offset = weights
            errors = [(slope * x + offset - y, x) for x, y in self._points]
            count = len(errors)
            loss = sum(error * error for error, _ in errors) / count
            by_slope = sum(2 * error * x for error, x in errors) / count
            by_offset = sum(2 * error for error, _ in errors) / count
            logger.info("loss %.4f on %d samples", loss, count)
            # few values for each attribute: what has an id belongs on spans and log records
            self._samples.add(count, {"operation": "gradient"})
            self._durations.record(time.monotonic() - began, {"operation": "gradient"})
            return loss, (by_slope, by_offset)
