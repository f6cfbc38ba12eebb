#!/usr/bin/env bash
# Measures the services against the least that could do the same, in one run and in turns: see docs/performance.md. Installs what it
# needs (Debian and Ubuntu). Ends with 1 when something that is promised is not met, or with --check when something is worse than it was.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
. bench/tools.sh
export PATH=$PATH:/usr/sbin

for argument in "$@"; do
    case $argument in
        -h | --help)
            cat <<'END'
Usage: bench/run.sh [--check] [--only PART... [--rounds N]]

Without an argument everything is measured, which takes 40 minutes, and
written to bench/results.json and docs/performance.md.

  --check      measure ratios and bytes only, in less than five minutes, and
               compare them with bench/results.json; each may be worse by what
               is stated beside it, else the exit code is 1; writes nothing
  --only PART  measure no more than this, and write nothing: start, launch,
               throughput, tail, low, rate, growth, allocations, soak, size
  --rounds N   how often, with --only
END
            exit 0 ;;
        --check)
            [ -e bench/results.json ] || {
                say "$0: there is no bench/results.json to compare with; bench/run.sh without --check writes it"
                exit 1
            } ;;
        --only | --rounds | start | launch | throughput | tail | low | rate | growth | allocations | soak | size | [1-9]*) ;;
        *) say "$0: '$argument' is neither an option nor a part; --help names them"; exit 2 ;;
    esac
done

install_tools wrk clang nginx=nginx-light zlib.h buildah
say "Publishing the services and the references with Native AOT"
publish "${services[@]}" bench/Bookinfo.Reference
dotnet build bench/Bookinfo.Bench -c Release -v quiet -nodeReuse:false >&2
# The first time makes what --no-build then takes.
./bookinfo --version > /dev/null
# For 1,000 connections on both sides.
ulimit -Sn "$(ulimit -Hn)"
exec dotnet artifacts/bin/Bookinfo.Bench/release/bookinfo-bench.dll --root "$PWD" --runtime "$rid" "$@"
