#!/usr/bin/env bash
# Ten minutes of trouble: every scenario once, in an order left to chance, while visitors keep coming. Afterwards memory, open files and
# threads of every service must be where they began, and no fault may be left. Ends with 1 when that is not so.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/soak.sh [--seed N] [--each SECONDS] [--pause SECONDS] [--calm SECONDS] [--port N] [--keep DIRECTORY]
                     [SCENARIO...]

  --seed N          the order of the scenarios and their random choices (default: another one each time; it is printed)
  --each SECONDS    how long each scenario lasts (default 25)
  --pause SECONDS   how long nothing is wrong after each (default 8)
  --calm SECONDS    how long visitors come before the first and after the last scenario (default 45)
  --port N          the page's port; the services have those after it (default 28180)
  --keep DIRECTORY  where to leave the measurements and the logs
  SCENARIO...       these, and not all
END
}

seed=$((RANDOM % 9999 + 1)) each=25 pause=8 calm=45 port=28180 keep=
while [ $# -gt 0 ]; do
    case $1 in
        --seed) seed=${2:?} ; shift 2 ;;
        --each) each=${2:?} ; shift 2 ;;
        --pause) pause=${2:?} ; shift 2 ;;
        --calm) calm=${2:?} ; shift 2 ;;
        --port) port=${2:?} ; shift 2 ;;
        --keep) keep=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        -*) usage >&2; exit 2 ;;
        *) break ;;
    esac
done
require_numbers "$seed" "$each" "$pause" "$calm" "$port"
require_tools jq curl clang zlib.h
require_scenarios "$@"
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(scenario_names)
order=$(shuf -e "$@" --random-source=<(yes "$seed"))

build_native

work=$(mktemp -d)
results=${keep:-$work}
mkdir -p "$results"
up='' visitors=''
finish() {
    # The visitors first: they would report what the end of the application looks like.
    end ${visitors:+"$visitors"}
    end ${up:+"$up"}
    visitors='' up=''
}
trap 'finish; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

start_native "$results" "$port"
jq -r 'select(.event == "ready") | .services[] | "\(.service)-\(.version) \(.address) \(.management)"' "$results/up.json" > "$work/services"

# From a service's own metrics: resident MiB, open files and sockets, and threads.
measure() { # where to
    local name address figures
    while read -r name address _; do
        figures=$(curl -sf --max-time 10 "$address/metrics") || { say "$0: $name does not answer"; exit 1; }
        awk -v name="$name" '
            /^process_memory_usage_bytes/ { memory = $2 / 1048576 }
            /^process_unix_file_descriptor_count/ { files = $2 }
            /^process_thread_count/ { threads = $2 }
            END { printf "%s %.1f %d %d\n", name, memory, files, threads }' <<< "$figures"
    done < "$work/services" > "$1"
}

# Ends the script if there are no visitors any more: what it measures would say nothing.
require_visitors() {
    kill -0 "$visitors" 2> /dev/null || { cat "$results/load.log" >&2; say "$0: the visitors have ended too early"; exit 1; }
}

# Visitors for as long as it takes; those of a moment when a process is down fail, which is what the scenarios are for.
"${tool[@]}" load "http://localhost:$port" --rate 20 --duration 2h --output json < /dev/null > "$results/load.json" 2> "$results/load.log" &
visitors=$!
say "Seed $seed. Visitors alone, for $calm s"
sleep "$calm"
require_visitors
measure "$results/before"

for name in $order; do
    status=0
    "${tool[@]}" scenario start "$name" --url "localhost:$port" --seed "$seed" --for "${each}s" \
        < /dev/null > "$results/$name.txt" 2>&1 || status=$?
    say "$name: exit code $status"
    [ "$status" = 0 ] || { cat "$results/$name.txt" >&2; exit 1; }
    sleep "$pause"
done

say "Visitors alone, for $calm s"
sleep "$calm"
require_visitors
measure "$results/after"

# None left: what a service answers to the question which faults it has.
left=0
while read -r name _ management; do
    sets=$(curl -sf --max-time 10 "$management/faults" | jq -e '.sets | length')
    left=$((left + sets))
    [ "$sets" = 0 ] || say "$name has $sets sets of faults left"
done < "$work/services"

printf '%-16s %16s %16s %16s\n' SERVICE 'MEMORY, MIB' 'OPEN FILES' THREADS
join "$results/before" "$results/after" |
    awk '{ printf "%-16s %7.1f %8.1f %7d %8d %7d %8d\n", $1, $2, $5, $3, $6, $4, $7 }'
echo
check "sets of faults left" "$left" 0 most
while read -r name memory files threads memory_after files_after threads_after; do
    # A service stays below 40 MiB also at full load; what it grows by here is what the collector has not given back yet.
    check "$name: resident memory, MiB" "$memory_after" "$(awk -v m="$memory" 'BEGIN { print (m < 34 ? m + 6 : 40) }')" most
    check "$name: open files and sockets" "$files_after" $((files + 8)) most
    check "$name: threads" "$threads_after" $((threads + 3)) most
done < <(join "$results/before" "$results/after")
exit "$status"
