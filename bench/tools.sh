# What the scripts of this directory have in common. They read it with '.'; it does nothing by itself.

# For people, so that stdout has the figures alone.
say() { printf '%s\n' "$*" >&2; }

# Ends the script if one of its values is not a number from 1 to 99999.
require_numbers() {
    local number
    for number in "$@"; do
        [[ $number =~ ^[1-9][0-9]{0,4}$ ]] || { say "$0: '$number' is not a number from 1 to 99999"; exit 2; }
    done
}

# Prints the names of the scenarios that come with Bookinfo, one a line.
scenario_names() { basename -s .yaml scenarios/*.yaml; }

# Ends the script if one of its scenarios is not among them.
require_scenarios() { # names
    local name known
    known=$(scenario_names)
    for name in "$@"; do
        grep -qxF -- "$name" <<< "$known" || {
            say "$0: there is no scenario '$name': './bookinfo scenario list' shows all"
            exit 2
        }
    done
}

# Names the packages of commands that are missing: command, or command=package. 'zlib.h' stands for what native code is linked with.
missing_packages() {
    local tool
    for tool in "$@"; do
        case $tool in
            zlib.h) [ -e /usr/include/zlib.h ] || echo zlib1g-dev ;;
            *) PATH=$PATH:/usr/sbin command -v "${tool%%=*}" > /dev/null || echo "${tool##*=}" ;;
        esac
    done
}

# Ends the script if a command is missing.
require_tools() {
    local missing
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -z "$missing" ] || { say "$0: please install first: $missing"; exit 1; }
}

# Installs what is missing, where there is apt-get.
install_tools() {
    local missing sudo
    read -ra missing <<< "$(missing_packages "$@" | tr '\n' ' ')"
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get > /dev/null || require_tools "$@"
    say "Installing with apt-get: ${missing[*]}"
    sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
    $sudo apt-get update -qq >&2
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

rid=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')

services=(src/Bookinfo.{Details,Ratings,Reviews,ProductPage})

# Publishes projects with Native AOT.
publish() {
    local project
    for project in "$@"; do
        dotnet publish "$project" -c Release -r "$rid" -v quiet -nodeReuse:false >&2
    done
}

# Builds what is run natively: the services, and the tool, which the others call as "${tool[@]}".
build_native() {
    say "Building"
    publish "${services[@]}"
    dotnet build src/Bookinfo.Cli -c Release -v quiet -nodeReuse:false >&2
    tool=(dotnet artifacts/bin/Bookinfo.Cli/release/bookinfo.dll)
}

# Runs Bookinfo natively and waits until all is ready. Its process id is then 'up'. It needs build_native.
start_native() { # a directory for what it says (up.json, up.log), the page's port, and further options
    "${tool[@]}" up --native --no-build --port "$2" --backend-port $(($2 + 1)) --management-port $(($2 + 20)) --output json "${@:3}" \
        < /dev/null > "$1/up.json" 2> "$1/up.log" &
    up=$!
    until grep -q '"event":"ready"' "$1/up.json"; do
        kill -0 "$up" 2> /dev/null || { cat "$1/up.log" >&2; exit 1; }
        sleep 0.1
    done
}

# Ends processes, also those that are stopped, and waits until they have ended.
end() { # process ids
    local process
    for process in "$@"; do
        kill -CONT "$process" 2> /dev/null || true
        kill -TERM "$process" 2> /dev/null || true
    done
    for process in "$@"; do
        wait "$process" 2> /dev/null || true
        # One that another script has started cannot be waited for.
        while kill -0 "$process" 2> /dev/null; do sleep 0.05; done
    done
}

# Opens something to read from that never ends, as file descriptor 9: a delaying proxy ends when its standard input does.
open_input() { # directory
    mkfifo "$1/open"
    exec 9<> "$1/open"
}

# Starts a delaying proxy, whose process id is then $!. It needs open_input.
delay_proxy() { # its port, the port behind it, milliseconds; then the same for further ports
    dotnet artifacts/bin/Bookinfo.DelayingProxy/release/delaying-proxy.dll "$@" <&9 > /dev/null &
}

# The median of the numbers on stdin, one a line.
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'; }

# Prints a figure beside its limit. 'status' is 1 from then on if it is not met.
status=0
check() { # what, value, limit, 'least' or 'most'
    local verdict
    verdict=$(awk -v v="$2" -v l="$3" -v kind="$4" 'BEGIN { print (kind == "least" ? v >= l : v <= l) ? "ok" : "NOT MET" }')
    printf '%-58s %8.3f  (at %s %s)  %s\n' "$1" "$2" "$4" "$3" "$verdict"
    [ "$verdict" = ok ] || status=1
}
