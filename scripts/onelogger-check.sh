#!/usr/bin/env bash
# The recorder beside the Python package whose ideas it has: one script through both, compared record by record. The test
# suite compares with a recording of the package; here it is made afresh. Python's packages are cached under /var/tmp.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
if ! python=$(scripts/onelogger-python.sh); then
  echo "skipped: $python"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. scripts/checks.sh
beside=test/recorder/upstream
record() { timeout 60 "$python" "$beside/record.py" "$beside/actions.json" >"$work/recorded.jsonl"; }
check 'nv-one-logger-core 2.3.1 plays the script' record
check 'what comes of it is what was recorded' diff "$beside/recorded.jsonl" "$work/recorded.jsonl"
check 'ours is the same, but for the deviations that docs/recorder.md tells' timeout 120 vitest run "$beside"
exit $((failures > 0))
