#!/usr/bin/env bash
# Measures whether two systems that are measured in turns are told apart on this machine: HAProxy in front of reviews and ratings must be
# found at the page, at reviews and at ratings, and nothing at details; the same system twice must come out as no difference anywhere. The
# services are started anew between rounds.
# Ends with 1 when it is not so.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/turns.sh [--sidecar N] [--same N] [--delayed N] [--delays LIST] [--rounds N] [--step TIME] [--port N]
                      [--keep DIRECTORY]

  --sidecar N       how many runs with HAProxy in front of reviews and ratings of the second system (default 5)
  --same N          how many runs with two systems that are the same (default 10)
  --delayed N       how many runs with each of the delays in front of ratings of the second system (default 0): what share is found
  --delays LIST     the delays, in ms (default 0.1,0.25,0.5,2)
  --rounds N        their rounds (default 7, which take less than 5 minutes)
  --step TIME       how long the page is viewed in a round (default 20s)
  --port N          the first of the ports that the systems take (default 31700)
  --keep DIRECTORY  where to leave what was measured
END
}

tool=(dotnet artifacts/bin/Bookinfo.Cli/release/bookinfo.dll)

# Starts the systems of a run, in an order left to chance, and waits until they are ready; 'restart' ends them before.
stop() {
    local file
    for file in "$1"/*.pid; do
        [ -e "$file" ] || continue
        end "$(cat "$file")"
        rm "$file"
    done
}

start() { # directory
    local system
    for system in $(shuf -e "$1"/*.options); do
        : > "$system.out"
        # shellcheck disable=SC2046
        setsid "${tool[@]}" up --native --no-build --output json $(cat "$system") < /dev/null > "$system.out" 2> "$system.log" &
        echo $! > "${system%.options}.pid"
    done
    for system in "$1"/*.options; do
        until grep -q '"event":"ready"' "$system.out"; do
            kill -0 "$(cat "${system%.options}.pid")" 2>/dev/null || { cat "$system.log" >&2; exit 1; }
            sleep 0.05
        done
    done
}

if [ "${1:-}" = restart ]; then
    stop "$2"
    start "$2"
    exit 0
fi

sidecar=5 same=10 delayed=0 delays=0.1,0.25,0.5,2 rounds=7 step=20s port=31700 keep=
while [ $# -gt 0 ]; do
    case $1 in
        --sidecar) sidecar=${2:?} ; shift 2 ;;
        --same) same=${2:?} ; shift 2 ;;
        --delayed) delayed=${2:?} ; shift 2 ;;
        --delays) delays=${2:?} ; shift 2 ;;
        --rounds) rounds=${2:?} ; shift 2 ;;
        --step) step=${2:?} ; shift 2 ;;
        --port) port=${2:?} ; shift 2 ;;
        --keep) keep=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
require_numbers $((sidecar + same + delayed)) "$rounds" "$port"
require_tools jq clang zlib.h haproxy

say "Building"
publish "${services[@]}"
dotnet build tests/Bookinfo.DelayingProxy -c Release -v quiet -nodeReuse:false >&2
dotnet build src/Bookinfo.Cli -c Release -v quiet -nodeReuse:false >&2

work=$(mktemp -d)
[ -z "$keep" ] || mkdir -p "$keep"
results=${keep:-$work}
proxy= delaying=
finish() {
    stop "$work"
    # shellcheck disable=SC2086
    end $proxy $delaying
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# The second system's proxies: one in front of each version of reviews, and one in front of ratings. One thread does it all, as in a
# sidecar.
first=$port second=$((port + 10)) proxies=$((port + 20))
{
    printf 'global\n    nbthread 1\ndefaults\n    mode http\n    timeout connect 5s\n    timeout client 1m\n    timeout server 1m\n'
    for index in 2 3 4 5; do
        printf 'listen at%d\n    bind 127.0.0.1:%d\n    server only 127.0.0.1:%d\n' "$index" $((proxies + index)) $((second + index))
    done
} > "$work/haproxy.cfg"
PATH=$PATH:/usr/sbin haproxy -f "$work/haproxy.cfg" -db > "$work/haproxy.log" 2>&1 &
proxy=$!
reviews=$(printf 'http://127.0.0.1:%d,' $((proxies + 3)) $((proxies + 4)) $((proxies + 5)))

open_input "$work"

run() { # name, what the second system has in front: nothing, sidecars, or a delay in ms
    say "Measuring $1"
    echo "--port $first --backend-port $((first + 1)) --management-port $((first + 40))" > "$work/first.options"
    echo "--port $second --backend-port $((second + 1)) --management-port $((second + 40))" > "$work/second.options"
    if [ "$2" = sidecars ]; then
        printf '%s\n' "--env productpage:REVIEWS_ENDPOINTS=${reviews%,}" "--env reviews:RATINGS_SERVICE_PORT=$((proxies + 2))" \
            >> "$work/second.options"
    elif [ "$2" != nothing ]; then
        # Both systems have a proxy, so that what it costs to pass on is in both.
        delay_proxy $((proxies + 6)) $((first + 2)) 0
        delaying=$!
        delay_proxy $((proxies + 7)) $((second + 2)) "$2"
        delaying+=" $!"
        echo "--env reviews:RATINGS_SERVICE_PORT=$((proxies + 6))" >> "$work/first.options"
        echo "--env reviews:RATINGS_SERVICE_PORT=$((proxies + 7))" >> "$work/second.options"
    fi
    start "$work"
    SECONDS=0
    "${tool[@]}" baseline "http://localhost:$first" "http://localhost:$second" --name "$results/$1" --overwrite --rounds "$rounds" \
        --step "$step" --between "bench/turns.sh restart '$work'" --output json > "$work/report.json" 2> "$work/baseline.log" ||
        { cat "$work/baseline.log" >&2; exit 1; }
    stop "$work"
    # shellcheck disable=SC2086
    end $delaying
    delaying=
    # What is shown, at the page and at each hop.
    jq -r --arg name "$1" --arg seconds "$SECONDS" '[.rates[].figures[]
        | select((.subject | contains("->")) or .subject == "page") | select(.figure == "p50")
        | "\(.subject) \(.difference | round / 1000) ±\((.high - .difference) | round / 1000) ms, \(.verdict)"]
        | "\($name), \($seconds) s: \(join("; "))"' "$work/report.json"
}

verdict() { # subject
    jq -r --arg subject "$1" '.rates[].figures[] | select(.figure == "p50" and .subject == $subject) | .verdict' "$work/report.json"
}

found=0 none=0
for number in $(seq "$sidecar"); do
    run "sidecar-$number" sidecars
    if jq -e '[.rates[].figures[] | select(.figure == "p50") | select((.subject | contains("->")) or .subject == "page")
        | if .subject == "productpage->details" then (.verdict != "greater" and .verdict != "smaller") else .verdict == "greater" end]
        | all' "$work/report.json" > /dev/null
    then
        found=$((found + 1))
    fi
done
for number in $(seq "$same"); do
    run "same-$number" nothing
    if jq -e '[.rates[].figures[] | .verdict == "greater" or .verdict == "smaller"] | any | not' "$work/report.json" > /dev/null; then
        none=$((none + 1))
    fi
done
power=
for delay in $([ "$delayed" = 0 ] || echo "${delays//,/ }"); do
    seen=0 page=0 elsewhere=0
    for number in $(seq "$delayed"); do
        run "delay-$delay-$number" "$delay"
        [ "$(verdict 'reviews->ratings')" != greater ] || seen=$((seen + 1))
        [ "$(verdict page)" != greater ] || page=$((page + 1))
        case $(verdict 'productpage->details') in greater | smaller) elsewhere=$((elsewhere + 1)) ;; esac
    done
    power+=$(printf '%s ms: found at ratings in %d of %d, at the page in %d, at details in %d' \
        "$delay" "$seen" "$delayed" "$page" "$elsewhere")$'\n'
done
echo
printf '%s' "$power"
[ "$sidecar" = 0 ] || check "sidecars found where they are, and nowhere else" "$(ratio "$found" "$sidecar")" 1 least
[ "$same" = 0 ] || check "the same system: nothing found" "$(ratio "$none" "$same")" 0.95 least
exit "$status"
