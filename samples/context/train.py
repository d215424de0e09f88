"""A training that trains nothing, with an OpenTelemetry SDK of its own, as a part of the task's trace."""

import os
import time

from opentelemetry import context, propagate, trace
from opentelemetry.instrumentation import auto_instrumentation

# Python's SDK, set up from OTEL_* as opentelemetry-instrument does it; yours may be set up in any other way
auto_instrumentation.initialize()

# the two lines (with `import os`): what comes after is part of the task's span
carrier = {name.lower(): value for name, value in os.environ.items()}
context.attach(propagate.extract(carrier))

tracer = trace.get_tracer("train")
with tracer.start_as_current_span("train"):
    for step in range(1, 4):
        with tracer.start_as_current_span("step", attributes={"step": step}):
            time.sleep(0.01)
