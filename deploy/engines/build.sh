#!/bin/sh
# Builds the validators' programs from their Go modules: build.sh FOLDER. What go.sum names is all
# that is compiled; nothing is downloaded but modules, by the module proxy that Go is set up with.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)

if ! command -v go >/dev/null 2>&1; then
    cat <<'WORDS'
engines: skipped, because Go is not on this machine.
  What it means: `make demo-network` and the network tests cannot run here; everything else can.
  What to do:    install Go 1.21 or newer (Debian: apt-get install golang-go) and run `make engines`.
WORDS
    exit 0
fi

build() {
    name=$1 says=$2
    if [ -x "$out/$name" ] && "$out/$name" version 2>/dev/null | grep -q "$says"; then
        echo "engines: $name is there"
        return
    fi
    echo "engines: building $name (one to three minutes)"
    # -checklinkname=0: an older dependency reads a private symbol of the Go runtime.
    (cd "$here/$name" && GOFLAGS=-mod=readonly go build -trimpath -buildvcs=false \
        -ldflags '-checklinkname=0 -s -w' -o "$out/$name.new" github.com/ethereum/go-ethereum/cmd/geth)
    if ! "$out/$name.new" version | grep -q "$says"; then
        echo "engines: what was built is not $name with \"$says\"" >&2
        exit 1
    fi
    mv "$out/$name.new" "$out/$name"
    echo "engines: built $name"
}

build goquorum 'Quorum Version: 22.7.4'
build geth 'Version: 1.13.15-stable'
