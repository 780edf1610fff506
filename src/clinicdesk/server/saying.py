"""What the district's commands say: one line of JSON on standard output."""

from __future__ import annotations

import sys
from typing import Any

import msgspec


def say(answer: Any) -> None:
    """The answer can be any value that JSON has."""
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    sys.stdout.flush()
