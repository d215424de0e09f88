#!/usr/bin/env bash
# Every mix of protocols, counted in the files of a real OpenTelemetry Collector.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=../shared/lab/collector-lab.sh
if [ ! -f "$lab" ]; then
  echo "skipped: the mixes of protocols need the lab of the Collector, and it is not here"
  exit 0
fi
. "$lab"
collector_build
out=$(mktemp -d)
trap 'collector_down; rm -rf "$out"' EXIT
COLLECTOR_OUT=$out collector_up byoo.yaml
node scripts/collector-mixes.ts run "$out"
collector_down
node scripts/collector-mixes.ts compare "$out"
