"""How devices come in: invites, proof of the code, approval by an administrator, revocation (D24, D32, D33)."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.types.json import Jsonb

from clinicdesk.core.clock import Clock
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.domain.permissions import Act, allowed
from clinicdesk.security import enrolment as handshake
from clinicdesk.security.certificates import CertifiedKeys, certify
from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.key_pairs import PublicKeys, sign_with, verify_signature
from clinicdesk.server.authors import Authors
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.sessions import District, KnownDevice
from clinicdesk.sync.enrolment_messages import (
    APPROVAL_PURPOSE,
    GRANT_PURPOSE,
    REVOCATION_PURPOSE,
    ApproveRequest,
    DeviceRow,
    DevicesReply,
    DevicesRequest,
    EnrolReply,
    EnrolRequest,
    EnrolState,
    EnrolStatusRequest,
    Grant,
    PendingDevice,
    RevokeRequest,
    approval_statement,
    revocation_statement,
)
from clinicdesk.sync.protocol import ErrorCode

_LIFE = dt.timedelta(minutes=handshake.CODE_LIFE_MINUTES)
_STATES = {"PENDING": EnrolState.PENDING, "ACTIVE": EnrolState.APPROVED, "REVOKED": EnrolState.REFUSED}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the invites say the server is, and the pins of its authority: the current one first."""

    host: str
    pins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenInvite:
    """An invite that may still be used."""

    id: str
    proof_key: bytes


@dataclass(frozen=True, slots=True)
class _Greeting:
    """A handshake between its two requests; it lives in memory, and a restart begins it anew."""

    request: EnrolRequest
    challenge: handshake.EnrolmentChallenge
    invite: str
    proof_key: bytes
    until: dt.datetime


def open_invite(
    connection: Connection,
    address: Address,
    now: dt.datetime,
    *,
    schools: Sequence[str] = (),
    everything: bool = False,
    first: bool = False,
    by: str | None = None,
) -> tuple[str, handshake.InviteKeys]:
    """A new code and what it stretches to; the district keeps the locator and the proof key alone."""
    code = handshake.new_code()
    keys = handshake.invite_keys(address.host, address.pins, code)
    connection.execute(
        "INSERT INTO device_invites"
        " (id, code_hash, proof_key, scope_all, school_ids, created_by, created_at, expires_at, tries, is_first)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, %s)",
        (
            new_id(),
            keys.locator.hex(),
            keys.proof_key,
            everything,
            Jsonb(list(schools)),
            by,
            now,
            now + _LIFE,
            first,
        ),
    )
    return code, keys


@dataclass(slots=True)
class EnrolmentOffice:
    """The district for devices that are not enrolled yet, and for the administrators who let them in."""

    database: Database
    clock: Clock
    district: District
    address: Address
    signing_key: Ed25519PrivateKey
    _greetings: dict[str, _Greeting] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # --- The new device ----------------------------------------------------------------------------------------

    def invite_of(self, request: EnrolRequest) -> OpenInvite:
        """The invite whose code the workstation has.

        Raises:
            RefusedRequestError: no open invite; every open one has one try less.
        """
        now = self.clock.now()
        with self.database.merging(self.district.id) as connection:
            invite = connection.execute(
                "SELECT id::text, proof_key FROM device_invites WHERE code_hash = %s AND used_at IS NULL"
                " AND expires_at > %s AND tries < %s",
                (request.hello.locator.hex(), now, handshake.CODE_TRIES),
            ).fetchone()
            if invite is None:
                _count_try(connection, now)
        if invite is None:
            raise RefusedRequestError(ErrorCode.INVITE)
        return OpenInvite(*invite)

    def greet(self, request: EnrolRequest, invite: OpenInvite) -> handshake.EnrolmentChallenge:
        """Answer with a nonce, and wait for the proof."""
        now = self.clock.now()
        challenge = handshake.EnrolmentChallenge(_uuid(self.district.id), handshake.new_nonce())
        with self._lock:
            self._greetings = {device: open_ for device, open_ in self._greetings.items() if open_.until > now}
            self._greetings[str(request.hello.device)] = _Greeting(
                request, challenge, invite.id, invite.proof_key, now + _LIFE
            )
        return challenge

    def signing_key_of(self, device: str) -> bytes:
        """The key by which a waiting device signs.

        Raises:
            RefusedRequestError: it has not said hello.
        """
        with self._lock:
            greeting = self._greetings.get(device)
        if greeting is not None:
            return greeting.request.hello.keys.signing
        with self.database.merging(self.district.id) as connection:
            found = connection.execute("SELECT signing_key FROM devices WHERE id = %s", (device,)).fetchone()
        if found is None:
            raise RefusedRequestError(ErrorCode.UNKNOWN_DEVICE)
        return bytes(found[0])

    def prove(self, proof: handshake.EnrolmentProof) -> EnrolReply:
        """The workstation holds the code: it waits for an administrator now, or is in if it is the first.

        Raises:
            RefusedRequestError: it does not, or the invite has been used meanwhile.
        """
        device = str(proof.device)
        with self._lock:
            greeting = self._greetings.pop(device, None)
        if greeting is None:
            raise RefusedRequestError(ErrorCode.INVITE)
        transcript = handshake.Transcript(
            self.address.host, self.address.pins[0], greeting.request.hello, greeting.challenge
        )
        now = self.clock.now()
        try:
            handshake.require_proof(handshake.client_proof(greeting.proof_key, transcript), proof.proof)
        except SignatureRefusedError as error:
            with self.database.merging(self.district.id) as connection:
                _count_try(connection, now)
            raise RefusedRequestError(ErrorCode.INVITE) from error
        with self.database.merging(self.district.id) as connection:
            first = self._register(connection, greeting, now)
            if first:
                self._let_in(connection, device, now, None)
            reply = self._reply(connection, device)
        return msgspec.structs.replace(reply, proof=handshake.server_proof(greeting.proof_key, transcript))

    def status(self, request: EnrolStatusRequest) -> EnrolReply:
        with self.database.merging(self.district.id) as connection:
            return self._reply(connection, request.device)

    # --- The administrator -------------------------------------------------------------------------------------

    def devices(self, asking: KnownDevice, request: DevicesRequest) -> DevicesReply:
        """Who waits, and who is known."""
        with self.database.merging(asking.id) as connection:
            self._require_administrator(connection, request.user, Act.VIEW_DEVICES)
            pending, known = [], []
            for row in connection.execute(
                "SELECT id::text, name, status, scope_all, school_ids, signing_key, sealing_key, request, platform,"
                " enrolled_at, last_seen_at FROM devices ORDER BY enrolled_at"
            ):
                device, name, status, everything, schools, signing, sealing, asked, platform, enrolled, seen = row
                if status == "PENDING":
                    keys = PublicKeys(bytes(signing), bytes(sealing))
                    pending.append(
                        PendingDevice(
                            device,
                            name,
                            platform or "",
                            asked["user_name"],
                            _text(enrolled),
                            keys,
                            msgspec.convert(asked["user_keys"], PublicKeys),
                            handshake.check_number(_uuid(device), keys),
                            schools,
                            everything,
                        )
                    )
                else:
                    known.append(DeviceRow(device, name, status, seen and _text(seen), everything, schools))
        return DevicesReply(pending, known)

    def approve(self, asking: KnownDevice, request: ApproveRequest) -> EnrolReply:
        """Let a device in, or refuse it; the administrator's own signature decides (D33).

        Raises:
            RefusedRequestError: role, signature, or no such device waits.
        """
        now = self.clock.now()
        with self.database.merging(asking.id) as connection:
            self._require_administrator(connection, request.user, Act.APPROVE_DEVICE)
            waiting = connection.execute(
                "SELECT signing_key, sealing_key FROM devices WHERE id = %s AND status = 'PENDING' FOR UPDATE",
                (request.device,),
            ).fetchone()
            if waiting is None:
                raise RefusedRequestError(ErrorCode.UNKNOWN_DEVICE)
            statement = approval_statement(request, PublicKeys(bytes(waiting[0]), bytes(waiting[1])))
            self._require_signed(connection, asking, request.user, APPROVAL_PURPOSE, statement, request.signature)
            if request.refuse:
                connection.execute("UPDATE devices SET status = 'REVOKED' WHERE id = %s", (request.device,))
            else:
                connection.execute(
                    "UPDATE devices SET scope_all = %s, school_ids = %s, sealed_data_key = %s, approved_by = %s"
                    " WHERE id = %s",
                    (
                        request.all_scopes,
                        Jsonb(request.scopes),
                        msgspec.json.encode(request.data_keys),
                        request.user,
                        request.device,
                    ),
                )
                self._let_in(connection, request.device, now, request.user)
            return self._reply(connection, request.device)

    def revoke(self, asking: KnownDevice, request: RevokeRequest) -> DevicesReply:
        """Shut a device out; it hears of it at its next contact."""
        with self.database.merging(asking.id) as connection:
            self._require_administrator(connection, request.user, Act.REVOKE_DEVICE)
            statement = revocation_statement(request)
            self._require_signed(connection, asking, request.user, REVOCATION_PURPOSE, statement, request.signature)
            revoke_device(connection, request.device, self.clock.now())
        return self.devices(asking, DevicesRequest(request.user))

    # --- Steps -------------------------------------------------------------------------------------------------

    def _register(self, connection: Connection, greeting: _Greeting, now: dt.datetime) -> bool:
        """Use up the invite and write the device down; true for the first of the district."""
        used = connection.execute(
            "UPDATE device_invites SET used_at = %s, device_id = %s WHERE id = %s AND used_at IS NULL"
            " RETURNING scope_all, school_ids, is_first, created_by",
            (now, greeting.request.hello.device, greeting.invite),
        ).fetchone()
        if used is None:
            raise RefusedRequestError(ErrorCode.INVITE)
        everything, schools, first, invited_by = used
        request = greeting.request
        if self._user_named(connection, request.user_name) is None:
            raise RefusedRequestError(ErrorCode.INVITE, problem="user")
        connection.execute(
            "INSERT INTO devices (id, name, status, signing_key, sealing_key, scope_all, school_ids, incarnation,"
            " acked_items, invited_by, enrolled_at, app_version, platform, request)"
            " VALUES (%s, %s, 'PENDING', %s, %s, %s, %s, 1, 0, %s, %s, %s, %s, %s)",
            (
                request.hello.device,
                request.name,
                request.hello.keys.signing,
                request.hello.keys.sealing,
                everything,
                Jsonb(schools),
                invited_by,
                now,
                request.client[:40],
                request.platform,
                Jsonb({"user_name": request.user_name, "user_keys": msgspec.to_builtins(request.user_keys)}),
            ),
        )
        return bool(first)

    def _let_in(self, connection: Connection, device: str, now: dt.datetime, by: str | None) -> None:
        """Make the device active, and certify the keys of the person who waits at it."""
        found = connection.execute(
            "UPDATE devices SET status = 'ACTIVE', approved_at = %s WHERE id = %s RETURNING request", (now, device)
        ).fetchone()
        assert found is not None
        keys = msgspec.convert(found[0]["user_keys"], PublicKeys)
        user = self._user_named(connection, found[0]["user_name"])
        if user is None:
            raise RefusedRequestError(ErrorCode.INVITE, problem="user")
        certified = CertifiedKeys(_uuid(self.district.id), _uuid(user), _uuid(device), keys, now)
        certificate = certify(self.signing_key, certified).encode()
        common = {"user_id": user, "device_id": device, "valid_from": now, "certificate": certificate}
        writes = OwnWrites(connection, self.district.id, by or self.district.system_user, now)
        writes.insert(
            "user_keys",
            {
                str(new_id()): {**common, "purpose": "SIGNING", "suite": "Ed25519", "public_key": keys.signing},
                str(new_id()): {**common, "purpose": "SEALING", "suite": "X25519", "public_key": keys.sealing},
            },
        )
        writes.close()

    def _reply(self, connection: Connection, device: str) -> EnrolReply:
        found = connection.execute(
            "SELECT status, scope_all, school_ids, sealed_data_key, request FROM devices WHERE id = %s", (device,)
        ).fetchone()
        if found is None:
            raise RefusedRequestError(ErrorCode.UNKNOWN_DEVICE)
        status, everything, schools, data_keys, asked = found
        state = _STATES[status]
        plain = EnrolReply(
            state,
            device,
            self.district.id,
            self.district.name,
            self.district.epoch,
            server_time=_text(self.clock.now()),
        )
        if state is not EnrolState.APPROVED:
            return plain
        user = self._user_named(connection, asked.get("user_name", ""))
        certificate = connection.execute(
            "SELECT certificate FROM user_keys WHERE device_id = %s AND user_id = %s AND purpose = 'SIGNING'"
            " AND deleted_at IS NULL ORDER BY id LIMIT 1",
            (device, user),
        ).fetchone()
        return msgspec.structs.replace(
            plain,
            user=user,
            all_scopes=everything,
            scopes=list(schools),
            data_keys=msgspec.json.decode(data_keys, type=dict[int, bytes]) if data_keys else {},
            district_key=self.signing_key.public_key().public_bytes_raw(),
            certificate=None if certificate is None else bytes(certificate[0]),
            grants=[] if user is None else self._grants(connection, user),
        )

    def _grants(self, connection: Connection, user: str) -> list[Grant]:
        """The user's role grants as the district signs them."""
        grants = []
        for grant, role, school, until in connection.execute(
            "SELECT id::text, role, school_id::text, valid_until FROM role_grants"
            " WHERE user_id = %s AND deleted_at IS NULL ORDER BY id",
            (user,),
        ):
            schools = [] if school is None else [school]
            not_after = None if until is None else _text(until)
            signed = msgspec.json.encode([grant, user, role, schools, not_after])
            grants.append(
                Grant(grant, role, schools, not_after, signed, sign_with(self.signing_key, GRANT_PURPOSE, signed))
            )
        return grants

    def _user_named(self, connection: Connection, name: str) -> str | None:
        """People sign in by their e-mail address; the part before the @ will do where it is unmistakable."""
        found = connection.execute(
            "SELECT id::text FROM users WHERE deleted_at IS NULL AND is_active AND role <> 'SYSTEM'"
            " AND (email = lower(%(name)s) OR split_part(email, '@', 1) = lower(%(name)s)) LIMIT 2",
            {"name": name},
        ).fetchall()
        return str(found[0][0]) if len(found) == 1 else None

    def _require_administrator(self, connection: Connection, user: str, act: Act) -> None:
        authors = Authors()
        authors.read(connection, [user])
        actor = authors.known.get(user)
        if actor is None or not allowed(actor, act, at=self.clock.now()):
            raise RefusedRequestError(ErrorCode.DENIED)

    def _require_signed(
        self, connection: Connection, asking: KnownDevice, user: str, purpose: str, statement: bytes, signature: bytes
    ) -> None:
        """By the administrator's own key on the workstation that asks."""
        keys = connection.execute(
            "SELECT public_key FROM user_keys WHERE user_id = %s AND device_id = %s AND purpose = 'SIGNING'"
            " AND deleted_at IS NULL AND revoked_at IS NULL",
            (user, asking.id),
        ).fetchall()
        for (key,) in keys:
            try:
                verify_signature(bytes(key), purpose, statement, signature)
            except SignatureRefusedError:
                continue
            return
        raise RefusedRequestError(ErrorCode.BAD_SIGNATURE, problem="administrator")


def revoke_device(connection: Connection, device: str, now: dt.datetime) -> bool:
    """Shut a device out; false where it is not known."""
    found = connection.execute(
        "UPDATE devices SET status = 'REVOKED', revoked_at = %s WHERE id = %s RETURNING 1", (now, device)
    ).fetchone()
    return found is not None


def _count_try(connection: Connection, now: dt.datetime) -> None:
    """A wrong code names no invite: every open one has one try less (D24)."""
    connection.execute(
        "UPDATE device_invites SET tries = tries + 1 WHERE used_at IS NULL AND expires_at > %s AND tries < %s",
        (now, handshake.CODE_TRIES),
    )


def _text(moment: dt.datetime) -> str:
    return str(canonical_value(Kind.INSTANT, moment))


def _uuid(text: str) -> uuid.UUID:
    return uuid.UUID(text)
