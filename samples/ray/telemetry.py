"""OpenTelemetry for a program of several processes: each starts its own SDK, and sends before it may be killed.

Traces, metrics and logs go where OTEL_EXPORTER_OTLP_ENDPOINT, or the variable of one signal, says, as ``taskbeat run``
reads them. A signal without an endpoint is not sent. Nothing here fails the training or keeps it waiting for long.
"""

import atexit
import contextlib
import importlib
import logging
import os
import threading
import uuid

from opentelemetry import baggage, context, metrics, propagate, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider, LogRecordProcessor
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

# the longest that the end of a process waits for the backend, and the longest that a task of an actor does
END_SECONDS = 5
TASK_SECONDS = 2

_EXPORTERS = {
    "traces": ("trace_exporter", "OTLPSpanExporter"),
    "metrics": ("metric_exporter", "OTLPMetricExporter"),
    "logs": ("_log_exporter", "OTLPLogExporter"),
}
_providers = []
_flushing = None


def start():
    """Starts the SDK of this process, once."""
    if _providers:
        return
    # processes that count the same thing under one identity would overwrite each other's numbers
    resource = Resource.create({"service.instance.id": str(uuid.uuid4())})
    # without an atexit of their own, which would wait half a minute for a backend that is away
    tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
    loggers = LoggerProvider(resource=resource, shutdown_on_exit=False)
    tracers.add_span_processor(_KeysOnSpans())
    loggers.add_log_record_processor(_KeysOnRecords())
    readers = []
    if exporter := _exporter("traces"):
        tracers.add_span_processor(BatchSpanProcessor(exporter))
    if exporter := _exporter("metrics"):
        readers.append(PeriodicExportingMetricReader(exporter))
    if exporter := _exporter("logs"):
        loggers.add_log_record_processor(BatchLogRecordProcessor(exporter))
        logging.getLogger().addHandler(LoggingHandler(logger_provider=loggers))
        # what the SDK has to say goes to stderr, not to the backend that it cannot reach
        logging.getLogger("opentelemetry").propagate = False
    else:
        logging.basicConfig()
    logging.getLogger().setLevel(logging.INFO)
    meters = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(meters)
    set_logger_provider(loggers)
    _providers.extend([tracers, loggers, meters])
    atexit.register(_flush_at_end)


def flush(seconds):
    """Sends what there is, and waits for so long at most; not at all while an earlier flush waits for the backend."""
    global _flushing
    if _flushing is not None and _flushing.is_alive():
        return False
    # in a thread, as the SDK's own force_flush does not keep to its timeout; one that never blocks the end
    _flushing = threading.Thread(target=_flush_providers, daemon=True)
    _flushing.start()
    _flushing.join(seconds)
    return not _flushing.is_alive()


def environment():
    """The variables that actors need, on whatever node they run."""
    return {name: value for name, value in os.environ.items() if name.startswith("OTEL_")}


def inject():
    """The current context as a plain dict, which may be the argument of a remote call."""
    carrier = {}
    propagate.inject(carrier)
    return carrier


@contextlib.contextmanager
def inherited():
    """Makes the task's span, which ``taskbeat run`` put into the environment, the current one."""
    names = ("traceparent", "tracestate", "baggage")
    carrier = {name: os.environ[name.upper()] for name in names if name.upper() in os.environ}
    with _attached(propagate.extract(carrier)):
        yield


@contextlib.contextmanager
def extracted(carrier):
    """Makes the context of the caller, as ``inject`` gave it, the current one; at the end all that came of it is sent.

    So when the caller has its result, the backend has the spans: an actor may be killed at any time after that.
    """
    try:
        with _attached(propagate.extract(carrier)):
            yield
    finally:
        flush(TASK_SECONDS)


@contextlib.contextmanager
def keys(**values):
    """``keys(request_id="7")`` puts taskbeat.request_id on all spans and log records below, in other processes too."""
    current = context.get_current()
    for name, value in values.items():
        current = baggage.set_baggage(f"taskbeat.{name}", value, current)
    with _attached(current):
        yield


@contextlib.contextmanager
def _attached(current):
    token = context.attach(current)
    try:
        yield
    finally:
        context.detach(token)


def _flush_at_end():
    if _flushing is not None:
        _flushing.join(END_SECONDS / 2)
    flush(END_SECONDS / 2)


def _flush_providers():
    for provider in _providers:
        with contextlib.suppress(Exception):
            provider.force_flush()


def _exporter(signal):
    """The exporter of a signal by the variables of the environment, or None."""
    own, common = f"OTEL_EXPORTER_OTLP_{signal.upper()}_", "OTEL_EXPORTER_OTLP_"
    endpoint = _variable(own + "ENDPOINT") or _variable(common + "ENDPOINT")
    is_off = _variable(f"OTEL_{signal.upper()}_EXPORTER") == "none" or _variable("OTEL_SDK_DISABLED") == "true"
    if not endpoint or is_off:
        return None
    is_http = (_variable(own + "PROTOCOL") or _variable(common + "PROTOCOL") or "grpc").startswith("http")
    if "://" not in endpoint:
        endpoint = "http://" + endpoint
    if is_http and not _variable(own + "ENDPOINT"):
        endpoint = f"{endpoint.rstrip('/')}/v1/{signal}"
    module, name = _EXPORTERS[signal]
    package = importlib.import_module(f"opentelemetry.exporter.otlp.proto.{'http' if is_http else 'grpc'}.{module}")
    return getattr(package, name)(endpoint=endpoint)


def _variable(name):
    return os.environ.get(name, "").strip()


def _keys_of(current):
    return {key: value for key, value in baggage.get_all(current).items() if key.startswith("taskbeat.")}


class _KeysOnSpans(SpanProcessor):
    def on_start(self, span, parent_context=None):
        span.set_attributes(_keys_of(parent_context))


class _KeysOnRecords(LogRecordProcessor):
    def on_emit(self, log_record):
        record = log_record.log_record
        for key, value in _keys_of(record.context).items():
            record.attributes[key] = value

    def force_flush(self, timeout_millis=30_000):
        return True

    def shutdown(self):
        pass
