#!/usr/bin/env bash
# Simulates the path of an event, against measured runs and beyond them: see docs/scaling.md.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=../tools/setup.sh
source "$root/tools/setup.sh"

usage() {
  cat <<'TEXT'
usage: bench/simulate.sh validate   compares the model with the measured runs, and draws docs/images/scaling-validation.svg
       bench/simulate.sh predict    looks for the capacity of 1 to 64 replicas, and draws docs/images/scaling-prediction.svg
       bench/simulate.sh measure    measures this machine anew, for some 3 minutes in which nothing else should run on it

The numbers are in bench/UserOrder.Simulation: costs.json, which the model computes with, and measured.json, which it is compared with.
TEXT
}

case ${1:-} in
  validate | predict) ;;
  measure)
    require_servers
    command -v wrk >/dev/null || install_packages wrk
    ;;
  --help | -h)
    usage
    exit
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

cd "$root"
require_dotnet
for project in UserOrder.UserApi UserOrder.OrderApi bench/UserOrder.Simulation; do
  output=$(dotnet build "$project" --configuration Release --nologo --verbosity quiet) || die "$output"
done
dotnet "$root/bench/UserOrder.Simulation/bin/Release/net10.0/UserOrder.Simulation.dll" "$1"
