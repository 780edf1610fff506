"""How the models declare a column: its meaning for the merge, its PHI mark and its defaults in one place."""

from __future__ import annotations

import decimal
import enum
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import MappedColumn, mapped_column

from clinicdesk.models.base import reference
from clinicdesk.models.policy import column_info
from clinicdesk.models.types import Guid

Default = bool | int | str | decimal.Decimal | enum.StrEnum | Callable[[], Any] | None

_EMPTY: dict[object, str] = {list: "'[]'", dict: "'{}'"}


def _server_default(default: Default) -> Any:
    """The same default for a row that raw SQL or a migration writes; a computed one has none there."""
    if isinstance(default, bool):
        return sa.true() if default else sa.false()
    if isinstance(default, enum.StrEnum):
        return default.value
    if isinstance(default, int | str | decimal.Decimal):
        return str(default)
    return sa.text(_EMPTY[default]) if default in _EMPTY else None


def column(
    *args: Any, default: Default = None, index: bool = False, primary_key: bool = False, **meaning: Any
) -> MappedColumn[Any]:
    """A column; the annotation gives its type where none is passed. `meaning` is that of `column_info`."""
    given: dict[str, Any] = {} if default is None else {"default": default, "server_default": _server_default(default)}
    if primary_key:
        given |= {"primary_key": True, "autoincrement": False}
    return mapped_column(
        *args, index=index or None, info=column_info(**meaning), comment="PHI" if meaning.get("phi") else None, **given
    )


def link(target: str, *, index: bool = True, **meaning: Any) -> MappedColumn[Any]:
    """A key of another row: real, deferrable, and indexed unless a wider index begins with it."""
    return column(Guid(), reference(target), index=index, **meaning)


def unique(*columns: str) -> sa.Index:
    return sa.Index(None, *columns, unique=True)


def live_unique(*columns: str, where: str = "deleted_at IS NULL") -> sa.Index:
    """A key that only live rows hold, so that a deleted row does not block it for ever (concern 34)."""
    return sa.Index(None, *columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def index(*columns: str) -> sa.Index:
    return sa.Index(None, *columns)


def containment_index(name: str) -> sa.Index:
    """A search inside a JSON value; PostgreSQL alone can index it."""
    made = sa.Index(None, name, postgresql_using="gin")
    made.ddl_if(dialect="postgresql")
    return made
