"""What a process that died said of itself: which failure, and where in the program; nothing of what it worked on."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Mapping
from typing import IO

from clinicdesk.core.errors import Param

MOST_LINES = 60
MOST_BYTES = 500
"""Of one line; what is longer comes in pieces, of which none is a place or a failure."""

_PLACE = re.compile(rb'^  File "([^"]+\.py)", line (\d{1,6})(?:, in |$)')
_FAILURE = re.compile(rb"^(?:\w+\.)*(\w{1,80}(?:Error|Exception|Exit|Interrupt))(?::|$)")
_PROGRAM = "clinicdesk/"


class LastWords:
    """The end of a stream, read in a thread of its own until it closes; a traceback's values are never told."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: deque[bytes] = deque(maxlen=MOST_LINES)
        self._reader = threading.Thread(target=self._read, name="last-words", daemon=True)
        self._reader.start()

    @property
    def kept(self) -> int:
        """How many bytes are held."""
        return sum(map(len, self._lines))

    def told(self, status: int) -> Mapping[str, Param]:
        """Once the process has ended: its status, and of its last traceback the failure's name and the place.

        What follows the name is the message, and so is every line after it.
        """
        self._reader.join()
        places: list[str] = []
        failure: str | None = None
        in_traceback = False
        for line in self._lines:
            if line.startswith(b"Traceback "):
                places, failure, in_traceback = [], None, True
            elif found := _PLACE.match(line):
                in_traceback = True
                places.append(f"{_in_program(found[1].decode(errors='replace'))}:{found[2].decode()}")
            elif in_traceback and not line.startswith(b" "):
                named, in_traceback = _FAILURE.match(line), False
                failure = None if named is None else named[1].decode()
        ours = [place for place in places if place.startswith(_PROGRAM)]
        place = next(reversed(ours or places), None)
        told: dict[str, Param] = {"status": status, "failure": failure, "place": place}
        return {name: value for name, value in told.items() if value is not None}

    def _read(self) -> None:
        with self._stream:
            while piece := self._stream.readline(MOST_BYTES):
                self._lines.append(piece.rstrip(b"\r\n"))


def _in_program(file: str) -> str:
    """Where a file of the program lies in it; of any other its name alone, for a folder may be named after a person."""
    file = file.replace("\\", "/")
    _folder, found, inside = file.rpartition(f"/{_PROGRAM}")
    return f"{_PROGRAM}{inside}" if found else file.rpartition("/")[2]
