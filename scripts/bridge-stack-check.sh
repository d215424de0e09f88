#!/usr/bin/env bash
# The Compose stack of samples/metrics-sidecar, as it is, with this repository's image. Of Collector and Prometheus, whose
# images no registry brings here, the labs' programs are put into images of those names; where an engine was there
# before, the real ones are pulled.
set -euo pipefail
cd "$(dirname "$0")/.."
sample=samples/metrics-sidecar
lab=../shared/lab
if ! docker compose version >/dev/null 2>&1 || { [ ! -f "$lab/container-lab.sh" ] && ! docker info >/dev/null 2>&1; }; then
  echo 'skipped: the stack needs a Docker engine with Compose, and that is not here'
  exit 0
fi
work=$(mktemp -d)
. scripts/checks.sh
LAB_BAKE_ARGS=() LAB_ENGINE_PID=
[ ! -f "$lab/container-lab.sh" ] || . "$lab/container-lab.sh"

# nothing is published, and it goes a little faster
export WRITE_INTERVAL=1 COLLECTION_INTERVAL=1
cat >"$work/override.yaml" <<'YAML'
services:
  otel-collector: {ports: !reset []}
  prometheus: {ports: !reset []}
YAML
compose() { docker compose -p taskbeat-stack-check -f $sample/compose.yaml -f "$work/override.yaml" "$@"; }
clean_up() {
  compose --profile verify down --volumes >"$work/down" 2>&1 || true
  if declare -F lab_down >/dev/null; then lab_down; fi
  rm -rf "$work"
}
trap clean_up EXIT
if declare -F lab_up >/dev/null; then lab_up; fi

# stand_in IMAGE: from what lies in $work/image
stand_in() { docker build -q -t "$1" "$work/image" && rm -rf "$work/image"; }
stand_ins() {
  . "$lab/collector-lab.sh"
  collector_build && prometheus_install || return 1
  mkdir "$work/image"
  cp "$COLLECTOR_DIR/otelcol-$COLLECTOR_VERSION" "$work/image/otelcol-contrib"
  printf 'FROM scratch\nCOPY otelcol-contrib /\nUSER 10001\nENTRYPOINT ["/otelcol-contrib"]\n' >"$work/image/Dockerfile"
  stand_in "$(compose config --images | grep collector)" || return 1
  mkdir "$work/image"
  cp "$COLLECTOR_DIR/debian/usr/bin/prometheus" "$work/image/"
  # the healthcheck asks by wget; this Prometheus does not know track_timestamps_staleness
  cat >"$work/image/wget" <<'JS'
#!/usr/local/bin/node
fetch(process.argv.at(-1)).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))
JS
  cat >"$work/image/start" <<'START'
#!/bin/sh
sed /track_timestamps_staleness/d /etc/prometheus/prometheus.yml >/tmp/prometheus.yml
exec prometheus --config.file=/tmp/prometheus.yml --storage.tsdb.path=/prometheus
START
  chmod +x "$work/image/wget" "$work/image/start"
  cat >"$work/image/Dockerfile" <<'DOCKERFILE'
FROM node:24-bookworm-slim
COPY prometheus wget start /usr/bin/
RUN mkdir /prometheus && chown 65534 /prometheus
USER 65534
ENTRYPOINT ["/usr/bin/start"]
DOCKERFILE
  stand_in "$(compose config --images | grep prometheus)"
}
[ -z "$LAB_ENGINE_PID" ] || check 'Collector and Prometheus of the labs are images' stand_ins
check 'the image for this machine is built' scripts/image-build.sh local "${LAB_BAKE_ARGS[@]}"

check 'the stack starts, and all that has a healthcheck is well' compose up -d --wait
check 'verify finds everything' compose run --rm --quiet-pull verify
sed 's/^/         | /' "$work/out"
check 'the bridge is killed and made anew' eval 'compose kill bridge && compose rm -f bridge && compose up -d --wait bridge'
goes_on() { compose run --rm -e MAX_AGE=15 verify >"$work/again" && cat "$work/again" && [ "$(grep -c training_loss "$work/again")" = 1 ]; }
check 'and goes on with the same series' goes_on
check 'it ends in time' eval 'compose stop -t 5 bridge && [ "$(docker inspect -f "{{.State.ExitCode}}" "$(compose ps -aq bridge)")" = 0 ]'
sleep 6
check 'and without it verify fails' eval '! compose run --rm -e MAX_AGE=5 -e WAIT=0 verify'
[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
