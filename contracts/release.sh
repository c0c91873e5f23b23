#!/usr/bin/env bash
# Makes the contracts as they are now the promise that later ones are compared with. Part of each release, and of nothing else.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
rm -rf baseline
mkdir -p baseline/events baseline/openapi
cp asyncapi.yaml baseline/
cp events/*.schema.json baseline/events/
cp openapi/*.json baseline/openapi/
git status --short baseline
