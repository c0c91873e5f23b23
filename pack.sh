#!/usr/bin/env bash
# Builds the NuGet packages and their symbols into packages/.
set -euo pipefail

# shellcheck source=tools/setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/tools/setup.sh"

no_arguments "$@"
require_dotnet
for project in "$root"/UserOrder.Messaging{,.AspNetCore,.EntityFrameworkCore,.Testing}; do
  dotnet pack "$project" --configuration Release --output "$root/packages" -p:ContinuousIntegrationBuild=true --nologo --verbosity quiet
done
ls "$root/packages"
