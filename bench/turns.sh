#!/usr/bin/env bash
# Measures whether two systems that are measured in turns are told apart on this machine: HAProxy in front of reviews and ratings must be
# found at the page, at reviews and at ratings, and nothing at details; small delays in front of all of them must be found in nine of ten
# runs; the same system twice must come out as no difference anywhere. The services are started anew between rounds.
# Ends with 1 when it is not so.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/turns.sh [--sidecar N] [--same N] [--small N] [--smallest R,D,V] [--control] [--delayed N] [--delays LIST]
                      [--rounds N] [--step TIME] [--port N] [--keep DIRECTORY]

  --sidecar N       how many runs with HAProxy in front of reviews and ratings of the second system (default 5)
  --same N          how many runs with two systems that are the same (default 10)
  --small N         how many runs with a small delay in front of ratings, of details and of each version of reviews of the second
                    system, all at the same time (default 0)
  --smallest R,D,V  these delays, in ms (default 0.065,0.02,0.07)
  --control         in runs with the same systems or small delays, a third system that is the same as the first: another pair that
                    must come out as no difference
  --delayed N       how many runs with each of the delays in front of ratings of the second system (default 0): what share is found
  --delays LIST     the delays, in ms (default 0.1,0.25,0.5,2)
  --rounds N        their rounds (default 11, which take less than 5 minutes)
  --step TIME       how long the page is viewed in a round (default 11s)
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

sidecar=5 same=10 small=0 smallest=0.065,0.02,0.07 control= delayed=0 delays=0.1,0.25,0.5,2 rounds=11 step=11s port=31700 keep=
while [ $# -gt 0 ]; do
    case $1 in
        --sidecar) sidecar=${2:?} ; shift 2 ;;
        --same) same=${2:?} ; shift 2 ;;
        --small) small=${2:?} ; shift 2 ;;
        --smallest) smallest=${2:?} ; shift 2 ;;
        --control) control=yes ; shift ;;
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
for count in "$sidecar" "$same" "$small" "$delayed"; do [ "$count" = 0 ] || require_numbers "$count"; done
require_numbers $((sidecar + same + small + delayed)) "$rounds" "$port"
[[ $smallest =~ ^[0-9.]+,[0-9.]+,[0-9.]+$ ]] || { say "bench/turns.sh: --smallest is three numbers of ms, as 0.065,0.02,0.07"; exit 2; }
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

# Where each system is: the page, details, ratings, and reviews v1 to v3 have ports one after the other.
first=$port second=$((port + 10)) third=$((port + 20))

# HAProxy in front of each version of reviews of the second system, and of ratings. One thread does it all, as in a sidecar.
sidecars=$((port + 30))
{
    printf 'global\n    nbthread 1\ndefaults\n    mode http\n    timeout connect 5s\n    timeout client 1m\n    timeout server 1m\n'
    for index in 2 3 4 5; do
        printf 'listen at%d\n    bind 127.0.0.1:%d\n    server only 127.0.0.1:%d\n' "$index" $((sidecars + index)) $((second + index))
    done
} > "$work/haproxy.cfg"
PATH=$PATH:/usr/sbin haproxy -f "$work/haproxy.cfg" -db > "$work/haproxy.log" 2>&1 &
proxy=$!

open_input "$work"

system() { # name, its first port
    echo "--port $2 --backend-port $(($2 + 1)) --management-port $(($2 + 100))" > "$work/$1.options"
}

in_front_of_ratings() { # name of the system, port
    echo "--env reviews:RATINGS_SERVICE_PORT=$2" >> "$work/$1.options"
}

in_front_of_reviews() { # name of the system, port for v1; v2 and v3 have those after it
    local addresses
    addresses=$(printf 'http://127.0.0.1:%d,' "$2" $(($2 + 1)) $(($2 + 2)))
    echo "--env productpage:REVIEWS_ENDPOINTS=${addresses%,}" >> "$work/$1.options"
}

# All systems have the same proxies, so that what it costs to pass on is in each.
delay_ratings() { # name of the system, its first port, ms
    local at=$(($2 + 50))
    delay_proxy $((at + 2)) $(($2 + 2)) "$3"
    delaying+=" $!"
    in_front_of_ratings "$1" $((at + 2))
}

delay_all() { # name of the system, its first port, ms in front of ratings, details, reviews
    local at=$(($2 + 50))
    delay_proxy $((at + 1)) $(($2 + 1)) "$4" $((at + 2)) $(($2 + 2)) "$3" \
        $((at + 3)) $(($2 + 3)) "$5" $((at + 4)) $(($2 + 4)) "$5" $((at + 5)) $(($2 + 5)) "$5"
    delaying+=" $!"
    in_front_of_ratings "$1" $((at + 2))
    in_front_of_reviews "$1" $((at + 3))
    echo "--env productpage:DETAILS_SERVICE_PORT=$((at + 1))" >> "$work/$1.options"
}

run() { # name, what the second system has in front: nothing, sidecars, a delay of ratings in ms, or those of ratings, details, reviews
    local extra=()
    say "Measuring $1"
    rm -f "$work"/*.options
    system first "$first"
    system second "$second"
    case $2 in
        nothing)
            [ -z "$control" ] || system third "$third"
            ;;
        sidecars)
            in_front_of_ratings second $((sidecars + 2))
            in_front_of_reviews second $((sidecars + 3))
            ;;
        *,*)
            delay_all first "$first" 0 0 0
            # shellcheck disable=SC2086
            delay_all second "$second" ${2//,/ }
            [ -z "$control" ] || { system third "$third"; delay_all third "$third" 0 0 0; }
            ;;
        *)
            delay_ratings first "$first" 0
            delay_ratings second "$second" "$2"
            ;;
    esac
    [ ! -e "$work/third.options" ] || extra=(--control "http://localhost:$third")
    start "$work"
    SECONDS=0
    "${tool[@]}" baseline "http://localhost:$first" "http://localhost:$second" ${extra:+"${extra[@]}"} --name "$results/$1" --overwrite \
        --rounds "$rounds" --step "$step" --warm-up 2s --between "bench/turns.sh restart '$work'" --output json \
        > "$work/report.json" 2> "$work/baseline.log" || { cat "$work/baseline.log" >&2; exit 1; }
    stop "$work"
    # shellcheck disable=SC2086
    end $delaying
    delaying=
    # What is shown, at the page and at each hop.
    jq -r --arg name "$1" --arg seconds "$SECONDS" '
        def shown: "\(.difference | round / 1000) ±\((.high - .difference) | round / 1000) ms, \(.verdict)";
        [.rates[].figures[]
        | select((.subject | contains("->")) or .subject == "page") | select(.figure == "p50")
        | "\(.subject) \(shown)\(if .control then " (control \(.control | shown))" else "" end)"]
        | "\($name), \($seconds) s: \(join("; "))"' "$work/report.json"
}

verdict() { # subject
    jq -r --arg subject "$1" '.rates[].figures[] | select(.figure == "p50" and .subject == $subject) | .verdict' "$work/report.json"
}

found=0 pairs=0 none=0
for number in $(seq "$sidecar"); do
    run "sidecar-$number" sidecars
    if jq -e '[.rates[].figures[] | select(.figure == "p50") | select((.subject | contains("->")) or .subject == "page")
        | if .subject == "productpage->details" then (.verdict != "greater" and .verdict != "smaller") else .verdict == "greater" end]
        | all' "$work/report.json" > /dev/null
    then
        found=$((found + 1))
    fi
done

# Counts a pair of the same system: whether anything is found in any row.
count_same() { # of each figure, what has the verdict: . or .control
    pairs=$((pairs + 1))
    if jq -e "[.rates[].figures[] | $1.verdict // \"\" | . == \"greater\" or . == \"smaller\"] | any | not" "$work/report.json" > /dev/null
    then
        none=$((none + 1))
    else
        jq -r "[.rates[].figures[] | select($1.verdict == \"greater\" or $1.verdict == \"smaller\") | \"\(.subject) \(.figure)\"]
            | \"found between the same systems: \(join(\", \"))\"" "$work/report.json"
    fi
}

declare -A small_found=([page]=0 ['productpage->details']=0 ['productpage->reviews']=0 ['reviews->ratings']=0)
for number in $(seq "$small"); do
    run "small-$number" "$smallest"
    for subject in "${!small_found[@]}"; do
        [ "$(verdict "$subject")" != greater ] || small_found[$subject]=$((small_found[$subject] + 1))
    done
    [ -z "$control" ] || count_same .control
done
for number in $(seq "$same"); do
    run "same-$number" nothing
    count_same ''
    [ -z "$control" ] || count_same .control
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
if [ "$small" != 0 ]; then
    for subject in page 'productpage->reviews' 'reviews->ratings' 'productpage->details'; do
        check "small delays ($smallest ms): found at $subject" "$(ratio "${small_found[$subject]}" "$small")" 0.9 least
    done
fi
[ "$pairs" = 0 ] || check "the same system, $pairs pairs: nothing found" "$(ratio "$none" "$pairs")" 0.95 least
exit "$status"
