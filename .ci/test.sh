#!/usr/bin/env bash
# Brings up what the tests need, runs "go test" with the given arguments, and always takes everything down again.
set -euo pipefail
cd "$(dirname "$0")/.."

dir=$(mktemp -d "${TMPDIR:-/tmp}/salesflow-test.XXXXXX")
finish() {
	trap - EXIT INT TERM HUP
	.ci/testenv.sh stop "$dir"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

exports=$(.ci/testenv.sh start "$dir")
eval "$exports"
go test "$@"
