#!/usr/bin/env bash
# Copies the current contracts to the baseline, with which tests compare later ones. Run it only as a part of a release.
set -euo pipefail

# shellcheck source=../tools/setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../tools/setup.sh"

no_arguments "$@"
cd "$root/contracts"
rm -rf baseline
mkdir -p baseline/events baseline/openapi
cp asyncapi.yaml baseline/
cp events/*.schema.json baseline/events/
cp openapi/*.json baseline/openapi/
git status --short baseline
