#!/usr/bin/env bash
# Sets up and runs the whole graph: checks the SDK, installs the servers if no container engine works, and starts the AppHost.
set -euo pipefail

# shellcheck source=tools/setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/tools/setup.sh"

usage() {
  cat <<'TEXT'
usage: ./run.sh [options]

  --fresh          start with empty databases and queues
  --secure         require access tokens, and start an issuer for them
  --port NAME=N    the port of user-api, order-api, issuer or dashboard; 0 takes any free one. May be repeated
  --servers WHAT   'containers' or 'local' (installed servers); by default, containers if an engine works
  --data FOLDER    the data folder of local servers (default: .userorder/data)
  --help           print this

Ctrl-C stops everything. User API: http://localhost:3001, Order API: http://localhost:3002, dashboard: http://localhost:15888
TEXT
}

usage_error() {
  printf '%s\n\n' "$1" >&2
  usage >&2
  exit 2
}

servers='' arguments=()
while (($#)); do
  arguments+=("$1")
  case $1 in
    --fresh | --secure) ;;
    --port | --servers | --data)
      (($# > 1)) || usage_error "$1 needs a value"
      case $1 in
        --servers) servers=$2 ;;
        --data) set -- "$1" "$(realpath --canonicalize-missing "$2")" "${@:3}" ;;
      esac
      arguments+=("$2")
      shift
      ;;
    --help | -h)
      usage
      exit
      ;;
    *) usage_error "unknown option: $1" ;;
  esac
  shift
done

require_dotnet
if [[ $servers == local ]] || { [[ ! $servers ]] && ! has_container_engine; }; then
  require_servers
fi
build_if_changed UserOrder.AppHost
exec dotnet run --project "$root/UserOrder.AppHost" --configuration Release --no-build -- "${arguments[@]}"
