#!/usr/bin/env bash
# Children that use an OpenTelemetry SDK of their own, in Python and TypeScript: whether they join the trace of their task,
# and carry its keys. Python's packages are cached under /var/tmp.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
[ -f dist/cli.js ] || node scripts/bundle.ts

work=$(mktemp -d)
mkdir "$work/tmp"
export TMPDIR=$work/tmp
trap 'rm -rf "$work"' EXIT
. scripts/checks.sh

check 'TypeScript: a child joins, and hands the trace on over HTTP and gRPC' \
  timeout 300 vitest run test/samples/context.test.ts

home=/var/tmp/taskbeat-otel-python
python=$home/bin/python
packages=(opentelemetry-distro==0.66b2 opentelemetry-exporter-otlp==1.45.2 setuptools==80.9.0)
has_them() {
  "$python" -c 'import sys
from importlib.metadata import version
for package in sys.argv[1:]:
    name, _, wanted = package.partition("==")
    assert version(name) == wanted' "${packages[@]}" 2>/dev/null
}
if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
  echo 'skipped  Python: it needs Python 3.10 or newer with venv and pip, and it is not here'
  exit $((failures > 0))
elif ! has_them; then
  { python3 -m venv --clear "$home" && timeout 300 "$python" -m pip -q --disable-pip-version-check install \
    "${packages[@]}"; } >"$work/pip.log" 2>&1 || true
  if ! has_them; then
    echo "skipped  Python: $(tail -n 1 "$work/pip.log")"
    exit $((failures > 0))
  fi
fi
# beside the packages, not among them: without it nobody joins by himself
join=$work/join
cp -r samples/context/taskbeat-join "$work/source"
"$python" -m pip -q --disable-pip-version-check install --no-deps --no-index --no-build-isolation \
  --target "$join" "$work/source" >"$work/pip.log" 2>&1 || { cat "$work/pip.log"; exit 1; }

# told NAME PROTOCOL COMMAND…: in the emulated platform; what was sent is in $work/NAME/telemetry
told() {
  local name=$1 protocol=$2 variables=()
  shift 2
  # the platform says `http`, which Python's SDK refuses; what the user says wins
  [ "$protocol" = grpc ] || variables=(OTEL_EXPORTER_OTLP_{TRACES,METRICS,LOGS}_PROTOCOL=http/protobuf)
  env TASKBEAT_DRAIN=60 "${variables[@]}" timeout --foreground 120 node dist/cli.js emulate --ports auto --time-scale 10 \
    --protocol "$protocol" --keep "$work/$name" -- \
    env TASKBEAT_SESSION_ID='a session' node dist/cli.js run --heartbeat 1 --dwell 0.5 --run-id run-1 -- "$@"
}
joins() { told "$@" && node scripts/context-check.ts "$work/$1/telemetry/traces.jsonl" joined; }
stays_apart() { told "$@" && node scripts/context-check.ts "$work/$1/telemetry/traces.jsonl" apart; }
instrument=("$home/bin/opentelemetry-instrument" "$python" samples/context/plain.py)

for protocol in grpc http; do
  check "Python, two lines, $protocol: part of the task's span, with its keys" \
    joins "lines-$protocol" "$protocol" "$python" samples/context/train.py
  check "Python, opentelemetry-instrument and taskbeat-join, $protocol: the same without a line" \
    joins "join-$protocol" "$protocol" env PYTHONPATH="$join" "${instrument[@]}"
done
check 'Python, opentelemetry-instrument alone: a trace of its own, but the keys' stays_apart alone grpc "${instrument[@]}"
exit $((failures > 0))
