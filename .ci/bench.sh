#!/usr/bin/env bash
# Measures salesflow beside the yardstick, in turns, on a MariaDB of its own (or the one SALESFLOW_TEST_MYSQL_DSN names),
# and takes everything down again. The first argument may name what to measure:
#   rounds   messages beside the yardstick (the default): -rounds 5 -d 5s -c 1,16,64 -messages 200000 …
#   sheets   imports through the chat and the upload page, and killed: -rows 50000 -stores embedded,mariadb -ways chat,page,kill
#   growth   what must not grow: -parts sweep,funnel,cards,push,message,start,match -visits 1000000 …
# The others go to that program of cmd/bench.
set -euo pipefail
cd "$(dirname "$0")/.."

what=rounds
case ${1:-} in rounds | growth | sheets) what=$1 && shift ;; esac

dir=$(mktemp -d "${TMPDIR:-/tmp}/salesflow-bench.XXXXXX")
finish() {
	trap - EXIT INT TERM HUP
	.ci/testenv.sh stop "$dir/env"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The program is built as it is shipped, by the profile of a load; the tools are not.
CGO_ENABLED=0 go build -trimpath -pgo=cmd/salesflow/load.pgo -ldflags '-s -w' -o "$dir/bin/" ./cmd/salesflow
for tool in ./cmd/bench/barego ./cmd/bench/wecomload "./cmd/bench/$what"; do
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$dir/bin/" "$tool"
done
# No browser is needed, and Redis for sheets only; a name that is set is used as it is.
if [ "$what" != sheets ]; then export SALESFLOW_TEST_REDIS_ADDR=unused; fi
# The redo log as compose.yaml has it.
exports=$(SALESFLOW_TEST_MYSQL_OPTIONS="--innodb-log-file-size=1G ${SALESFLOW_TEST_MYSQL_OPTIONS:-}" SALESFLOW_TEST_CHROMIUM=unused .ci/testenv.sh start "$dir/env")
eval "$exports"
"$dir/bin/$what" -bin "$dir/bin" "$@"
