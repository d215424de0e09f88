#!/usr/bin/env bash
# with-triton.sh COMMAND…: runs it while a Triton server is up, whose spans go where ours do. Ends with its status.
set -euo pipefail

# rate 0: what carries no trace, such as a probe, is not traced
TRITON_TRACE_CONFIG=$(taskbeat trace-config triton --json --rate 0 --service-name triton)
export TRITON_TRACE_CONFIG
"${PYTHON:-python3}" "$(dirname "$0")/serve.py" &
server=$!
stop() {
  # PyTriton ends the server and all that belongs to it; the last spans leave then
  kill "$server" 2>/dev/null || true
  wait "$server" || true
}
trap stop EXIT

until curl -fsS -m 2 http://127.0.0.1:8000/v2/models/passthrough/ready >/dev/null 2>&1; do
  kill -0 "$server" # what has ended will never be ready
  sleep 0.2
done
"$@"
