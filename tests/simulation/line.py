"""The line of a simulated desk: a session runs on a thread of its own that waits at every request for its fate."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from clinicdesk.sync.body import check_digest, content_digest, decode, encode
from clinicdesk.sync.ports import Answer, M


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it travels."""

    desk: str
    device: str
    path: str
    body: bytes
    encoding: str

    @property
    def digest(self) -> str:
        return content_digest(self.body)


Reply = tuple[bytes, str]


class RunningSession:
    """Work of a desk that stops at each request until `resume` or `fail` says how it went.

    The thread and its owner never run at the same time, so everything happens in one order.
    """

    def __init__(self, desk: str, device: str, work: Callable[[RunningSession], object]) -> None:
        self.desk = desk
        self.device = device
        self.waiting: Request | None = None
        self.error: BaseException | None = None
        self.result: object = None
        self._fate: Reply | BaseException | None = None
        self._go = threading.Semaphore(0)
        self._back = threading.Semaphore(0)
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._run, work), name=f"desk {desk}", daemon=True)
        self._thread.start()
        self._turn()

    @property
    def over(self) -> bool:
        return self.waiting is None

    def resume(self, reply: Reply) -> None:
        """The answer arrived; the session goes on to its next request or its end."""
        self._fate = reply
        self._turn()

    def fail(self, error: BaseException) -> None:
        """The request or its answer did not arrive, or the process dies here."""
        self._fate = error
        self._turn()

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        """`ports.Line`: the real messages, encoded and decoded as on the wire."""
        body, encoding = encode(request)
        self.waiting = Request(self.desk, self.device, path, body, encoding)
        self._back.release()
        self._go.acquire()
        self.waiting = None
        fate = self._fate
        assert fate is not None
        if isinstance(fate, BaseException):
            raise fate
        answer, answer_encoding = fate
        check_digest(answer, content_digest(answer))
        return Answer(decode(answer, answer_encoding, kind), len(body), len(answer), 0.01)

    def _turn(self) -> None:
        self._go.release()
        self._back.acquire()
        if self.over:
            self._thread.join()

    def _run(self, work: Callable[[RunningSession], object]) -> None:
        self._go.acquire()
        try:
            self.result = work(self)
        except BaseException as error:
            self.error = error
        self._back.release()


@dataclass(slots=True)
class Ether:
    """Requests that were given up or doubled on the way and still arrive one day."""

    late: list[Request] = field(default_factory=list)

    def take(self, chance: Any) -> Request | None:
        return self.late.pop(chance.randrange(len(self.late))) if self.late else None
