#!/usr/bin/env bash
# The package as a user gets it: what is in it, and whether it works from the tarball in an empty directory. What needs
# the registry (its one dependency, the checker of types) is skipped with a line where none answers.
# TASKBEAT_PACKAGE=FILE checks that tarball instead of a new one.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
root=$PWD
attw=@arethetypeswrong/cli@0.18.5

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. scripts/checks.sh

tarball=${TASKBEAT_PACKAGE:-}
if [ -z "$tarball" ]; then
  npm pack --pack-destination "$work" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
  tarball=$(echo "$work"/taskbeat-*.tgz)
fi

check 'it holds what it should, and nothing else' node scripts/release/package-contents.ts "$tarball"
sed 's/^/         | /' "$work/out"

# installed NAME OPTIONS…: the package in an empty directory, as a user would install it
installed() {
  mkdir "$work/$1" && cd "$work/$1" && echo '{"private": true, "type": "module"}' >package.json
  npm install --no-audit --no-fund --no-progress "${@:2}" "$tarball"
}
install_log=$work/install.log
if (installed whole) >"$install_log" 2>&1 && (installed bare --omit=optional) >>"$install_log" 2>&1; then
  echo "ok       it installs: $(du -sm "$work/whole/node_modules" | cut -f 1) MB with all, $(du -sm "$work/bare/node_modules" | cut -f 1) MB without what is optional"
elif grep -qE 'ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|E40[35]' "$install_log"; then
  echo "skipped  its installation, and all that needs it: no registry answers"
  [ "$failures" = 0 ]
  exit
else
  echo "FAILED   it installs"
  sed 's/^/         | /' "$install_log"
  exit 1
fi

version=$(node -p 'require("./package.json").version')
taskbeat_in() { (cd "$work/$1" && npx --no-install taskbeat "${@:2}"); }
has_version() { [ "$(taskbeat_in "$1" --version)" = "$version" ]; }
simulates() {
  taskbeat_in "$1" simulate --results-dir results --delay 0.001 && grep '"percentComplete":100' "$work/$1/results/progress"
}
# captured output needs what koffi brings, or does without
supervises() {
  [ "$(cd "$work/$1" && npx --no-install taskbeat run --results-dir ran -- echo done)" = done ] &&
    taskbeat_in "$1" run --results-dir captured --console text -- sh -c 'echo one; echo two >&2' &&
    grep '"percentComplete":100' "$work/$1/captured/progress" && ! taskbeat_in "$1" run --results-dir failed -- false
}
for kind in whole bare; do
  [ "$kind" = whole ] && with='' || with=', without optional dependencies'
  check "npx taskbeat --version$with" has_version "$kind"
  check "npx taskbeat simulate$with" simulates "$kind"
  check "npx taskbeat run$with" supervises "$kind"
done
check 'koffi is there, and is not where it was left out' \
  sh -c "[ -d '$work/whole/node_modules/koffi' ] && [ ! -e '$work/bare/node_modules/koffi' ]"
fresh() { mkdir "$work/fresh" && [ "$(cd "$work/fresh" && npx --yes --package "$tarball" taskbeat --version)" = "$version" ]; }
check 'npx in an empty directory' fresh

cat >"$work/bare/each.mjs" <<'JS'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { exports } = require('taskbeat/package.json')
for (const path of Object.keys(exports).filter((path) => !path.endsWith('.json'))) {
  const name = `taskbeat${path.slice(1)}`
  const imported = await import(name)
  // a CommonJS program gets the same module, as Node 24 lets it
  if (require(name) !== imported) throw new Error(`${name} is not the same by require`)
  console.log(name, Object.keys(imported).join(' '))
}
JS
check 'every part of the library, by import and by require' node "$work/bare/each.mjs"
sample() { cp samples/recorder/train.ts "$work/bare/" && (cd "$work/bare" && node train.ts); }
check 'samples/recorder as its README says' sample

# a program that uses every part; its types must hold without skipLibCheck
cat >"$work/bare/each.ts" <<'TS'
import { openProgress } from 'taskbeat'
import { startEmulation } from 'taskbeat/emulator'
import manifest from 'taskbeat/package.json' with { type: 'json' }
import * as progress from 'taskbeat/progress'
import { createRecorder, type Exporter } from 'taskbeat/recorder'
import { kafkaExporter } from 'taskbeat/recorder/kafka'
import { otelExporter } from 'taskbeat/recorder/otel'
import { createTrainingRecorder } from 'taskbeat/recorder/training'
import { openWorkflow } from 'taskbeat/recorder/workflow'
import * as workload from 'taskbeat/workload'

const exporter: Exporter = otelExporter()
const recorder = createRecorder({ exporters: [exporter] })
// @ts-expect-error what is not any says that this is wrong
createRecorder({ exporters: 5 })
export const parts = [openProgress, startEmulation, progress, workload, kafkaExporter, createTrainingRecorder, openWorkflow]
export const name: string = manifest.name
export const closed: Promise<unknown> = recorder.close()
TS
# and every part that there is
node -p 'Object.keys(require("./package.json").exports).filter((path) => !path.endsWith(".json"))
  .map((path, index) => `export * as part${index} from "taskbeat${path.slice(1)}"`).join("\n")' >>"$work/bare/each.ts"
# whoever writes TypeScript for Node.js has its types
mkdir -p "$work/bare/node_modules/@types"
cp -r node_modules/@types/node "$work/bare/node_modules/@types/"
cp -r node_modules/undici-types "$work/bare/node_modules/"
# types_hold RESOLUTION MODULE
types_hold() {
  cat >"$work/bare/tsconfig.json" <<JSON
{"files": ["each.ts"], "compilerOptions": {"module": "$2", "moduleResolution": "$1", "target": "es2025", "types": ["node"],
  "lib": ["es2025", "esnext.disposable"], "strict": true, "noEmit": true, "skipLibCheck": false, "resolveJsonModule": true}}
JSON
  tsc -p "$work/bare/tsconfig.json"
}
check 'types under moduleResolution nodenext' types_hold nodenext nodenext
check 'types under moduleResolution bundler' types_hold bundler esnext

if (cd "$work" && npx --yes "$attw" --version) >"$work/attw.log" 2>&1; then
  # ESM only: older resolutions, and require() in TypeScript, are not promised
  resolves() { (cd "$work" && npx --yes "$attw" --profile esm-only --format ascii "$tarball"); }
  check "types as $attw sees them" resolves
else
  echo "skipped  types as $attw sees them: $(tail -n 1 "$work/attw.log")"
fi

# an older Node.js, as a machine may have it beside ours
old=$(IFS=:; for directory in ${TASKBEAT_OLD_NODE:-$PATH}; do
  [ -x "$directory/node" ] || continue
  "$directory/node" -e 'process.exit(Number(process.versions.node.split(".")[0]) < 24 ? 0 : 1)' && echo "$directory/node" && break
done) || true
refuses() {
  local status=0
  "$old" "$work/bare/node_modules/taskbeat/dist/cli.js" "$@" >"$work/old.out" 2>&1 || status=$?
  cat "$work/old.out"
  [ "$status" = 78 ] && [ "$(wc -l <"$work/old.out")" = 1 ] && grep '^taskbeat: Node.js 24\.[0-9]* or newer is needed' "$work/old.out"
}
if [ -n "$old" ]; then
  check "Node.js $("$old" -p process.versions.node): one sentence and status 78" refuses simulate
else
  echo 'skipped  an older Node.js: none is in the path (or in the directory TASKBEAT_OLD_NODE)'
fi

# everything, tools too: what is bundled is a development dependency to npm
if npm audit --package-lock-only >"$work/audit.log" 2>&1; then
  echo 'ok       npm audit finds nothing'
elif grep -qE 'audit endpoint returned an error|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN' "$work/audit.log"; then
  echo 'skipped  npm audit: the registry in use does not answer it'
else
  echo 'FAILED   npm audit'
  sed 's/^/         | /' "$work/audit.log"
  failures=$((failures + 1))
fi
[ "$failures" = 0 ]
