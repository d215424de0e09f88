#!/usr/bin/env bash
# What `explain-names` says, against what a real OpenTelemetry Collector exposes to Prometheus.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=../shared/lab/collector-lab.sh
if [ ! -f "$lab" ]; then
  echo "skipped: the names behind a Collector need its lab, and it is not here"
  exit 0
fi
. "$lab"
collector_build
out=$(mktemp -d)
trap 'collector_down; rm -rf "$out"' EXIT
sidecar=../shared/lab/collector/sidecar.yaml

# What changes names and labels beside the strategy, in one configuration.
odd=$out/odd.yaml
sed -e 's/namespace: ml_metrics/namespace: ml-metrics\n    const_labels: {team: a}\n    without_scope_info: true/' \
  -e 's/^processors:/processors:\n  attributes: {actions: [{key: zone.id, value: a, action: insert}, {key: dataset, action: delete}]}/' \
  -e 's/processors: \[resource, batch\]/processors: [resource, attributes, batch]/' "$sidecar" >"$odd"

# names_check CONFIGURATION STRATEGY FLAG…
names_check() {
  local configuration=$1
  export TRANSLATION_STRATEGY=$2 COLLECTOR_OUT=$out
  shift 2
  collector_up "$configuration"
  node scripts/names-check.ts "$configuration" "$@"
  collector_down
}

names_check "$sidecar" UnderscoreEscapingWithSuffixes
names_check "$sidecar" UnderscoreEscapingWithoutSuffixes
names_check "$sidecar" UnderscoreEscapingWithSuffixes --names tuft --attributes seed
names_check "$sidecar" UnderscoreEscapingWithoutSuffixes --names tuft --attributes seed
names_check "$sidecar" NoUTF8EscapingWithSuffixes --attributes seed
names_check "$sidecar" NoTranslation --attributes seed
names_check "$odd" UnderscoreEscapingWithSuffixes
