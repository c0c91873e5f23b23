#!/usr/bin/env bash
# Rewrites the lock files and docs/licenses.md after a package change. Review the difference before you commit it.
set -euo pipefail

# shellcheck source=setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/setup.sh"

no_arguments "$@"
require_dotnet
for solution in UserOrder.sln bench/UserOrder.Bench.sln; do
  dotnet restore "$root/$solution" --force-evaluate --nologo --verbosity quiet
done
for peer in "$root"/bench/peers/*/*/*.csproj; do
  dotnet restore "$peer" --nologo --verbosity quiet -p:IsRestoreLocked=false
done
dotnet run --project "$root/tools/PackageList" --configuration Release --verbosity quiet -- licenses "$root"
git -C "$root" status --short '*packages.locked.json' docs/licenses.md
