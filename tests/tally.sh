# Runs test programs and adds up what they report. test.sh and its lanes read this file; it needs 'guarded', which runs a command.
# What is counted comes from the report that a program writes as a file: what it prints is for people, and depends on colors,
# language and version.
passed=0 failed=0 skipped=0

run() { # title, then the test program with its arguments
    printf '\n== %s\n' "$1"
    local results status=0 total=0 good=0 bad=0
    results=$(mktemp -d)
    guarded "${@:2}" --results-directory "$results" --report-xunit-trx --report-xunit-trx-filename results.trx || status=$?
    if [ -f "$results/results.trx" ]; then
        # Without this line in the report, the three figures stay 0.
        read -r total good bad < <(
            LC_ALL=C sed -nE 's/.*<Counters total="([0-9]+)" executed="[0-9]+" passed="([0-9]+)" failed="([0-9]+)".*/\1 \2 \3/p' \
                "$results/results.trx"
        ) || true
    fi
    rm -rf "$results"
    : "${total:=0}" "${good:=0}" "${bad:=0}"
    # Whatever ends otherwise than with all its tests passed has failed, also when no single test did: it broke down,
    # left processes behind, or ran nothing.
    if [ "$bad" -eq 0 ] && { [ "$total" -eq 0 ] || [ "$status" -ne 0 ]; }; then
        printf '%s: ended with exit code %d, after %d tests of which none failed. This counts as one failure.\n' "$1" "$status" "$total"
        bad=1 total=$((total + 1))
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + total - good - bad))
}

# Adds what a lane has counted; one that broke down has counted nothing.
add() { # the file with its counts, then its name
    local good=0 bad=0 left=0
    if ! read -r good bad left 2>/dev/null <"$1"; then
        printf '\n%s: broke down. This counts as one failure.\n' "$2"
        good=0 bad=1 left=0
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + left))
}

# The last line of a test run; the exit code tells whether all is well.
tally() {
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
