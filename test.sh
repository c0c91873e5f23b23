#!/usr/bin/env bash
# Sets up what the tests need, builds with warnings as errors, checks the format and runs every test. The last line counts them.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/setup.sh
source "$root/tools/setup.sh"

usage() {
  cat <<'TEXT'
usage: ./test.sh [filter]
       ./test.sh --soak MINUTES

  filter            runs only the tests whose full name contains it, e.g. Integration.Outage
  --soak MINUTES    lets random faults happen for that long instead, and writes what came of it to TestResults/soak.md
  --help            print this

With USERORDER_PROPERTY_CASES set, the property tests try that many inputs each; USERORDER_PROPERTY_SEED repeats those of a run.
USERORDER_FAULT_SEED repeats the faults of an earlier run, which prints its seed.
With USERORDER_USER_API and USERORDER_ORDER_API set to URLs, the integration tests run against that deployed system, and nothing is installed here.
With the administrators' connection strings in USERORDER_USERDB, USERORDER_ORDERDB and USERORDER_RABBITMQ, those that look into the servers run, too.
TEXT
}

results=$root/TestResults
deployed=${USERORDER_USER_API:+${USERORDER_ORDER_API:-}}
failed=''

# Repeats what failed just before the count, for a log that is read from its end.
list_failures() {
  awk -v most=12 '
    /<UnitTestResult / && / outcome="Failed"/ {
      name = $0; sub(/.* testName="/, "", name); sub(/" .*/, "", name)
      print "Failed " name; left = most
    }
    /<\/UnitTestResult>/ { left = 0 }
    left > 0 && /<Message>/ { message = 1 }
    left > 0 && message { line = $0; gsub(/^ *<Message>|<\/Message>/, "", line); print "  " line; left-- }
    /<\/Message>/ { message = 0 }' "$results"/*.trx 2>/dev/null | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#xD;//g; s/&amp;/\&/g'
}

# The sums over the counters of every TRX file. A crashed run writes none, which must not pass for a success.
count_tests() {
  local counters passed=0 bad=0 skipped=0 total executed ok name value
  while read -r counters; do
    total=0 executed=0 ok=0
    while IFS='=' read -r name value; do
      case $name in
        total) total=$value ;;
        executed) executed=$value ;;
        passed) ok=$value ;;
      esac
    done < <(grep -oE '[A-Za-z]+="[0-9]+"' <<<"$counters" | tr -d '"')
    passed=$((passed + ok))
    bad=$((bad + executed - ok))
    skipped=$((skipped + total - executed))
  done < <(grep -ho '<Counters [^>]*>' "$results"/*.trx 2>/dev/null)

  if ((passed + bad == 0)); then
    printf 'No test was run.\n'
    failed=yes
  fi
  ((bad == 0)) || failed=yes
  printf 'tests: %d passed, %d failed, %d skipped\n' "$passed" "$bad" "$skipped"
}

step() {
  note "== $1"
  shift
  "$@" || failed=yes
}

# The load comparison, which is a solution of its own.
test_bench() {
  dotnet build bench/UserOrder.Bench.sln --configuration Release --nologo --verbosity quiet -p:RestoreLockedMode=true &&
    dotnet format bench/UserOrder.Bench.sln --no-restore --verify-no-changes &&
    dotnet test bench/UserOrder.Bench.Tests --configuration Release --no-build --nologo \
      --logger trx --logger 'console;verbosity=normal' --results-directory "$results" ${filter:+--filter "FullyQualifiedName~$filter"}
}

filter=${1:-}
case $filter in
  --help | -h)
    usage
    exit
    ;;
  --soak)
    if [[ ! ${2:-} =~ ^[1-9][0-9]*$ ]]; then
      usage >&2
      exit 2
    fi
    export USERORDER_SOAK_MINUTES=$2
    filter=Faults.FaultTests
    ;;
  -*)
    usage >&2
    exit 2
    ;;
esac

cd "$root" || exit
require_dotnet
[[ $deployed ]] || require_servers
if [[ ! ${USERORDER_SOAK_MINUTES:-} && ! $deployed ]]; then
  fetch_node_tools
  fetch_kustomize || true
  require_browser
  require_load_balancer
  fetch_prometheus || true
fi

rm -rf "$results"
step 'build' dotnet build UserOrder.sln --configuration Release --nologo --verbosity quiet -p:RestoreLockedMode=true
if [[ ! $failed ]]; then
  [[ $deployed ]] || step 'format' dotnet format UserOrder.sln --no-restore --verify-no-changes
  for project in UserOrder.Messaging.Tests UserOrder.Tests; do
    step "$project" dotnet test "$project" --configuration Release --no-build --nologo \
      --logger trx --logger 'console;verbosity=normal' --results-directory "$results" ${filter:+--filter "FullyQualifiedName~$filter"}
  done
fi
[[ $deployed ]] || step 'bench' test_bench
[[ ! -e $results/soak.md ]] || cat "$results/soak.md"

list_failures
count_tests
[[ ! $failed ]]
