#!/usr/bin/env bash
# Makes a task of any tool that can go on from a file: rounds of it, with a checkpoint after each.
set -euo pipefail
results=${NVCT_RESULTS_DIR:-results}
rounds=${ROUNDS:-3}

# One round of your tool: from what the last one wrote (nothing at first) to something better. Here awk walks down a
# parabola, and prints where it is and how far from the bottom.
improve() {
  sleep "${SECONDS_A_ROUND:-1}"
  awk '{ x = $1 } END { for (i = 0; i < 20; i++) x -= 0.05 * (x - 3); print x, (x - 3) ^ 2 }'
}

# One write a line, and nothing where there is no taskbeat.
tell() { [ -z "${TASKBEAT_EVENTS:-}" ] || echo "$1" >>"$TASKBEAT_EVENTS"; }
tell_round() {
  local loss
  read -r _ loss <"$results/checkpoint-$1/model"
  tell "{\"step\": $1, \"total_steps\": $rounds, \"loss\": $loss}"
  tell "{\"type\": \"checkpoint\", \"dir\": \"checkpoint-$1\", \"metadata\": {\"loss\": $loss}}"
}

# taskbeat sends SIGTERM to this shell alone: the round that runs comes to its end, and is saved.
must_stop=false
trap 'must_stop=true' TERM

mkdir -p "$results"
round=$rounds
until [ "$round" = 0 ] || [ -d "$results/checkpoint-$round" ]; do round=$((round - 1)); done
echo "from round $round of $rounds"
# A round that was killed may not have come to tell of itself. Nothing is announced twice.
[ "$round" = 0 ] || tell_round "$round"

while [ "$round" -lt "$rounds" ] && ! $must_stop; do
  last=$results/checkpoint-$round/model
  round=$((round + 1))
  # what has its name is complete: written beside it, on the disk, then renamed
  staged=$results/checkpoint-$round.tmp
  rm -rf "$staged"
  mkdir "$staged"
  { [ ! -f "$last" ] || cat "$last"; } | improve >"$staged/model"
  sync "$staged/model"
  mv "$staged" "$results/checkpoint-$round"
  echo "round $round: $(cat "$results/checkpoint-$round/model")"
  tell_round "$round"
done
[ "$round" = "$rounds" ] || exit 143
