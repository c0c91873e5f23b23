#!/usr/bin/env bash
# Starts the whole graph: with the AppHost where Aspire's packages and a container engine are to be had, else with the
# manifest runner and locally installed servers.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/setup.sh
source "$root/tools/setup.sh"

usage() {
  cat <<'TEXT'
usage: ./run.sh [options]

  --fresh         start with empty databases and queues
  --no-dashboard  start without the Aspire dashboard (manifest runner only)
  --port NAME=N   the port of a project, e.g. user-api=3005; 0 takes any free one (means --runner)
  --runner        use local servers even if a container engine is there
  --secure        let the services ask for access tokens, and start an issuer that gives them (means --runner)
  --help          print this

Ctrl-C stops everything. User API: http://localhost:3001, Order API: http://localhost:3002
TEXT
}

projects=(UserOrder.UserApi UserOrder.OrderApi tools/ManifestRunner tools/Issuer)
runner=$root/tools/ManifestRunner/bin/Release/net10.0/ManifestRunner.dll
manifest=$root/aspire-manifest/aspire-manifest.json
issuer=$root/tools/Issuer/bin/Release/net10.0/Issuer.dll
fresh='' dashboard=yes force_runner='' secure='' ports=()

parse_arguments() {
  while (($#)); do
    case $1 in
      --fresh) fresh=yes ;;
      --no-dashboard) dashboard='' ;;
      --runner) force_runner=yes ;;
      --secure)
        secure=yes
        force_runner=yes
        ;;
      --port)
        (($# > 1)) || usage_error '--port needs NAME=N'
        ports+=(--port "$2")
        force_runner=yes
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
}

usage_error() {
  printf '%s\n\n' "$1" >&2
  usage >&2
  exit 2
}

# MSBuild takes seconds to find that there is nothing to do; the files' times tell it at once.
build_if_changed() {
  local stamp=$state/built
  if [[ -e $stamp && -e $runner && -z $(find "$root" \( -name bin -o -name obj -o -name '.*' -o -name node_modules \) -prune \
    -o \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.sql' -o -name '*.json' -o -name '*.sh' \) -newer "$stamp" -print -quit) ]]; then
    return
  fi
  note 'Building …'
  mkdir -p "$state"
  touch "$stamp.new"
  build_release "${projects[@]}"
  mv "$stamp.new" "$stamp"
}

run_apphost() {
  local volume
  if [[ $fresh ]]; then
    sed -n '/"volumes"/,/]/s/.*"name": "\(.*\)".*/\1/p' "$manifest" | while read -r volume; do
      "$engine" volume rm --force "$volume" >/dev/null
    done
  fi
  # The announcer ends with the AppHost, which takes over this shell's process id.
  (
    dotnet "$runner" --announce --manifest "$manifest" --timeout 300 &
    tail --pid=$$ -f /dev/null &
    wait -n
    mapfile -t children < <(jobs -p)
    kill "${children[@]}" 2>/dev/null
  ) &
  exec dotnet run --project "$root/UserOrder.AppHost" --configuration Release
}

run_manifest() {
  local arguments=(--manifest "$manifest" "${ports[@]}") program
  if [[ $fresh ]]; then
    arguments+=(--fresh)
  fi
  if [[ $secure ]]; then
    arguments+=(--issuer "$issuer")
  fi
  if [[ $dashboard ]] && program=$(find_dashboard); then
    arguments+=(--dashboard "$program")
  fi
  exec dotnet "$runner" "${arguments[@]}"
}

parse_arguments "$@"
require_dotnet
detect_aspire_packages

if [[ ! $force_runner ]] && uses_aspire_packages && use_container_engine; then
  build_if_changed
  run_apphost
else
  require_servers
  build_if_changed
  run_manifest
fi
