#!/usr/bin/env bash
# A lane of the test run: some of the test programs, one after another, while the other lanes run the rest. test.sh starts it with its name
# and a directory, in which it leaves its counts. The output of a program is printed when it has ended, so that the output of the lanes
# does not mix.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")/.."
lane=$1 directory=$2
# Most programs here end after some seconds: too soon for what the JIT learns from profiling to pay off, or for compiling a method a second
# time; and memory that can be both written and executed does no harm here. Together that spares a fifth of the processor time.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCounting=0 DOTNET_EnableWriteXorExecute=0
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

tests() { # title, test project, and arguments for its program
    local began=$SECONDS spent TIMEFORMAT='%U %S'
    spent=$(mktemp)
    printf '   (%s: begins)\n' "$1"
    { time whole run "$1" "artifacts/bin/$2/release/$2" "${@:3}" 2>&3; } 3>&2 2>"$spent"
    printf '   (%s: took %d s, and %.0f s of processor time)\n' "$1" $((SECONDS - began)) "$(awk '{ print $1 + $2 }' "$spent")"
    rm "$spent"
}

# What all lanes take from, one program at a time: title, test project, and settings. 'compiled' stands for waiting until the native
# programs are there, which those after it need. What mostly waits stands first: compiling needs the processor meanwhile.
queue=(
    "The load generator|Load.Tests"
    "The application in a cluster: the libraries|Kubernetes.Tests"
    "Scenarios: their files, faults and symptoms|Scenarios.Tests"
    "Prometheus, rules and dashboards|Observability.Tests"
    "The manifests, rendered with every component|Manifests.Tests"
    "The wire contract, against processes under the JIT|Wire.Tests"
    "Baselines, comparisons and their reports|Measurement.Tests"
    "The application on this machine: plans and builds|Local.Tests"
    "What the libraries of the tool stand on|Foundation.Tests"
    "The page, in Chromium (screenshots: artifacts/screenshots)|Browser.Tests"
    compiled
    "Telemetry, exact to the count|Telemetry.Tests"
    "Services, in this process|Services.Tests"
    "The wire contract, against native processes|Wire.Tests|BOOKINFO_WIRE_MODE=native"
)

take() { # prints the next line of the queue, if there is one left
    exec 9>>"$directory/taken"
    flock 9
    local number
    number=$(wc -l <"$directory/taken")
    echo >&9
    exec 9>&-
    [ "$number" -lt ${#queue[@]} ] && echo "${queue[number]}"
}

work_off() {
    local line title project setting
    while line=$(take); do
        if [ "$line" = compiled ]; then
            until [ -e "$directory/compiled" ]; do guarded sleep 1; done
            continue
        fi
        IFS='|' read -r title project setting <<<"$line"
        if [ -n "$setting" ]; then export "${setting?}"; fi
        tests "$title" "$project"
        if [ -n "$setting" ]; then unset "${setting%%=*}"; fi
    done
}

# Has the tool compile our programs to native code, then runs the tests of the tool that need them, then what is left.
first() {
    # Even if compiling fails: the other lanes must not wait forever.
    trap 'touch "$directory/compiled"' EXIT
    tests "Compiling to native code" Cli.Tests --filter-class '*.NativeTests'
    touch "$directory/compiled"
    tests "The command line tool, with native programs" Cli.Tests --filter-trait Needs=native --filter-not-class "*.NativeTests"
    work_off
}

# The two test programs that take longest, then what is left.
second() {
    tests "The command line tool" Cli.Tests --filter-not-trait Needs=native
    work_off
}

third() {
    tests "Verification, against real platforms" Verification.Tests
    work_off
}

fourth() { work_off; }

"$lane"
count_into "$directory/$lane"
