#!/usr/bin/env bash
# Regenerates aspire-manifest.json with Aspire's publisher, then the Kustomize base k8s/ with aspirate 9.1
# (`dotnet tool install --global aspirate --version 9.1.0`, or a command in the variable ASPIRATE).
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: aspire-manifest/regenerate.sh [--base]

  --base    writes only k8s/, from the manifest as it is
  --help    print this
TEXT
}

# Every overlay replaces it, see docs/kubernetes.md. The domain `.example` is reserved.
registry=registry.userorder.example

# The YAML contains no secret values: Kubernetes replaces $(RABBITMQ_PASSWORD) from the Secret of the pod.
parameters() {
  local name variable
  grep -B 1 '"type": "parameter.v0"' "$1" | sed -n 's/^ *"\(.*\)": {$/\1/p' | while read -r name; do
    variable=${name//-/_}
    printf '%s\n%s\n' --parameter "$name=\$(${variable^^})"
  done
}

write_manifest() {
  dotnet run --project ../UserOrder.AppHost -- --publisher manifest --output-path ../aspire-manifest/aspire-manifest.json
}

write_base() {
  local work version arguments
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # Expand the variable now.
  trap "rm -rf '$work'" EXIT
  version=$(dotnet msbuild ../UserOrder.UserApi/UserOrder.UserApi.csproj -getProperty:ContainerImageTag)
  # aspirate does not know this type and would not resolve references to it. Passwords contain letters and digits only, so URI encoding does
  # not change them.
  sed 's/"type": "annotated.string"/"type": "value.v0"/' aspire-manifest.json >"$work/manifest.json"
  mapfile -t arguments < <(parameters aspire-manifest.json)
  ${ASPIRATE:-aspirate} generate --non-interactive --disable-state --disable-secrets --skip-build --include-dashboard false \
    --aspire-manifest "$work/manifest.json" --output-path "$work/k8s" --namespace userorder --image-pull-policy IfNotPresent \
    --container-registry "$registry" --container-image-tag "$version" "${arguments[@]}"
  rm -rf k8s
  cp -r "$work/k8s" k8s
}

base_only=''
case ${1:-} in
  '') ;;
  --base) base_only=yes ;;
  --help | -h)
    usage
    exit
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

cd -P "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
[[ $base_only ]] || write_manifest
write_base
