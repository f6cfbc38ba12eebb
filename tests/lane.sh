#!/usr/bin/env bash
# A lane of the test run: some of the test programs, one after another, while the other lane runs the rest. test.sh starts it with its name
# and a directory, in which it leaves its counts. The output of a program is printed when it has ended, so that the output of the lanes
# does not mix.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
lane=$1 directory=$2
# Most programs here end after some seconds: too soon for what the JIT learns from profiling to pay off.
export DOTNET_TieredPGO=0
source tests/guard.sh
source tests/tally.sh

whole() { # a command or function, whose output is printed as a whole
    local output status=0
    output=$(mktemp)
    "$@" >"$output" 2>&1 || status=$?
    flock "$directory/printing" cat "$output"
    rm "$output"
    return "$status"
}

tests() { # title, test project, and settings for its program
    printf '   (%s: begins)\n' "$1"
    whole run "$1" env "${@:3}" "artifacts/bin/$2/release/$2"
}

publish() { # project
    printf '\n== Publishing %s with Native AOT\n' "$1"
    local rid said
    rid=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
    said=$(mktemp)
    guarded dotnet publish "src/$1" -c Release -r "$rid" -v quiet -nodeReuse:false >"$said" 2>&1 || { cat "$said"; return 1; }
    if [ -s "$said" ]; then
        printf 'Publishing must not say anything, but it did:\n'
        cat "$said"
        return 1
    fi
    rm "$said"
}

# Publishes the services as native executables, then runs the test program that takes longest.
first() {
    local project
    # Even if publishing fails: the other lane must not wait forever.
    trap 'touch "$directory/published"' EXIT
    for project in $(grep -lE 'Bookinfo\.(NativeProgram|Service)\.props' src/*/*.csproj); do
        whole publish "$(basename "$project" .csproj)" || exit 1
    done
    touch "$directory/published"
    tests "The command line tool" Cli.Tests
}

# Runs the rest, beginning with what needs no native executables.
second() {
    tests "The wire contract, against processes under the JIT" Wire.Tests
    tests "The load generator" Load.Tests
    tests "Baselines, comparisons and their reports" Measurement.Tests
    tests "The application on this machine: plans and builds" Local.Tests
    tests "The application in a cluster: the libraries" Kubernetes.Tests
    tests "What the libraries of the tool stand on" Foundation.Tests
    tests "The manifests, rendered with every component" Manifests.Tests
    tests "Prometheus, rules and dashboards" Observability.Tests
    tests "The page, in Chromium (screenshots: artifacts/screenshots)" Browser.Tests
    until [ -e "$directory/published" ]; do guarded sleep 1; done
    tests "The wire contract, against native processes" Wire.Tests BOOKINFO_WIRE_MODE=native
    tests "Services, in this process" Services.Tests
    tests "Telemetry, exact to the count" Telemetry.Tests
}

"$lane"
echo "$passed $failed $skipped" >"$directory/$lane"
