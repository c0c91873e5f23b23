#!/usr/bin/env bash
# Runs the installed RabbitMQ like the image: with the same RABBITMQ_* variables, all files in RABBITMQ_DATA, on loopback ports only.
set -euo pipefail

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

server=$(PATH=${RABBITMQ_HOME:+$RABBITMQ_HOME/sbin:}/usr/lib/rabbitmq/bin:$PATH command -v rabbitmq-server) ||
  die 'RabbitMQ is not installed: apt-get install rabbitmq-server'
mkdir -p "$RABBITMQ_DATA"
cd "$RABBITMQ_DATA"
exec 9>lock
flock --wait 30 9 || die "$RABBITMQ_DATA is in use by another node. Stop that one, or choose another folder."

plugins=rabbitmq_prometheus management='' # The management pages run only if they have a port.
if [[ ${RABBITMQ_MANAGEMENT_PORT:-} ]]; then
  plugins+=,rabbitmq_management
  management=$(printf '%s\n' 'management.tcp.ip = 127.0.0.1' "management.tcp.port = $RABBITMQ_MANAGEMENT_PORT")
fi
echo "[$plugins]." >enabled_plugins
cat >rabbitmq.conf <<CONF
listeners.tcp.1 = 127.0.0.1:$RABBITMQ_NODE_PORT
$management
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = $RABBITMQ_PROMETHEUS_PORT
vm_memory_high_watermark.relative = 0.2
disk_free_limit.absolute = 256MB
raft.wal_max_size_bytes = 67108864
CONF
: >rabbitmq-env.conf
[[ -e .erlang.cookie ]] || (umask 377 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >.erlang.cookie)

unset RABBITMQ_NODE_PORT # The configuration sets it together with the address.
export HOME=$RABBITMQ_DATA ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_NODENAME=${RABBITMQ_NODENAME:-rabbitmq@localhost} RUNNING_UNDER_SYSTEMD=1
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
export RABBITMQ_SCHEDULER_BUSY_WAIT_THRESHOLD=short # It halves the boot time.
export RABBITMQ_LOGS=- RABBITMQ_LOG_BASE=$RABBITMQ_DATA/log RABBITMQ_PID_FILE=$RABBITMQ_DATA/pid
export RABBITMQ_MNESIA_BASE=$RABBITMQ_DATA/mnesia RABBITMQ_MNESIA_DIR=$RABBITMQ_DATA/mnesia/node
# These override all files of a broker installed as a system service, even if the replacement does not exist.
export RABBITMQ_CONF_ENV_FILE=$RABBITMQ_DATA/rabbitmq-env.conf RABBITMQ_CONFIG_FILE=$RABBITMQ_DATA/rabbitmq.conf
export RABBITMQ_CONFIG_FILES=$RABBITMQ_DATA/conf.d RABBITMQ_ADVANCED_CONFIG_FILE=$RABBITMQ_DATA/advanced.config
export RABBITMQ_ENABLED_PLUGINS_FILE=$RABBITMQ_DATA/enabled_plugins

# The node gets its own port mapper, because a mapper that the node starts would outlive it. If this script is killed, the mapper exits at
# once and the node stops gracefully, which takes RabbitMQ 3.10 6 s; then the orchestrator kills it. The node holds the lock until it exits.
setpriv --pdeathsig KILL epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" </dev/null 9>&- &
mapper=$!
node=''
trap '[[ -z $node ]] || kill -TERM "$node"' TERM INT
setpriv --pdeathsig TERM "$server" </dev/null &
node=$!
code=0
wait "$node" || code=$?
while kill -0 "$node" 2>/dev/null; do code=0; wait "$node" || code=$?; done
kill "$mapper" 2>/dev/null || true
exit "$code"
