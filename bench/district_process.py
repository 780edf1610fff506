"""The district server of the sync benchmarks, in a process of its own: PostgreSQL, the real application, TLS.

Prints one line of JSON when it is ready; each line on standard input names a public key and gets a device.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import msgspec
from tests.support.databases import DISTRICT_SCHEMA, district_template, in_database
from tests.support.district import Town
from tests.support.served import served

from clinicdesk.security.key_pairs import PublicKeys
from clinicdesk.server.database import Database
from clinicdesk.storage.throwaway import throwaway_postgres


class Ready(msgspec.Struct):
    """Where the district listens, whom to trust, and who is there."""

    host: str
    pem: str
    pin: str
    district: str
    oak: str
    ann: str
    iris: str
    schools: list[str]


class Wanted(msgspec.Struct):
    """A device that shall be known by these keys, with these schools."""

    keys: PublicKeys
    schools: list[str]


def main() -> None:
    with (
        throwaway_postgres() as uri,
        tempfile.TemporaryDirectory() as folder,
    ):
        database = Database(in_database(uri, district_template(uri)), DISTRICT_SCHEMA, connections=6)
        town = Town.found(database)
        with served(town, Path(folder)) as running:
            ready = Ready(
                running.host,
                running.pem.decode(),
                running.pin,
                town.district,
                town.oak,
                town.ann,
                town.students["iris"],
                [town.oak, town.elm],
            )
            print(msgspec.json.encode(ready).decode(), flush=True)
            for line in sys.stdin:
                wanted = msgspec.json.decode(line, type=Wanted)
                desk = town.desk(town.ann, *wanted.schools)
                with database.owning() as connection:
                    connection.execute(
                        "UPDATE devices SET signing_key = %s, sealing_key = %s WHERE id = %s",
                        (wanted.keys.signing, wanted.keys.sealing, desk.device),
                    )
                print(desk.device, flush=True)
        database.close()


if __name__ == "__main__":
    main()
