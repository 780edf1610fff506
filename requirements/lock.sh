#!/usr/bin/env bash
# Writes the hash-pinned requirements anew, without the address of any index.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() { .venv/bin/uv pip compile --generate-hashes --no-emit-index-url --no-emit-find-links --universal \
    --python-version 3.11 --no-annotate --no-header --quiet "$@"; }
lock pyproject.toml --extra district -o requirements/app.txt
lock pyproject.toml --extra district --extra dev -o requirements/dev.txt
.venv/bin/uv --version | awk '{print "uv==" $2}' | lock - -o requirements/tools.txt
