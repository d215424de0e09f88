#!/usr/bin/env bash
# Builds the image for this machine as taskbeat:local, or a target of docker-bake.hcl:
#   scripts/image-build.sh [local|multi-arch] [options of docker buildx bake]
# Behind a proxy with its own certificate: scripts/image-build.sh local --set '*.secrets=id=ca,src=ca.pem'
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-local}
shift || true
VERSION=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)
export VERSION REVISION
exec docker buildx bake "$@" "$target"
