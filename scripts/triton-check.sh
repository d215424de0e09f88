#!/usr/bin/env bash
# The emulated platform around `taskbeat run`, around a real Triton server, a Python client and samples/triton: one trace
# of all that each of them did. The server is the lab's; its packages are cached under /var/tmp.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
lab=../shared/lab/triton-lab.sh
if [ ! -f "$lab" ]; then
  echo "skipped: traces through a Triton server need the lab, and it is not here"
  exit 0
fi
for port in 8000 8001 8002; do
  if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "skipped: traces through a Triton server, because something already listens on its port $port"
    exit 0
  fi
done
. "$lab"
triton_install
[ -f dist/cli.js ] || node scripts/bundle.ts

work=$(mktemp -d)
emulation=
clean_up() {
  if [ -n "$emulation" ]; then
    # the emulator leaves nothing of its task
    kill "$emulation" 2>/dev/null || true
    wait "$emulation" || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT

. scripts/checks.sh

mkdir "$work/bin" "$work/tmp"
cat >"$work/bin/taskbeat" <<SH
#!/bin/sh
exec node "$PWD/dist/cli.js" "\$@"
SH
chmod +x "$work/bin/taskbeat"

# requests of each kind, each with a client span of its own
cat >"$work/client.py" <<'PYTHON'
import os

import numpy as np
import requests
import tritonclient.grpc
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("client.py")
task = propagate.extract({"traceparent": os.environ["TRACEPARENT"]})
url = "http://127.0.0.1:8000/v2/models/passthrough"


def client_span(name):
    return tracer.start_as_current_span(name, kind=trace.SpanKind.CLIENT)


def headers():
    carrier = {}
    propagate.inject(carrier)
    return carrier


with tracer.start_as_current_span("python evaluation", context=task):
    with client_span("python generate"):
        requests.post(f"{url}/generate", headers=headers(), json={"sleep": 0.01}).raise_for_status()
    with client_span("python infer"):
        tensor = {"name": "sleep", "shape": [1, 1], "datatype": "FP32", "data": [0.01]}
        requests.post(f"{url}/infer", headers=headers(), json={"inputs": [tensor]}).raise_for_status()
    client = tritonclient.grpc.InferenceServerClient("127.0.0.1:8001")
    tensor = tritonclient.grpc.InferInput("sleep", [1, 1], "FP32")
    tensor.set_data_from_numpy(np.array([[0.01]], np.float32))
    # several, as Triton loses some (see docs/triton.md)
    for _ in range(6):
        with client_span("python ModelInfer"):
            client.infer("passthrough", [tensor], headers=headers())
provider.shutdown()
PYTHON

cat >"$work/evaluations.sh" <<SH
set -e
for step in 1 2; do
  mkdir "\$NVCT_RESULTS_DIR/checkpoint-\$step"
  echo "[0, 0, 0.01]" >"\$NVCT_RESULTS_DIR/checkpoint-\$step/samples.json"
done
exec samples/triton/with-triton.sh sh -c '"\$PYTHON" "$work/client.py" && exec node samples/triton/evaluate.ts "\$NVCT_RESULTS_DIR"/checkpoint-*'
SH

# Python finds its library there, and Triton's backend with it
library_dir=$("$TRITON_DIR/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_config_var("LIBDIR"))')
PATH=$work/bin:$PATH PYTHON=$TRITON_DIR/venv/bin/python LD_LIBRARY_PATH=$library_dir TMPDIR=$work/tmp HOME=$work/tmp \
  timeout --foreground 180 node scripts/triton-check.ts emulate "$work" \
  taskbeat run --heartbeat 1 --dwell 0.5 -- bash "$work/evaluations.sh" &
emulation=$!
wait "$emulation" || { tail -n 60 "$work/log"; exit 1; }
emulation=

fact() {
  if ! node scripts/triton-check.ts "$1" "$work"; then
    tail -n 20 "$work/log"
    return 1
  fi
}
check 'the task with a Triton server: COMPLETED, without a finding, an orphan span, or one that never ended' fact flawless
check "one trace from the span of the task on, but for requests whose trace Triton's gRPC lost" fact one-trace
check "each client's span, of Python and TypeScript, over HTTP and gRPC, has all of Triton's and PyTriton's below it" fact nested
check 'all spans, in four programs and three languages, have the keys of the run' fact correlated
check 'Triton sent JSON, PyTriton protobuf' fact forms
[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
