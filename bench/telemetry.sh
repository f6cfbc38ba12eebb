#!/usr/bin/env bash
# What telemetry costs, as ratios measured in one run: each round measures every way of running the same native executables, one after the
# other, so that a noisy machine treats all alike. Ends with 1 when a ratio is outside its limit.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh

usage() {
    cat <<'END'
Usage: bench/telemetry.sh [--rounds N] [--seconds N] [--connections N]

  --rounds N       how often each way is measured (default 5); the median counts
  --seconds N      how long each measurement takes (default 4)
  --connections N  how many connections wrk keeps busy (default 32)

Ways:
  off      OTEL_SDK_DISABLED=true ACCESS_LOG=off
  on       what is on by default: metrics and access log
  traced   that, and one trace in ten sent by OTLP to a server that takes it
  down     that, to a port where nobody listens
  hanging  that, to a server that takes the connection and never answers
END
}

rounds=5 seconds=4 connections=32
while [ $# -gt 0 ]; do
    case $1 in
        --rounds) rounds=${2:?} ; shift 2 ;;
        --seconds) seconds=${2:?} ; shift 2 ;;
        --connections) connections=${2:?} ; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
require_numbers "$rounds" "$seconds" "$connections"

require_tools wrk clang curl nginx=nginx-light zlib.h

say "Publishing the services with Native AOT"
publish "${services[@]}"

work=$(mktemp -d)
pids=()
trap 'end ${pids[@]+"${pids[@]}"} ${sinks[@]+"${sinks[@]}"}; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Ports of our own, beside those that 'bookinfo up' uses.
page=31080 details=31081 ratings=31082 reviews=31083 sink=31084 silent=31085 closed=31086

# Two servers for spans: one takes them all, one is stopped before it can answer, which leaves its connections to the kernel.
sinks=()
for port in $sink $silent; do
    cat > "$work/nginx-$port.conf" <<END
daemon off;
worker_processes 1;
pid $work/nginx-$port.pid;
error_log /dev/null;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path $work/body-$port;
    client_max_body_size 16m;
    server { listen 127.0.0.1:$port; location / { return 200; } }
}
END
    "$(command -v nginx || echo /usr/sbin/nginx)" -c "$work/nginx-$port.conf" -p "$work" 2>/dev/null &
    sinks+=($!)
done
for _ in $(seq 100); do
    curl -sf -o /dev/null "http://127.0.0.1:$sink/" && curl -sf -o /dev/null "http://127.0.0.1:$silent/" && break
    sleep 0.05
done
kill -STOP "$(cat "$work/nginx-$silent.pid")"
# The worker is the one that answers.
pkill -STOP -P "$(cat "$work/nginx-$silent.pid")"

start() { # service, port, settings...
    local program="artifacts/publish/Bookinfo.$1/release_$rid/Bookinfo.$1"
    # A pipe with a reader, as a container's stdout is.
    env ASPNETCORE_URLS="http://127.0.0.1:$2" DRAIN_SECONDS=0 SESSION_KEY="$session_key" "${@:3}" "$program" > >(cat > /dev/null) &
    pids+=($!)
}
session_key=$(head -c 24 /dev/urandom | base64)

start_all() { # settings...
    pids=()
    start Details $details "$@"
    start Ratings $ratings "$@"
    start Reviews $reviews ENABLE_RATINGS=true RATINGS_HOSTNAME=127.0.0.1 RATINGS_SERVICE_PORT=$ratings "$@"
    start ProductPage $page DETAILS_HOSTNAME=127.0.0.1 DETAILS_SERVICE_PORT=$details REVIEWS_HOSTNAME=127.0.0.1 \
        REVIEWS_SERVICE_PORT=$reviews RATINGS_HOSTNAME=127.0.0.1 RATINGS_SERVICE_PORT=$ratings "$@"
    for port in $details $ratings $reviews $page; do
        for _ in $(seq 200); do
            curl -sf -o /dev/null "http://127.0.0.1:$port/health/ready" && continue 2
            sleep 0.02
        done
        say "bench/telemetry.sh: the service on port $port did not become ready"
        exit 1
    done
}

settings_of() {
    local otlp="OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_LOGS_EXPORTER=none"
    otlp+=" OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0.1"
    case $1 in
        off) echo "OTEL_SDK_DISABLED=true ACCESS_LOG=off" ;;
        on) echo "ACCESS_LOG=on" ;;
        traced) echo "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$sink $otlp" ;;
        hanging) echo "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$silent $otlp" ;;
        down) echo "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$closed $otlp" ;;
    esac
}

measure() { # way, name, address
    local report
    wrk -t 1 -c "$connections" -d 1 "$3" > /dev/null
    report=$(wrk -t 1 -c "$connections" -d "$seconds" --latency "$3")
    if grep -qE 'Non-2xx|Socket errors' <<< "$report"; then
        say "bench/telemetry.sh: requests failed: $(grep -E 'Non-2xx|Socket errors' <<< "$report")"
        exit 1
    fi
    awk '/Requests\/sec/ { print $2 }' <<< "$report" >> "$work/$1.$2.rate"
    awk '/ 50% / || / 99% / {
        value = $2; unit = value; gsub(/[0-9.]/, "", unit); gsub(/[a-z]/, "", value)
        print $1, value * (unit == "us" ? 0.001 : unit == "s" ? 1000 : 1)
    }' <<< "$report" >> "$work/$1.$2.latency"
}

ways=(off on traced down hanging)
for round in $(seq "$rounds"); do
    for way in "${ways[@]}"; do
        say "Round $round of $rounds: $way"
        read -ra settings <<< "$(settings_of "$way")"
        start_all "${settings[@]}"
        measure "$way" details "http://127.0.0.1:$details/details/0"
        measure "$way" page "http://127.0.0.1:$page/productpage"
        awk '/VmRSS/ { print $2 / 1024 }' "/proc/${pids[3]}/status" >> "$work/$way.memory"
        end "${pids[@]}"
        pids=()
    done
done

rate() { median < "$work/$1.$2.rate"; }
spread() { sort -g "$work/$1.$2.rate" | awk '{ v[NR] = $1 } END { printf "%.0f-%.0f", v[1], v[NR] }'; }
latency() { awk -v p="$3%" '$1 == p { print $2 }' "$work/$1.$2.latency" | median; }
memory() { median < "$work/$1.memory"; }

printf '%-8s  %15s  %15s  %14s  %8s  %8s  %10s\n' WAY 'DETAILS req/s' 'PAGE views/s' SPREAD 'PAGE p50' 'p99' 'MEMORY'
for way in "${ways[@]}"; do
    printf '%-8s  %15.0f  %15.0f  %14s  %5.2f ms  %5.2f ms  %6.1f MiB\n' \
        "$way" "$(rate "$way" details)" "$(rate "$way" page)" "$(spread "$way" page)" \
        "$(latency "$way" page 50)" "$(latency "$way" page 99)" "$(memory "$way")"
done

echo
for target in details page; do
    check "$target: throughput with metrics and access log / off" "$(ratio "$(rate on $target)" "$(rate off $target)")" 0.80 least
    check "$target: throughput with traces at 10% / without" "$(ratio "$(rate traced $target)" "$(rate on $target)")" 0.85 least
done
for way in down hanging; do
    check "page: median latency with the endpoint $way / answering" \
        "$(ratio "$(latency "$way" page 50)" "$(latency traced page 50)")" 1.15 most
    check "page: MiB resident with the endpoint $way - answering" \
        "$(awk -v a="$(memory "$way")" -v b="$(memory traced)" 'BEGIN { print a - b }')" 8 most
done
exit $status
