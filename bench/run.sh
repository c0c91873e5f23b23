#!/usr/bin/env bash
# Measures UserOrder side by side with its peers, on this machine: see bench/README.md.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=../tools/setup.sh
source "$root/tools/setup.sh"

bench=$state/bench
node_peer=$root/bench/peers/node

usage() {
  cat <<'TEXT'
usage: bench/run.sh [--quick | --telemetry]

  (without)  all contestants and every figure, about 12 minutes; writes docs/performance.md and its charts
  --quick    UserOrder, the Node peer and the broker alone, less than 3 minutes once everything is built; prints the targets
  --telemetry
             UserOrder with and without telemetry, about 5 minutes; writes that part of docs/performance.md
  --help     print this
TEXT
}

# The load generator, the Node peer's runtime, and what Native AOT links with.
require_bench_tools() {
  local missing=()
  command -v wrk >/dev/null || missing+=(wrk)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  if grep -rqs --include='*.csproj' --include='*.props' '<PublishAot>true' "$root"/UserOrder.*; then
    command -v clang >/dev/null || command -v gcc >/dev/null || missing+=(clang)
    [[ -e /usr/include/zlib.h ]] || missing+=(zlib1g-dev)
  fi
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
}

# publish NAME PROJECT: the project's folder in the checkout. Nothing is done where no source is newer than the last publish.
publish() {
  local target=$bench/publish/$1 stamp=$bench/publish/$1.stamp log
  if [[ -e $stamp && -z $(find "$root" \( -name bin -o -name obj -o -name '.*' -o -name node_modules -o -name UserOrder.Tests -o -name UserOrder.Bench -o -name tools \) -prune \
    -o \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.targets' -o -name '*.sql' -o -name 'appsettings*.json' \) \
    -newer "$stamp" -print -quit) ]]; then
    return
  fi
  note "Publishing $1 …"
  rm -rf "$target"
  log=$bench/publish-$1.log
  touch "$stamp.new"
  if ! dotnet publish "$root/$2" --configuration Release --nologo --verbosity quiet --output "$target" >"$log" 2>&1; then
    cat "$log" >&2
    die "The publish of $1 failed."
  fi
  mv "$stamp.new" "$stamp"
}

install_node_peer() {
  if [[ ! -e $node_peer/node_modules/.package-lock.json || $node_peer/package-lock.json -nt $node_peer/node_modules/.package-lock.json ]]; then
    note 'Installing the Node peer …'
    (cd "$node_peer" && npm ci --omit=dev --silent --no-audit --no-fund --no-update-notifier) || die 'npm ci of the Node peer failed.'
  fi
}

mode=full
case ${1:-} in
  '') ;;
  --quick) mode=quick ;;
  --telemetry) mode=telemetry ;;
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

# What an interrupted run has left.
rm -rf "$bench/data"
mkdir -p "$bench/publish" "$bench/data"
publish UserOrder.UserApi UserOrder.UserApi
publish UserOrder.OrderApi UserOrder.OrderApi
if [[ $mode == full ]]; then
  publish UserService bench/peers/masstransit/UserService
  publish OrderService bench/peers/masstransit/OrderService
fi
[[ $mode == telemetry ]] || install_node_peer
output=$(dotnet build "$root/bench/UserOrder.Bench" --configuration Release --nologo --verbosity quiet) || die "$output"

# The servers' data goes to the checkout's own disk: the machine's folder for temporary files may be in memory, where a sync is free.
export TMPDIR=$bench/data
program=$root/bench/UserOrder.Bench/bin/Release/net10.0/UserOrder.Bench.dll
if [[ $mode == telemetry ]]; then
  dotnet "$program" telemetry "$root"
else
  dotnet "$program" compare "$mode" "$root"
fi
