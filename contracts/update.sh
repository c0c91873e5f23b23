#!/usr/bin/env bash
# Builds both services and copies the generated OpenAPI documents. Review the difference before you commit it.
set -euo pipefail

# shellcheck source=../tools/setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../tools/setup.sh"

no_arguments "$@"
require_dotnet
build_if_changed UserOrder.AppHost
cp "$root/UserOrder.UserApi/obj/openapi/user-api.json" "$root/contracts/openapi/user-api.v1.json"
cp "$root/UserOrder.OrderApi/obj/openapi/order-api.json" "$root/contracts/openapi/order-api.v1.json"
git -C "$root" status --short contracts/openapi
