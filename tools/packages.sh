#!/usr/bin/env bash
# After a change of a package: rewrites the lock files and docs/licenses.md. Review the difference before you commit it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup.sh
source "$root/tools/setup.sh"

require_dotnet
dotnet restore "$root/UserOrder.sln" --force-evaluate --nologo --verbosity quiet
dotnet run --project "$root/tools/PackageList" --configuration Release --verbosity quiet -- licenses "$root"
git -C "$root" status --short '*packages.locked.json' docs/licenses.md
