"""How requests reach the district and answers the desk: once, each twice, or with each answer lost once.

The whole sync suite is run in each of these ways (`make prove`): every request is idempotent, so nothing may differ.
"""

from __future__ import annotations

import enum

import msgspec

from clinicdesk.sync.errors import UnreachableError
from clinicdesk.sync.ports import Answer, Line, M


class Delivery(enum.StrEnum):
    """What the line does to every request of a test."""

    ONCE = "once"
    TWICE = "twice"
    EACH_ANSWER_LOST = "each-answer-lost"


class AnswerLostError(UnreachableError):
    """Lost by the delivery, not by the test's own line."""

    def __init__(self) -> None:
        super().__init__(reason="connection_lost")


class LosesNth:
    """The nth request arrives and is done; its answer is lost."""

    def __init__(self, line: Line, which: int) -> None:
        self._line = line
        self._left = which

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        answer = self._line.ask(path, request, kind)
        self._left -= 1
        if self._left == 0:
            raise AnswerLostError
        return answer
