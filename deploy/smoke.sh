#!/usr/bin/env bash
# Runs the integration tests that need only the APIs against a deployed system at these URLs.
set -euo pipefail

usage() {
  printf 'usage: deploy/smoke.sh USER_API_URL ORDER_API_URL\n'
}

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
  usage
  exit
fi
if (($# != 2)) || [[ $1 != http*://* || $2 != http*://* ]]; then
  usage >&2
  exit 2
fi

# The deployment may still be in progress.
wait_for() {
  curl --fail --silent --show-error --output /dev/null --retry 30 --retry-delay 2 --retry-all-errors --max-time 5 "$1"
}

wait_for "$1/v1/users?limit=1"
wait_for "$2/v1/orders?userId=00000000-0000-0000-0000-000000000000"
export USERORDER_USER_API=$1 USERORDER_ORDER_API=$2
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../test.sh" Integration
