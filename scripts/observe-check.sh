#!/usr/bin/env bash
# samples/observe: what it starts, and its dashboards and alerts against the Prometheus that grafana/otel-lgtm has, which
# real runs send to. Prometheus is built from its Go module (the first time 4 to 8 min on 2 cores, then cached).
# OBSERVE_CHECK_PORT: a port that is free.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. scripts/checks.sh
[ -f dist/cli.js ] || node scripts/bundle.ts

sample=samples/observe
if docker compose version >/dev/null 2>&1; then
  check 'compose.yaml is one that Docker Compose accepts' docker compose -f $sample/compose.yaml --profile jaeger --profile aspire config -q
else
  echo 'skipped  compose.yaml: there is no Docker Compose here'
fi

# v0.314.0 as a Go module is v3.14.0
version=v0.314.0
home=/var/tmp/taskbeat-prometheus-$version
build() {
  local w module=github.com/prometheus/prometheus
  w=$(mktemp -d "$home.XXXXXX")
  # without the discovery of services, which would bring the libraries of every cloud
  if (cd "$w" && go mod init taskbeat.invalid/prometheus && go get $module/cmd/{prometheus,promtool}@$version &&
    CGO_ENABLED=0 go build -tags remove_all_sd -ldflags='-s -w' -o . $module/cmd/{prometheus,promtool}) >"$work/build" 2>&1; then
    mkdir -p "$home" && mv "$w/prometheus" "$w/promtool" "$home/"
  fi
  rm -rf "$w"
}
if [ ! -x "$home/promtool" ]; then
  command -v go >/dev/null || { echo 'skipped  everything else: Prometheus comes as a Go module, and there is no Go here'; exit "$((failures > 0))"; }
  build
  [ -x "$home/promtool" ] || { echo "skipped  everything else: $(tail -n 1 "$work/build")"; exit "$((failures > 0))"; }
fi

timeout 180 node scripts/observe-check.ts "$home/prometheus" "$home/promtool" "${OBSERVE_CHECK_PORT:-24390}" || failures=$((failures + 1))
exit "$((failures > 0))"
