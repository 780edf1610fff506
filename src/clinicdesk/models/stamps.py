"""Who writes and when, as a connection knows it: the source of the stamp columns of new rows (D4)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine.default import DefaultExecutionContext

STAMP_OPTION: Final = "clinicdesk_stamp"
"""The execution option of a connection that carries the `Stamp` of its unit of work."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the unit of work of a connection writes into new rows that do not say it themselves."""

    at: dt.datetime
    author: uuid.UUID | None


class UnstampedRowError(LookupError):
    """A row without stamps on a connection without a unit of work: a program error."""


def stamp_of(context: DefaultExecutionContext) -> Stamp:
    stamp = context.execution_options.get(STAMP_OPTION)
    if not isinstance(stamp, Stamp):
        raise UnstampedRowError("no unit of work on this connection: the row must say when and by whom")
    return stamp


def stamped_at(context: DefaultExecutionContext) -> dt.datetime:
    """Default of `created_at` and `updated_at`."""
    return stamp_of(context).at


def stamped_by(context: DefaultExecutionContext) -> uuid.UUID | None:
    """Default of `created_by` and `updated_by`; null where no unit of work names an author."""
    stamp = context.execution_options.get(STAMP_OPTION)
    return stamp.author if isinstance(stamp, Stamp) else None
