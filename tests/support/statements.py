"""One store of compiled statements for all encrypted files of a test process."""

from __future__ import annotations

import weakref
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_MOST = 5_000


def share_statements() -> None:
    """Each engine from now on finds what others had compiled: a test has an engine of its own, and says what all say.

    A statement is kept under its dialect, of which each engine has one: those of one driver are as good as one.
    Not for the program: a compiled statement remembers the values it was first asked with.
    """
    compiled: LRUCache[Any, Any] = LRUCache(_MOST)
    types: defaultdict[Any, weakref.WeakKeyDictionary[Any, Any]] = defaultdict(weakref.WeakKeyDictionary)

    def hand_out(_dialect: type[sa.Dialect], engine: sa.Engine) -> None:
        engine.update_execution_options(compiled_cache=compiled)
        vars(engine.dialect)["_type_memos"] = types[vars(engine.dialect)["dbapi"]]

    def of_one_driver(one: SQLiteDialect_pysqlite, other: object) -> bool:
        return isinstance(other, SQLiteDialect_pysqlite) and one.dbapi is other.dbapi

    for name, way in {
        "engine_created": classmethod(hand_out),
        "__eq__": of_one_driver,
        "__hash__": lambda dialect: hash(dialect.dbapi),
    }.items():
        setattr(SQLiteDialect_pysqlite, name, way)
