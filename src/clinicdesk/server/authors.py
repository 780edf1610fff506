"""Who wrote an item, as the district knows them: the account and the grants it holds (D5, D12)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from clinicdesk.domain.canonical import same_value
from clinicdesk.domain.merge import Operation
from clinicdesk.domain.permissions import Actor, Authority, Decision, Reason, Role, RoleGrant, may_write
from clinicdesk.server.database import Connection
from clinicdesk.server.incoming import Incoming
from clinicdesk.server.rows import Row
from clinicdesk.server.synced_tables import OWN_COLUMNS

_DISTRICT_ROLES = frozenset({Role.ADMIN, Role.DISTRICT_ADMIN})
_ACCEPTED = Decision(allowed=True)


@dataclass(slots=True)
class Authors:
    """The authors of a push, read once."""

    known: dict[str, Actor] = field(default_factory=dict)
    grants: dict[str, tuple[str, RoleGrant]] = field(default_factory=dict)

    def read(self, connection: Connection, users: Iterable[str]) -> None:
        wanted = [user for user in set(users) if user not in self.known]
        if not wanted:
            return
        grants: dict[str, list[RoleGrant]] = {}
        for key, user, role, school, valid_from, valid_until in connection.execute(
            "SELECT id::text, user_id::text, role, school_id, valid_from, least(valid_until, deleted_at)"
            " FROM role_grants WHERE user_id = ANY(%s::uuid[])",
            (wanted,),
        ):
            schools = frozenset() if school is None else frozenset({school})
            grant = RoleGrant(Role(role), schools, school is None, valid_from, valid_until)
            grants.setdefault(user, []).append(grant)
            self.grants[key] = (user, grant)
        for user, role, school, active in connection.execute(
            "SELECT id::text, role, school_id, is_active AND deleted_at IS NULL FROM users WHERE id = ANY(%s::uuid[])",
            (wanted,),
        ):
            own = _grant_of_account(Role(role), school)
            self.known[user] = Actor(uuid.UUID(user), (*own, *grants.get(user, [])), active)

    def judge(self, item: Incoming, row: Row | None, schools: Collection[str], now: dt.datetime) -> Decision:
        """Whether the district takes this item from its author; the floor under the desk's own checks.

        What the author may do now is enough, however wrong the desk's clock was (s11). Else the grant that the item
        itself names must have held when it was written (D6, s42); anything doubtful goes to review.
        """
        actor = self.known.get(item.author)
        if actor is None:
            return Decision(allowed=False, reason=Reason.NO_GRANT)
        decision = self._judge(item, row, schools, actor, now)
        if decision or decision.reason is Reason.INACTIVE:
            return decision
        written = dt.datetime.fromisoformat(item.authored_at)
        owner, grant = self.grants.get(item.grant or "", ("", None))
        if grant is None or owner != item.author or written > now:
            return decision
        then = self._judge(item, row, schools, Actor(actor.user_id, (grant,), actor.active), written)
        return then or decision

    def vouched(
        self, item: Incoming, row: Row | None, schools: Collection[str], voucher: Actor, now: dt.datetime
    ) -> Decision:
        """Whether this person may let the item in: she has the authority over the row herself, now (s41)."""
        return self._judge(item, row, schools, voucher, now, vouching=True)

    def _judge(
        self,
        item: Incoming,
        row: Row | None,
        schools: Collection[str],
        actor: Actor,
        at: dt.datetime,
        *,
        vouching: bool = False,
    ) -> Decision:
        authority = item.table.authority
        # A row that a workstation reports of itself says what happened there, whoever was signed in.
        if authority is Authority.DEVICE:
            return _ACCEPTED
        if _own(item, row):
            if actor.active and not vouching:
                return _ACCEPTED
            if vouching:
                return may_write(actor, Authority.DISTRICT, [], at=at)
        covered = [uuid.UUID(school) for school in schools]
        if _provisional(item):
            return may_write(actor, Authority.CLINIC, covered, at=at)
        decision = may_write(actor, authority, covered, at=at)
        if decision and _roster_columns(item, row):
            return may_write(actor, Authority.DISTRICT, covered, at=at)
        return decision


def _grant_of_account(role: Role, school: uuid.UUID | None) -> tuple[RoleGrant, ...]:
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
