#!/usr/bin/env bash
# After a change of a package: rewrites the lock files and docs/licenses.md. Review the difference before you commit it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup.sh
source "$root/tools/setup.sh"

require_dotnet
for solution in UserOrder.sln bench/UserOrder.Bench.sln; do
  dotnet restore "$root/$solution" --force-evaluate --nologo --verbosity quiet
done
for peer in "$root"/bench/peers/*/*/*.csproj; do
  dotnet restore "$peer" --nologo --verbosity quiet -p:IsRestoreLocked=false
done
dotnet run --project "$root/tools/PackageList" --configuration Release --verbosity quiet -- licenses "$root"
git -C "$root" status --short '*packages.locked.json' docs/licenses.md
