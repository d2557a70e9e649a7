#!/usr/bin/env bash
# Measures salesflow beside the yardstick, in turns, on a MariaDB of its own (or the one SALESFLOW_TEST_MYSQL_DSN names),
# and takes everything down again. Arguments go to cmd/bench/rounds: -rounds 5 -d 5s -c 1,16,64 -messages 200000 …
set -euo pipefail
cd "$(dirname "$0")/.."

dir=$(mktemp -d "${TMPDIR:-/tmp}/salesflow-bench.XXXXXX")
finish() {
	trap - EXIT INT TERM HUP
	.ci/testenv.sh stop "$dir/env"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for tool in ./cmd/salesflow ./cmd/bench/barego ./cmd/bench/wecomload ./cmd/bench/rounds; do
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$dir/bin/" "$tool"
done
# Neither Redis nor a browser is needed; a name that is set is used as it is.
exports=$(SALESFLOW_TEST_REDIS_ADDR=unused SALESFLOW_TEST_CHROMIUM=unused .ci/testenv.sh start "$dir/env")
eval "$exports"
"$dir/bin/rounds" -bin "$dir/bin" "$@"
