#!/usr/bin/env bash
# What 'bookinfo load' is able to do on this machine: its highest rate beside that of wrk against the same server, and how exactly it
# keeps a rate. The tools take turns, so that a noisy machine treats both alike. Ends with 1 when a figure is outside its limit.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/load.sh [--rounds N] [--seconds N] [--connections N] [--rate N] [--steady N]

  --rounds N       how often each tool is measured at its highest rate (default 5); the median counts
  --seconds N      how long each of these measurements takes (default 5)
  --connections N  how many connections both keep busy (default 64)
  --rate N         the steady rate, in requests a second (default 2000)
  --steady N       how long that is kept, in seconds (default 30)
END
}

rounds=5 seconds=5 connections=64 rate=2000 steady=30
while [ $# -gt 0 ]; do
    case $1 in
        --rounds) rounds=${2:?} ; shift 2 ;;
        --seconds) seconds=${2:?} ; shift 2 ;;
        --connections) connections=${2:?} ; shift 2 ;;
        --rate) rate=${2:?} ; shift 2 ;;
        --steady) steady=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
require_numbers "$rounds" "$seconds" "$connections" "$rate" "$steady"

require_tools wrk clang curl jq zlib.h

say "Building"
publish src/Bookinfo.Ratings
dotnet build src/Bookinfo.Cli -c Release -v quiet -nodeReuse:false >&2

work=$(mktemp -d)
port=31092
address=http://127.0.0.1:$port/ratings/0
# A pipe with a reader, as a container's stdout is.
env ASPNETCORE_URLS="http://127.0.0.1:$port" DRAIN_SECONDS=0 \
    "artifacts/publish/Bookinfo.Ratings/release_$rid/Bookinfo.Ratings" > >(cat > /dev/null) &
server=$!
trap 'end "$server"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
for _ in $(seq 200); do
    curl -sf -o /dev/null "http://127.0.0.1:$port/health/ready" && break
    sleep 0.02
done
curl -sf -o /dev/null "$address" || { say "bench/load.sh: ratings did not become ready"; exit 1; }

load() {
    dotnet artifacts/bin/Bookinfo.Cli/release/bookinfo.dll load "$address" --connections "$connections" --output json "$@" 2>/dev/null
}
achieved() { jq -r '.rate.achieved'; }

wrk -t 1 -c "$connections" -d 2 "$address" >/dev/null
for round in $(seq "$rounds"); do
    say "Round $round of $rounds"
    wrk -t 1 -c "$connections" -d "$seconds" "$address" | awk '/Requests\/sec/ { print $2 }' >> "$work/wrk"
    # More than any server can take: each connection then sends its next request at once, which is what wrk does.
    load --rate 1000000 --duration "${seconds}s" | achieved >> "$work/load"
done

say "$rate requests a second for $steady s"
load --rate "$rate" --duration "${steady}s" > "$work/steady.json"

figure() { jq -r "$1" "$work/steady.json"; }
printf '%-46s %10.0f\n' 'wrk, highest rate (requests/s)' "$(median < "$work/wrk")" \
    'bookinfo load, highest rate (requests/s)' "$(median < "$work/load")"
printf '%-46s %10.1f\n' 'asked (requests/s)' "$(figure .rate.asked)" 'achieved (requests/s)' "$(figure .rate.achieved)" \
    'scheduling delay p50 (us)' "$(figure .generator.schedulingDelay.p50)" \
    'scheduling delay p90 (us)' "$(figure .generator.schedulingDelay.p90)" \
    'scheduling delay p99 (us)' "$(figure .generator.schedulingDelay.p99)" \
    'scheduling delay p99.9 (us)' "$(figure .generator.schedulingDelay.p999)" \
    'processor time of the generator (s)' "$(figure .generator.processorSeconds)"

echo
check 'highest rate: bookinfo load / wrk' "$(ratio "$(median < "$work/load")" "$(median < "$work/wrk")")" 0.60 least
check 'steady rate: achieved / asked' "$(ratio "$(figure .rate.achieved)" "$(figure .rate.asked)")" 0.995 least
check 'scheduling delay at p99 (us)' "$(figure .generator.schedulingDelay.p99)" 1000 most
exit $status
