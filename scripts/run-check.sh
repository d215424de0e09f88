#!/usr/bin/env bash
# taskbeat run around real commands, and what the emulated platform says of them. Python's packages are cached under
# /var/tmp. TASKBEAT_CHECK_TORCH=1 adds PyTorch on two ranks: some gigabytes, or those of TASKBEAT_TORCH_VENV.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
if ! command -v python3 >/dev/null; then
  echo "skipped: the checks of taskbeat run need Python, and it is not here"
  exit 0
fi
[ -f dist/cli.js ] || node scripts/bundle.ts
cli=$PWD/dist/cli.js

work=$(mktemp -d)
mkdir "$work/tmp"
export TMPDIR=$work/tmp
started=()
clean_up() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap clean_up EXIT

. scripts/checks.sh
# holds FILE EXPRESSION: whether it is true of the JSON in the file, which it calls `it`
holds() {
  node -e '
    const [, file, expression] = process.argv
    const it = JSON.parse(require("node:fs").readFileSync(file, "utf8"))
    if (!eval(expression)) throw new Error(`not so: ${expression}, in ${file}: ${JSON.stringify(it)}`)' "$1" "$2"
}
# waits_for COMMAND…: until it succeeds
waits_for() {
  local tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "waited in vain for: $*"; return 1; }
    sleep 0.05
  done
}

# emulated NAME OPTIONS… -- COMMAND…: its results in $work/NAME/task/results, what the platform says in $work/NAME.log
emulated() {
  local name=$1
  shift
  timeout --foreground 180 node "$cli" emulate --ports auto --time-scale 10 --keep "$work/$name" "$@" \
    >"$work/$name.log" 2>&1 || { status=$? && cat "$work/$name.log" && return "$status"; }
}
supervised=(node "$cli" run --heartbeat 1 --dwell 0.5 --drain 60)
# is_completed NAME STATE: without a finding, and that state was the last
is_completed() {
  tail -n 1 "$work/$1.log" | grep '^COMPLETED' && holds "$work/$1/task/results/progress" "it.percentComplete === 100 && it.name === '$2'"
}
summary_of() { echo "$work/$1/task/results/.taskbeat/summary.json"; }

# all statuses that there are, and deaths by all signals that end a process: beside the rest, as it takes as long
expects_status() {
  local status=0
  node "$cli" run --results-dir "$work/statuses/$1-$2" -- sh -c "ulimit -c 0; $2" >"$work/statuses/$1.log" 2>&1 || status=$?
  if [ "$status" != "$1" ]; then
    echo "'$2' came out as $status instead of $1"
    cat "$work/statuses/$1.log"
  fi
}
mkdir "$work/statuses"
(
  for status in $(seq 0 255); do expects_status "$status" "exit $status"; done
  for signal in $(seq 1 31); do
    case $(kill -l "$signal") in
      CHLD | CONT | STOP | TSTP | TTIN | TTOU | URG | WINCH) ;; # end nothing
      *) expects_status $((128 + signal)) "kill -$signal \$\$" ;;
    esac
  done
  echo done
) >"$work/statuses.log" 2>&1 &
started+=($!)
statuses_pid=$!

# What trains.
cat >"$work/loop.sh" <<'SH'
for step in 1 2 3; do
  sleep 0.6
  echo "step $step"
  mkdir "$NVCT_RESULTS_DIR/checkpoint-$step"
  echo "weights $step" >"$NVCT_RESULTS_DIR/checkpoint-$step/model"
  echo "{\"step\": $step, \"total_steps\": 3, \"loss\": 0.$((9 - step))}" >>"$TASKBEAT_EVENTS"
  echo "{\"type\": \"checkpoint\", \"dir\": \"checkpoint-$step\"}" >>"$TASKBEAT_EVENTS"
done
SH
cat >"$work/bar.py" <<'PYTHON'
import time
from tqdm import tqdm

for _ in tqdm(range(150), desc="training"):
    time.sleep(0.01)
PYTHON
# trainer.py SECONDS LIMIT: checkpoints with the files of transformers' Trainer, in its order, of which so many are kept
cat >"$work/trainer.py" <<'PYTHON'
import json, os, shutil, sys, time

results, limit = os.environ["NVCT_RESULTS_DIR"], int(sys.argv[2])
for step in range(100, 600, 100):
    time.sleep(float(sys.argv[1]))
    directory = f"{results}/checkpoint-{step}"
    os.makedirs(directory)
    for name in ("model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin"):
        with open(f"{directory}/{name}", "wb") as file:
            file.write(os.urandom(10_000))
        time.sleep(0.02)
    with open(f"{directory}/trainer_state.json", "w") as file:
        json.dump({"global_step": step, "max_steps": 500, "log_history": []}, file)
    shutil.rmtree(f"{results}/checkpoint-{step - 100 * limit}", ignore_errors=True)
PYTHON
# train.py STEPS SECONDS [save]: where it is stopped, a last checkpoint and status 5 if it is to save one, else a death
cat >"$work/train.py" <<'PYTHON'
import json, os, signal, subprocess, sys, time

results, attempt = os.environ["NVCT_RESULTS_DIR"], os.environ["TASKBEAT_ATTEMPT"]
steps = int(sys.argv[1])

def tell(**line):
    with open(os.environ["TASKBEAT_EVENTS"], "a") as file:
        file.write(json.dumps(line) + "\n")

def save(name, step):
    os.makedirs(f"{results}/{name}")
    with open(f"{results}/{name}/model", "wb") as file:
        file.write(os.urandom(1000))
    tell(type="checkpoint", dir=name, step=step)

def stop(*_):
    save(f"last-of-{attempt}", step)
    sys.exit(5)

if "save" in sys.argv:
    signal.signal(signal.SIGTERM, stop)
with open(f"{results}/pid-of-{attempt}", "w") as file:
    print(os.getpid(), file=file)
if attempt == "2":
    first = open(f"{results}/pid-of-1").read().strip()
    state = subprocess.run(["ps", "-o", "stat=", "-p", first], capture_output=True, text=True).stdout
    print("the first one is", "gone" if state.strip()[:1] in ("", "Z") else "still there", flush=True)
for step in range(1, steps + 1):
    time.sleep(float(sys.argv[2]))
    tell(step=step, total_steps=steps, loss=1 / step)
    save(f"checkpoint-{attempt}-{step}", step)
PYTHON

loop() {
  emulated loop -- "${supervised[@]}" -- bash "$work/loop.sh" && is_completed loop checkpoint-3 &&
    holds "$(summary_of loop)" 'it.progress.step === 3 && it.checkpoints.count === 3 && it.outcome.kind === "succeeded"'
}
check 'a loop of bash with checkpoints: COMPLETED, without a finding' loop

nothing() { emulated nothing -- "${supervised[@]}" -- python3 -c 'print("done")' && is_completed nothing summary; }
check 'a command without any checkpoint: COMPLETED, without a finding' nothing

# trains_as_hf NAME SECONDS LIMIT OPTIONS…
trains_as_hf() {
  local name=$1 seconds=$2 limit=$3
  shift 3
  emulated "$name" "$@" -- "${supervised[@]}" --checkpoints 'checkpoint-*' --marker huggingface --quiet 1s -- \
    python3 "$work/trainer.py" "$seconds" "$limit" &&
    is_completed "$name" checkpoint-500 && holds "$(summary_of "$name")" 'it.checkpoints.count === 5'
}
check "the checkpoints of Hugging Face's Trainer: COMPLETED, without a finding" trains_as_hf keeps 0.3 10
removes() {
  trains_as_hf removes 1.2 4 --allow results-changed && [ ! -e "$work/removes/task/results/checkpoint-100" ] &&
    grep "results-changed (allowed): 'checkpoint-100' after" "$work/removes.log"
}
check 'with save_total_limit: COMPLETED, and the platform is said to dislike that a result was removed' removes

python=/var/tmp/taskbeat-run-python
bar() {
  emulated bar -- "${supervised[@]}" --progress-preset tqdm -- "$python/bin/python" "$work/bar.py" && is_completed bar summary &&
    holds "$(summary_of bar)" 'it.progress.step === 150 && it.progress.percent === 100' && grep -q 'training: *100%' "$work/bar.log"
}
if "$python/bin/python" -c 'import tqdm' 2>/dev/null ||
  { python3 -m venv "$python" && "$python/bin/pip" -q --disable-pip-version-check install tqdm==4.70.1; } >"$work/pip.log" 2>&1; then
  check 'Python with tqdm, its progress read: COMPLETED, without a finding' bar
else
  echo "skipped  Python with tqdm: $(tail -n 1 "$work/pip.log")"
fi

# fails NAME STATUS VERDICT: the platform says ERRORED, the task ended with that status, and its last words begin so
fails() {
  tail -n 1 "$work/$1.log" | grep "^ERRORED.*$2" && grep "^taskbeat: $3" "$work/$1.log" &&
    holds "$work/$1/task/results/progress" 'it.percentComplete < 100' &&
    holds "$(summary_of "$1")" "it.outcome.kind === 'failed' && it.outcome.exitStatus === $2"
}
crash() {
  local script='print("step 1", flush=True); raise ValueError("no more data")'
  ! emulated crash -- "${supervised[@]}" -- python3 -c "$script" || return 1
  fails crash 1 'failed with status 1 at 0 %: python3 exited with status 1' &&
    grep -A 3 '^taskbeat: failed' "$work/crash.log" | grep '^  ValueError: no more data' &&
    holds "$(summary_of crash)" 'it.lastErrorLines.includes("ValueError: no more data")'
}
check 'a crash: ERRORED, with its status and the line that tells why' crash

stall() {
  local script='import faulthandler, signal, time; faulthandler.register(signal.SIGUSR1); print("step 1", flush=True); time.sleep(600)'
  ! emulated stall -- "${supervised[@]}" --stall 6s -- python3 -c "$script" || return 1
  fails stall 124 'failed with status 124 at 0 %: python3 stalled for' && grep 'File "<string>", line 1 in <module>' "$work/stall.log" &&
    holds "$(summary_of stall)" 'it.outcome.stalled'
}
check 'a stall: ERRORED with 124, with the stack where it hung' stall

killed() {
  ! emulated killed --fault oom@4s -- "${supervised[@]}" -- python3 "$work/train.py" 1000 0.6 || return 1
  tail -n 1 "$work/killed.log" | grep '^ERRORED.*137' && holds "$work/killed/task/results/progress" 'it.percentComplete < 100'
}
check 'an end of the whole task as if for memory: ERRORED with 137' killed

# canceled NAME SAVE: emulator and task, of which two states were seen, get SIGTERM; returns when they are gone
canceled() {
  local emulator
  emulated "$1" -- "${supervised[@]}" -- python3 "$work/train.py" 1000 0.6 "$2" &
  emulator=$!
  started+=("$emulator")
  waits_for grep -q 'accepted .* checkpoint-1-2' "$work/$1.log" || return 1
  kill -TERM "$(pgrep -P "$emulator" timeout)"
  wait "$emulator" || true
  tail -n 1 "$work/$1.log" | grep '^CANCELED' && holds "$work/$1/task/results/progress" 'it.percentComplete < 100'
}
stop_with() {
  canceled stop-with save && grep '^emulate.*accepted .* last-of-1' "$work/stop-with.log" && grep '^emulate.*uploaded last-of-1' "$work/stop-with.log" &&
    grep '^taskbeat: stopped by SIGTERM at .* % (last-of-1)' "$work/stop-with.log" &&
    holds "$(summary_of stop-with)" 'it.outcome.kind === "stopped" && it.outcome.signal === "SIGTERM" && it.outcome.exitStatus === 5'
}
check 'SIGTERM with a last checkpoint: CANCELED, it is uploaded, and the status is that of the command' stop_with
stop_without() {
  canceled stop-without - && grep '^taskbeat: stopped by SIGTERM at .* % (checkpoint-1-' "$work/stop-without.log" &&
    holds "$(summary_of stop-without)" 'it.outcome.kind === "stopped" && it.outcome.exitStatus === 143'
}
check 'SIGTERM without one: CANCELED, and the state stays at the checkpoint before' stop_without

# as one task: a supervisor that is killed while two states are announced, and the next one
cat >"$work/again.sh" <<'SH'
"$@" &
supervisor=$!
until grep -q 'checkpoint-1-2' "$NVCT_RESULTS_DIR/progress"; do sleep 0.05; done
kill -9 "$supervisor"
wait "$supervisor"
cp "$NVCT_RESULTS_DIR/progress" "$NVCT_RESULTS_DIR/../before"
kill -0 "$(cat "$NVCT_RESULTS_DIR/pid-of-1")" && echo 'it trains on'
exec "$@"
SH
again() {
  # what the first supervisor had not sent is lost with it
  emulated again --allow telemetry-lost --allow spans-unended --allow spans-orphaned -- \
    sh "$work/again.sh" "${supervised[@]}" -- python3 "$work/train.py" 4 0.6 || return 1
  is_completed again checkpoint-2-4 && grep -x 'it trains on' "$work/again.log" && grep 'the first one is gone' "$work/again.log" &&
    holds "$work/again/task/before" 'it.percentComplete >= 50' &&
    holds "$(summary_of again)" 'it.attempt === 2 && it.previousAttempts === 1'
}
check 'kill -9 to the supervisor, and a second one: it ends what was left, goes on as attempt 2, and is COMPLETED' again

cat >"$work/ranks.py" <<'PYTHON'
import json, os
import torch, torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

def tell(**line):
    if dist.get_rank() == 0:
        with open(os.environ["TASKBEAT_EVENTS"], "a") as file:
            file.write(json.dumps(line) + "\n")

dist.init_process_group("gloo")
torch.manual_seed(dist.get_rank())
model = DistributedDataParallel(torch.nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(1, 31):
    inputs = torch.randn(64, 8)
    loss = (model(inputs) - inputs.sum(1, keepdim=True)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    tell(step=step, total_steps=30, loss=loss.item())
    if step % 10 == 0:
        directory = f"{os.environ['NVCT_RESULTS_DIR']}/checkpoint-{step}"
        if dist.get_rank() == 0:
            os.makedirs(directory)
            torch.save(model.module.state_dict(), f"{directory}/model.pt")
            tell(type="checkpoint", dir=f"checkpoint-{step}")
        dist.barrier()
# in one write, as the other rank writes too
print(f"rank {dist.get_rank()} of {dist.get_world_size()}: loss {loss.item()}\n", end="")
dist.destroy_process_group()
PYTHON
torch=${TASKBEAT_TORCH_VENV:-/var/tmp/taskbeat-torch}
torchrun=("$torch/bin/torchrun" --nnodes 1 --nproc-per-node 2 --rdzv-backend c10d --rdzv-endpoint 127.0.0.1:0)
is_trained() {
  is_completed "$1" checkpoint-30 && grep 'rank 0 of 2' "$work/$1.log" && grep 'rank 1 of 2' "$work/$1.log" &&
    holds "$(summary_of "$1")" 'it.progress.step === 30 && it.checkpoints.count === 3'
}
around_ranks() { emulated around -- "${supervised[@]}" -- "${torchrun[@]}" "$work/ranks.py" && is_trained around; }
below_ranks() {
  # at 100 the platform ends the task, of which torchrun, as it has not ended yet, makes status 1
  emulated below --allow exit-status-after-100 -- "${torchrun[@]}" --no-python "${supervised[@]}" -- "$torch/bin/python" "$work/ranks.py" && is_trained below
}
if [ "${TASKBEAT_CHECK_TORCH:-0}" != 1 ]; then
  echo 'skipped  PyTorch on two ranks: TASKBEAT_CHECK_TORCH=1 asks for it'
elif "$torch/bin/python" -c 'import torch' 2>/dev/null ||
  { python3 -m venv "$torch" && "$torch/bin/pip" -q --disable-pip-version-check install torch==2.15.0 numpy==2.4.6; } >"$work/pip.log" 2>&1; then
  check 'taskbeat run -- torchrun: two ranks of PyTorch, COMPLETED, without a finding' around_ranks
  check 'torchrun … taskbeat run: the same, a taskbeat for each rank' below_ranks
else
  echo "skipped  PyTorch on two ranks: $(tail -n 1 "$work/pip.log")"
fi

are_theirs() {
  wait "$statuses_pid"
  cat "$work/statuses.log"
  [ "$(cat "$work/statuses.log")" = done ]
}
check 'all 256 statuses, and deaths by 23 signals, are what they were' are_theirs

[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
