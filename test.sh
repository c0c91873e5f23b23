#!/usr/bin/env bash
# Sets up what the tests need, builds with warnings as errors, checks the format and runs every test. The last line counts them.
set -uo pipefail

# shellcheck source=tools/setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/tools/setup.sh"

usage() {
  cat <<'TEXT'
usage: ./test.sh [filter]
       ./test.sh --soak MINUTES
       ./test.sh --cluster
       ./test.sh --rollout
       ./test.sh --packages

  filter            runs only the tests whose full name contains it, e.g. Integration.Outage
  --soak MINUTES    lets random faults happen for that long instead, and writes what came of it to TestResults/soak.md
  --cluster         injects every fault of a broker cluster with three nodes
  --rollout         rolls the current build out over the last one that reads no message with several events, which it builds first
  --packages        makes projects by the READMEs of the NuGet packages, runs them, and compiles one ahead of time
  --help            print this

With USERORDER_PROPERTY_CASES set, the property tests try that many inputs each; USERORDER_PROPERTY_SEED repeats those of a run.
With USERORDER_SCHEDULES set, the tests of concurrent parts run that many schedules each; USERORDER_SCHEDULE_SEED repeats one of them.
USERORDER_FAULT_SEED repeats the faults of an earlier run, which prints its seed.
With USERORDER_USER_API and USERORDER_ORDER_API set to URLs, the integration tests run against that deployed system, and nothing is installed here.
With the administrators' connection strings in USERORDER_USERDB, USERORDER_ORDERDB and USERORDER_RABBITMQ, those that look into the servers run, too.
TEXT
}

results=$root/TestResults
test_projects=(UserOrder.Messaging.Tests UserOrder.Schedules.Tests UserOrder.Tests)
bench_tests=UserOrder.Bench.Tests
deployed=${USERORDER_USER_API:+${USERORDER_ORDER_API:-}}
failed='' mode='' verbosity=normal

# Lists skipped tests and failures, and counts the tests. The program references no project, so it runs even after a failed build.
report() {
  local lines tested=("${test_projects[@]}")
  [[ $deployed ]] || tested+=("$bench_tests")
  lines=$(dotnet run tools/TestReport.cs -- "$results" "${tested[@]}") || failed=yes
  if [[ ${lines##*$'\n'} != 'tests: '* ]]; then
    failed=yes
    lines+=$'\ntests: 0 passed, 0 failed, 0 skipped'
  fi
  printf '%s\n' "$lines"
}

step() {
  note "== $1"
  shift
  "$@" || failed=yes
}

run_tests() {
  dotnet test "$1" --configuration Release --no-build --nologo \
    --logger "trx;LogFileName=${1##*/}.trx" --logger "console;verbosity=$verbosity" --results-directory "$results" \
    ${filter:+--filter "FullyQualifiedName~$filter"}
}

# Builds OrderApi of the last commit that reads no message with several events, in a temporary folder.
build_old() {
  local added commit
  added=$(git -C "$root" log --diff-filter=A --format=%H -1 -- UserOrder.Messaging/Events/CloudEventBatch.cs 2>/dev/null)
  commit=$(git -C "$root" rev-parse --verify --quiet "$added^" 2>/dev/null) ||
    die 'This checkout lacks the commit before messages with several events. In a shallow clone, run: git fetch --unshallow'
  old=$(mktemp -d)
  trap 'rm -rf "$old"' EXIT
  note "Building OrderApi of the commit $commit …"
  git -C "$root" archive "$commit" | tar -x -C "$old"
  dotnet build "$old/UserOrder.OrderApi" --configuration Release --nologo --verbosity quiet || die "The build of the commit $commit failed."
}

# The load comparison, which is a solution of its own.
test_bench() {
  dotnet build bench/UserOrder.Bench.sln --configuration Release --nologo --verbosity quiet -p:RestoreLockedMode=true &&
    dotnet format bench/UserOrder.Bench.sln --no-restore --verify-no-changes &&
    run_tests "bench/$bench_tests"
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
    mode=soak filter=Faults.FaultTests
    ;;
  --cluster)
    export USERORDER_CLUSTER=yes
    mode=cluster verbosity=detailed filter=Cluster.ClusterFaultTests
    ;;
  --rollout)
    mode=rollout verbosity=detailed filter=OldBuild.RolloutTests
    ;;
  --packages)
    export USERORDER_PACKAGES=yes
    mode=packages filter=Packages.PackageReadmeTests
    ;;
  -*)
    usage >&2
    exit 2
    ;;
esac

cd "$root" || exit
require_dotnet
[[ $deployed ]] || require_servers
[[ $deployed ]] || require_fake_clock
if [[ $mode == rollout ]]; then
  build_old
  export USERORDER_OLD_BUILD=$old
elif [[ ! $mode && ! $deployed ]]; then
  fetch_node_tools
  fetch_kustomize || true
  require_browser
  require_load_balancer
  require_pooler
  require_pika
  require_shellcheck
  fetch_prometheus || true
fi

rm -rf "$results"
step 'build' dotnet build UserOrder.sln --configuration Release --nologo --verbosity quiet -p:RestoreLockedMode=true
if [[ ! $failed ]]; then
  [[ $deployed ]] || step 'format' dotnet format UserOrder.sln --no-restore --verify-no-changes
  for project in "${test_projects[@]}"; do
    step "$project" run_tests "$project"
  done
fi
[[ $deployed ]] || step 'bench' test_bench
[[ ! -e $results/soak.md ]] || cat "$results/soak.md"

report
[[ ! $failed ]]
