#!/usr/bin/env bash
# Measures whether 'bookinfo compare' is to be believed on this machine: baselines of the same system must come out as no difference at any
# hop in nine of ten pairs, and 2 ms in front of ratings as 2 ms, where they are waited for and nowhere else. The services are started anew
# for each baseline, as they are when a mesh is put in.
# Ends with 1 when it is not so.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/compare.sh [--pairs N] [--delayed N] [--delays LIST] [--rates LIST] [--rounds N] [--step TIME]
                        [--warm-up TIME] [--port N] [--keep DIRECTORY]

  --pairs N         how many pairs of baselines of the same system (default 10)
  --delayed N       how many baselines with each of the delays in front of ratings (default 3)
  --delays LIST     the delays, in ms (default 2; the one of 2 ms is judged, for others the share that is found is printed)
  --rates LIST      the rates of the baselines (default 50,150)
  --rounds N        their rounds (default 10)
  --step TIME       how long each rate is sent in a round (default 3s)
  --warm-up TIME    how long before the first (default 5s)
  --port N          productpage's port; the backends have those after it (default 31600)
  --keep DIRECTORY  where to leave the baselines
END
}

pairs=10 delayed=3 delays=2 rates=50,150 rounds=10 step=3s warmup=5s port=31600 keep=
while [ $# -gt 0 ]; do
    case $1 in
        --pairs) pairs=${2:?} ; shift 2 ;;
        --delayed) delayed=${2:?} ; shift 2 ;;
        --delays) delays=${2:?} ; shift 2 ;;
        --rates) rates=${2:?} ; shift 2 ;;
        --rounds) rounds=${2:?} ; shift 2 ;;
        --step) step=${2:?} ; shift 2 ;;
        --warm-up) warmup=${2:?} ; shift 2 ;;
        --port) port=${2:?} ; shift 2 ;;
        --keep) keep=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
require_numbers "$pairs" "$delayed" "$rounds" "$port"
[ "$delayed" -le "$pairs" ] || { echo "bench/compare.sh: --delayed can be $pairs at most, the number of pairs" >&2; exit 2; }
require_tools jq clang zlib.h

say "Building"
dotnet build tests/Bookinfo.DelayingProxy -c Release -v quiet -nodeReuse:false >&2
dotnet build src/Bookinfo.Cli -c Release -v quiet -nodeReuse:false >&2
tool=(dotnet artifacts/bin/Bookinfo.Cli/release/bookinfo.dll)

work=$(mktemp -d)
if [ -n "$keep" ]; then mkdir -p "$keep"; fi
results=${keep:-$work}
open_input "$work"
ratings=$((port + 2)) proxyport=$((port + 7))
up='' proxy=''
stop() {
    # shellcheck disable=SC2086
    end $up $proxy
    up='' proxy=''
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# The proxy is always in front of ratings, so that what it costs to pass on is in all baselines and its delay is all that differs.
measure() { # name, milliseconds
    local name=$1
    say "Measuring $name"
    delay_proxy "$proxyport" "$ratings" "$2"
    proxy=$!
    "${tool[@]}" up --port "$port" --backend-port $((port + 1)) --native --env "reviews:RATINGS_SERVICE_PORT=$proxyport" --output json \
        < /dev/null > "$work/up" 2> "$work/up.log" &
    up=$!
    for _ in $(seq 9000); do
        grep -q '"event":"ready"' "$work/up" && break
        kill -0 "$up" 2>/dev/null || { cat "$work/up.log" >&2; exit 1; }
        sleep 0.1
    done
    "${tool[@]}" baseline "http://localhost:$port" --name "$results/$name" --overwrite --rates "$rates" --rounds "$rounds" \
        --step "$step" --warm-up "$warmup" --output json \
        > /dev/null 2> "$work/baseline.log" || { cat "$work/baseline.log" >&2; exit 1; }
    stop
}

for number in $(seq 0 "$pairs"); do
    measure "same-$number" 0
    if [ "$number" -ge 1 ] && [ "$number" -le "$delayed" ]; then
        for delay in ${delays//,/ }; do
            measure "delayed-$delay-$number" "$delay"
        done
    fi
done

good=0
for number in $(seq "$pairs"); do
    "${tool[@]}" compare "$results/same-$((number - 1))" "$results/same-$number" --output json > "$work/comparison.json"
    shown=$(jq -r '[.rates[] | .rate as $rate | .figures[]
        | select((.verdict == "greater" or .verdict == "smaller") and (.subject | contains("->")))
        | "\(.subject) \(.figure) at \($rate)/s"] | join(", ")' "$work/comparison.json")
    [ -n "$shown" ] || good=$((good + 1))
    printf 'same system, pair %2d: %s\n' "$number" "${shown:-no difference shown at any hop}"
done
power=
for delay in ${delays//,/ }; do
    seen=0
    for number in $(seq "$delayed"); do
        "${tool[@]}" compare "$results/same-$number" "$results/delayed-$delay-$number" --output json > "$work/comparison.json"
        # Of each hop: what the medians differ by in ms, and whether that is shown, at each rate.
        jq -r --arg number "$number" --arg delay "$delay" '.rates[] | .rate as $rate
            | [.figures[] | select(.figure == "p50" and (.subject | contains("->")))
            | "\(.subject) \(.difference | round / 1000) ms\(if .verdict == "greater" then "" else " (not shown)" end)"]
            | "\($delay) ms delay, pair \($number), \($rate)/s: \(join(", "))"' "$work/comparison.json"
        ! jq -e '[.rates[].figures[] | select(.figure == "p50" and .subject == "reviews->ratings") | .verdict == "greater"] | any' \
            "$work/comparison.json" > /dev/null || seen=$((seen + 1))
        [ "$delay" = 2 ] || continue
        jq -e '[.rates[].figures[] | select(.subject | contains("->"))
            | if .subject == "productpage->details" then .verdict != "greater" and .verdict != "smaller"
              elif .figure == "p50" then .verdict == "greater" and (.difference > 1700) and (.difference < 2300)
              else true end] | all' "$work/comparison.json" > /dev/null || status=1
    done
    power+=$(printf '%s ms: found at ratings in %d of %d' "$delay" "$seen" "$delayed")$'\n'
done
echo
printf '%s' "$power"
printf 'same system: no difference shown at any hop in %d of %d pairs  (at least 9 of 10)\n' "$good" "$pairs"
[ $((good * 10)) -ge $((pairs * 9)) ] || status=1
[ "$status" = 0 ] && echo ok || echo 'NOT MET'
exit $status
