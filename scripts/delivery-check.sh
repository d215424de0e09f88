#!/usr/bin/env bash
# Delivery against a real OpenTelemetry Collector: restarted three times under a run, and away for all of another one.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=../shared/lab/collector-lab.sh
if [ ! -f "$lab" ]; then
  echo "skipped: delivery needs the lab of the Collector, and it is not here"
  exit 0
fi
. "$lab"
collector_build
cli=$PWD/dist/cli.js
work=$(mktemp -d)
. scripts/checks.sh
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; collector_down; rm -rf "$work"' EXIT

up() {
  mkdir -p "$work/$1"
  COLLECTOR_OUT=$work/$1 collector_up "${2:-byoo.yaml}"
}
# count EXPECTED-TALLIES FOLDER…: everything that was emitted is in the folders' files, once
count() { node scripts/delivery-count.ts "$@"; }

# run_task NAME ENDPOINT PROTOCOL SECONDS [FLAG…]: 50 lines and 10 spans a second
run_task() {
  local name=$1 endpoint=$2 protocol=$3 seconds=$4
  shift 4
  OTEL_SERVICE_NAME=$name OTEL_METRIC_EXPORT_INTERVAL=1000 OTEL_BSP_SCHEDULE_DELAY=500 \
    TASKBEAT_TALLY_DIR=$work/$name.tally OTEL_EXPORTER_OTLP_ENDPOINT=$endpoint OTEL_EXPORTER_OTLP_PROTOCOL=$protocol \
    node "$cli" run --results-dir "$work/$name" --results none "$@" -- \
    node scripts/delivery-load.ts "$seconds" >"$work/$name.out" 2>"$work/$name.err"
}

grpc=http://127.0.0.1:${BYOO_GRPC_PORT:-14357}
http=http://127.0.0.1:${BYOO_HTTP_PORT:-14358}

up restart-0
run_task restarted-grpc "$grpc" grpc 16 & pids+=($!)
run_task restarted-http "$http" http 16 & pids+=($!)
for life in 1 2 3; do
  sleep 2.5
  collector_down
  sleep 1
  up restart-$life
done
check 'a run over gRPC ends well while the Collector restarts three times' wait "${pids[0]}"
check 'and one over HTTP' wait "${pids[1]}"
pids=()
collector_down
check 'all of the first is in the files of the Collector, once' count "$work/restarted-grpc.tally" restarted-grpc "$work"/restart-?
check 'all of the second too' count "$work/restarted-http.tally" restarted-http "$work"/restart-?

check 'a run whose Collector never comes ends well' run_task never "$grpc" grpc 3 --drain 1
check 'and says in one line what waits' grep -q 'wait in .*taskbeat replay' "$work/never.err"
spool=$work/never/.taskbeat/spool
check 'it is exported' node "$cli" replay "$spool" --export "$work/exported"
SPOOL_DIR=$work/exported
export SPOOL_DIR
up read spool.yaml
for _ in $(seq 1 100); do count "$work/never.tally" never "$work/read" >/dev/null 2>&1 && break; sleep 0.1; done
collector_down
check 'another program reads all of the export' count "$work/never.tally" never "$work/read"
up replayed
check 'it is replayed, over the other protocol' node "$cli" replay "$spool" --endpoint "$http" --protocol http
check 'a second time there is nothing' bash -c "node '$cli' replay '$work/never' --endpoint '$http' --protocol http 2>&1 | grep -qi nothing"
collector_down
check 'all of it has arrived, once' count "$work/never.tally" never "$work/replayed"

exit "$((failures > 0))"
