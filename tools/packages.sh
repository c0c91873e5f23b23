#!/usr/bin/env bash
# After a change of a package: writes the lock files and docs/licenses.md anew. Look at the difference before you commit it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup.sh
source "$root/tools/setup.sh"

require_dotnet
export UseAspirePackages=false
dotnet restore "$root/tools/UserOrder.WithoutAspire.slnf" --force-evaluate --nologo --verbosity quiet
dotnet run --project "$root/tools/PackageList" --configuration Release --verbosity quiet -- licenses "$root"
git -C "$root" status --short '*packages.locked.json' docs/licenses.md
