#!/usr/bin/env bash
# Generates the passwords of the base for an overlay without a secret store: one file FOLDER/WORKLOAD.env for each workload, with only the
# passwords that it references as $(NAME). They are generated once and stored in FOLDER/passwords. Never commit them.
set -euo pipefail
umask 077

usage() {
  printf 'usage: deploy/kubernetes/secrets.sh [FOLDER]\n\n  FOLDER    default: deploy/kubernetes/overlays/local/secrets\n'
}

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
  usage
  exit
fi
if [[ ${1:-} == -* || $# -gt 1 ]]; then
  usage >&2
  exit 2
fi

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd -P)
base=$root/aspire-manifest/k8s
folder=${1:-$root/deploy/kubernetes/overlays/local/secrets}

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
  done < <(cat "$workload"*.yaml | grep -oE '\$\([A-Z0-9_]+\)' | tr -cd 'A-Z0-9_\n' | sort -u)
done
