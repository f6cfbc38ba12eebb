# Runs commands so that a signal to the script that reads this file ends them as well.
jobs=()

# Runs a command in a process group of its own, so that a signal to this script can end it at once with all that it has started. What of
# the group is left when the command has ended, such as a build server, is ended as well. What a test program starts, and what of that gets
# away, that program's supervisor ends (tests/Bookinfo.Supervision), also when this script is killed.
guarded() {
    local status=0
    set -m
    "$@" </dev/null &
    jobs=($!)
    set +m
    wait "${jobs[0]}" || status=$?
    kill -KILL -- "-${jobs[0]}" 2>/dev/null || true
    jobs=()
    return "$status"
}

end() { # the number of the signal
    trap '' INT TERM HUP
    local job
    for job in "${jobs[@]}"; do kill -TERM "$job" || true; done 2>/dev/null
    for job in "${jobs[@]}"; do
        wait "$job" || true
        kill -KILL -- "-$job" || true
    done 2>/dev/null
    exit $((128 + $1))
}
trap 'end 2' INT
trap 'end 15' TERM
trap 'end 1' HUP
