"""Who wrote an item, as the district knows them: the account and the grants it holds (D5, D12)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from clinicdesk.domain.canonical import same_value
from clinicdesk.domain.merge import Operation
from clinicdesk.domain.permissions import Actor, Authority, Decision, Reason, RoleGrant, UserRole, may_write
from clinicdesk.server.database import Connection
from clinicdesk.server.incoming import Incoming
from clinicdesk.server.rows import Row
from clinicdesk.server.synced_tables import OWN_COLUMNS

_DISTRICT_ROLES = frozenset({UserRole.ADMIN, UserRole.DISTRICT_ADMIN})
_ACCEPTED = Decision(allowed=True)


CLOCK_IS_RIGHT = dt.timedelta(minutes=5)
"""A clock that is off by more is doubted, and so is what it says of a right that has ended (s11, s42)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the district knows about when an item was written: now, what its device had heard, and its clock."""

    now: dt.datetime
    acknowledged_seq: int = 0
    skew: dt.timedelta = dt.timedelta()

    def written(self, item: Incoming) -> tuple[dt.datetime, ...]:
        """The moment that the item states, and where the clock is off, the one that the right clock makes of it."""
        stated = dt.datetime.fromisoformat(item.authored_at)
        return (stated,) if abs(self.skew) <= CLOCK_IS_RIGHT else (stated, stated - self.skew)


@dataclass(frozen=True, slots=True)
class Right:
    """A role that somebody held or holds.

    The district's own record, never what an item states of it. `told_seq` is the change that says when it ends;
    `foretold` that it was said before the end came.
    """

    owner: str
    grant: RoleGrant
    told_seq: int | None
    foretold: bool

    def heard_of(self, told: Told) -> bool:
        """Whether the device knew that the right was taken away: then nobody wrote under it any more in good faith.

        An end that was known from the start tells nothing: work from before it may come as late as it likes.
        """
        return not self.foretold and self.told_seq is not None and told.acknowledged_seq >= self.told_seq


@dataclass(slots=True)
class _Standing:
    """What a person may write at a moment. A batch asks the same of every row, and some hold very many grants."""

    actor: Actor
    at: dt.datetime
    _known: dict[tuple[Authority, frozenset[str]], Decision] = field(default_factory=dict)

    def may_write(self, authority: Authority, schools: frozenset[str]) -> Decision:
        decision = self._known.get((authority, schools))
        if decision is None:
            covered = [uuid.UUID(school) for school in schools]
            decision = self._known[authority, schools] = may_write(self.actor, authority, covered, at=self.at)
        return decision


@dataclass(slots=True)
class Authors:
    """The authors of a push, read once."""

    known: dict[str, Actor] = field(default_factory=dict)
    grants: dict[str, Right] = field(default_factory=dict)
    _connection: Connection | None = None
    _homes: dict[str, uuid.UUID | None] = field(default_factory=dict)
    _former: dict[str, list[Right]] = field(default_factory=dict)
    _present: dict[tuple[str, dt.datetime], _Standing] = field(default_factory=dict)

    def read(self, connection: Connection, users: Iterable[str]) -> None:
        wanted = [user for user in set(users) if user not in self.known]
        if not wanted:
            return
        self._connection = connection
        grants: dict[str, list[RoleGrant]] = {}
        for key, user, role, school, valid_from, valid_until, seq, told_at in connection.execute(_GRANTS, (wanted,)):
            schools = frozenset() if school is None else frozenset({school})
            grant = RoleGrant(UserRole(role), schools, school is None, valid_from, valid_until)
            grants.setdefault(user, []).append(grant)
            foretold = valid_until is not None and told_at is not None and told_at < valid_until
            self.grants[key] = Right(user, grant, seq, foretold)
        for user, role, school, active in connection.execute(
            "SELECT id::text, role, school_id, is_active AND deleted_at IS NULL FROM users WHERE id = ANY(%s::uuid[])",
            (wanted,),
        ):
            own = _grant_of_account(UserRole(role), school)
            self.known[user] = Actor(uuid.UUID(user), (*own, *grants.get(user, [])), active)
            self._homes[user] = school

    def judge(self, item: Incoming, row: Row | None, schools: Collection[str], told: Told) -> Decision:
        """Whether the district takes this item from its author; the floor under the desk's own checks.

        What the author may do now is enough, however wrong the desk's clock was (s11). Else the right under which
        the item was written must have held then, by the district's own record: the grant that the item names, or the
        role that the account had (D6, s42). A moment that is in doubt goes to review: one in the future, one that a
        wrong clock makes, one of a right that the device knew to be gone.
        """
        actor = self.known.get(item.author)
        if actor is None:
            return Decision(allowed=False, reason=Reason.NO_GRANT)
        present = self._present.setdefault((item.author, told.now), _Standing(actor, told.now))
        decision = self._judge(item, row, frozenset(schools), present)
        if decision or decision.reason is Reason.INACTIVE:
            return decision
        written = told.written(item)
        if max(written) > told.now or any(right.heard_of(told) for right in self._rights(item)):
            return decision
        for right in self._rights(item):
            then = Actor(actor.user_id, (right.grant,), actor.active)
            if all(self._judge(item, row, frozenset(schools), _Standing(then, moment)) for moment in written):
                return _ACCEPTED
        return decision

    def _rights(self, item: Incoming) -> list[Right]:
        """What the item may have been written under: the grant it names if it is the author's, else former roles.

        The role that an account had at a moment is the one of the next change after it.
        """
        named = self.grants.get(item.grant or "")
        if named is not None:
            return [named] if named.owner == item.author else []
        written = dt.datetime.fromisoformat(item.authored_at)
        later = [right for right in self._former_roles(item.author) if (right.grant.valid_to or written) > written]
        return later[:1]

    def _former_roles(self, author: str) -> list[Right]:
        """What the account was before, the earliest first. Hardly anybody's work needs it."""
        if author not in self._former:
            assert self._connection is not None
            self._former[author] = [
                Right(author, replace(grant, valid_to=until), seq, foretold=False)
                for role, until, seq in self._connection.execute(_FORMER_ROLES, (author,))
                for grant in _grant_of_account(UserRole(role), self._homes.get(author))
            ]
        return self._former[author]

    def vouched(
        self, item: Incoming, row: Row | None, schools: Collection[str], voucher: Actor, now: dt.datetime
    ) -> Decision:
        """Whether this person may let the item in: she has the authority over the row herself, now (s41)."""
        return self._judge(item, row, frozenset(schools), _Standing(voucher, now), vouching=True)

    def _judge(
        self, item: Incoming, row: Row | None, schools: frozenset[str], person: _Standing, *, vouching: bool = False
    ) -> Decision:
        authority = item.table.authority
        # A row that a workstation reports of itself says what happened there, whoever was signed in.
        if authority is Authority.DEVICE:
            return _ACCEPTED
        if _own(item, row):
            if person.actor.active and not vouching:
                return _ACCEPTED
            if vouching:
                return person.may_write(Authority.DISTRICT, frozenset())
        if _provisional(item):
            return person.may_write(Authority.CLINIC, schools)
        decision = person.may_write(authority, schools)
        if decision and _roster_columns(item, row):
            return person.may_write(Authority.DISTRICT, schools)
        return decision


_GRANTS = (
    "SELECT g.id::text, g.user_id::text, g.role, g.school_id, g.valid_from, least(g.valid_until, g.deleted_at), l.seq,"
    " (SELECT c.committed_at FROM sync_commits c WHERE c.seq >= l.seq ORDER BY c.seq LIMIT 1)"
    " FROM role_grants g CROSS JOIN LATERAL (SELECT max(seq) AS seq FROM change_log WHERE table_name = 'role_grants'"
    " AND row_id = g.id) l WHERE g.user_id = ANY(%s::uuid[])"
)

_FORMER_ROLES = (
    "SELECT changes -> 'role' ->> 0, accepted_at, seq FROM change_history WHERE table_name = 'users'"
    " AND row_id = %s AND changes -> 'role' ->> 0 IS NOT NULL ORDER BY seq"
)
"""What an account was until when: the role before each change of it, the earliest first."""


def _grant_of_account(role: UserRole, school: uuid.UUID | None) -> tuple[RoleGrant, ...]:
    """What the account's own role says: at its school, or everywhere for the district's own people."""
    if role in _DISTRICT_ROLES:
        return (RoleGrant(role, district_wide=True),)
    return () if school is None else (RoleGrant(role, frozenset({school})),)


def _own(item: Incoming, row: Row | None) -> bool:
    """People change their own contact data and language, and their own device tokens (D5)."""
    if item.table.authority is Authority.OWN:
        owner = item.new_value("user_id") if row is None else row.values.get("user_id")
        return owner == item.author
    own = OWN_COLUMNS.get(item.table.name)
    return own is not None and row is not None and item.key == item.author and item.change.fields.keys() <= own


def _provisional(item: Incoming) -> bool:
    """A nurse may enrol a student provisionally at a school of her grant (D10)."""
    return (
        item.table.name == "student_enrollments"
        and item.change.operation is Operation.INSERT
        and item.new_value("status") == "PROVISIONAL"
    )


def _roster_columns(item: Incoming, row: Row | None) -> bool:
    """Roster columns are free at insert, the district's afterwards (D10)."""
    return row is not None and any(
        name in item.table.authority_columns and not same_value(row.values.get(name), changed.new)
        for name, changed in item.change.fields.items()
    )
