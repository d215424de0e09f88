#!/usr/bin/env bash
# Builds for linux/amd64 and linux/arm64 and pushes to NGC, with SBOM and provenance:
#   docker login nvcr.io                      # user $oauthtoken, password: an NGC key
#   scripts/image-push.sh ORG/TEAM [TAG]      # TAG: the version of package.json
set -euo pipefail
cd "$(dirname "$0")/.."
place=${1:?"usage: scripts/image-push.sh ORG/TEAM [TAG]"}
tag=${2:-$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)}
IMAGE=nvcr.io/$place/taskbeat TAG=$tag exec scripts/image-build.sh push
