#!/usr/bin/env bash
# Runs every scenario against a Bookinfo of its own with a Prometheus, and checks that what the scenario declares is seen in Prometheus in
# time, and clears when the faults are taken away. Takes about a minute for each scenario.
#
#     bench/scenarios.sh                          all of them
#     bench/scenarios.sh slow-ratings cpu-hog     these
#     ALERTS=1 bench/scenarios.sh slow-ratings    waits for alerts to fire and to resolve as well
#
# What was seen is in artifacts/scenarios/NAME.jsonl. Ends with 1 if a scenario does not show what it declares.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."

port=${PORT:-28080}
options=(--check --output json --url "localhost:$port")
if [ -n "${ALERTS:-}" ]; then options+=(--alerts); fi
if [ $# -eq 0 ]; then set -- $(cd scenarios && printf '%s\n' *.yaml | sed 's/\.yaml$//'); fi

results=artifacts/scenarios
mkdir -p "$results"
mkfifo "$results/ready.$$"
./bookinfo up --prometheus --port "$port" --backend-port $((port + 1)) --prometheus-port $((port + 6)) --output json \
    >"$results/ready.$$" 2>"$results/up.log" </dev/null &
up=$!
trap 'kill -TERM "$up" 2>/dev/null || true; wait "$up" || true; rm -f "$results/ready.$$"' EXIT
# Its first line says that all is ready. The pipe stays open: without a reader, 'up' would stop.
exec 3<"$results/ready.$$"
read -r _ <&3 || {
    cat "$results/up.log" >&2
    exit 1
}
cat <&3 >/dev/null &

failed=()
printf '%-20s %8s %8s   %s\n' SCENARIO SEEN CLEARED OUTCOME
for name in "$@"; do
    status=0
    ./bookinfo scenario start "$name" "${options[@]}" >"$results/$name.jsonl" 2>"$results/$name.log" || status=$?
    last() { sed -n "s/.*\"event\":\"$1\".*\"afterSeconds\":\([0-9.]*\).*/\1/p" "$results/$name.jsonl" | sort -n | tail -1; }
    outcome=ok
    if [ $status -ne 0 ]; then
        failed+=("$name")
        outcome="exit code $status: $(sed -n 's/.*"event":"not-[a-z]*".*"symptom":"\([^"]*\)".*/\1/p' "$results/$name.jsonl" |
            paste -sd ';') $(cat "$results/$name.log")"
    fi
    printf '%-20s %7ss %7ss   %s\n' "$name" "$(last seen)" "$(last cleared)" "$outcome"
done

echo "$(($# - ${#failed[@]})) of $# scenarios show what they declare."
[ ${#failed[@]} -eq 0 ]
