"""What an entry of the corpus holds, and how it is written and read: a desk, its district, a session between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
import zstandard
from psycopg import sql
from sqlcipher3 import dbapi2 as sqlcipher
from tests.support.workstation import DirectLine

from clinicdesk.security import enrolment as handshake
from clinicdesk.server.database import Connection, Database
from clinicdesk.sync import enrolment_messages as e
from clinicdesk.sync import protocol as p
from clinicdesk.sync.ports import Answer, M

CORPUS = Path(__file__).resolve().parents[1] / "data" / "corpus"
KEY = bytes(range(32))
"""The documented key of every recorded database. It protects nothing: all of it is invented."""

DESK, PROBE, DISTRICT, SESSION, FACTS, MESSAGES = (
    "desk.sqlite.zst",
    "cipher.db",
    "district.json.zst",
    "session.jsonl.zst",
    "facts.json",
    "messages.json.zst",
)


class Exchanged(msgspec.Struct, frozen=True):
    """A request with its answer, as JSON before compression."""

    path: str
    request: msgspec.Raw
    answer: msgspec.Raw


class Facts(msgspec.Struct, frozen=True):
    """What else a reader has to know."""

    protocol: int
    schema: int
    desk_revision: str
    district_revision: str
    now: str
    device: str
    user: str
    author_away: str
    nonce: str
    incarnation: int
    oak: str
    elm: str
    district: str
    students: dict[str, str]
    queued: list[tuple[str, str, str, dict[str, Any]]]
    """Table, key, state and changes of every item that had not been settled."""

    conflicts: list[str]
    """Keys of the open conflicts that the desk held."""

    outcomes: dict[str, tuple[str, str | None]]
    """By mutation: what the district of then said to each queued item."""


class Recorder(DirectLine):
    """A line that keeps what goes over it."""

    def __init__(self, line: DirectLine) -> None:
        super().__init__(line._desk)
        self.exchanged: list[Exchanged] = []

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        answer = super().ask(path, request, kind)
        said = msgspec.Raw(msgspec.json.encode(request)), msgspec.Raw(msgspec.json.encode(answer.message))
        self.exchanged.append(Exchanged(path, *said))
        return answer


def write_packed(file: Path, content: bytes) -> None:
    file.write_bytes(zstandard.ZstdCompressor(level=19).compress(content))


def read_packed(file: Path) -> bytes:
    return zstandard.ZstdDecompressor().decompress(file.read_bytes())


def write_session(file: Path, exchanged: Sequence[Exchanged]) -> None:
    write_packed(file, b"\n".join(msgspec.json.encode(one) for one in exchanged))


def read_session(file: Path) -> Iterator[Exchanged]:
    for line in read_packed(file).splitlines():
        yield msgspec.json.decode(line, type=Exchanged)


# --- The desk's database -------------------------------------------------------------------------------------------


def export_plain(encrypted: Path, key: bytes, plain: Path) -> None:
    """The content of an encrypted file without its key: encrypted pages cannot be packed, these can."""
    connection = sqlcipher.connect(str(encrypted), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
    connection.execute("SELECT sqlcipher_export('plain')").fetchall()
    connection.execute("DETACH DATABASE plain")
    connection.close()


def encrypt_plain(plain: Path, key: bytes, encrypted: Path) -> None:
    """The encrypted file again, as it was on the workstation."""
    connection = sqlcipher.connect(str(plain), isolation_level=None)
    connection.execute(f"ATTACH DATABASE ? AS encrypted KEY \"x'{key.hex()}'\"", (str(encrypted),))
    connection.execute("SELECT sqlcipher_export('encrypted')").fetchall()
    connection.execute("DETACH DATABASE encrypted")
    connection.close()


# --- The district's database ---------------------------------------------------------------------------------------


def district_rows(connection: Connection) -> Mapping[str, list[Any]]:
    """Every row of every table that has any, as JSON."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"
        " ORDER BY 1"
    ).fetchall()
    found = {}
    for (name,) in names:
        rows = connection.execute(
            sql.SQL("SELECT row_to_json(t)::text FROM {} t ORDER BY t::text").format(sql.Identifier(name))
        ).fetchall()
        if rows:
            found[name] = [msgspec.Raw(row.encode()) for (row,) in rows]
    return found


def put_district_rows(database: Database, rows: Mapping[str, list[Any]]) -> None:
    """Fill an empty district of the recorded schema."""
    engine = database.engine()
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("SET session_replication_role = replica"))
            for name, content in rows.items():
                text = msgspec.json.encode(content).decode()
                connection.execute(
                    sa.text(f'INSERT INTO "{name}" SELECT * FROM json_populate_recordset(NULL::"{name}", :rows)'),
                    {"rows": text},
                )
    finally:
        engine.dispose()


# --- The messages --------------------------------------------------------------------------------------------------


def described_messages() -> Mapping[str, Any]:
    """The shape of every message and every part of one, as JSON schema by name."""
    kinds = {
        kind
        for module in (p, e, handshake)
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, msgspec.Struct)
        and kind not in {msgspec.Struct, p.JsonObject, p.JsonArray}
    }
    _schemas, components = msgspec.json.schema_components(sorted(kinds, key=lambda kind: kind.__name__))
    return components
