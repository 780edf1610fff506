#!/usr/bin/env bash
# Installs a .deb, starts the window headless, opens an encrypted database and uninstalls again. Needs root.
set -euo pipefail
deb=$(realpath "$1")
if [ "$(id -u)" -ne 0 ]; then
    echo "not root: the package was built but not installed; run 'sudo bash packaging/linux/prove.sh $deb' to prove it"
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get install -y -qq --no-install-recommends "$deb" >/dev/null
removed() { dpkg -r clinicdesk >/dev/null; }
trap removed EXIT
scratch=$(mktemp -d)
trap 'removed; rm -rf "$scratch"' EXIT
cd "$scratch"
env -u PYTHONPATH QT_QPA_PLATFORM=offscreen HOME="$scratch" clinicdesk --help >/dev/null
env -u PYTHONPATH QT_QPA_PLATFORM=offscreen HOME="$scratch" clinicdesk self-check --json
trap 'rm -rf "$scratch"' EXIT
removed
test ! -e /usr/bin/clinicdesk
test -z "$(find /opt/clinicdesk -type f 2>/dev/null)"
echo "package: installed, started headless, opened an encrypted database, removed"
