#!/usr/bin/env bash
# A task that evaluates its checkpoints: taskbeat run -- ./task.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
results=${NVCT_RESULTS_DIR:-$PWD/results}

# what a training saves would be here; these are numbers to send
for step in 1 2; do
  mkdir -p "$results/checkpoint-$step"
  echo "[0, 0.01, 0.0$step]" >"$results/checkpoint-$step/samples.json"
done
exec "$here/with-triton.sh" node "$here/evaluate.ts" "$results"/checkpoint-*
