#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time each (default 10s). What a run finds is left in testdata/fuzz.
# Shrinking an interesting input is kept short: the default of a minute for each would eat the whole time.
#
#   .ci/fuzz.sh [TIME] [PACKAGE-FOLDER…]
set -euo pipefail
cd "$(dirname "$0")/.."
each=${1:-10s}
shift || true
[ $# -gt 0 ] || set -- .

found=
while IFS=: read -r file _ line; do
	found=1
	name=${line#func }
	name=${name%%(*}
	printf -- '--- fuzz %s %s\n' "$(dirname "$file")" "$name"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$each" -fuzzminimizetime 20x -timeout 5m "./$(dirname "$file")" </dev/null
done < <(grep -rnE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*\(' "$@" | sed 's|^\./||' | sort)
[ -n "$found" ] || echo "no fuzz targets"
