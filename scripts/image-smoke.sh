#!/usr/bin/env bash
# Runs the image the ways people run it, and looks at what it leaves. Needs docker with buildx; where the lab of
# containers lies beside the repository it brings an engine, and a real Collector for the telemetry.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=../shared/lab

LAB_BAKE_ARGS=()
if [ -f "$lab/container-lab.sh" ]; then
  . "$lab/container-lab.sh"
elif ! docker info >/dev/null 2>&1; then
  echo "skipped: the image needs a Docker engine, and none answers here"
  exit 0
fi
has_lab() { declare -F "$1" >/dev/null; }

work=$(mktemp -d)
clean_up() {
  if has_lab collector_down; then collector_down; fi
  if [ -n "${seed_pid:-}" ]; then kill "$seed_pid" 2>/dev/null || true; fi
  if has_lab lab_down; then lab_down; fi
  rm -rf "$work"
}
trap clean_up EXIT
if has_lab lab_up; then lab_up; fi

failures=0
# check WHAT COMMAND…: one line that says whether the command succeeded
check() {
  local what=$1
  shift
  if "$@" >"$work/out" 2>&1; then
    echo "ok       $what"
  else
    echo "FAILED   $what"
    sed 's/^/         | /' "$work/out"
    failures=$((failures + 1))
  fi
}

# results NAME OWNER MODE: a directory to mount
results() {
  mkdir -p "$work/$1"
  chown "$2" "$work/$1"
  chmod "$3" "$work/$1"
  echo "$work/$1"
}
percent() { grep -oE '"percentComplete":[0-9]+' "$1/progress"; }
is_complete() { [ "$(percent "$1")" = '"percentComplete":100' ] && [ -s "$1/output_result_0/sample_file_0.txt" ]; }
# owned_by DIR UID: everything in the directory belongs to that user
owned_by() { [ -z "$(find "$1" -mindepth 1 ! -uid "$2")" ]; }

quick=(-e NVCT_RESULTS_DIR=/tmp/output -e DELAY_BETWEEN_RESULTS_IN_MINUTES=0.01)
# run_in DIR OPTIONS…: the image on that directory, quickly
run_in() {
  local dir=$1
  shift
  docker run --rm -v "$dir:/tmp/output" "${quick[@]}" "$@" taskbeat:local
}

scripts/image-build.sh local "${LAB_BAKE_ARGS[@]}" >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log"; exit 1; }
echo "ok       the image for this machine is built"

# the sample's own command, as written; it takes the sample's minute, so the others run meanwhile
mkdir "$work/seed" && chown 1000:1000 "$work/seed"
(cd "$work/seed" && exec script -qec 'docker run -it -v ${PWD}:/tmp/output -e NVCT_RESULTS_DIR="/tmp/output" taskbeat:local' "$work/seed.log") >/dev/null 2>&1 &
seed_pid=$!

dir=$(results root 0:0 755)
check 'a directory of root: complete' run_in "$dir"
check 'a directory of root: 100 %, owned by root' eval "is_complete $dir && owned_by $dir 0"

dir=$(results everyone 0:0 777)
check 'a directory of root that others may write in: complete' run_in "$dir"
check 'a directory of root that others may write in: 100 %, owned by 65532' eval "is_complete $dir && owned_by $dir 65532"

dir=$(results missing 1000:1000 755)
check 'a results directory yet to be made, in one of uid 1000: complete' run_in "$dir" -e NVCT_RESULTS_DIR=/tmp/output/new
check 'a results directory yet to be made, in one of uid 1000: owned by 1000' eval "is_complete $dir/new && owned_by $dir 1000"

dir=$(results user 1234:1234 755)
check '--user: complete' run_in "$dir" --user 1234:1234
check '--user: 100 %, owned by that user' eval "is_complete $dir && owned_by $dir 1234"

dir=$(results arbitrary 0:0 777)
check 'an arbitrary uid without a group of its own: complete' run_in "$dir" --user 4242
check 'an arbitrary uid: 100 %, owned by it' eval "is_complete $dir && owned_by $dir 4242"

dir=$(results locked 0:0 755)
check 'read-only root file system, no capabilities: complete' run_in "$dir" --read-only --cap-drop ALL
check 'read-only root file system, no capabilities: 100 %' is_complete "$dir"

dir=$(results platform 0:0 777)
check 'as on the platform, no capability to change users: complete' \
  run_in "$dir" --read-only --cap-drop ALL --cap-add NET_BIND_SERVICE --security-opt no-new-privileges
check 'as on the platform: 100 %' is_complete "$dir"

check 'no volume at all: complete' docker run --rm -e DELAY_BETWEEN_RESULTS_IN_MINUTES=0.01 taskbeat:local

refused() {
  local status=0
  docker run --rm -v "$1:/tmp/output$2" "${quick[@]}" "${@:3}" taskbeat:local >"$work/refused" 2>&1 || status=$?
  [ "$status" = 73 ] && grep -q '/tmp/output.* cannot be written by uid [0-9]* (E[A-Z]*): .' "$work/refused"
}
check 'a directory mounted read-only: 73, with path, uid and remedy' refused "$(results frozen 1000:1000 755)" :ro
check 'a directory of somebody else: 73, with path, uid and remedy' refused "$(results foreign 1000:1000 755)" '' --user 4242

has_no_shell() { ! docker run --rm --entrypoint sh taskbeat:local -c true; }
check 'there is no shell in it' has_no_shell

# bytes of our layers, node left out
own_bytes() {
  docker history --no-trunc --human=false --format '{{.Size}} {{.CreatedBy}}' taskbeat:local |
    awk '/(COPY|RUN|ADD) / && !/\/nodejs\/bin\/node/ && !/nodejs24|root\.tar/ {sum += $1} END {print sum}'
}
check "our layers are at most 8 MB without node ($(own_bytes) bytes)" [ "$(own_bytes)" -le 8000000 ]

printf 'FROM taskbeat:local AS taskbeat\nFROM node:24-bookworm-slim\nCOPY --from=taskbeat /opt/taskbeat /opt/taskbeat\nENTRYPOINT ["/opt/taskbeat/bin/taskbeat"]\n' >"$work/Dockerfile"
check 'COPY --from brings it into another image' docker build -q -t taskbeat-copied:local "$work"
check 'and there it runs, as root where root was asked for' \
  docker run --rm -e NVCT_RESULTS_DIR=/results taskbeat-copied:local simulate --delay 0

check 'taskbeat emulate --image plays the platform around it, and has no finding' \
  node src/cli.ts emulate --ports auto --time-scale 50 --image taskbeat:local -- simulate --delay 0.02 --num-of-results 3 --dwell 1

# docker stop, its telemetry counted in the files of a real Collector
stops_well() {
  local out=$work/collector started status spans
  mkdir -p "$out"
  COLLECTOR_OUT=$out collector_up byoo.yaml
  docker run -d --name taskbeat-stopped --network host -e NVCT_RESULTS_DIR=/tmp/output -v "$(results stopped 1000:1000 755):/tmp/output" \
    -e DELAY_BETWEEN_RESULTS_IN_MINUTES=0.005 -e NUM_OF_RESULTS=1000 \
    -e OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:14357 taskbeat:local
  sleep 5
  started=$(date +%s%N)
  docker stop -t 20 taskbeat-stopped
  stopped_ms=$((($(date +%s%N) - started) / 1000000))
  echo "stopped after $stopped_ms ms"
  [ "$stopped_ms" -le 3000 ] || return 1
  status=$(docker inspect -f '{{.State.ExitCode}}' taskbeat-stopped)
  docker logs taskbeat-stopped 2>"$work/stopped.log"
  docker rm taskbeat-stopped
  collector_down
  cat "$work/stopped.log"
  [ "$status" = 143 ] || return 1
  for signal in traces:span:spans logs:logRecord:records; do
    IFS=: read -r name item unit <<<"$signal"
    spans=$(sed -nE "s/^ +$name +([0-9]+) $unit: .*/\1/p" "$work/stopped.log")
    echo "$name: $spans emitted, $(node scripts/otlp-files.ts "$out" "$name") in the Collector's file"
    [ "$spans" -gt 0 ] && [ "$spans" = "$(node scripts/otlp-files.ts "$out" "$name")" ] || return 1
  done
}
if [ -f "$lab/collector-lab.sh" ]; then
  . "$lab/collector-lab.sh"
  collector_build
  check 'docker stop: 143 within 3 s, and all telemetry is in the Collector' stops_well
  echo "         | stopped after $stopped_ms ms"
else
  echo "skipped  docker stop with a real Collector: its lab is not here"
fi

scripts/image-build.sh multi-arch "${LAB_BAKE_ARGS[@]}" >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log"; exit 1; }
# the platforms of the image in an OCI archive; "unknown" is that of the attestations
platforms_in() {
  local digest
  digest=$(tar -xOf "$1" index.json | grep -oE 'sha256:[0-9a-f]{64}' | head -n 1)
  tar -xOf "$1" "blobs/sha256/${digest#sha256:}" | grep -oE '"architecture": *"[a-z0-9]+"' | cut -d'"' -f4 | sort -u | xargs
}
platforms=$(platforms_in taskbeat-image.tar)
rm -f taskbeat-image.tar
check "the archive holds linux/amd64, linux/arm64 and provenance ($platforms)" [ "$platforms" = 'amd64 arm64 unknown' ]

wait "$seed_pid" || true
seed_pid=
check "the sample's own command: complete" grep -q 'completed at 100 %' "$work/seed.log"
check "the sample's own command: 100 %, all of it owned by uid 1000" eval "is_complete $work/seed && owned_by $work/seed 1000"

[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
