#!/usr/bin/env bash
# Generates the passwords of the base for an overlay without a secret store: one file FOLDER/WORKLOAD.env for each workload, with only the
# passwords that it references as $(NAME). They are generated once and stored in FOLDER/passwords. Never commit them.
set -euo pipefail
umask 077

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
base=$root/aspire-manifest/k8s
folder=${1:-$root/deploy/kubernetes/overlays/local/secrets}

if [[ ${1:-} == -* || $# -gt 1 ]]; then
  printf 'usage: deploy/kubernetes/secrets.sh [FOLDER]\n\n  FOLDER    default: deploy/kubernetes/overlays/local/secrets\n' >&2
  [[ $1 == --help || $1 == -h ]] && exit
  exit 2
fi

# Letters and digits only, because a URI and a connection string contain the password.
generate() {
  LC_ALL=C tr -dc 'A-Za-z0-9' < <(head -c 1024 /dev/urandom) | head -c 32
}

mkdir -p "$folder"
touch "$folder/passwords"
for workload in "$base"/*/; do
  name=$(basename "$workload")
  : >"$folder/$name.env"
  while read -r variable; do
    grep -q "^$variable=" "$folder/passwords" || printf '%s=%s\n' "$variable" "$(generate)" >>"$folder/passwords"
    grep "^$variable=" "$folder/passwords" >>"$folder/$name.env"
  done < <(cat "$workload"*.yaml | grep -oE '\$\([A-Z0-9_]+\)' | tr -d '$()' | sort -u)
done
