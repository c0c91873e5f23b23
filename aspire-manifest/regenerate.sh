#!/usr/bin/env bash
# Writes aspire-manifest.json anew from the AppHost, with Aspire's own manifest publisher. Needs a NuGet source with the Aspire packages.
set -euo pipefail
cd "$(dirname "$0")/.."

exec dotnet run --project UserOrder.AppHost -- \
  --publisher manifest --output-path ../aspire-manifest/aspire-manifest.json
