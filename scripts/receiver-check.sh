#!/usr/bin/env bash
# The emulator's receiver beside a real OpenTelemetry Collector: what the official exporters of JavaScript, Python and
# Go, and Triton, send goes to both, and the files of both must hold the same items. CHECK_TRITON=0 leaves Triton out.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
lab=../shared/lab
if [ ! -f "$lab/collector-lab.sh" ]; then
  echo "skipped: the receiver beside a Collector needs the lab, and it is not here"
  exit 0
fi
. "$lab/collector-lab.sh"
. "$lab/triton-lab.sh"

python=/var/tmp/taskbeat-python
if ! "$python/bin/python" -c 'import opentelemetry.exporter.otlp' 2>/dev/null; then
  python3 -m venv "$python"
  "$python/bin/pip" -q --disable-pip-version-check install opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp==1.45.2
fi
collector_build

out=$(mktemp -d)
receivers=
finish() {
  # with `||`, as the lab's functions end in a kill of what may be gone
  triton_down || true
  collector_down || true
  if [ -n "$receivers" ]; then
    kill "$receivers" 2>/dev/null || true
    wait "$receivers" || true
  fi
  rm -rf "$out"
}
trap finish EXIT

node scripts/receiver-check.ts serve "$out" &
receivers=$!
while [ ! -f "$out/urls.sh" ]; do
  kill -0 "$receivers" 2>/dev/null || { echo "FAILED: the receivers did not start"; exit 1; }
  sleep 0.1
done
. "$out/urls.sh"

mkdir "$out/collector"
cat >"$out/collector.yaml" <<YAML
receivers:
  otlp: {protocols: {grpc: {endpoint: "$COLLECTOR_GRPC", max_recv_msg_size_mib: 20}, http: {endpoint: "$COLLECTOR_HTTP"}}}
exporters:
  file/traces: {path: "$out/collector/traces.jsonl"}
  file/metrics: {path: "$out/collector/metrics.jsonl"}
  file/logs: {path: "$out/collector/logs.jsonl"}
  otlp: {endpoint: "$VIA_GRPC", tls: {insecure: true}, compression: gzip, sending_queue: {enabled: false}}
  otlphttp/protobuf: {endpoint: "$VIA_HTTP", compression: gzip, sending_queue: {enabled: false}}
  otlphttp/json: {endpoint: "$VIA_JSON", encoding: json, compression: none, sending_queue: {enabled: false}}
extensions:
  health_check: {endpoint: "$COLLECTOR_HEALTH", path: /health}
service:
  extensions: [health_check]
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  pipelines:
    traces: {receivers: [otlp], exporters: [file/traces, otlp, otlphttp/protobuf, otlphttp/json]}
    metrics: {receivers: [otlp], exporters: [file/metrics, otlp, otlphttp/protobuf, otlphttp/json]}
    logs: {receivers: [otlp], exporters: [file/logs, otlp, otlphttp/protobuf, otlphttp/json]}
YAML
COLLECTOR_OUT=$out/collector COLLECTOR_HEALTH_URL=http://$COLLECTOR_HEALTH/health collector_up "$out/collector.yaml"

node scripts/receiver-check.ts send "http://$DIRECT_GRPC" "http://$COLLECTOR_GRPC" grpc
node scripts/receiver-check.ts send "http://$DIRECT_HTTP" "http://$COLLECTOR_HTTP" http
"$python/bin/python" - "$DIRECT_GRPC" "$DIRECT_HTTP" "$COLLECTOR_GRPC" "$COLLECTOR_HTTP" <<'PYTHON'
import sys
from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

attributes = {"text": "ünï ☃ 😀", "empty": "", "int": -(2**63), "double": 1e300, "yes": True, "list": [1, 2], "words": ["a", ""]}
resource = Resource.create({"service.name": "python"})

kept = InMemorySpanExporter()
tracers = TracerProvider(resource=resource)
tracers.add_span_processor(SimpleSpanProcessor(kept))
tracer = tracers.get_tracer("scope", "1", schema_url="https://opentelemetry.io/schemas/1.40.0", attributes={"of": "scope"})
with tracer.start_as_current_span("root", kind=trace.SpanKind.PRODUCER, attributes=attributes) as root:
    with tracer.start_as_current_span("child", links=[trace.Link(root.get_span_context(), {"why": "x"})]) as child:
        child.add_event("happened", attributes)
        try:
            with tracer.start_as_current_span("failing"):
                raise ValueError("no")
        except ValueError:
            pass

reader = InMemoryMetricReader()
meters = MeterProvider([reader], resource, views=[View(instrument_name="exponential", aggregation=ExponentialBucketHistogramAggregation())])
meter = meters.get_meter("scope", "1")
with tracer.start_as_current_span("exemplary"):  # points get exemplars
    meter.create_counter("counter", "1").add(2**53 + 1, {"a": 1})
    meter.create_up_down_counter("up_and_down").add(-0.5)
    meter.create_gauge("gauge").set(0)
    for name in ("histogram", "exponential"):
        for value in (0, 0.003, 5, 1e9):
            meter.create_histogram(name, "s").record(value, {"x": "y"})

records = InMemoryLogRecordExporter()
loggers = LoggerProvider(resource)
loggers.add_log_record_processor(SimpleLogRecordProcessor(records))
logger = loggers.get_logger("scope")
with tracer.start_as_current_span("logging"):
    logger.emit(LogRecord(body={"deep": [1, "two", None, True, b"\x00\xff"]}, severity_number=SeverityNumber.WARN, severity_text="WARN", attributes=attributes, event_name="saved"))
logger.emit(LogRecord(body="bare", timestamp=1))

data = reader.get_metrics_data()
for grpc, http in (sys.argv[1:3], sys.argv[3:5]):
    for exporter, items in (
        (GrpcSpans(endpoint=grpc, insecure=True), kept.get_finished_spans()),
        (GrpcMetrics(endpoint=grpc, insecure=True), data),
        (GrpcLogs(endpoint=grpc, insecure=True), records.get_finished_logs()),
        (HttpSpans(endpoint=f"http://{http}/v1/traces"), kept.get_finished_spans()),
        (HttpMetrics(endpoint=f"http://{http}/v1/metrics"), data),
        (HttpLogs(endpoint=f"http://{http}/v1/logs"), records.get_finished_logs()),
    ):
        result = exporter.export(items)
        assert result.name == "SUCCESS", (exporter, result)
        exporter.shutdown()
PYTHON

if [ "${CHECK_TRITON:-1}" = 0 ]; then
  echo "skipped: Triton, as CHECK_TRITON=0 asks"
elif curl -s -m 2 -o /dev/null http://127.0.0.1:8000; then
  echo "skipped: Triton, because something already listens on its port 8000"
else
  TRITON_TRACE_URL=http://$TEE_HTTP/v1/traces triton_up
  for n in 1 2 3; do
    curl -fsS -m 20 -o /dev/null -H 'content-type: application/json' \
      -H "traceparent: 00-abcdef0123456789abcdef012345678$n-00f067aa0ba902b$n-01" \
      -d '{"sleep": 0.01}' http://127.0.0.1:8000/v2/models/passthrough/generate
  done
  triton_down || true
fi

collector_down
kill "$receivers"
wait "$receivers"
receivers=
node scripts/receiver-check.ts compare "$out"
