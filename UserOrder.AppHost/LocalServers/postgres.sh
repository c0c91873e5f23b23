#!/usr/bin/env bash
# Runs the installed PostgreSQL like the image's entrypoint: with the same POSTGRES_* variables, data in PGDATA, on loopback port PGPORT.
set -euo pipefail

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

export LC_ALL=C.UTF-8 # The locale determines the sort order, which must be the same on every machine.
mkdir -p "$PGDATA"
exec 9>"$PGDATA/lock"
flock --wait 30 9 || die "$PGDATA is in use by another server. Stop that one, or choose another folder."
cluster=$PGDATA/cluster # Replaced below if another user must own it.

# PostgreSQL refuses to run as root. In a user namespace it sees another user, while root still owns its files.
as_server=()
if ((EUID == 0)); then
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  if unshare --user --map-user="$user" true 2>/dev/null; then
    as_server=(unshare --user --map-user="$user")
  else
    as_server=(setpriv --reuid="$user" --regid="$user" --init-groups)
    [[ -d $(readlink "$cluster" || true) ]] || { rm -f "$cluster"; ln -s "$(mktemp -d "/var/tmp/userorder-XXXXXXXX")" "$cluster"; }
    cluster=$(readlink "$cluster")
    chown "$user" "$cluster"
    chmod 700 "$cluster"
    cluster=$cluster/cluster
  fi
fi

# The version that created the data, else the newest. Debian installs each version in its own folder.
version=$(cat "$cluster/PG_VERSION" 2>/dev/null || true)
programs=$(compgen -G "/usr/lib/postgresql/${version:-*}/bin" | sort --version-sort | tail -n 1) ||
  programs=$(dirname "$(command -v initdb)" 2>/dev/null) ||
  die "PostgreSQL $version is not installed: apt-get install postgresql${version:+-$version}"
[[ -z $version || $("$programs/postgres" --version) =~ \ ${version}[.b] ]] ||
  die "PostgreSQL $version created the data in $PGDATA and is not installed. Install postgresql-$version, or start with empty data: --fresh"

# A standby begins as a copy of the server that POSTGRES_PRIMARY, a connection string, names.
if [[ ! -e $cluster && -n ${POSTGRES_PRIMARY:-} ]]; then
  rm -rf "$cluster.incomplete"
  "${as_server[@]}" "$programs/pg_basebackup" --pgdata="$cluster.incomplete" --dbname="$POSTGRES_PRIMARY" \
    --checkpoint=fast --write-recovery-conf
  mv "$cluster.incomplete" "$cluster"
fi

if [[ ! -e $cluster ]]; then
  # It has another name until it is complete. The password goes through a pipe, because every user can read a command line.
  rm -rf "$cluster.incomplete"
  # shellcheck disable=SC2016,SC2086 # The inner shell expands the password; the last word is a list of arguments.
  "${as_server[@]}" bash -c 'exec "$@" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD")' bash \
    "$programs/initdb" -D "$cluster.incomplete" -U "${POSTGRES_USER:=postgres}" --encoding=UTF8 ${POSTGRES_INITDB_ARGS:-}
  printf 'host all all 127.0.0.1/32 %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" |
    "${as_server[@]}" tee "$cluster.incomplete/pg_hba.conf" >/dev/null
  [[ ${POSTGRES_DB:=$POSTGRES_USER} == postgres ]] || printf 'create database "%s";\n' "$POSTGRES_DB" |
    "${as_server[@]}" "$programs/postgres" --single -D "$cluster.incomplete" postgres >/dev/null
  mv "$cluster.incomplete" "$cluster"
fi

# A killed server leaves its pid file, which prevents a start if another process or a zombie now has the id.
server=$(head -n 1 "$cluster/postmaster.pid" 2>/dev/null || true)
[[ -z $server || $(cat "/proc/$server/stat" 2>/dev/null) == *"(postgres) "[!ZX]* ]] || rm -f "$cluster/postmaster.pid"

# SIGINT is the fast shutdown; SIGTERM would wait until the clients disconnect. The server dies with this script.
server=''
trap '[[ -z $server ]] || kill -INT "$server"' TERM INT
"${as_server[@]}" setpriv --pdeathsig KILL "$programs/postgres" -D "$cluster" \
  -c listen_addresses=127.0.0.1 -c port="$PGPORT" -c unix_socket_directories= "$@" </dev/null 9>&- &
server=$!
code=0
wait "$server" || code=$?
while kill -0 "$server" 2>/dev/null; do code=0; wait "$server" || code=$?; done
exit "$code"
