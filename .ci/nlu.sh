#!/usr/bin/env bash
# Scores bin/salesflow against a folder of examples (dev.jsonl, messages.dev.jsonl, master.json, score.py).
set -euo pipefail
cd "$(dirname "$0")/.."
nlu=${1:?usage: nlu.sh FOLDER}
if [ ! -f "$nlu/dev.jsonl" ]; then
	echo "No examples in $nlu, so there is nothing to score. Name their folder: make nlu NLU=/path/to/nlu"
	exit 0
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
bin/salesflow expr <"$nlu/dev.jsonl" >"$out/expr.jsonl"
python3 "$nlu/score.py" expr --gold "$nlu/dev.jsonl" --got "$out/expr.jsonl"
bin/salesflow parse --master "$nlu/master.json" <"$nlu/messages.dev.jsonl" >"$out/messages.jsonl"
python3 "$nlu/score.py" messages --gold "$nlu/messages.dev.jsonl" --got "$out/messages.jsonl" --master "$nlu/master.json"
