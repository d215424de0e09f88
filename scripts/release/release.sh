#!/usr/bin/env bash
# Makes a release, and publishes nothing: scripts/release/release.sh [DIRECTORY], by default release/. Everything is
# checked, built and packed; beside the package lie a bill of materials (CycloneDX) and the checksums of both.
# In a GitHub workflow with `id-token: write` the last line that this prints publishes it, with provenance.
set -euo pipefail
cd "$(dirname "$0")/../.."
directory=${1:-release}

version=$(node -p 'require("./package.json").version')
if ! grep -qE "^## \[?$version\]? - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md; then
  echo "CHANGELOG.md has no section '## [$version] - DATE' yet: a release says what is in it and when it was made" >&2
  exit 1
fi
if [ -n "$(git status --porcelain)" ]; then
  echo 'there are changes that are not committed: what is released could not be made again' >&2
  exit 1
fi

npm ci --no-audit --no-fund
PATH=$PWD/node_modules/.bin:$PATH
npm run --silent types
npm run --silent lint
npm test

mkdir -p "$directory"
npm pack --pack-destination "$directory"
package=taskbeat-$version.tgz
TASKBEAT_PACKAGE=$(realpath "$directory/$package") scripts/package-check.sh
npm sbom --package-lock-only --sbom-format cyclonedx --sbom-type application |
  node scripts/release/sbom.ts >"$directory/taskbeat-$version.cdx.json"
(cd "$directory" && sha256sum "$package" "taskbeat-$version.cdx.json" >"taskbeat-$version.sha256")

echo "made, in $directory: $package, its bill of materials, and their checksums"
if [ "$(node -p '"repository" in require("./package.json")')" = true ]; then
  echo "npm publish --provenance $directory/$package"
else
  echo "package.json names no repository yet, without which npm takes no provenance: add it before npm publish --provenance" >&2
fi
