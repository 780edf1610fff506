"""A served district to be shot at: signed requests by hand, the digest of all its rows, its memory, its audit trail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import urllib3
from psycopg import sql
from tests.support.district import Desk, Town
from tests.support.served import give_keys

from clinicdesk.core.clock import SystemClock
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, sign_request
from clinicdesk.server.errors import STATUS
from clinicdesk.sync import protocol as p
from clinicdesk.sync.body import content_digest

BOOKKEEPING = frozenset({"audit_logs", "device_nonces", "devices", "device_invites", "alembic_version"})
"""What says that somebody asked: the trail, used nonces, when a device was last seen, tries of an invite."""

DEVICES = 12
"""One device may ask 1,000 times at once; the requests are shared out."""

CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, as far as it matters."""

    status: int
    code: str | None
    body: bytes

    @property
    def refused(self) -> bool:
        return self.status != 200


@dataclass(frozen=True, slots=True)
class Signer:
    """An enrolled device, as far as the wire sees it."""

    desk: Desk
    keys: KeyPairs

    def headers(self, path: str, body: bytes, encoding: str = "identity", nonce: str | None = None) -> dict[str, str]:
        plain = {"Content-Type": p.CONTENT_TYPE}
        if encoding != "identity":
            plain["Content-Encoding"] = encoding
        return sign_request(
            HttpRequest("POST", path, plain, body),
            key_id=self.desk.device,
            key=self.keys.signing_key(),
            now=CLOCK.now(),
            nonce=nonce,
        )


@dataclass(slots=True)
class Target:
    """The town, its server's connection pool and process, and what was refused so far."""

    town: Town
    pool: urllib3.HTTPSConnectionPool
    process: int
    devices: list[Signer]
    seen: set[tuple[str, bool]] = field(default_factory=set)
    """The codes of refusals, each with whether a known device had signed."""

    _asked: int = 0

    @classmethod
    def of(cls, town: Town, pool: urllib3.HTTPSConnectionPool, process: int) -> Target:
        devices = []
        for _ in range(DEVICES):
            desk, keys = town.desk(town.ann, town.oak), KeyPairs.generate()
            give_keys(town, desk.device, keys)
            devices.append(Signer(desk, keys))
        return cls(town, pool, process, devices)

    def device(self) -> Signer:
        """The next one in turn."""
        self._asked += 1
        return self.devices[self._asked % len(self.devices)]

    # --- Asking ------------------------------------------------------------------------------------------------

    def send(self, path: str, body: bytes, headers: Mapping[str, str], *, known: bool = False) -> Told:
        """One request as it is; its answer has to be one that the description allows."""
        answer = self.pool.urlopen("POST", path, body=body, headers=dict(headers), decode_content=False, retries=False)
        told = judged(answer.status, answer.headers, answer.data)
        if told.code is not None:
            self.seen.add((told.code, known))
        return told

    def signed(self, path: str, body: bytes, encoding: str = "identity", by: Signer | None = None) -> Told:
        return self.send(path, body, (by or self.device()).headers(path, body, encoding), known=True)

    # --- Looking -----------------------------------------------------------------------------------------------

    def rows(self) -> str:
        """A digest over every row of every table that is not bookkeeping."""
        names = [name for (name,) in self.town.query(_TABLES) if name not in BOOKKEEPING]
        counted = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in names
        )
        with self.town.database.owning() as connection:
            found = connection.execute(sql.SQL("{} ORDER BY 1").format(counted)).fetchall()
        return hashlib.sha256(repr(found).encode()).hexdigest()

    def audited(self) -> set[str]:
        """The codes of which the audit trail has a word."""
        return {code for (code,) in self.town.query("SELECT DISTINCT result FROM audit_logs WHERE action = 'DENIED'")}

    def bookkept(self) -> Mapping[str, int]:
        """How many rows of each kind of bookkeeping there are."""
        return {name: self.town.query(f"SELECT count(*) FROM {name}")[0][0] for name in ("audit_logs", "device_nonces")}


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"


def judged(status: int, headers: Mapping[str, str], body: bytes) -> Told:
    """The answer, if it is clean: never 500, and a refusal says its code in the one body that refusals have."""
    assert headers.get("Content-Type", "").startswith(p.CONTENT_TYPE), (status, dict(headers), body[:200])
    assert headers["Content-Digest"] == content_digest(body)
    assert headers["Cache-Control"] == "no-store"
    if status == 200:
        return Told(200, None, body)
    refusal = msgspec.json.decode(body, type=p.ErrorReply)
    code = p.ErrorCode(refusal.code)
    assert STATUS[code] == status
    assert code is not p.ErrorCode.INTERNAL
    if status == 503:
        assert int(headers["Retry-After"]) > 0
    return Told(status, code.value, body)


def resident(process: int) -> int:
    """Bytes of memory that the process has now."""
    return _field(process, "VmRSS")


def peak(process: int) -> int:
    """The most that it had since `forget_peak`."""
    return _field(process, "VmHWM")


def forget_peak(process: int) -> None:
    Path(f"/proc/{process}/clear_refs").write_text("5")


def _field(process: int, name: str) -> int:
    lines: Sequence[str] = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
