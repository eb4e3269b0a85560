#!/usr/bin/env bash
# Builds the peer that the bench measures against, with Go, into the folder where the bench looks for it.
set -euo pipefail
into=${BENCH_TOFU:-$HOME/.cache/pulumi-mailmodo/bench}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$into"

build() { # <package> <version> <name of the program> [<replace>]
  mkdir -p "$work/$3"
  cd "$work/$3"
  go mod init "build/$3"
  [ $# -lt 4 ] || go mod edit -replace "$4"
  go get "$1@$2"
  go build -trimpath -ldflags "-s -w" -o "$into/$3" "$1"
}

build github.com/opentofu/opentofu/cmd/tofu v1.12.6 tofu \
  github.com/hashicorp/hcl/v2=github.com/opentofu/hcl/v2@v2.20.2-0.20251021132045-587d123c2828
build github.com/Mastercard/terraform-provider-restapi v1.20.0 terraform-provider-restapi
