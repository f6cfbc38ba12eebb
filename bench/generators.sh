#!/usr/bin/env bash
# What bookinfo load, hey, wrk and siege report of the same page on this machine: once when nothing happens, and once when
# productpage stands still for two seconds in the middle. Prints a table in Markdown.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/generators.sh [--rate N] [--connections N] [--seconds N]

  --rate N         requests a second, of those tools that can keep a rate (default 200)
  --connections N  how many connections each has (default 16)
  --seconds N      how long each measurement takes (default 20, at least 6)
END
}

rate=200 connections=16 seconds=20
while [ $# -gt 0 ]; do
    case $1 in
        --rate) rate=${2:?} ; shift 2 ;;
        --connections) connections=${2:?} ; shift 2 ;;
        --seconds) seconds=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
require_numbers "$rate" "$connections" "$seconds"
[ "$seconds" -ge 6 ] || { echo "bench/generators.sh: --seconds must be 6 or more" >&2; exit 2; }

require_tools hey wrk siege jq clang zlib.h

page=http://127.0.0.1:30080/productpage
work=$(mktemp -d)
say "Starting Bookinfo (the first time it is compiled, which takes minutes)"
setsid ./bookinfo up --native --output json > "$work/up" 2> "$work/up.log" &
up=$!
trap 'end "$up"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
until [ -s "$work/up" ]; do
    kill -0 "$up" 2>/dev/null || { cat "$work/up.log" >&2; exit 1; }
    sleep 0.2
done
productpage=$(head -n 1 "$work/up" | jq -r '.. | objects | select(.service? == "productpage") | .pid')

# Each prints: requests a second, p50, p99 and the longest in milliseconds; - for what the tool does not tell.
with_load() {
    dotnet artifacts/bin/Bookinfo.Cli/release/bookinfo.dll load "$page" --rate "$rate" --duration "${seconds}s" \
        --connections "$connections" --output json 2>/dev/null |
        jq -r '[.rate.achieved, .fromDue.p50 / 1000, .fromDue.p99 / 1000, .fromDue.max / 1000] | @tsv'
}
with_hey() {
    hey -z "${seconds}s" -c "$connections" -q "$(awk -v r="$rate" -v c="$connections" 'BEGIN { print r / c }')" "$page" |
        awk '/Requests\/sec/ { r = $2 } /Slowest/ { m = $2 } /50%% in|50% in/ { a = $3 } /99%% in|99% in/ { b = $3 }
            END { print r "\t" 1000 * a "\t" 1000 * b "\t" 1000 * m }'
}
with_wrk() {
    wrk -t 2 -c "$connections" -d "${seconds}s" --timeout 10s --latency "$page" |
        awk 'function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : 1000 * t }
            /Requests\/sec/ { r = $2 } $1 == "Latency" && $2 != "Distribution" { m = ms($4) }
            $1 == "50%" { a = ms($2) } $1 == "99%" { b = ms($2) } END { print r "\t" a "\t" b "\t" m }'
}
with_siege() {
    # A user of siege waits up to --delay after each answer, half of it on average. --no-parser: the page alone.
    siege --quiet --json-output --no-parser --concurrent="$connections" --time="${seconds}S" \
        --delay="$(awk -v r="$rate" -v c="$connections" 'BEGIN { print 2 * c / r }')" "$page" 2>/dev/null |
        sed -n '/{/,/}/p' | jq -r '[.transaction_rate, "-", "-", 1000 * .longest_transaction] | @tsv'
}

measure() { # title, tool
    "with_$2" > "$work/$2"
    awk -F '\t' -v title="$1" 'function f(t) { return t == "-" ? t : sprintf("%.1f ms", t) }
        { printf "| %-30s | %9.1f | %10s | %10s | %10s |\n", title, $1, f($2), f($3), f($4) }' "$work/$2"
}

# Everything is awake once, and what is measured is not the first request.
wrk -t 1 -c "$connections" -d 3s "$page" >/dev/null
for stall in 0 2; do
    if [ $stall = 0 ]; then printf '\nNothing happens:\n\n'; else printf '\nThe page stands still for %s s:\n\n' $stall; fi
    printf '| %-30s | %9s | %10s | %10s | %10s |\n|---|--:|--:|--:|--:|\n' tool requests/s p50 p99 longest
    for tool in load hey wrk siege; do
        say "$tool for $seconds s"
        if [ $stall != 0 ]; then
            (sleep $((seconds / 2)); kill -STOP "$productpage"; sleep $stall; kill -CONT "$productpage") &
        fi
        case $tool in
            load) measure "bookinfo load, from due time" load ;;
            hey) measure "hey, -q $(awk -v r="$rate" -v c="$connections" 'BEGIN { print r / c }') for each worker" hey ;;
            wrk) measure "wrk, as fast as it can" wrk ;;
            siege) measure "siege, with a delay" siege ;;
        esac
    done
done
