#!/usr/bin/env bash
# What 'bookinfo verify' costs for a million requests: its processor time and its memory, with the metrics of a Prometheus and the access
# logs of all services. Ends with 1 when either is over its limit, or when what was seen is not exactly what happened.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/verify.sh [--requests N] [--rate N] [--port N] [--keep DIRECTORY]

  --requests N      how many requests, in thousands (default 1000)
  --rate N          how many a second (default 1000)
  --port N          the page's port; the services and Prometheus have those after it (default 28280)
  --keep DIRECTORY  where to leave the ledger and the report
END
}

thousands=1000 rate=1000 port=28280 keep=
while [ $# -gt 0 ]; do
    case $1 in
        --requests) thousands=${2:?} ; shift 2 ;;
        --rate) rate=${2:?} ; shift 2 ;;
        --port) port=${2:?} ; shift 2 ;;
        --keep) keep=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
require_numbers "$thousands" "$rate" "$port"
require_tools jq clang zlib.h prometheus

build_native

work=$(mktemp -d)
results=${keep:-$work}
mkdir -p "$results"
up=''
finish() {
    end ${up:+"$up"}
    up=''
}
trap 'finish; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

start_native "$results" "$port" --prometheus --prometheus-port $((port + 30))

# What Prometheus has scraped before the run is what its counters are compared with.
say "Waiting until Prometheus has scraped all services"
for try in {1..60}; do
    [ "$("${tool[@]}" verify "http://localhost:$port" --no-app --requests 1 --keep "$work/first.ledger" --output json 2> "$work/first.log" |
        jq -r .verdict)" != exact ] || break
    kill -0 "$up" 2> /dev/null || { cat "$results/up.log" >&2; say "$0: the services have ended"; exit 1; }
    [ "$try" != 60 ] || { cat "$work/first.log" >&2; say "$0: Prometheus does not show one request as it happened"; exit 1; }
    rm -f "$work/first.ledger"
done
say "Sending $thousands,000 requests, $rate a second"
# Half a request less: whether one more is sent would depend on rounding.
"${tool[@]}" load "http://localhost:$port" --rate "$rate" \
    --duration "$(awk -v n="$thousands" -v r="$rate" 'BEGIN { printf "%d", (n * 1000 - 0.5) / r * 1000 }')ms" \
    --ledger "$results/run.ledger" --overwrite --output json > "$results/load.json"

say "Verifying"
TIMEFORMAT='%U %S %R'
memory=0
{ time "${tool[@]}" verify --ledger "$results/run.ledger" --logs "artifacts/logs/port-$port" --output json > "$results/report.json" \
    2> "$results/verify.log" & } 2> "$work/time"
verify=$!
# The tool is a child of the subshell that is timed.
while kill -0 "$verify" 2> /dev/null; do
    for process in "$verify" $(pgrep -P "$verify" || true); do
        now=$(awk '/^VmHWM/ { print $2 }' "/proc/$process/status" 2> /dev/null || true)
        [ "${now:-0}" -le "$memory" ] || memory=$now
    done
    sleep 0.1
done
status=0
wait "$verify" || status=$?
[ "$status" -eq 0 ] || { cat "$results/verify.log" >&2; jq . "$results/report.json" >&2; say "verify ended with $status"; }

read -r user system real < "$work/time"
lines=$(jq '[.signals[] | select(.signal == "logs") | .checks[].seen] | add' "$results/report.json")
printf '%s requests, %s lines of access logs; %s s in all\n' "$(jq .requests "$results/report.json")" "$lines" "$real"
check "Processor time, seconds" "$(awk -v u="$user" -v s="$system" 'BEGIN { print u + s }')" 60 most
check "Memory, MB" "$(awk -v m="$memory" 'BEGIN { print m * 1024 / 1e6 }')" 300 most
exit "$status"
