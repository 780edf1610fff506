"""The encrypted file: what opens it, what does not, and what lies on the disk."""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support.databases import TEST_KEY

from clinicdesk.storage.engine import create_engine_on_new_file, open_engine
from clinicdesk.storage.errors import (
    DatabaseBusyError,
    DatabaseClosedError,
    DatabaseExistsError,
    DatabaseMissingError,
    DatabaseReadOnlyError,
    DatabaseUnreadableError,
    DiskFullError,
)
from clinicdesk.storage.integrity import integrity

MARKER = "Quetzalcoatlus-the-Patient"


def filled(engine: sa.Engine, rows: int = 200) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        connection.execute(
            sa.text("INSERT INTO notes (text) VALUES (:text)"), [{"text": f"{MARKER} {n}" * 20} for n in range(rows)]
        )


def test_the_right_key_opens_the_file_and_a_wrong_one_does_not(empty_desk: sa.Engine, desk_path: Path) -> None:
    filled(empty_desk)
    empty_desk.dispose()
    with pytest.raises(DatabaseUnreadableError):
        open_engine(desk_path, secrets.token_bytes(32))
    engine = open_engine(desk_path, TEST_KEY)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar_one() == 200
    engine.dispose()


def test_a_missing_file_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissingError):
        open_engine(tmp_path / "absent.db", TEST_KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_new_database_never_overwrites_a_file_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "clinicdesk.db"
    create_engine_on_new_file(path, TEST_KEY).dispose()
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(DatabaseExistsError):
        create_engine_on_new_file(path, TEST_KEY)
    assert path.read_bytes() == before


def test_t01_no_plain_text_and_no_key_lies_in_any_file(empty_desk: sa.Engine, desk_path: Path) -> None:
    filled(empty_desk)
    files = sorted(desk_path.parent.iterdir())
    assert {file.name for file in files} >= {"clinicdesk.db", "clinicdesk.db-wal"}
    for file in files:
        content = file.read_bytes()
        assert MARKER.encode() not in content
        assert b"SQLite format 3" not in content
        assert TEST_KEY not in content
        assert TEST_KEY.hex().encode() not in content.lower()


def test_t12_sorting_a_lot_spills_nothing_to_disk(empty_desk: sa.Engine) -> None:
    filled(empty_desk, 4000)
    with empty_desk.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA temp_store").scalar_one() == 2
        connection.exec_driver_sql("CREATE TEMP TABLE copy AS SELECT text FROM notes ORDER BY random()")
        connection.exec_driver_sql("CREATE INDEX temp.by_text ON copy (text)")
        opened = {os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if _alive(name)}
        assert not [name for name in opened if "etilqs" in name]


def _alive(name: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{name}")


def test_the_connect_recipe_holds_on_every_connection(empty_desk: sa.Engine) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
        "trusted_schema": 0,
        "recursive_triggers": 1,
        "busy_timeout": 5000,
        "cache_size": -16384,
        "page_size": "4096",
        "cipher_page_size": "4096",
    }
    with empty_desk.connect() as first, empty_desk.connect() as second:
        for connection in (first, second):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in expected}
            assert found == expected
            with pytest.raises(sa.exc.DBAPIError, match="not authorized"):
                connection.exec_driver_sql("SELECT load_extension('x')")


def test_the_key_stands_in_no_representation_and_no_log(
    desk_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    engine = create_engine_on_new_file(desk_path, TEST_KEY)
    filled(engine)
    engine.dispose()
    with pytest.raises(DatabaseUnreadableError) as refused:
        open_engine(desk_path, bytes(32))
    said = "".join(
        [repr(engine), str(engine.url), repr(engine.pool), str(refused.value), caplog.text, *capfd.readouterr()]
    )
    assert TEST_KEY.hex() not in said.lower()
    assert bytes(32).hex() not in said


def test_a_disposed_engine_has_forgotten_its_key(empty_desk: sa.Engine) -> None:
    empty_desk.dispose()
    with pytest.raises(DatabaseClosedError):
        empty_desk.connect()


def test_f07_a_flipped_bit_is_found_and_its_page_named(empty_desk: sa.Engine, desk_path: Path) -> None:
    filled(empty_desk, 2000)
    assert integrity(empty_desk).sound
    with empty_desk.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    empty_desk.dispose()
    content = bytearray(desk_path.read_bytes())
    content[20 * 4096 + 77] ^= 1
    desk_path.write_bytes(content)
    engine = open_engine(desk_path, TEST_KEY)
    found = integrity(engine)
    assert not found.sound
    assert found.first_finding is not None
    assert "page 21" in found.first_finding
    with engine.connect() as connection, pytest.raises(DatabaseUnreadableError):
        connection.exec_driver_sql("SELECT sum(length(text)) FROM notes").scalar_one()
    engine.dispose()


def test_a_damaged_first_page_reads_as_unreadable(empty_desk: sa.Engine, desk_path: Path) -> None:
    filled(empty_desk)
    empty_desk.dispose()
    content = bytearray(desk_path.read_bytes())
    content[100] ^= 1
    desk_path.write_bytes(content)
    with pytest.raises(DatabaseUnreadableError):
        open_engine(desk_path, TEST_KEY)


def test_orphans_are_reported_by_table(empty_desk: sa.Engine) -> None:
    with empty_desk.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE child (parent_id INTEGER REFERENCES parent (id))")
    raw = empty_desk.raw_connection()
    for statement in ("PRAGMA foreign_keys = OFF", "INSERT INTO child VALUES (7)", "PRAGMA foreign_keys = ON"):
        raw.cursor().execute(statement)
    raw.close()
    assert integrity(empty_desk).orphans == (("child", 1),)


def test_a_read_only_engine_reads_and_refuses_to_write(empty_desk: sa.Engine, desk_path: Path) -> None:
    filled(empty_desk)
    reader = open_engine(desk_path, TEST_KEY, read_only=True)
    with reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar_one() == 200
        with pytest.raises(DatabaseReadOnlyError):
            connection.exec_driver_sql("DELETE FROM notes")
    reader.dispose()


def test_a_second_writer_is_told_that_the_database_is_busy(empty_desk: sa.Engine) -> None:
    with empty_desk.connect() as first, empty_desk.connect() as second:
        first.execution_options(clinicdesk_begin="IMMEDIATE").begin()
        second.exec_driver_sql("PRAGMA busy_timeout = 20")
        second.rollback()
        with pytest.raises(DatabaseBusyError):
            second.execution_options(clinicdesk_begin="IMMEDIATE").begin()


def test_a_savepoint_and_ddl_roll_back_with_the_transaction(empty_desk: sa.Engine) -> None:
    filled(empty_desk, 1)
    with empty_desk.connect() as connection:
        transaction = connection.begin()
        with connection.begin_nested():
            connection.exec_driver_sql("INSERT INTO notes (text) VALUES ('x')")
        connection.exec_driver_sql("CREATE TABLE other (id INTEGER)")
        transaction.rollback()
    with empty_desk.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'other'").scalar_one() == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB (D63)."""
    mount = tmp_path / "disk"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mount)], check=True)
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def test_f04_a_full_disk_is_told_and_nothing_is_half_written(small_disk: Path) -> None:
    engine = create_engine_on_new_file(small_disk / "clinicdesk.db", TEST_KEY)
    filled(engine, 10)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(900 * 1024))
    with pytest.raises(DiskFullError), engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO notes (text) VALUES (:text)"), [{"text": "x" * 2000}] * 800)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar_one() == 10
    ballast.unlink()
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO notes (text) VALUES ('room again')")
    assert integrity(engine).sound
    engine.dispose()


def test_f04_no_database_is_left_half_made_on_a_full_disk(small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        (small_disk / "ballast").write_bytes(bytes(3 * 1024 * 1024))
    path = small_disk / "clinicdesk.db"
    with pytest.raises(DiskFullError):
        filled(create_engine_on_new_file(path, TEST_KEY))
