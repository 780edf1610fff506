"""Signing in at a workstation and leaving it: keys into memory, the database open, and both gone again (2.1, T4)."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.orm import Session as DatabaseSession

import clinicdesk
from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import UserFacingError, WorldError
from clinicdesk.core.identifiers import new_id
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.domain.permissions import Actor, UserRole
from clinicdesk.domain.permissions import RoleGrant as Grant
from clinicdesk.models import LoginAttempt, RoleGrant, School, Session, User
from clinicdesk.models.enums import AuditAction, WritePurpose
from clinicdesk.security import slots
from clinicdesk.security.keystore import DeviceSecretStore
from clinicdesk.security.policy import LoadedPolicy
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.security.slots import ListedUser, Reauthenticated
from clinicdesk.security.unlocked import Person as KeyHolder
from clinicdesk.security.unlocked import Unlocked
from clinicdesk.services.desk import Desk, Person, Reauthenticate, SchoolPlace
from clinicdesk.services.field_keys import FieldKeys
from clinicdesk.services.full_check import FullCheck
from clinicdesk.storage import device_facts, migrate
from clinicdesk.storage.audit import AuditEntry, AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.device_facts import District
from clinicdesk.storage.engine import create_engine_on_new_file, open_engine
from clinicdesk.storage.errors import DatabaseUnreadableError
from clinicdesk.storage.store import Store

HERE = "local"
"""What stands for a network address in the records of a sign-in at the machine itself."""

RANK = (
    UserRole.NURSE,
    UserRole.ADMIN,
    UserRole.DISTRICT_ADMIN,
    UserRole.SCHOOL_ADMIN,
    UserRole.COUNSELOR,
    UserRole.HEALTH_AIDE,
    UserRole.VIEWER,
)
"""Of several granted roles the first here names the person; what they may do is the union of all."""

Secrets = Callable[[], DeviceSecretStore]


class NotJoinedError(UserFacingError):
    """The workstation waits for a district administrator's approval, or has not fetched its first data yet."""

    code = "not_joined"


class AccountInactiveError(UserFacingError):
    """The district has ended this account or left it without a role."""

    code = "account_inactive"


class DatabaseDamagedError(WorldError):
    """The password is right and the database cannot be read all the same: damage, not a wrong password (F9)."""

    code = "database_damaged"


@dataclass(frozen=True, slots=True)
class OpenProfile:
    """An unlocked profile: keys in memory and the database open, before anyone's role is known."""

    unlocked: Unlocked
    store: Store
    field_keys: FieldKeys | None
    district: District | None

    def close(self) -> None:
        """Close the database, then overwrite the keys."""
        try:
            self.store.close()
        finally:
            if self.field_keys is not None:
                self.field_keys.destroy()
            self.unlocked.destroy()


class Workstation:
    """One profile on this machine, closed: who may sign in, and the way in and out."""

    def __init__(self, paths: ProfilePaths, secret_store: Secrets, policy: LoadedPolicy, clock: Clock) -> None:
        self.paths = paths
        self.policy = policy
        self._secret_store = secret_store
        self._clock = clock

    @property
    def joined(self) -> bool:
        """Whether somebody has made keys here; the district may still have to approve."""
        return self.paths.slots.exists()

    def people(self) -> tuple[ListedUser, ...]:
        """Who can sign in; empty where the policy hides names."""
        return () if self.policy.policy.hide_user_names else slots.known_users(self.paths)

    def secret_store(self) -> DeviceSecretStore:
        """The keystore that holds the device secret. Raises `KeystoreUnavailableError` (T21)."""
        return self._secret_store()

    def open(self, user_name: str, password: str) -> OpenProfile:
        """Derive the keys and open the database; takes as long as the key derivation.

        Raises:
            WrongPasswordError, SlotLockedError, SlotFileDamagedError, ForeignDeviceError,
            KeystoreUnavailableError: as `security.slots.unlock`.
            DatabaseDamagedError: the keys are right, the database is not readable.
        """
        unlocked = slots.unlock(
            self.paths,
            user_name,
            password,
            self._secret_store(),
            self._clock,
            parameters=self.policy.policy.kdf_parameters(),
        )
        try:
            return self.open_with(unlocked)
        except BaseException:
            unlocked.destroy()
            raise

    def open_with(self, unlocked: Unlocked) -> OpenProfile:
        """The database under keys that are in memory already; a first start makes it."""
        engine = self._engine(unlocked)
        try:
            migrate.upgrade(engine)
            with DatabaseSession(engine) as session:
                ring = device_facts.read_data_keys(session, unlocked)
                district = device_facts.read_district(session)
        except BaseException:
            engine.dispose()
            raise
        field_keys = None if ring is None else FieldKeys(ring)
        trail = AuditTrail(
            self._clock,
            unlocked.workstation,
            clinicdesk.__version__,
            "UTC",
            seal=_sealer(field_keys, ring),
        )
        store = Store(engine, self._clock, trail)
        if field_keys is not None:
            field_keys.read_from(store)
        return OpenProfile(unlocked, store, field_keys, district)

    def sign_in(self, user_name: str, password: str) -> Desk:
        """Open the profile as a person with an account in the district, and record it.

        Raises:
            NotJoinedError, AccountInactiveError: nobody is signed in and the database is closed again.
        """
        return self._signed_in(self.open(user_name, password))

    def sign_in_with(
        self, unlocked: Unlocked, full_check: FullCheck | None = None, ends_at: dt.datetime | None = None
    ) -> Desk:
        """The same under keys that are in memory already; they are overwritten when nobody is signed in.

        `full_check` says how they came there, where that was not by password; `ends_at` is when the session of that
        password ends.
        """
        try:
            profile = self.open_with(unlocked)
        except BaseException:
            unlocked.destroy()
            raise
        return self._signed_in(profile, full_check, ends_at)

    def _signed_in(
        self, profile: OpenProfile, full_check: FullCheck | None = None, ends_at: dt.datetime | None = None
    ) -> Desk:
        try:
            return self.desk_of(profile, full_check, ends_at)
        except BaseException:
            profile.close()
            raise

    def desk_of(
        self, profile: OpenProfile, full_check: FullCheck | None = None, ends_at: dt.datetime | None = None
    ) -> Desk:
        """The desk of the person whose keys opened this profile; `full_check` where that was not by password."""
        if profile.district is None or profile.field_keys is None:
            raise NotJoinedError
        with profile.store.read() as session:
            account = device_facts.account_of(session, profile.unlocked.user_id)
            person = person_of(session, account, profile.district.name, self._clock.now())
        ends_at = ends_at or self._clock.now() + dt.timedelta(hours=self.policy.policy.session_hours)
        desk = Desk(
            store=profile.store,
            person=person,
            unlocked=profile.unlocked,
            field_keys=profile.field_keys,
            clock=self._clock,
            session_id=new_id(),
            reauthenticate=self._reauthenticate_at(profile.store),
            school=person.schools[0],
            full_check=full_check,
            ends_at=ends_at,
        )
        _record_sign_in(desk, self.policy, ends_at)
        return desk

    def reauthenticate(self, user_name: str, password: str) -> Reauthenticated:
        """Prove a person by the own password: witness, signature. Raises like `open`."""
        return slots.reauthenticate(self.paths, user_name, password, self._secret_store(), self._clock)

    def _reauthenticate_at(self, store: Store) -> Reauthenticate:
        """`reauthenticate`, with the person known by the account in the district."""

        def proved(user_name: str, password: str) -> Reauthenticated:
            found = self.reauthenticate(user_name, password)
            with store.read() as session:
                account = device_facts.account_of(session, found.person.user_id)
            return replace(found, person=KeyHolder(account, found.person.name))

        return proved

    def _engine(self, unlocked: Unlocked) -> sa.Engine:
        if not self.paths.database.exists():
            return create_engine_on_new_file(self.paths.database, bytes(unlocked.db_key))
        for key in unlocked.db_keys():
            with contextlib.suppress(DatabaseUnreadableError):
                return open_engine(self.paths.database, bytes(key))
        raise DatabaseDamagedError


def leave(desk: Desk, action: AuditAction = AuditAction.LOCK) -> None:
    """Record the end of the session, close the database and overwrite the keys."""
    try:
        with contextlib.suppress(WorldError):
            _record_end(desk, action)
    finally:
        OpenProfile(desk.unlocked, desk.store, desk.field_keys, None).close()


@contextlib.contextmanager
def signed_in(workstation: Workstation, user_name: str, password: str) -> Iterator[Desk]:
    """A desk for the length of a block: for commands without a window (D31)."""
    desk = workstation.sign_in(user_name, password)
    try:
        yield desk
    finally:
        leave(desk, AuditAction.SIGN_OUT)


def person_of(session: DatabaseSession, user_id: uuid.UUID, district_name: str, now: dt.datetime) -> Person:
    """Who this is to the district, with every role that is granted today.

    Raises:
        NotJoinedError: the account has not arrived here yet.
        AccountInactiveError: ended, or without a role.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotJoinedError
    rows = session.scalars(
        sa.select(RoleGrant)
        .where(RoleGrant.user_id == user_id, RoleGrant.deleted_at.is_(None), RoleGrant.valid_from <= now)
        .order_by(RoleGrant.valid_from, RoleGrant.id)
    ).all()
    live = [row for row in rows if row.valid_until is None or row.valid_until > now]
    if not user.is_active or user.deleted_at is not None or not live:
        raise AccountInactiveError
    first = min(live, key=lambda row: RANK.index(row.role))
    grants = tuple(
        Grant(
            row.role,
            schools=frozenset() if row.school_id is None else frozenset([row.school_id]),
            district_wide=row.school_id is None,
            valid_from=row.valid_from,
            valid_to=row.valid_until,
        )
        for row in live
    )
    schools = _schools(session, None if any(grant.district_wide for grant in grants) else grants, user.school_id)
    if not schools:
        raise NotJoinedError
    return Person(
        user_id=user_id,
        name=f"{user.first_name} {user.last_name}",
        credentials=user.credentials,
        role=first.role,
        actor=Actor(user_id, grants),
        grant_id=first.id,
        schools=schools,
        district_name=district_name,
    )


def _schools(
    session: DatabaseSession, grants: tuple[Grant, ...] | None, home: uuid.UUID | None
) -> tuple[SchoolPlace, ...]:
    """The schools of the grants (None: all), the person's own school first, then by name."""
    query = sa.select(School).where(School.deleted_at.is_(None), School.is_active)
    if grants is not None:
        query = query.where(School.id.in_({school for grant in grants for school in grant.schools}))
    found = session.scalars(query.order_by(School.name)).all()
    places = [SchoolPlace(row.id, row.name, _zone(row.time_zone)) for row in found]
    return tuple(sorted(places, key=lambda place: place.id != home))


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _sealer(
    field_keys: FieldKeys | None, ring: DataKeyRing | None
) -> Callable[[uuid.UUID | None, str, uuid.UUID, bytes], bytes]:
    if field_keys is not None and ring is not None:
        return field_keys.seal_audit

    def refuse(student: uuid.UUID | None, column: str, row: uuid.UUID, value: bytes) -> bytes:
        # Before enrolment there are no records, so an audit row has no values to seal.
        raise NotJoinedError

    return refuse


def _record_sign_in(desk: Desk, policy: LoadedPolicy, ends_at: dt.datetime) -> None:
    now = desk.now()
    entry = AuditEntry(
        AuditAction.SIGN_IN,
        "User",
        entity_id=desk.person.user_id,
        facts={
            "way": "pin" if desk.full_check.by_pin else "password",
            "notices": ",".join(desk.unlocked.notices),
            "policy_stand_in": policy.stand_in,
            "policy_problems": ",".join(f"{found.key or 'file'}:{found.problem}" for found in policy.problems),
        },
        is_phi=False,
    )
    with desk.store.write(_context(desk), attempt=entry) as work:
        work.session.execute(sa.update(Session).where(Session.is_active).values(is_active=False, updated_at=now))
        work.session.add_all(
            [
                Session(
                    id=desk.session_id,
                    session_token=hashlib.sha256(secrets.token_bytes(32)).hexdigest(),
                    user_id=desk.person.user_id,
                    ip_address=HERE,
                    created_at=now,
                    updated_at=now,
                    expires_at=ends_at,
                ),
                LoginAttempt(user_id=desk.person.user_id, ip_address=HERE, success=True, device_id=desk.device_id),
            ]
        )


def _record_end(desk: Desk, action: AuditAction) -> None:
    entry = AuditEntry(action, "User", entity_id=desk.person.user_id, is_phi=False)
    with desk.store.write(_context(desk), attempt=entry) as work:
        work.session.execute(
            sa.update(Session).where(Session.id == desk.session_id).values(is_active=False, updated_at=work.at)
        )


def _context(desk: Desk) -> WorkContext:
    return WorkContext(
        author=desk.person.user_id,
        purpose=WritePurpose.ADMINISTRATION,
        grant=desk.person.grant_id,
        role=desk.person.role,
        author_name=desk.person.name,
        session_id=str(desk.session_id),
    )
