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

# Everything that reads bytes of others has a target. One that is gone, or was renamed without a word here, is a mistake.
wanted='bot FuzzCleanText FuzzSpool
bot/api FuzzContract
bot/dingtalk FuzzAddress FuzzAnswer FuzzDecodeMessage FuzzDecodeTap FuzzFileName FuzzFrame
bot/httpapi FuzzToken FuzzUpload
bot/media FuzzLook
bot/parse FuzzParse
bot/sheet FuzzRead
bot/sim/dingtalk FuzzAPI
bot/sim/page FuzzControl FuzzText
bot/sim/wecom FuzzAPI FuzzRobotFrames
bot/wecom FuzzAnswer FuzzCallback FuzzDecode FuzzDecodeRobot FuzzFlatDocuments FuzzMedia FuzzOpen FuzzSocket
cards FuzzDecodeAction
cards/picture FuzzLabels
cards/render FuzzCard FuzzSay FuzzTap
cmd/salesflow FuzzCheckpoints FuzzImportRow FuzzLines FuzzSheet FuzzSheetXML
configs FuzzDecode FuzzEnv FuzzMaster
handlers FuzzTapped FuzzText
scheduler/rules FuzzRule
cards/paper FuzzRecord
store/audit FuzzCheckpoint
store/sales FuzzField FuzzHolidays FuzzReadLead'
while read -r package targets; do
	for target in $targets; do
		grep -qsE "^func $target\(" "$package"/*_test.go || { echo "the fuzz target $target of $package is missing" >&2; exit 1; }
	done
done <<<"$wanted"

found=
while IFS=: read -r file _ line; do
	found=1
	name=${line#func }
	name=${name%%(*}
	printf -- '--- fuzz %s %s\n' "$(dirname "$file")" "$name"
	if out=$(go test -run '^$' -fuzz "^$name\$" -fuzztime "$each" -fuzzminimizetime 20x -timeout 5m "./$(dirname "$file")" </dev/null 2>&1); then
		tail -n 3 <<<"$out"
	elif grep -q 'context deadline exceeded' <<<"$out" && ! grep -q 'Failing input' <<<"$out"; then
		echo "the time ran out while a worker was busy: no finding" # Go's fuzzer calls that a failure (golang issue 48591)
	else
		echo "$out"
		exit 1
	fi
done < <(grep -rnE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*\(' "$@" | sed 's|^\./||' | sort)
[ -n "$found" ] || echo "no fuzz targets"
