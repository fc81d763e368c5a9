#!/bin/sh
# Make the secrets that docker-compose.yml mounts, at random, beside this file. What exists is left as it is.
set -eu
cd "$(dirname "$0")"
# The folder keeps other users of this machine out. The files themselves are readable: compose mounts them as they are
# into containers that run as different users.
chmod 700 .

random() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

# No newline at the end: Kafka Connect takes a file as it is.
make() {
  if [ -e "$1" ]; then
    echo "$1: kept"
  else
    random >"$1"
    chmod 644 "$1"
    echo "$1: made"
  fi
}

make postgres_password
make debezium_password
make influxdb_password
make influxdb_token
make grafana_admin_password
