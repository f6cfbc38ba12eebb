# Runs test programs and adds up what they report. test.sh and its lanes read this file; it needs 'guarded', which runs a command.
# What is counted comes from the report that a program writes as a file: what it prints is for people, and depends on colors,
# language and version.
passed=0 failed=0 skipped=0
# What has failed and why, for the end of the run: the output of a program may be thousands of lines further up.
failures=()

# Prints the failed tests of a report, each with the first lines of what it says.
failed_tests() { # title, report
    LC_ALL=C awk -v title="$1" '
        function plain(text) {
            gsub(/&#xD;/, "", text); gsub(/&#xA;/, "\n", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "\047", text)
            gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&amp;/, "\\&", text)
            return text
        }
        BEGIN { RS = "<UnitTestResult " }
        match($0, /testName="[^"]*"/) && /^[^>]*outcome="Failed"/ {
            print title ": " plain(substr($0, RSTART + 10, RLENGTH - 11))
            if (!match($0, /<Message>/)) next
            message = substr($0, RSTART + 9)
            sub(/<\/Message>.*/, "", message)
            count = split(plain(message), lines, "\n")
            for (i = 1; i <= count && i <= 12; i++) print "    " substr(lines[i], 1, 300)
        }' "$2"
}

# Says that something is a failure that no report tells of.
broke() {
    printf '\n%s\n' "$1"
    failures+=("$1")
}

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
        mapfile -t -O ${#failures[@]} failures < <(failed_tests "$1" "$results/results.trx")
    fi
    rm -rf "$results"
    : "${total:=0}" "${good:=0}" "${bad:=0}"
    # Whatever ends otherwise than with all its tests passed has failed, also when no single test did: it broke down,
    # left processes behind, or ran nothing.
    if [ "$bad" -eq 0 ] && { [ "$total" -eq 0 ] || [ "$status" -ne 0 ]; }; then
        broke "$1: ended with exit code $status, after $total tests of which none failed. This counts as one failure."
        bad=1 total=$((total + 1))
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + total - good - bad))
}

# Leaves in a file what has been counted, for 'add'.
count_into() { printf '%s\n' "$passed $failed $skipped" "${failures[@]}" >"$1"; }

# Adds what a lane has counted; one that broke down has counted nothing.
add() { # the file with its counts, then its name
    local good=0 bad=0 left=0
    if ! read -r good bad left 2>/dev/null <"$1"; then
        broke "$2: broke down. This counts as one failure."
        good=0 bad=1 left=0
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + left))
    [ ! -f "$1" ] || mapfile -t -O ${#failures[@]} failures < <(tail -n +2 "$1")
}

# The last line of a test run; the exit code tells whether all is well.
tally() {
    [ ${#failures[@]} -eq 0 ] || printf '%s\n' '' '== Failed' "${failures[@]}"
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
