#!/usr/bin/env bash
# The sample for Ray, run for real: on a small Ray of its own, with actors that are killed, and as a job of a cluster.
# TASKBEAT_CHECK_RAY=1 asks for it: Ray is some hundred megabytes, cached under /var/tmp.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
skip() {
  echo "skipped: $1"
  exit 0
}
[ "${TASKBEAT_CHECK_RAY:-0}" = 1 ] || skip 'the sample for Ray, which TASKBEAT_CHECK_RAY=1 asks for'
command -v python3 >/dev/null || skip 'the sample for Ray needs Python, and it is not here'
python=/var/tmp/taskbeat-ray
requirements=$PWD/samples/ray/requirements.txt
if ! cmp -s "$requirements" "$python/installed.txt"; then
  { python3 -m venv "$python" && "$python/bin/pip" -q --disable-pip-version-check install -r "$requirements"; } ||
    skip 'the sample for Ray: its packages cannot be installed'
  cp "$requirements" "$python/installed.txt"
fi
[ -f dist/cli.js ] || node scripts/bundle.ts

# Ray listens on all addresses, whatever it is told, and leaves processes behind when it is killed. So it gets a network
# that has nothing but loopback, and a table of processes that ends with this script.
if [ "${TASKBEAT_RAY_ALONE:-}" != 1 ]; then
  alone=(unshare --map-root-user --net --pid --fork --mount-proc --kill-child)
  "${alone[@]}" ip link set lo up 2>/dev/null || skip 'the sample for Ray needs a network of its own, which unshare cannot give it here'
  TASKBEAT_RAY_ALONE=1 exec "${alone[@]}" bash "$0"
fi
ip link set lo up

# short, as the paths of Ray's sockets must fit into 107 bytes
work=$(mktemp -d /tmp/ray-XXXXXX)
trap 'rm -rf "$work"' EXIT
. scripts/checks.sh
PATH=$python/bin:$PATH
# a token of its own: Ray would put one into the home directory
export RAY_TMPDIR=$work RAY_USAGE_STATS_ENABLED=0 RAY_AUTH_MODE=token RAY_AUTH_TOKEN_PATH=$work/token
python3 -c 'import secrets; print(secrets.token_hex(32), end="")' >"$RAY_AUTH_TOKEN_PATH"
export PYTHONDONTWRITEBYTECODE=1
export BAGGAGE=taskbeat.session_id=ray-check OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=check

supervised=(node "$PWD/dist/cli.js" run --heartbeat 1 --dwell 0.5)
# emulated NAME OPTIONS… -- COMMAND…: without a finding
emulated() {
  local name=$1
  shift
  timeout --foreground 240 node dist/cli.js emulate --ports auto --time-scale 20 --keep "$work/$name" "$@" \
    >"$work/$name.log" 2>&1 || { status=$? && cat "$work/$name.log" && return "$status"; }
  tail -n 1 "$work/$name.log" | grep '^COMPLETED.*without a finding'
}
# arrived NAME TASKS: checks of what the emulator kept
arrived() {
  local kept=(node scripts/ray-check.ts)
  check "  $2 spans of actors, none twice, each in a step of the controller, in the driver, in the task: one trace" \
    "${kept[@]}" spans "$work/$1/telemetry" "$2"
  check '  each has its log record, with the ids of trace and span' "${kept[@]}" logs "$work/$1/telemetry" "$2"
  check '  the metrics of each actor count as many, and have no ids' "${kept[@]}" metrics "$work/$1/telemetry" "$2"
  check '  keys: of session, operation and request on spans and records, of the run on the resource' \
    "${kept[@]}" keys "$work/$1/telemetry" "$2"
}

check '50 steps on two actors, over gRPC: COMPLETED, without a finding' \
  emulated steps -- "${supervised[@]}" -- python samples/ray/driver.py
arrived steps 100

cat >"$work/kill.py" <<'PYTHON'
import ray
from opentelemetry import trace
import driver, telemetry
from actors import Trainer

telemetry.start()
with telemetry.inherited(), trace.get_tracer("driver").start_as_current_span("driver.train"):
    driver.start_ray()
    for life in range(5):
        actor = Trainer.options(runtime_env={"env_vars": telemetry.environment()}).remote(life)
        for step in range(4):
            driver.Controller([actor]).step(4 * life + step, [0.0, 0.0])
        ray.kill(actor)
    ray.shutdown()
PYTHON
check 'five actors, each killed when its fourth task has come back, over HTTP: COMPLETED, without a finding' \
  emulated killed --protocol http -- env PYTHONPATH="$PWD/samples/ray" "${supervised[@]}" -- python "$work/kill.py"
arrived killed 20

# What the README says of a cluster: one of one node, to which the platform's task submits a job. The task is only the
# client then, which ends by the platform's SIGTERM when 100 is read.
cat >"$work/submit.sh" <<'SH'
variables=$(python3 -c '
import json, os
names = ("NVCT_", "OTEL_", "BAGGAGE", "TASKBEAT_TALLY_DIR")
print(json.dumps({"env_vars": {k: v for k, v in os.environ.items() if k.startswith(names)}}))')
exec ray job submit --address http://127.0.0.1:8265 --working-dir samples/ray --runtime-env-json "$variables" -- "$@"
SH
# it knows nothing of the task, so that what actors know comes by the job
env -u BAGGAGE -u OTEL_RESOURCE_ATTRIBUTES ray start --head --block --num-cpus 2 --object-store-memory 100000000 --dashboard-host 127.0.0.1 >"$work/head.log" 2>&1 &
head=$!
is_ready() {
  for _ in $(seq 60); do
    ray job list --address http://127.0.0.1:8265 && return
    sleep 1
  done
  cat "$work/head.log"
  return 1
}
check 'a cluster of one node takes jobs' is_ready
check 'as a job of a cluster, by ray job submit: COMPLETED, without a finding' \
  emulated job --allow exit-status-after-100 -- bash "$work/submit.sh" "${supervised[@]}" -- python driver.py
arrived job 100
kill "$head"
wait "$head" || true

[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
