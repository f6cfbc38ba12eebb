#!/usr/bin/env bash
# Runs scenarios against a Bookinfo of its own with a Prometheus, and checks that what each declares is seen in Prometheus in time, and
# clears when the faults are taken away. Takes about a minute for each. Ends with 1 when a scenario does not show what it declares.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/scenarios.sh [--alerts] [--port N] [NAME...]

  NAME...   the scenarios (default: all that 'bookinfo scenario list' shows)
  --alerts  wait for alerts to fire and to resolve as well, which takes about a quarter of an hour for each
  --port N  productpage's port; the backends and Prometheus have those after it (default 28080)

What was seen is in artifacts/scenarios/NAME.jsonl.
END
}

port=28080 alerts=no options=(--check --output json) names=()
while [ $# -gt 0 ]; do
    case $1 in
        --alerts) alerts=yes options+=(--alerts) ; shift ;;
        --port) port=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        -*) usage >&2; exit 2 ;;
        *) names+=("$1") ; shift ;;
    esac
done
require_numbers "$port"
require_scenarios ${names[@]+"${names[@]}"}
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(scenario_names)
require_tools jq prometheus

results=artifacts/scenarios
mkdir -p "$results"
work=$(mktemp -d)
up=''
stop() {
    end ${up:+"$up"}
    up=''
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

start() {
    rm -f "$work/ready"
    mkfifo "$work/ready"
    ./bookinfo up --prometheus --port "$port" --backend-port $((port + 1)) --prometheus-port $((port + 6)) --output json \
        >"$work/ready" 2>"$results/up.log" </dev/null &
    up=$!
    # Its first line says that all is ready. The pipe stays open: without a reader, 'up' would stop.
    exec 3<"$work/ready"
    read -r _ <&3 || {
        cat "$results/up.log" >&2
        exit 1
    }
    cat <&3 >/dev/null &
}

# The latest of the symptoms of a scenario that were seen, or have cleared.
last() { # event, file
    jq -rs --arg event "$1" '[.[] | select(.event == $event).afterSeconds] | if . == [] then "-" else "\(max) s" end' "$2"
}
missing() { # file
    jq -rs '[.[] | select(.event | startswith("not-")).symptom] | join("; ")' "$1"
}

failed=0
printf '%-20s %8s %8s   %s\n' SCENARIO SEEN CLEARED OUTCOME
for name in "${names[@]}"; do
    # Alerts look back for hours: those of one scenario would fire during the next.
    if [ -n "$up" ] && [ $alerts = yes ]; then stop; fi
    if [ -z "$up" ]; then start; fi
    status=0 outcome=ok events=$results/$name.jsonl
    ./bookinfo scenario start "$name" "${options[@]}" --url "localhost:$port" >"$events" 2>"$results/$name.log" || status=$?
    if [ $status -ne 0 ]; then
        failed=$((failed + 1))
        outcome="exit code $status: $(missing "$events") $(cat "$results/$name.log")"
    fi
    printf '%-20s %8s %8s   %s\n' "$name" "$(last seen "$events")" "$(last cleared "$events")" "$outcome"
done

echo "$((${#names[@]} - failed)) of ${#names[@]} scenarios show what they declare."
[ $failed -eq 0 ]
