#!/usr/bin/env bash
# Breaks the running program in every way it is meant to survive, and counts. Arguments go to cmd/faults: -run kill -rounds 5
# … It needs MariaDB and Redis as Debian has them, which are installed when they are missing and we are root, and a small
# disk of its own: without root, a user namespace.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v mariadbd /usr/sbin/mariadbd >/dev/null || ! command -v redis-server >/dev/null; then
	# Its servers are not used: the faults have their own, which they may kill.
	dir=$(mktemp -d "${TMPDIR:-/tmp}/salesflow-faults.XXXXXX")
	SALESFLOW_TEST_CHROMIUM=unused .ci/testenv.sh start "$dir/env" >/dev/null
	.ci/testenv.sh stop "$dir/env"
	rm -rf "$dir"
fi
if [ "$(id -u)" = 0 ]; then
	exec go run ./cmd/faults "$@"
fi
exec unshare --map-root-user --mount go run ./cmd/faults "$@"
