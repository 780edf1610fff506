"""Row keys: UUID version 7, made on the device, ordered by time; and identifiers that say nothing at all."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from uuid_utils.compat import uuid7

_KEYS: ContextVar[Callable[[], uuid.UUID]] = ContextVar("row keys", default=uuid7)
_RANDOM: ContextVar[Callable[[], uuid.UUID]] = ContextVar("random identifiers", default=uuid.uuid4)


def new_id() -> uuid.UUID:
    """A fresh row key."""
    return _KEYS.get()()


def random_id() -> uuid.UUID:
    """A fresh identifier without time in it: nonces, commits, epochs."""
    return _RANDOM.get()()


@contextlib.contextmanager
def drawn_from(keys: Callable[[], uuid.UUID], random: Callable[[], uuid.UUID]) -> Iterator[None]:
    """Identifiers of this context alone come from the sources given: a simulation repeats itself by its seed.

    Models make keys by column default, where no constructor could hand a source in.
    """
    before = _KEYS.set(keys), _RANDOM.set(random)
    try:
        yield
    finally:
        _KEYS.reset(before[0])
        _RANDOM.reset(before[1])
