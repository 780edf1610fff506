"""Opens the encrypted file: the one connect recipe, and the database's failures as ours."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from clinicdesk.storage.errors import (
    DatabaseBusyError,
    DatabaseClosedError,
    DatabaseExistsError,
    DatabaseMissingError,
    DatabaseReadOnlyError,
    DatabaseUnreadableError,
    DiskFullError,
    UnsafeLibraryError,
    WriteRuleError,
)

Synchronous = Literal["FULL", "NORMAL"]

OLDEST_SAFE_SQLITE: Final = (3, 51, 3)
KEY_BYTES: Final = 32
BUSY_TIMEOUT_MS: Final = 5000
RULE_PREFIX: Final = "clinicdesk:"
"""Starts the message of every RAISE in our triggers: `clinicdesk:<rule>:<table>`."""

BEGIN_OPTION: Final = "clinicdesk_begin"
SYNCHRONOUS_OPTION: Final = "clinicdesk_synchronous"

_NEARLY_FULL = 512 * 1024

# Primary result codes of SQLite (https://sqlite.org/rescode.html).
_BUSY, _LOCKED, _READONLY, _INTERRUPT, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 9, 10, 11, 13, 14, 26


class _Opener:
    """Makes keyed connections; the key lives here alone and is overwritten by `forget`."""

    def __init__(self, path: Path, key: bytes, synchronous: Synchronous, *, read_only: bool) -> None:
        self._path = path
        self._key = bytearray(key)
        self._synchronous = synchronous
        self._read_only = read_only

    def __repr__(self) -> str:
        return "_Opener()"

    def forget(self) -> None:
        for index in range(len(self._key)):
            self._key[index] = 0
        self._key.clear()

    def __call__(self) -> Any:  # a sqlcipher3 connection; the package has no types
        if len(self._key) != KEY_BYTES:
            raise DatabaseClosedError()
        if not self._path.exists():
            raise DatabaseMissingError()
        mode = "ro" if self._read_only else "rw"
        try:
            connection = sqlcipher.connect(
                f"file:{quote(str(self._path))}?mode={mode}", uri=True, check_same_thread=False, isolation_level=None
            )
        except sqlcipher.Error as failure:
            raise _ours(failure, self._path) or DatabaseUnreadableError() from failure
        try:
            self._prepare(connection)
        except sqlcipher.Error as failure:
            connection.close()
            raise _ours(failure, self._path) or DatabaseUnreadableError() from failure
        return connection

    def _prepare(self, connection: Any) -> None:
        """The recipe of `platform-facts.md` 2 and `security-spec.md` 2.1, in its order."""
        connection.enable_load_extension(False)
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
        connection.execute("PRAGMA cipher_page_size = 4096")
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        if self._read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA trusted_schema = OFF")
        # Without it INSERT OR REPLACE removes rows behind the back of the delete triggers.
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA cache_size = -16384")


def open_engine(path: Path, key: bytes, *, synchronous: Synchronous = "FULL", read_only: bool = False) -> sa.Engine:
    """An engine on the existing encrypted file at `path`, proved readable by one connection.

    `dispose()` is final: it overwrites the key, so the engine opens nothing any more.

    Raises:
        DatabaseMissingError: no file there.
        DatabaseUnreadableError: wrong key or damage.
        DiskFullError, DatabaseReadOnlyError, UnsafeLibraryError: as they say.
    """
    if len(key) != KEY_BYTES:
        raise ValueError("the database key has 32 bytes")
    if sqlcipher.sqlite_version_info < OLDEST_SAFE_SQLITE:
        raise UnsafeLibraryError(found=sqlcipher.sqlite_version)
    opener = _Opener(path, key, synchronous, read_only=read_only)
    engine = sa.create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=opener,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=4,
        # The last used connection has the warm page cache; the others stay small.
        pool_use_lifo=True,
        hide_parameters=True,
    )
    _listen(engine, path, synchronous, read_only=read_only)
    sa.event.listen(engine, "engine_disposed", lambda _engine: opener.forget())
    try:
        engine.connect().close()
    except BaseException:
        engine.dispose()
        raise
    return engine


def create_engine_on_new_file(path: Path, key: bytes, *, synchronous: Synchronous = "FULL") -> sa.Engine:
    """Make an empty encrypted file that only its owner may read, and open it.

    Raises:
        DatabaseExistsError: something stands at `path` already; it is left alone.
    """
    if len(key) != KEY_BYTES:
        raise ValueError("the database key has 32 bytes")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError as failure:
        raise DatabaseExistsError() from failure
    except OSError as failure:
        if failure.errno == errno.ENOSPC:
            raise DiskFullError() from failure
        raise DatabaseReadOnlyError() from failure
    try:
        return open_engine(path, key, synchronous=synchronous)
    except BaseException:
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{path}{suffix}").unlink()
        raise


def _listen(engine: sa.Engine, path: Path, default_synchronous: Synchronous, *, read_only: bool) -> None:
    """BEGIN comes from here (legacy mode breaks savepoints and DDL), with the options of the connection."""

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        kind = options.get(BEGIN_OPTION, "DEFERRED")
        info = connection.connection.info
        info[_PATH] = path
        if not read_only:
            _set(connection, info, "query_only", "ON" if kind == "READ" else "OFF", "OFF")
        wanted = options.get(SYNCHRONOUS_OPTION, default_synchronous)
        _set(connection, info, "synchronous", wanted, default_synchronous)
        execute_plainly(connection, "BEGIN" if kind == "READ" else f"BEGIN {kind}")

    @sa.event.listens_for(engine, "handle_error")
    def translate(context: sa.ExceptionContext) -> BaseException | None:
        original = context.original_exception
        found = _ours(original, path) if isinstance(original, sqlcipher.Error) else None
        # A connection that met a bad page refuses everything from then on; the next one reads what is whole (s53).
        context.is_disconnect = context.is_disconnect or isinstance(found, DatabaseUnreadableError)
        return found


def _set(connection: sa.Connection, info: dict[str, Any], pragma: str, wanted: str, initially: str) -> None:
    if info.get(pragma, initially) != wanted:
        execute_plainly(connection, f"PRAGMA {pragma} = {wanted}")
        info[pragma] = wanted


_PATH = "clinicdesk_path"


def execute_plainly(connection: sa.Connection, statement: str, values: tuple[Any, ...] = ()) -> Any:
    """A cursor of the driver; for the small statements that stand in every transaction, some forty in a sync session.

    SQLAlchemy's way to the driver costs three times what they take. They fail as every other statement does.
    """
    try:
        return _driver(connection).execute(statement, values)
    except sqlcipher.Error as failure:
        raise _as_told(connection, statement, failure) from failure


def read_plainly(connection: sa.Connection, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query that every sync session asks, past SQLAlchemy as above; they fail as they would there."""
    try:
        rows: list[tuple[Any, ...]] = _driver(connection).execute(statement, values).fetchall()
    except sqlcipher.Error as failure:
        raise _as_told(connection, statement, failure) from failure
    return rows


def let_keys_wait(connection: sa.Connection) -> None:
    """Foreign keys of this transaction are checked at its commit.

    Not for every transaction: SQLite compiles all statements of a connection anew after a PRAGMA of this kind.
    """
    execute_plainly(connection, "PRAGMA defer_foreign_keys = ON")


def _driver(connection: sa.Connection) -> Any:  # a sqlcipher3 connection; the package has no types
    return connection.connection.driver_connection


def _as_told(connection: sa.Connection, statement: str, failure: Exception) -> Exception:
    """What SQLAlchemy would raise for a failure of the driver."""
    found = _ours(failure, connection.connection.info[_PATH])
    if isinstance(found, DatabaseUnreadableError):
        connection.invalidate(found)
    return found or sa.exc.DBAPIError.instance(
        statement, None, failure, sqlcipher.Error, hide_parameters=True, dialect=connection.dialect
    )


def _ours(failure: Exception, path: Path) -> Exception | None:
    """The failure in our words; None where it is a matter of the statement."""
    code = int(getattr(failure, "sqlite_errorcode", 0)) & 0xFF
    text = str(failure)
    if text.startswith(RULE_PREFIX):
        rule, _, table = text.removeprefix(RULE_PREFIX).partition(":")
        return WriteRuleError(rule, table)
    if code == _FULL or (code in {_IOERR, _CANTOPEN} and _no_room(path)):
        return DiskFullError()
    if code in {_BUSY, _LOCKED}:
        return DatabaseBusyError()
    if code == _INTERRUPT:
        return DatabaseClosedError()
    if code == _READONLY:
        return DatabaseReadOnlyError()
    if code in {_IOERR, _CORRUPT, _NOTADB, _CANTOPEN}:
        return DatabaseUnreadableError(reason=getattr(failure, "sqlite_errorname", "unknown"))
    return None


def _no_room(path: Path) -> bool:
    """SQLite reports a full disk as an I/O error where it grows the shared-memory file."""
    try:
        return shutil.disk_usage(path.parent).free < _NEARLY_FULL
    except OSError:
        return False
