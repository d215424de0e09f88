#!/usr/bin/env bash
# The samples as their READMEs say, on the emulated platform: COMPLETED, without a finding. Those that need gigabytes run
# when they are asked for: TASKBEAT_CHECK_TORCH=1, TASKBEAT_CHECK_HF=1, TASKBEAT_CHECK_LIGHTNING=1. Their packages are
# cached under /var/tmp, or are those of TASKBEAT_TORCH_VENV, into which nothing is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
[ -f dist/cli.js ] && [ -f dist/types/index.d.ts ] || npm run --silent build
root=$PWD

work=$(mktemp -d)
mkdir "$work/tmp" "$work/bin"
export TMPDIR=$work/tmp PYTHONDONTWRITEBYTECODE=1
started=()
clean_up() {
  local pid
  for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap clean_up EXIT

. scripts/checks.sh

# What the READMEs call `taskbeat` is what was built; the platform's ports may be taken, and its minutes are long.
cat >"$work/bin/taskbeat" <<SH
#!/bin/sh
if [ "\$1" = emulate ]; then
  shift
  set -- emulate --ports auto --time-scale 10 "\$@"
fi
exec '$(command -v node)' '$root/dist/cli.js' "\$@"
SH
# `npm install` would take taskbeat from the registry; scripts/package-check.sh installs the package for real.
cat >"$work/bin/npm" <<SH
#!/bin/sh
[ "\$1" = install ] || exec '$(command -v npm)' "\$@"
mkdir -p node_modules/.bin
ln -sfn '$root' node_modules/taskbeat
ln -sfn '$root/node_modules/@types' node_modules/@types
ln -sfn '$work/bin/taskbeat' node_modules/.bin/taskbeat
SH
chmod +x "$work/bin/"*
PATH=$work/bin:$PATH
export TASKBEAT_HEARTBEAT=1 TASKBEAT_DWELL=0.5

# copied NAME: into a directory of its own, beside the helper that other samples copy
copied() {
  rm -rf "${work:?}/samples/$1"
  mkdir -p "$work/samples"
  cp -r "samples/$1" samples/python-events "$work/samples/"
  cd "$work/samples/$1"
}
# blocks_of README: its blocks of the shell in which something is emulated
blocks_of() {
  awk '/^```bash$/ { block = ""; open = 1; next } /^```$/ && open { if (block ~ /emulate/) printf "%s", block; open = 0 }
    open { block = block $0 "\n" }' "$1"
}
# emulated MIDDLE COMMANDS: each emulation in them is COMPLETED without a finding, and that percentage was seen in it
emulated() {
  local count
  count=$(grep -c 'emulate.* -- ' <<<"$2")
  timeout --foreground 300 bash -euo pipefail -c "$2" >"$work/log" 2>&1 || { status=$? && cat "$work/log" && return "$status"; }
  [ "$(grep -ac '^COMPLETED.*without a finding$' "$work/log")" = "$count" ] &&
    [ "$(grep -ac "emulate .* accepted $1 %" "$work/log")" = "$count" ] || { cat "$work/log" && return 1; }
}
as_its_readme_says() { (copied "$1" && emulated "$2" "$(blocks_of README.md)"); }
# with NAME MIDDLE COMMANDS: for what is no block of the README
with() { (copied "$1" && emulated "$2" "$3"); }

check 'shell: as its README says' as_its_readme_says shell 66
check 'typescript: as its README says, alone and supervised, and its types' as_its_readme_says typescript 60
check 'recorder: under taskbeat run' with recorder 100 'npm install; taskbeat emulate -- taskbeat run -- node train.ts'
if command -v python3 >/dev/null; then
  check 'python-events: under taskbeat run' with python-events 60 'taskbeat emulate -- taskbeat run -- python3 train.py'
else
  echo 'skipped  python-events: it needs Python, and it is not here'
fi

# The others share one environment, as PyTorch is in all of them. Its threads wait for each other by spinning, which takes
# many times as long where other programs want the processors too.
export OMP_NUM_THREADS=1
venv=${TASKBEAT_TORCH_VENV:-/var/tmp/taskbeat-torch}
# has_packages SAMPLE: those of its README, installed if they may be
has_packages() {
  local packages
  read -ra packages < <(sed -n 's/^pip install //p' "samples/$1/README.md")
  if [ -z "${TASKBEAT_TORCH_VENV:-}" ]; then
    { [ -x "$venv/bin/pip" ] || python3 -m venv "$venv"; } &&
      timeout 1200 "$venv/bin/pip" -q --disable-pip-version-check install "${packages[@]}"
  else
    "$venv/bin/python" -c 'import sys; from importlib.metadata import version
for package in sys.argv[1:]: print(package, version(package.split("==")[0]))' "${packages[@]}"
  fi
}
# heavy VARIABLE SAMPLE: whether it is asked for and can be; else a line says why not
heavy() {
  if [ "${!1:-0}" != 1 ]; then
    echo "skipped  $2: $1=1 asks for it"
  elif ! has_packages "$2" >"$work/pip.log" 2>&1; then
    echo "skipped  $2: $(tail -n 1 "$work/pip.log")"
  else
    return 0
  fi
  return 1
}
# its pip install has been done above
installed() { sed '/^pip install /d' <<<"$1"; }
as_its_readme_says_installed() {
  (PATH=$work/bin:$venv/bin:$PATH && copied "$1" && emulated "$2" "$(installed "$(blocks_of README.md)")")
}

# state RESULTS EXPRESSION: of the progress file
state() { node -p 'const it = JSON.parse(require("node:fs").readFileSync(process.argv[1] + "/progress", "utf8")); eval(process.argv[2])' "$1" "$2"; }
has_checkpoint() { grep -q '"name":"checkpoint-' "$1/progress" 2>/dev/null; }
# interrupted SIGNAL RESULTS COMMAND…: when the first checkpoint is announced, SIGTERM to taskbeat; or SIGKILL to what it
# runs, of torchrun to one of its ranks
interrupted() {
  local signal=$1 results=$2 supervisor victim rank tries=0
  shift 2
  NVCT_RESULTS_DIR=$results node "$root/dist/cli.js" run -- "$@" >"$results.log" 2>&1 &
  supervisor=$!
  started+=("$supervisor")
  until has_checkpoint "$results"; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] && kill -0 "$supervisor" || { cat "$results.log" && return 1; }
    sleep 0.05
  done
  victim=$supervisor
  if [ "$signal" = KILL ]; then
    victim=$(pgrep -P "$supervisor" | head -n 1)
    rank=$(pgrep -P "$victim" | head -n 1) || true
    victim=${rank:-$victim}
  fi
  kill "-$signal" "$victim"
  ! wait "$supervisor" || { echo 'it ended well' && return 1; }
}
# goes_on SIGNAL EQUAL SAMPLE COMMAND…: interrupted and begun again, it goes on from a checkpoint, up to the end; with
# EQUAL=loss to the loss of a training that was left alone
goes_on() {
  local signal=$1 equal=$2 results=$work/results-$RANDOM
  (
    PATH=$work/bin:$venv/bin:$PATH
    copied "$3" && cp ../python-events/taskbeat_events.py . && shift 3 || return 1
    interrupted "$signal" "$results" "$@" || return 1
    last=$(state "$results" it.name)
    NVCT_RESULTS_DIR=$results taskbeat run -- "$@" >"$results.log" 2>&1 || { cat "$results.log" && return 1; }
    cat "$results.log"
    grep -E "^from (step ${last#checkpoint-} |.*/checkpoint-)" "$results.log" && [ "$(state "$results" it.percentComplete)" = 100 ] || return 1
    [ "$equal" = loss ] || return 0
    NVCT_RESULTS_DIR=$results-whole taskbeat run -- "$@" || return 1
    echo "$(state "$results" it.metadata.loss) should be $(state "$results-whole" it.metadata.loss)"
    [ "$(state "$results" it.metadata.loss)" = "$(state "$results-whole" it.metadata.loss)" ]
  )
}

if heavy TASKBEAT_CHECK_TORCH pytorch; then
  check 'pytorch: as its README says, with and without torchrun, and a taskbeat for each rank' as_its_readme_says_installed pytorch 60
  check 'pytorch: after SIGKILL it goes on, to the loss of a training that was left alone' goes_on KILL loss pytorch python train.py
  check 'pytorch: after SIGTERM it goes on from a last checkpoint, to the same loss' goes_on TERM loss pytorch python train.py
  check 'pytorch: the same with two ranks' goes_on TERM loss pytorch torchrun --nproc-per-node 2 train.py
  check 'pytorch: the same after SIGKILL to one of two ranks' goes_on KILL loss pytorch torchrun --nproc-per-node 2 train.py
fi
if heavy TASKBEAT_CHECK_HF huggingface; then
  check 'huggingface: as its README says, with and without the callback' as_its_readme_says_installed huggingface 50
  check 'huggingface: after SIGKILL it goes on from its last checkpoint' goes_on KILL end huggingface python train.py --callback
fi
if heavy TASKBEAT_CHECK_LIGHTNING lightning; then
  check 'lightning: as its README says, with and without the callback' as_its_readme_says_installed lightning 50
  check 'lightning: after SIGKILL it goes on from its last checkpoint' goes_on KILL end lightning python train.py --callback
fi

[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
