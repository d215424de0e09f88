#!/usr/bin/env bash
# The page of a run, in a real browser, of real commands: scripts/view/check.ts says what. Pictures of each part in both
# themes stay in artefacts/view, or $TASKBEAT_ARTEFACTS.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
[ -f dist/view-page.js ] || node scripts/bundle.ts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! chromium=$(scripts/browser.sh 2>"$work/why"); then
  echo "skipped  the page in a browser: $(cat "$work/why")"
  exit 0
fi
TMPDIR=$work timeout --foreground 500 node scripts/view/check.ts "$chromium" "${TASKBEAT_ARTEFACTS:-artefacts/view}"
