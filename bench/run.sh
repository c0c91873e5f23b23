#!/usr/bin/env bash
# Measures UserOrder side by side with its peers, on this machine: see bench/README.md.
set -euo pipefail

# shellcheck source=../tools/setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../tools/setup.sh"

bench=$state/bench
node_peer=$root/bench/peers/node

usage() {
  cat <<'TEXT'
usage: bench/run.sh [--quick | --requests | --order | --telemetry]

  (without)    all contestants and every figure, about 16 minutes; writes docs/performance.md and its charts
  --quick      UserOrder, the Node peer and the broker alone, less than 3 minutes once everything is built; prints the targets
  --requests   look-ups, lists and orders, about 5 minutes; writes that part of docs/performance.md
  --order      the library with and without ordering keys, about 2 minutes; writes that part of docs/performance.md
  --telemetry  UserOrder with and without telemetry, about 5 minutes; writes that part of docs/performance.md
  --help       print this
TEXT
}

# The load generator, the Node peer's runtime, and what Native AOT links with.
require_bench_tools() {
  local missing=()
  command -v wrk >/dev/null || missing+=(wrk)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  command -v clang >/dev/null || command -v gcc >/dev/null || missing+=(clang)
  [[ -e /usr/include/zlib.h ]] || missing+=(zlib1g-dev)
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
}

# within MINUTES WHAT COMMAND…: ends the script where the command fails or takes longer.
within() {
  local minutes=$1 what=$2 code=0
  shift 2
  timeout --foreground --kill-after=30 "${minutes}m" "$@" || code=$?
  case $code in
    0) ;;
    124 | 137) die "$what took longer than $minutes minutes." ;;
    *) die "$what failed." ;;
  esac
}

# publish PROJECT…: folders in the checkout. The compilers skip what has not changed since the last time.
publish() {
  local project output
  for project in "$@"; do
    note "Publishing ${project##*/} …"
    output=$(within 15 'The publish' dotnet publish "$root/$project" --configuration Release --nologo --verbosity quiet \
      --output "$bench/publish/${project##*/}" 2>&1) || die "$output"
  done
}

install_node_peer() {
  if [[ ! -e $node_peer/node_modules/.package-lock.json || $node_peer/package-lock.json -nt $node_peer/node_modules/.package-lock.json ]]; then
    note 'Installing the Node peer …'
    within 5 'The installation of the Node peer' npm ci --prefix "$node_peer" --omit=dev --silent --no-audit --no-fund --no-update-notifier
  fi
}

mode=full
case ${1:-} in
  '') ;;
  --quick | --requests | --order | --telemetry) mode=${1#--} ;;
  --help | -h)
    usage
    exit
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

require_dotnet
require_servers
require_bench_tools

# What an interrupted run has left, and what a project no longer publishes.
rm -rf "$bench/data" "$bench/publish"
mkdir -p "$bench/data"
[[ $mode == order ]] || publish UserOrder.UserApi UserOrder.OrderApi
[[ $mode != full ]] || publish bench/peers/masstransit/{User,Order}Service bench/peers/wolverine/Wolverine{User,Order}Service
[[ $mode != requests ]] || publish bench/peers/kestrel/BareKestrel
[[ $mode == requests || $mode == order || $mode == telemetry ]] || install_node_peer
output=$(within 5 'The build' dotnet build "$root/bench/UserOrder.Bench" --configuration Release --nologo --verbosity quiet 2>&1) || die "$output"

# No other variable reaches the services. The servers' data goes to the checkout's own disk: the machine's folder for temporary files may be in
# memory, where a sync is free.
within 30 'The run' env -i PATH="$PATH" HOME="$HOME" ${RABBITMQ_HOME:+RABBITMQ_HOME="$RABBITMQ_HOME"} TMPDIR="$bench/data" \
  dotnet "$root/bench/UserOrder.Bench/bin/Release/net10.0/UserOrder.Bench.dll" "$mode" "$root"
