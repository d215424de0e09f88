#!/usr/bin/env bash
# taskbeat bridge beside a job, through a real Collector into a real Prometheus: what the sidecar challenge asks is asked
# of it, under both ways to name metrics; a job that hangs, and bridge and Collector killed in the middle.
# BRIDGE_CHECK_PORT: the first of ten ports that are free.
set -euo pipefail
cd "$(dirname "$0")/.."
sample=samples/metrics-sidecar
work=$(mktemp -d)
. scripts/checks.sh

# the manifests need no lab
venv=/var/tmp/taskbeat-kubernetes-validate
if [ -x $venv/bin/kubernetes-validate ] ||
  { python3 -m venv $venv && timeout 60 $venv/bin/pip -q install kubernetes-validate; } >"$work/pip" 2>&1; then
  check 'the manifest is one that Kubernetes accepts' $venv/bin/kubernetes-validate --strict --quiet $sample/k8s/ml-training-job.yaml
else
  echo 'skipped  the manifest: kubernetes-validate cannot be had here'
fi
if docker compose version >/dev/null 2>&1; then
  check 'compose.yaml is one that Docker Compose accepts' docker compose -f $sample/compose.yaml --profile verify config -q
else
  echo 'skipped  compose.yaml: there is no Docker Compose here'
fi

lab=../shared/lab/collector-lab.sh
if [ ! -f "$lab" ]; then
  rm -rf "$work"
  echo 'skipped  everything else: the bridge needs the lab of the Collector, and it is not here'
  exit "$((failures > 0))"
fi
. "$lab"
collector_build
prometheus_install
pids=()
# ends PID: at once, and without the shell's word on it
ends() {
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
clean_up() {
  for pid in "${pids[@]}"; do ends "$pid"; done
  rm -rf "$work"
}
trap clean_up EXIT

# two of everything, side by side, for the two ways to name metrics
base=${BRIDGE_CHECK_PORT:-24310}
ways=(default literal)
declare -A first=([default]=$base [literal]=$((base + 5)))
declare -A strategy=([default]=UnderscoreEscapingWithSuffixes [literal]=UnderscoreEscapingWithoutSuffixes)
declare -A collector bridge
port() { echo $((first[$1] + $2)); }
page() { echo "http://127.0.0.1:$(port "$1" 2)/metrics"; }
prometheus() { echo "http://127.0.0.1:$(port "$1" 3)"; }

start_collector() {
  sed "s/:4317/:$(port "$1" 0)/; s/:4318/:$(port "$1" 1)/; s/:8889/:$(port "$1" 2)/" ../shared/lab/collector/sidecar.yaml >"$work/$1.yaml"
  export TRANSLATION_STRATEGY=${strategy[$1]} BYOO_HEALTH_PORT=$(port "$1" 4) COLLECTOR_OUT=$work/$1
  mkdir -p "$COLLECTOR_OUT"
  collector_up "$work/$1.yaml"
  collector[$1]=$COLLECTOR_PID
  pids+=("$COLLECTOR_PID")
  COLLECTOR_PID=
}

PATH=$PATH:$COLLECTOR_DIR/debian/usr/bin
start_prometheus() {
  local options=()
  sed "s/otel-collector:8889/127.0.0.1:$(port "$1" 2)/; s/interval: 5s/interval: 1s/" $sample/prometheus.yml >"$work/$1-prometheus.yml"
  # it cannot see that a series with times of its own is gone before 2.48
  if ! printf '2.48\n%s\n' "$(command prometheus --version 2>&1 | sed -nE 's/^prometheus, version ([0-9.]+).*/\1/p')" | sort -CV; then
    sed -i '/track_timestamps_staleness/d' "$work/$1-prometheus.yml"
    options+=(--query.lookback-delta=15s)
  fi
  command prometheus --config.file="$work/$1-prometheus.yml" --storage.tsdb.path="$work/$1-tsdb" \
    --web.listen-address="127.0.0.1:$(port "$1" 3)" "${options[@]}" >"$work/$1-prometheus.log" 2>&1 &
  pids+=($!)
}

file=$work/metrics/current.json
# nothing of whoever starts this; Node.js is the one that runs it
taskbeat() { exec env -i PATH="$PATH" HOME="$work" "$@"; }
# start_bridge WAY OPTIONS…
start_bridge() {
  taskbeat OTEL_EXPORTER_OTLP_ENDPOINT="127.0.0.1:$(port "$1" 0)" OTEL_SERVICE_NAME=ml-metrics-bridge METRICS_FILE_PATH="$file" \
    COLLECTION_INTERVAL=1 TASKBEAT_BRIDGE_DIR="$work/$1-bridge" TASKBEAT_BRIDGE_STALE_AFTER=8s TASKBEAT_BRIDGE_BATCHES_PER_EPOCH=$steps \
    node dist/cli.js bridge "${@:2}" >>"$work/$1-bridge.log" 2>&1 &
  bridge[$1]=$!
  pids+=($!)
}

# until SECONDS COMMAND…: as soon as it succeeds
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}
# value WAY QUERY: of each series a line
value() { curl -sS -m 5 --data-urlencode "query=$2" "$(prometheus "$1")/api/v1/query" | grep -oE '"value":\[[^]]*' | cut -d'"' -f4; }
is_there() { [ -n "$(value "$1" ml_metrics_ml_training_loss)" ]; }
is_gone() { ! is_there "$1"; }
on_page() { curl -sS -m 5 "$(page "$1")" | grep -c "^$2"; }
has_left_page() { [ "$(on_page "$1" ml_metrics_ml_training_)" = 0 ]; }

verify() {
  PROMETHEUS_URL=$(prometheus "$1") COLLECTOR_HEALTH_URL=http://127.0.0.1:$(port "$1" 4)/health WAIT=0 node $sample/verify.mjs
}

check "the sample's collector.yaml is one that the Collector accepts" \
  "$COLLECTOR_DIR/otelcol-$COLLECTOR_VERSION" validate --config=$sample/collector.yaml
steps=40 epochs=4
for way in "${ways[@]}"; do
  start_collector "$way"
  start_prometheus "$way"
  start_bridge "$way"
done
waits() { grep -q 'not there yet' "$work/$1-bridge.log" && kill -0 "${bridge[$1]}"; }
for way in "${ways[@]}"; do check "$way: the bridge waits for a file that is not there yet" until_true 5 waits "$way"; done

# 40 seconds
taskbeat METRICS_FILE_PATH="$file" WRITE_INTERVAL=0.3 NVCT_TASK_ID=training-job-123 OTEL_LOGS_EXPORTER=none \
  OTEL_TRACES_EXPORTER=none OTEL_METRICS_EXPORTER=none node dist/cli.js simulate --results-dir "$work/results" \
  --num-of-results $epochs --steps-per-result $steps --delay 0.1667 >"$work/job.log" 2>&1 &
job=$!
pids+=("$job")
for way in "${ways[@]}"; do check "$way: Prometheus has the job's metrics" until_true 20 is_there "$way"; done
# batches of an epoch before count too
check 'the job is in its second epoch' until_true 20 grep -q '"epoch": 2' "$file"
sleep 2
kill -STOP "$job"
sleep 2.5
for way in "${ways[@]}"; do
  check "$way: every query of the challenge is answered, with the job's own values" \
    node scripts/bridge-queries.ts "$(prometheus "$way")" "$(page "$way")" "$file" $steps "$way"
  grep -q FAILED "$work/out" || sed 's/^/         | /' "$work/out"
  check "$way: the sample's verify finds everything" verify "$way"
done

# the job hangs, and what was counted is known to the bridge that comes after
records() { value "$1" "{__name__=~'ml_metrics_taskbeat_bridge_records(_total)?'}"; }
counts() { value "$1" "{__name__=~'ml_metrics_ml_training_(batch_number(_total)?|epoch(_total)?|processing_time_ms_count)'}" | sort -n | xargs; }
declare -A before
for way in "${ways[@]}"; do
  before[$way]="$(records "$way") $(counts "$way")"
  ends "${bridge[$way]}"
  start_bridge "$way"
done
sleep 3
for way in "${ways[@]}"; do
  check "$way: a bridge that is killed and started again counts no record twice (records, batches, epochs, histogram: ${before[$way]})" \
    [ "$(records "$way") $(counts "$way")" = "${before[$way]}" ]
done
for way in "${ways[@]}"; do
  check "$way: the metrics of a job that hangs leave the Collector" until_true 12 has_left_page "$way"
  check "$way: and Prometheus" until_true 12 is_gone "$way"
  check "$way: the sample's verify fails" eval "! verify $way"
  check "$way: what the bridge says of itself stays" [ "$(on_page "$way" ml_metrics_taskbeat_bridge_file_age)" = 1 ]
done
kill -CONT "$job"
for way in "${ways[@]}"; do check "$way: they are back when it goes on" until_true 8 is_there "$way"; done

for way in "${ways[@]}"; do ends "${bridge[$way]}"; done
start_bridge default --attributes seed --service-name five-attributes --state-dir "$work/seed-bridge"
lines_of_five() { curl -sS -m 5 "$(page default)" | grep '^ml_metrics_ml_training_.*five-attributes'; }
# a record is a label value, so that there are many after a while if the old ones stay
has_five() { lines_of_five | grep -E '^ml_metrics_ml_training_loss\{batch="[0-9]+",dataset="none",epoch="[0-9]+",.*job_id="training-job-123",model_name="simulated"'; }
check '--attributes seed: the five attributes of the challenge' until_true 5 has_five
sleep 2
check '--attributes seed: only the series of the last record, and all of them' \
  eval "lines_of_five; has_five && [ \"\$(lines_of_five | grep -vc _bucket)\" = 13 ]"
ends "${bridge[default]}"
for way in "${ways[@]}"; do start_bridge "$way"; done
sleep 2
for way in "${ways[@]}"; do ends "${collector[$way]}"; done
sleep 2
for way in "${ways[@]}"; do start_collector "$way"; done
job_status=0
wait "$job" || job_status=$?
check 'the job has ended well' [ $job_status = 0 ]

# the job has ended, and the bridges are ended at once: its last record must be on its way
started=$(date +%s%N)
for way in "${ways[@]}"; do kill -TERM "${bridge[$way]}"; done
statuses=
for way in "${ways[@]}"; do wait "${bridge[$way]}" && statuses+=0 || statuses+="($?)"; done
ended_ms=$((($(date +%s%N) - started) / 1000000))
check "the bridges end in a second ($ended_ms ms), with status 0" [ "$statuses" = 00 -a $ended_ms -le 1500 ]
sleep 2
reads() { [ "$(value "$1" "$2")" = "$3" ] || { echo "$2: $(value "$1" "$2"), expected $3"; tail "$work/$1-bridge.log"; return 1; }; }
for way in "${ways[@]}"; do
  [ "$way" = default ] && total=_total || total=
    check "$way: after bridge and Collector were killed, the batches are those of the job ($((steps * epochs)))" \
    reads "$way" ml_metrics_ml_training_batch_number$total $((steps * epochs))
  check "$way: and its epochs ($epochs)" reads "$way" ml_metrics_ml_training_epoch$total $epochs
  check "$way: and a histogram has each record once ($(records "$way"))" reads "$way" ml_metrics_ml_training_processing_time_ms_count "$(records "$way")"
done
echo "took $SECONDS s"
[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
