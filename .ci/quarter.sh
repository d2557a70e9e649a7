#!/usr/bin/env bash
# Lets a simulated company live through a quarter and compares whom the rules told of what with what a model expects.
# Arguments go to cmd/quarter: -small, -store servers, -seed 2 … Without arguments it is done on both stores. -store servers
# needs MariaDB and Redis as make faults does.
set -euo pipefail
cd "$(dirname "$0")/.."

dir=$(mktemp -d "${TMPDIR:-/tmp}/salesflow-quarter-bin.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$dir/quarter" ./cmd/quarter
if [ $# -gt 0 ]; then
	"$dir/quarter" "$@"
	exit
fi
"$dir/quarter" -store embedded
"$dir/quarter" -store servers
