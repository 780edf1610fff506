#!/usr/bin/env bash
# Builds the Linux bundle and the .deb, then installs, starts, uses and removes the .deb where this runs as root.
set -euo pipefail
cd "$(dirname "$0")/.."
export VERSION
VERSION=$(.venv/bin/python -c 'import clinicdesk; print(clinicdesk.__version__)')
rm -rf dist build/pyinstaller
.venv/bin/pyinstaller --noconfirm --log-level WARN --distpath dist/bundle --workpath build/pyinstaller packaging/clinicdesk.spec
.venv/bin/nfpm package --config packaging/linux/nfpm.yaml --packager deb --target dist/
deb=$(ls dist/*.deb)
tar -C dist/bundle -cf - clinicdesk | .venv/bin/python -c '
import sys, zstandard
zstandard.ZstdCompressor(level=10, threads=-1).copy_stream(sys.stdin.buffer, sys.stdout.buffer)' > "dist/clinicdesk-$VERSION-linux-x86_64.tar.zst"
rm -rf dist/bundle
bash packaging/linux/prove.sh "$deb"
ls -l dist
