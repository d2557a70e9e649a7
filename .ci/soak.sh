#!/usr/bin/env bash
# Runs a day of work through the program at many times the speed. Arguments go to cmd/bench/soak: -d 6h -store servers …
# The embedded store needs nothing besides; -store servers needs MariaDB and Redis as make faults does.
set -euo pipefail
cd "$(dirname "$0")/.."

dir=$(mktemp -d "${TMPDIR:-/tmp}/salesflow-soak.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for tool in ./cmd/salesflow ./cmd/bench/soak; do
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$dir/" "$tool"
done
"$dir/soak" -bin "$dir" "$@"
