#!/usr/bin/env bash
# What a request costs at low rates and at saturation: processor time of ratings for each request, beside that of a program that does the
# least that could answer the same (bench/Bookinfo.Reference). See docs/performance.md.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END_OF_USAGE'
Usage: bench/rates.sh [--rounds N] [--seconds N]

  --rounds N   how often each rate is measured (default 5); the median counts
  --seconds N  how long each measurement takes (default 10)
END_OF_USAGE
}

rounds=5 seconds=10
while [ $# -gt 0 ]; do
    case $1 in
        --rounds) rounds=${2:?} ; shift 2 ;;
        --seconds) seconds=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
require_numbers "$rounds" "$seconds"
require_tools wrk clang curl zlib.h

say "Publishing ratings and the reference with Native AOT"
publish src/Bookinfo.Ratings bench/Bookinfo.Reference
# The first time builds the tool.
./bookinfo --version > /dev/null

work=$(mktemp -d)
pids=()
trap 'end ${pids[@]+"${pids[@]}"}; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Ports of our own, beside those that 'bookinfo up' uses.
declare -A port=([ratings]=31082 [bare]=31083)
printf '{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}' > "$work/answer"
# A pipe with a reader, as a container's stdout is.
env ASPNETCORE_URLS="http://127.0.0.1:${port[ratings]}" DRAIN_SECONDS=0 \
    "artifacts/publish/Bookinfo.Ratings/release_$rid/Bookinfo.Ratings" > >(cat > /dev/null) &
pids+=($!)
"artifacts/publish/Bookinfo.Reference/release_$rid/bookinfo-reference" "${port[bare]}" application/json "$work/answer" \
    > >(cat > /dev/null) &
pids+=($!)
declare -A pid=([ratings]=${pids[0]} [bare]=${pids[1]})

# Processor time of a process, with threads that have ended, in microseconds. It is counted in hundredths of a second.
used() { awk -v ticks="$(getconf CLK_TCK)" '{ printf "%.0f\n", ($14 + $15) / ticks * 1000000 }' "/proc/$1/stat"; }

# Sends requests to a URL at a rate, or as many as possible, and prints how many were answered.
send() { # rate or 'most', URL, seconds
    if [ "$1" = most ]; then
        wrk -t 1 -c 32 -d "$3" "$2" | awk '/requests in/ { print $1 }'
    else
        # Its messages are how it goes on; they are of interest only if it fails.
        ./bookinfo load "$2" --rate "$1" --duration "$3s" --output json 2> "$work/messages" \
            | awk -F '[:,]' '/"good"/ { print $2 + 0 }' || { cat "$work/messages" >&2; return 1; }
    fi
}

rates=(50 500 5000 most)
for round in $(seq "$rounds"); do
    for rate in "${rates[@]}"; do
        for what in ratings bare; do
            say "Round $round of $rounds: $what at $rate/s"
            url=http://127.0.0.1:${port[$what]}/ratings/0
            curl -sf --retry 20 --retry-connrefused -o /dev/null "$url"
            send "$rate" "$url" 1 > /dev/null
            before=$(used "${pid[$what]}")
            answered=$(send "$rate" "$url" "$seconds")
            ratio "$(($(used "${pid[$what]}") - before))" "$answered" >> "$work/$what.$rate"
        done
    done
done

printf '%-12s  %12s  %12s\n' REQUESTS/S 'RATINGS, us' 'BARE, us'
for rate in "${rates[@]}"; do
    printf '%-12s  %12.0f  %12.0f\n' "$rate" "$(median < "$work/ratings.$rate")" "$(median < "$work/bare.$rate")"
done
