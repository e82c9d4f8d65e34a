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
  What to do:    install Go 1.21 or newer (Debian: apt-get install golang) and run `make engines`.
WORDS
    exit 0
fi

flags='-s -w'
case "$(go env GOVERSION)" in
# Since 1.23 the linker must be told that an older dependency may read a private symbol of the runtime.
go1.2[3-9]* | go1.[3-9][0-9]* | go[2-9]*) flags="$flags -checklinkname=0" ;;
esac

build() {
    name=$1 says=$2
    if [ -x "$out/$name" ] && "$out/$name" version 2>/dev/null | grep -q "$says"; then
        echo "engines: $name is there"
        return
    fi
    echo "engines: building $name (one to three minutes)"
    (cd "$here/$name" && GOFLAGS=-mod=readonly go build -trimpath -buildvcs=false \
        -ldflags "$flags" -o "$out/$name.new" github.com/ethereum/go-ethereum/cmd/geth)
    if ! "$out/$name.new" version | grep -q "$says"; then
        echo "engines: what was built is not $name with \"$says\"" >&2
        exit 1
    fi
    mv "$out/$name.new" "$out/$name"
    echo "engines: built $name"
}

build goquorum 'Quorum Version: 22.7.4'
build geth 'Version: 1.13.15-stable'
