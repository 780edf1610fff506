"""`python -m tour [--break PART]`: exit 1 if a step is not ok."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

FOLDER = Path("build", "tour")
PARTS = ("witness", "conflict", "consent", "digest")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make tour", description="Drive the real application by key events.")
    parser.add_argument("--break", dest="part", choices=PARTS, default="", help="leave this part out: exit 1")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where pictures and state go")
    chosen = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    signal.signal(signal.SIGTERM, _interrupt)
    from tour.run import run

    try:
        return 0 if run(chosen.folder.absolute(), chosen.part) else 1
    except KeyboardInterrupt:
        return 130


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
