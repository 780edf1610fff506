"""Proves on both databases that the migrations give exactly the schema of the models (D50).

`python -m clinicdesk.storage.prove_schema`: exit 1 and the differences where they do not.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from clinicdesk.storage import migrate, schema
from clinicdesk.storage.dump import Dump, dump
from clinicdesk.storage.engine import create_engine_on_new_file
from clinicdesk.storage.throwaway import throwaway_postgres


def compared(upgraded: Dump, made: Dump) -> list[str]:
    """What one dump has and the other has not, or has otherwise."""
    found = [f"only in the models: {key}" for key in made.keys() - upgraded.keys()]
    found += [f"only in the migrations: {key}" for key in upgraded.keys() - made.keys()]
    found += [
        f"differs: {key}\n  migrations: {upgraded[key]}\n  models:     {made[key]}"
        for key in upgraded.keys() & made.keys()
        if upgraded[key] != made[key]
    ]
    return sorted(found)


def prove(upgraded: sa.Engine, made: sa.Engine) -> list[str]:
    """The differences between two empty databases, one brought up by migration, one made from the models."""
    migrate.upgrade(upgraded)
    schema.create_all(made)
    with upgraded.connect() as one, made.connect() as other:
        return [*compared(dump(one), dump(other)), *migrate.differences(upgraded)]


@contextmanager
def encrypted_files() -> Iterator[tuple[sa.Engine, sa.Engine]]:
    """Two empty encrypted files."""
    with tempfile.TemporaryDirectory() as folder:
        engines = [create_engine_on_new_file(Path(folder) / name, bytes(range(32))) for name in ("a.db", "b.db")]
        try:
            yield engines[0], engines[1]
        finally:
            for engine in engines:
                engine.dispose()


@contextmanager
def district_schemas() -> Iterator[tuple[sa.Engine, sa.Engine]]:
    """Two empty schemas of one embedded server."""
    with throwaway_postgres() as uri:
        engines = [schema.district_engine(uri, name) for name in ("district_a", "district_b")]
        try:
            for engine, name in zip(engines, ("district_a", "district_b"), strict=True):
                with engine.begin() as connection:
                    connection.execute(sa.schema.CreateSchema(name))
            yield engines[0], engines[1]
        finally:
            for engine in engines:
                engine.dispose()


def main() -> int:
    failed = False
    for name, databases in (("SQLCipher", encrypted_files), ("PostgreSQL", district_schemas)):
        with databases() as (upgraded, made):
            found = prove(upgraded, made)
        failed = failed or bool(found)
        sys.stdout.write(f"{name}: {'the migrations give the models' if not found else ''}\n")
        sys.stdout.writelines(f"  {line}\n" for line in found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
