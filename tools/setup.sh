# shellcheck shell=bash
# Library of the repository's scripts: installs the project's requirements. A function that cannot install a requirement exits the script
# with a message.

# Resolves symbolic links, because MSBuild and NuGet take two paths of one file for two files.
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
state=$root/.userorder

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

note() {
  printf '%s\n' "$*" >&2
}

# Rejects the arguments of a script that takes none, because each run of it changes files, even one with --help.
no_arguments() {
  (($# == 0)) || die "$0 takes no arguments. $(sed -n '2s/^# //p' "$0")"
}

# Requires the SDK of global.json.
require_dotnet() {
  command -v dotnet >/dev/null || die "The .NET SDK 10 is missing: there is no 'dotnet' on PATH. See https://dot.net/download"
  local answer
  answer=$(cd "$root" && dotnet --version 2>&1) ||
    die "The .NET SDK 10 of global.json does not start. See https://dot.net/download. The error is:" $'\n'"$answer"
}

# Installs the servers that replace the graph's containers, the tools of their scripts, and curl to call the services.
require_servers() {
  local missing=()
  [[ -x ${RABBITMQ_HOME:-}/sbin/rabbitmq-server || -x /usr/lib/rabbitmq/bin/rabbitmq-server ]] || command -v rabbitmq-server >/dev/null ||
    missing+=(rabbitmq-server)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
  { command -v setpriv && command -v setsid && command -v flock; } >/dev/null || missing+=(util-linux)
  command -v curl >/dev/null || missing+=(curl)
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
}

install_packages() {
  command -v apt-get >/dev/null ||
    die "Missing on this machine: $* (names of the Debian packages). Please install them; this script can do so on Debian and Ubuntu only."

  local as_root=()
  if ((EUID != 0)); then
    if sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    elif [[ -t 0 ]] && command -v sudo >/dev/null; then
      as_root=(sudo)
    else
      die "Missing on this machine: $*. Please run as root: apt-get install --no-install-recommends $*"
    fi
  fi

  note "Installing $* …"
  local log
  log=$(mktemp)
  if ! "${as_root[@]}" bash -c "$(declare -f install_without_starting); install_without_starting \"\$@\"" bash "$@" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    die "apt-get could not install $*."
  fi
  rm -f "$log"
}

# Runs as root. The packages contain system services, but the project uses only their programs: the install starts no new service, neither
# now nor at the next boot. Existing services stay unchanged.
install_without_starting() {
  local policy=/usr/sbin/policy-rc.d own_policy=''
  if [[ ! -e $policy ]]; then
    own_policy=$policy
    # shellcheck disable=SC2064 # Expand the variable now.
    trap "rm -f $policy" EXIT
    printf '#!/bin/sh\nexit 101\n' >"$own_policy"
    chmod 755 "$own_policy"
  fi

  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -q --no-install-recommends "$@" ||
    { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; } || return

  local package
  for package in "$@"; do
    case $package in
      rabbitmq-server | postgresql | haproxy) ! command -v systemctl >/dev/null || systemctl disable --quiet "$package" || true ;;
    esac
  done
}

# Whether a container engine works.
has_container_engine() {
  local engine
  for engine in docker podman; do
    if command -v "$engine" >/dev/null && timeout 20 "$engine" info >/dev/null 2>&1; then
      return
    fi
  done
  return 1
}

# Fetches the linters of the contracts, the schemas of Kubernetes, axe-core and the client library of the samples, once for each lock file.
# Without npm their tests are skipped, and this prints the reason.
fetch_node_tools() {
  local missing=() folder version
  for folder in contracts/tools deploy/kubernetes/tools samples/node tools/accessibility; do
    cmp -s "$root/$folder/package-lock.json" "$root/$folder/node_modules/.fetched" || missing+=("$folder")
  done
  ((${#missing[@]})) || return 0

  if ! command -v npm >/dev/null && command -v apt-get >/dev/null; then
    version=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: \([0-9]*\)\..*/\1/p')
    if [[ ${version:-20} -ge 20 ]]; then
      (install_packages nodejs npm) || true
    fi
  fi
  if ! command -v npm >/dev/null || ! version=$(node --version 2>/dev/null); then
    note "The tools in ${missing[*]} are not used: they need npm and Node.js 20.19 or later, which are neither installed nor in this distribution."
    return
  fi
  if [[ $(printf '%s\n' v20.19 "$version" | sort --version-sort | head -n 1) != v20.19 ]]; then
    note "The tools in ${missing[*]} are not used: they need Node.js 20.19 or later, and this is $version."
    return
  fi

  for folder in "${missing[@]}"; do
    fetch_node_modules "$root/$folder"
  done
}

fetch_node_modules() {
  local tools=$1 cache log=$state/npm-tools.log
  note "Fetching the tools in ${tools#"$root/"} (up to 140 MB, only once) …"
  cache=$(mktemp -d)
  mkdir -p "$state"
  if npm ci --silent --ignore-scripts --no-audit --no-fund --no-update-notifier --cache "$cache" --prefix "$tools" >"$log" 2>&1; then
    cp "$tools/package-lock.json" "$tools/node_modules/.fetched"
  else
    rm -rf "$tools/node_modules"
    note "The tools in ${tools#"$root/"} are not used: npm could not fetch them, see $log"
  fi
  rm -rf "$cache"
}

# Downloads Debian packages of the suite trixie and unpacks them into a folder, without installing them. It works on Debian only, with the
# machine's mirror and keys. The log contains errors.
unpack_from_trixie() {
  local folder=$1 apt mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg
  shift
  # shellcheck disable=SC2016 # apt expands the variable.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' | grep -m 1 -E '/debian/?$') ||
    { printf 'This machine knows no Debian mirror.\n'; return 1; }
  apt=$(mktemp -d)
  mkdir -p "$folder" "$apt/lists/partial" "$apt/cache/archives/partial" &&
    printf 'deb [signed-by=%s] %s trixie main\n' "$keys" "$mirror" >"$apt/sources.list" &&
    (
      # The machine's own package lists stay as they are.
      options=(-q -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null)
      cd "$apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download "$@" && for package in *.deb; do dpkg -x "$package" "$folder"; done
    )
  local result=$?
  rm -rf "$apt"
  return $result
}

# fetch_tools FOLDER NAME SIZE CHECK PACKAGE…: unpacks packages of Debian's trixie into .userorder/FOLDER once. CHECK verifies them.
fetch_tools() {
  local folder=$state/$1 name=$2 size=$3 check=$4 log=$state/$1.log
  shift 4
  if [[ ! -e /etc/debian_version || ! -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || ! command -v dpkg >/dev/null; then
    note "No $name: it is fetched on Debian only. The tests that need it are skipped."
    return 1
  fi
  note "Fetching $name ($size, only once) …"
  mkdir -p "$state"
  rm -rf "$folder" "$folder.new"
  # shellcheck disable=SC2086 # A program and its argument.
  if ! unpack_from_trixie "$folder.new" "$@" >"$log" 2>&1 || ! "$folder.new"/usr/bin/$check >>"$log" 2>&1; then
    rm -rf "$folder.new"
    note "No $name, so the tests that need it are skipped: see $log"
    return 1
  fi
  mv "$folder.new" "$folder"
}

# Fetches Prometheus and promtool in the deployed version. Only tests need them.
fetch_prometheus() {
  local programs=$state/prometheus/usr/bin
  [[ -x $programs/prometheus && -x $programs/promtool ]] ||
    fetch_tools prometheus Prometheus '40 MB' 'prometheus --version' prometheus promtool
}

# Requires `kubectl` with Kustomize 5 or `kustomize` to build overlays, and fetches the latter on Debian.
fetch_kustomize() {
  kubectl version --client 2>/dev/null | grep -q '^Kustomize Version: v5' || command -v kustomize >/dev/null ||
    [[ -x $state/kustomize/usr/bin/kustomize ]] ||
    fetch_tools kustomize Kustomize '10 MB' 'kustomize version' kustomize || {
    note 'Install kubectl (with Kustomize 5) or kustomize to run them.'
    return 1
  }
}

# Installs the load balancer of the rollout test. Without it the test is skipped.
require_load_balancer() {
  PATH=$PATH:/usr/sbin command -v haproxy >/dev/null || (install_packages haproxy) || note 'No HAProxy: the test that needs it is skipped.'
}

# Installs the connection pooler of its test. Without it the test is skipped.
require_pooler() {
  PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null || (install_packages pgbouncer) || note 'No PgBouncer: the test that needs it is skipped.'
}

# Installs what lets the fault tests step the clock of a service. Without it they are skipped.
require_fake_clock() {
  compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || (install_packages libfaketime) ||
    note 'No libfaketime: the fault tests are skipped.'
}

# Installs the browser of the browser tests. Without it they are skipped.
require_browser() {
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || (install_packages chromium fonts-dejavu-core) ||
    note 'No browser: the tests that need one are skipped.'
}

# Installs the client library of the Python samples. Without it their tests are skipped.
require_pika() {
  local python
  for python in python3 /usr/bin/python3; do
    ! "$python" -c 'import pika' 2>/dev/null || return 0
  done
  (install_packages python3-pika) || note 'No pika: the tests that need it are skipped.'
}

# Installs the linter of the shell scripts. Without it its test is skipped.
require_shellcheck() {
  command -v shellcheck >/dev/null || (install_packages shellcheck) || note 'No shellcheck: the test that needs it is skipped.'
}

# Builds a project for release, silently unless it fails. It compares file times first, because MSBuild takes seconds to detect that nothing
# has changed.
build_if_changed() {
  local stamp=$state/built-$1 log
  if [[ -e $stamp && -d $root/$1/bin/Release && -z $(find "$root" \( -name bin -o -name obj -o -name '.*' -o -name node_modules -o -name bench -o -name UserOrder.Tests \) -prune \
    -o \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.targets' -o -name '*.sql' -o -name '*.json' -o -name '*.html' -o -name '*.css' -o -name '*.js' \) -newer "$stamp" -print -quit) ]]; then
    return
  fi
  note 'Building …'
  mkdir -p "$state"
  touch "$stamp.new"
  log=$(mktemp)
  if ! dotnet build "$root/$1" --configuration Release --nologo --verbosity quiet >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "The build of $1 failed."
  fi
  rm -f "$log"
  mv "$stamp.new" "$stamp"
}
