#!/usr/bin/env bash
# Installs the peers that the test suites run against, where it may: Debian
# packages as root or with YES=1 (then through sudo). What it may not or cannot
# install is skipped by the suites, with the reason, at the end of `make test`.
set -uo pipefail
missing=()
[ -e /usr/share/java/zookeeper.jar ] || missing+=(zookeeper)
command -v chromium >/dev/null || missing+=(chromium)
command -v ip >/dev/null || missing+=(iproute2)
command -v unshare >/dev/null || missing+=(util-linux)
command -v javac >/dev/null || missing+=(openjdk-17-jdk-headless)
command -v mvn >/dev/null || missing+=(maven)
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "setup: no apt-get here; suites that need ${missing[*]} will be skipped"
  exit 0
fi
run=()
if [ "$(id -u)" != 0 ]; then
  if [ "${YES:-}" != 1 ]; then
    echo "setup: not root: suites that need ${missing[*]} will be skipped (YES=1 make test installs them with sudo)"
    exit 0
  fi
  run=(sudo)
fi
echo "setup: installing ${missing[*]}"
{ ${run[@]+"${run[@]}"} apt-get update -qq &&
  ${run[@]+"${run[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null ||
  echo "setup: apt-get could not install ${missing[*]}; their suites will be skipped"
exit 0
