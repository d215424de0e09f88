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
# containers that stay until they are removed have this label
remove_containers() { docker ps -aq --filter label=taskbeat.smoke | xargs -r docker rm -f >/dev/null 2>&1 || true; }
clean_up() {
  remove_containers
  if has_lab collector_down; then collector_down; fi
  if [ -n "${seed_pid:-}" ]; then kill "$seed_pid" 2>/dev/null || true; fi
  if has_lab lab_down; then lab_down; fi
  rm -rf "$work"
}
trap clean_up EXIT
if has_lab lab_up; then lab_up; fi
remove_containers

. scripts/checks.sh

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

# a command of the image's own: it has none but Node.js
check 'in the image itself a command can open its captured output by name, so koffi is there' \
  docker run --rm -e NVCT_RESULTS_DIR=/tmp/results taskbeat:local run --console text -- \
  /opt/taskbeat/bin/node -e 'require("fs").writeFileSync("/dev/stdout", "x")'

# NVIDIA's library is not here, but what would ask it can be started, and koffi loads for it
asks_for_gpus() {
  local status=0
  docker run --rm --entrypoint /opt/taskbeat/bin/node taskbeat:local /opt/taskbeat/dist/late-gpu-nvml.js \
    '{"intervalMs":1000,"library":"/none","env":{}}' >"$work/gpu" 2>&1 || status=$?
  [ "$status" = 3 ] && grep -q unusable "$work/gpu"
}
check 'in the image itself the process that reads GPUs starts, and says that there are none' asks_for_gpus

# taskbeat run where it is meant to be: copied into an image with Debian and Python, in which nothing else is Node.js
mkdir "$work/python"
cat >"$work/python/Dockerfile" <<'DOCKERFILE'
FROM taskbeat:local AS taskbeat
FROM node:24-bookworm-slim
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends python3 tini >/dev/null && \
    rm -rf /var/lib/apt/lists/* /usr/local/bin/*
COPY --from=taskbeat /opt/taskbeat /opt/taskbeat
COPY *.py *.sh /
ENV PYTHONUNBUFFERED=1
ENTRYPOINT ["/opt/taskbeat/bin/taskbeat"]
DOCKERFILE
# train.py STEPS SECONDS: a checkpoint at each step of so many seconds, and a last one, and status 5, where it is stopped
cat >"$work/python/train.py" <<'PYTHON'
import json, os, signal, sys, time

results, steps = os.environ["NVCT_RESULTS_DIR"], int(sys.argv[1])

def tell(**line):
    with open(os.environ["TASKBEAT_EVENTS"], "a") as file:
        file.write(json.dumps(line) + "\n")

def save(name, step):
    os.makedirs(f"{results}/{name}")
    with open(f"{results}/{name}/model.bin", "wb") as file:
        file.write(os.urandom(1000))
    tell(type="checkpoint", dir=name, step=step)

def stop(*_):
    save(f"last-of-{os.environ['TASKBEAT_ATTEMPT']}", step)
    sys.exit(5)

signal.signal(signal.SIGTERM, stop)
for step in range(1, steps + 1):
    time.sleep(float(sys.argv[2]))
    tell(step=step, total_steps=steps, loss=1 / step)
    print("step", step, "of", steps)
    save(f"checkpoint-{os.environ['TASKBEAT_ATTEMPT']}-{step}", step)
PYTHON
# catch.py NAMES…: notes each of these signals as it comes, and ends with 7 when there are as many as names, and no more
cat >"$work/python/catch.py" <<'PYTHON'
import os, signal, sys, time

seen = open(f"{os.environ['NVCT_RESULTS_DIR']}/seen", "a", buffering=1)
count, last = 0, time.monotonic()

def note(number, _):
    global count, last
    count, last = count + 1, time.monotonic()
    print(signal.Signals(number).name[3:], file=seen)

for name in sys.argv[1:]:
    signal.signal(getattr(signal, f"SIG{name}"), note)
print("ready", file=seen)
while count < len(sys.argv) - 1 or time.monotonic() - last < 0.5:
    time.sleep(0.1)
sys.exit(7)
PYTHON
# leaves 50 processes to process 1, half of them in sessions of their own, and looks what becomes of them
cat >"$work/python/orphans.py" <<'PYTHON'
import glob, os, subprocess, sys, time

def orphans():
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            name, rest = open(path).read().split("(")[1].rsplit(")", 1)
        except OSError:
            continue
        if name == "sleep" and rest.split()[1] == "1":
            yield rest.split()[0]

for number in range(50):
    subprocess.run(["sh", "-c", "sleep 4 &" if number % 2 else "setsid sleep 4 &"])
adopted, until = len(list(orphans())), time.monotonic() + 30
while list(orphans()) and time.monotonic() < until:
    time.sleep(0.1)
left = list(orphans())
print(f"{adopted} adopted, left of them: {left}")
sys.exit(0 if adopted > 25 and not left else 1)
PYTHON
# all statuses that there are, and deaths by all signals that end a process, each in a results directory of its own
cat >"$work/python/statuses.sh" <<'SH'
expect() {
  /opt/taskbeat/bin/taskbeat run --results-dir "/tmp/$1" -- sh -c "$2" 2>"/tmp/$1.log"
  status=$?
  [ "$status" = "$1" ] || { echo "'$2' came out as $status instead of $1"; cat "/tmp/$1.log"; }
}
for status in $(seq 0 2 255); do expect "$status" "exit $status"; done &
for status in $(seq 1 2 255); do expect "$status" "exit $status"; done
wait
rm -rf /tmp/*
for signal in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 24 25 26 27 29 30 31; do
  expect "$((128 + signal))" "kill -$signal \$\$"
done
echo done
SH
check 'COPY --from brings it into an image with Debian and Python' docker build -q -t taskbeat-python:local "$work/python"
docker run -d --name taskbeat-statuses --label taskbeat.smoke --tmpfs /tmp --entrypoint sh taskbeat-python:local /statuses.sh >/dev/null

python_run() { docker run --rm -e NVCT_RESULTS_DIR=/results "$@"; }
check 'and there it runs, as root where root was asked for' python_run taskbeat-python:local simulate --delay 0
has_no_node() { [ "$(python_run taskbeat-python:local run -- sh -c 'command -v node; echo none')" = none ]; }
check 'and brings its own Node.js, which the command does not see' has_no_node

# trains DIR OPTIONS…: three checkpoints, and the last of them carries 100
trains() {
  local dir=$1
  shift
  python_run -v "$dir:/results" "$@" taskbeat-python:local run --console text -- python3 /train.py 3 0.2
  tail -n 1 "$dir/progress"
  grep -q '"percentComplete":100,"name":"checkpoint-1-3"' "$dir/progress" && [ -s "$dir/checkpoint-1-3/model.bin" ] &&
    [ "$(grep -o '"name":"checkpoint-1-[123]"' "$dir/.taskbeat/journal.jsonl" | sort -u | wc -l)" = 3 ]
}
check 'python3 with checkpoints and progress: complete, 100 %' trains "$(results python 0:0 755)"
check 'the same with a read-only root file system, another user and no capability' \
  trains "$(results python-user 1234:1234 755)" --read-only --cap-drop ALL --security-opt no-new-privileges --user 1234:1234

writes_by_name() {
  local script='open("/dev/stdout", "w").write("out\n"); open("/dev/stderr", "w").write("err\n")' said
  said=$(python_run "$@" taskbeat-python:local run --console text -- python3 -c "$script" 2>"$work/by-name") &&
    [ "$said" = out ] && grep -qx err "$work/by-name"
}
check 'a log file /dev/stdout works while output is captured' writes_by_name
check 'for another user too' writes_by_name --user 1234:1234 --tmpfs /results:mode=1777

# as WAY OPTIONS… -- ARGUMENTS…: taskbeat as process 1, or below one that was made to be that
as() {
  local way=$1 options=() taskbeat=()
  shift
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  case $way in
    docker-init) options+=(--init) ;;
    tini) options+=(--entrypoint tini) taskbeat=(-- /opt/taskbeat/bin/taskbeat) ;;
  esac
  docker run --label taskbeat.smoke -e NVCT_RESULTS_DIR=/results "${options[@]}" taskbeat-python:local "${taskbeat[@]}" "$@"
}

# ends_with STATUS WAY SCRIPT
ends_with() {
  local status=0
  as "$2" --rm -- run -- sh -c "$3" || status=$?
  echo "status $status"
  [ "$status" = "$1" ]
}
signals=(TERM INT HUP QUIT USR1 USR2 CONT WINCH TSTP ALRM VTALRM PROF IO PWR URG XCPU STKFLT)
# waits_for FILE TEXT: until a line of the file is that
waits_for() { timeout 30 sh -c 'until grep -qx "$1" "$2"; do sleep 0.05; done' - "$2" "$1"; }
catches() {
  local name=taskbeat-catch-$1 dir signal
  dir=$(results "catch-$1" 0:0 755)
  touch "$dir/seen"
  as "$1" -d --name "$name" -v "$dir:/results" -- run --grace 5m -- python3 /catch.py "${signals[@]}" || return 1
  waits_for "$dir/seen" ready || return 1
  for signal in "${signals[@]}"; do
    docker kill --signal "$signal" "$name" && waits_for "$dir/seen" "$signal" || break
  done
  status=$(timeout 60 docker wait "$name")
  docker logs "$name"
  docker rm -f "$name"
  echo "status $status, seen: $(xargs <"$dir/seen")"
  [ "$status" = 7 ] && [ "$(xargs <"$dir/seen")" = "ready ${signals[*]}" ]
}
dies() {
  local name=taskbeat-dies-$1 dir
  dir=$(results "dies-$1" 0:0 755)
  touch "$dir/seen"
  as "$1" -d --name "$name" -v "$dir:/results" -- run -- sh -c 'echo ready >/results/seen; exec sleep 60' || return 1
  waits_for "$dir/seen" ready || return 1
  docker kill --signal USR1 "$name"
  status=$(timeout 60 docker wait "$name")
  docker logs "$name"
  docker rm -f "$name"
  [ "$status" = 138 ]
}
# is_stopped DIR NAME: it was announced, below 100, and the last line tells of it
is_stopped() {
  tail -n 1 "$1/progress"
  grep -q "\"name\":\"$2\"" "$1/progress" && [ "$(percent "$1")" != '"percentComplete":100' ] && grep -q "stopped by SIGTERM at .* % ($2)" "$work/python.log"
}
saves_a_last_checkpoint() {
  local name=taskbeat-stop-$1 dir
  dir=$(results "stop-$1" 0:0 755)
  as "$1" -d --name "$name" -v "$dir:/results" -- run -- python3 /train.py 100 0.3 || return 1
  timeout 30 sh -c 'until [ -e "$1/checkpoint-1-2" ]; do sleep 0.05; done' - "$dir" || return 1
  docker stop -t 20 "$name"
  status=$(docker inspect -f '{{.State.ExitCode}}' "$name")
  docker logs "$name" 2>&1 | tee "$work/python.log"
  docker rm "$name"
  echo "status $status"
  [ "$status" = 5 ] && is_stopped "$dir" last-of-1
}
for way in process-1 docker-init tini; do
  check "$way: the status of the command is that of the container" ends_with 37 "$way" 'exit 37'
  for signal in TERM KILL SEGV; do
    check "$way: a death by SIG$signal is 128 + n" ends_with $((128 + $(kill -l "$signal"))) "$way" "kill -$signal \$\$"
  done
  check "$way: docker kill: every signal that may be caught reaches the command once" catches "$way"
  check "$way: docker kill: one that the command dies by is 128 + n" dies "$way"
  check "$way: docker stop: a last checkpoint is announced, and the status is that of the command" saves_a_last_checkpoint "$way"
  check "$way: 50 orphans are waited for while the command runs" as "$way" --rm -- run -- python3 /orphans.py
done

goes_on() {
  local dir
  dir=$(results again 0:0 755)
  as process-1 -d --name taskbeat-again -v "$dir:/results" -- run -- python3 /train.py 20 0.3 || return 1
  timeout 30 sh -c 'until grep -q "name\":\"checkpoint-1-3" "$1/progress"; do sleep 0.05; done' - "$dir" || return 1
  docker kill taskbeat-again
  before=$(percent "$dir")
  docker start taskbeat-again
  timeout 30 sh -c 'until [ -e "$1/checkpoint-2-1" ]; do sleep 0.05; done' - "$dir" || return 1
  after=$(percent "$dir")
  docker stop -t 20 taskbeat-again
  docker logs taskbeat-again 2>&1 | tee "$work/python.log"
  docker rm taskbeat-again
  echo "before: $before, after: $after"
  [ "${after#*:}" -ge "${before#*:}" ] && is_stopped "$dir" last-of-2
}
check 'SIGKILL to the container, and it is started again: attempt 2, and no percent is lost' goes_on

is_out_of_memory() {
  local status=0 script='
hoard = []
while True:
    hoard.append(bytes(1000000))'
  docker run --rm --memory 256m --memory-swap 256m taskbeat-python:local run -- python3 -c "$script" >"$work/oom" 2>&1 || status=$?
  cat "$work/oom"
  [ "$status" = 137 ] && tail -n 1 "$work/oom" | grep -q 'python3 killed by the out-of-memory killer (cgroup limit 256.0 MiB)'
}
if [ "$(docker info -f '{{.MemoryLimit}}')" = true ]; then
  check 'an end by the out-of-memory killer: 137, and it is named' is_out_of_memory
else
  echo 'skipped  the out-of-memory killer: the engine has no memory cgroup'
fi

says_done() {
  timeout 300 docker wait taskbeat-statuses
  docker logs taskbeat-statuses
  [ "$(docker logs taskbeat-statuses 2>&1)" = done ]
}
check 'all 256 statuses, and deaths by 23 signals, are what they were' says_done

check 'taskbeat emulate --image plays the platform around it, and has no finding' \
  node src/cli.ts emulate --ports auto --time-scale 10 --image taskbeat:local -- simulate --delay 0.02 --num-of-results 3 --dwell 1

# docker stop, its telemetry counted in the files of a real Collector
stops_well() {
  local out=$work/collector started status spans
  mkdir -p "$out"
  COLLECTOR_OUT=$out collector_up byoo.yaml
  docker run -d --name taskbeat-stopped --label taskbeat.smoke --network host -e NVCT_RESULTS_DIR=/tmp/output -v "$(results stopped 1000:1000 755):/tmp/output" \
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
# the native parts of koffi in the layers of an OCI archive
natives_in() {
  local blob
  for blob in $(tar -tf "$1" | grep -E '^blobs/sha256/[0-9a-f]{64}$'); do
    { tar -xOf "$1" "$blob" | tar -tz | grep 'koffi\.node$'; } 2>/dev/null || true
  done | sed 's|.*/node_modules/||' | sort -u | xargs
}
platforms=$(platforms_in taskbeat-image.tar)
natives=$(natives_in taskbeat-image.tar)
rm -f taskbeat-image.tar
check "the archive holds linux/amd64, linux/arm64 and provenance ($platforms)" [ "$platforms" = 'amd64 arm64 unknown' ]
check 'and koffi for both' [ "$natives" = '@koromix/koffi-linux-arm64/linux_arm64/koffi.node @koromix/koffi-linux-x64/linux_x64/koffi.node' ]

wait "$seed_pid" || true
seed_pid=
check "the sample's own command: complete" grep -q 'completed at 100 %' "$work/seed.log"
check "the sample's own command: 100 %, all of it owned by uid 1000" eval "is_complete $work/seed && owned_by $work/seed 1000"

[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
