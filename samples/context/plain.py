"""A training that knows nothing of taskbeat, for opentelemetry-instrument."""

import time

from opentelemetry import trace

tracer = trace.get_tracer("train")
with tracer.start_as_current_span("train"):
    for step in range(1, 4):
        with tracer.start_as_current_span("step", attributes={"step": step}):
            time.sleep(0.01)
