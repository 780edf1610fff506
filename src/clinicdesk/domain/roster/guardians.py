"""Guardians of a package: the people to call, and for whom. What a nurse changed since is hers."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TypeVar

from clinicdesk.domain.roster.difference import Action, Draft
from clinicdesk.domain.roster.held import (
    MARKED_GUARDIANS,
    ContactFacts,
    GuardianFacts,
    HeldRoster,
    Kind,
    LinkKey,
    LinkKind,
    StudentFacts,
    agent_key,
    mark_of,
)
from clinicdesk.domain.roster.records import (
    GUARDIAN_ROLES,
    Problem,
    RosterFile,
    RosterPackage,
    RosterUser,
    RowFinding,
)
from clinicdesk.domain.roster.students import adult_marks
from clinicdesk.domain.validation.shapes import EMAIL, PHONE

_F = TypeVar("_F", ContactFacts, GuardianFacts)
_RELATIONSHIPS = {"parent": "PARENT", "guardian": "GUARDIAN", "relative": "OTHER"}
_PHONE_LENGTH = 20


class GuardianPlanner:
    """Plans contacts, and what they are to the students that were matched."""

    def __init__(
        self,
        package: RosterPackage,
        held: HeldRoster,
        draft: Draft,
        matched: Mapping[str, uuid.UUID],
        new_id: Callable[[], uuid.UUID],
    ) -> None:
        self._package = package
        self._held = held
        self._draft = draft
        self._matched = matched
        self._new_id = new_id
        self._users = {user.place.source_id: user for user in package.users}
        parts = [row for row in package.roles if row.role in GUARDIAN_ROLES]
        # Of several the primary one, wherever its row stands.
        parts.sort(key=lambda row: (row.primary, row.place.source_id))
        self._roles = {row.user: row.role for row in parts}
        self._contacts = {key: row for key, row in held.linked(LinkKind.GUARDIAN).items() if row in held.contacts}
        self._school_of = {row: facts.school_id for row, facts in held.students.items()}
        for change in draft.changes:
            if isinstance(change.after, StudentFacts):
                self._school_of[change.row_id] = change.after.school_id
        self._taken = set(self._contacts.values())
        self._facts: dict[str, ContactFacts] = {}
        self._of_student: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        for row_id, facts in held.guardians.items():
            self._of_student[facts.student_id].append(row_id)
        self._agent_links: dict[uuid.UUID, list[str]] = defaultdict(list)
        for source_id, row_id in held.linked(LinkKind.AGENT).items():
            self._agent_links[row_id].append(source_id)
        self._students_of: dict[str, list[uuid.UUID]] = defaultdict(list)
        for key, student_id in matched.items():
            for agent in self._agents(key):
                self._students_of[agent].append(student_id)

    def plan(self) -> None:
        for key, user in self._users.items():
            if key in self._students_of or key in self._contacts:
                self._plan_contact(key, user)
        for key, student_id in self._matched.items():
            if key in self._users:
                self._plan_student(key, student_id)

    def _agents(self, key: str) -> tuple[str, ...]:
        user = self._users.get(key)
        return tuple(agent for agent in user.agents if agent != key) if user is not None else ()

    def _plan_contact(self, key: str, user: RosterUser) -> None:
        school = next((self._school_of.get(student) for student in self._students_of[key]), None)
        stated = self._stated_facts(user, school)
        row_id = self._contacts.get(key) or self._known_adult(key, stated) or self._new_id()
        self._contacts[key] = row_id
        self._taken.add(row_id)
        before = self._held.contacts.get(row_id)
        after = self._kept((LinkKind.GUARDIAN, key), before, stated)
        if before is not None:
            after = replace(after, school_id=before.school_id)
        known = self._held.links.get((LinkKind.GUARDIAN, key))
        owner = known.student_id if known is not None else next(iter(self._students_of[key]), None)
        hashes = _hashes(stated, _RELATIONSHIPS.get(self._roles.get(key, "")), known.stated if known else "")
        self._draft.remember(LinkKind.GUARDIAN, key, row_id, student_id=owner, stated=hashes)
        self._facts[key] = stated
        self._draft.put(Kind.CONTACT, row_id, before, after, user.place)

    def _known_adult(self, key: str, stated: ContactFacts) -> uuid.UUID | None:
        """A contact the desk already has for one of her students under the same name and number."""
        for student_id in self._students_of[key]:
            for row_id in self._of_student[student_id]:
                facts = self._held.guardians[row_id]
                same = adult_marks(facts.first_name, facts.last_name, facts.phone) == adult_marks(
                    stated.first_name, stated.last_name, stated.phone
                )
                if same and facts.contact_id not in self._taken:
                    return facts.contact_id
        return None

    def _stated_facts(self, user: RosterUser, school: uuid.UUID | None) -> ContactFacts:
        phone = next((number for number in (user.sms, user.phone) if _usable_phone(number)), "")
        email = user.email if re.fullmatch(EMAIL, user.email) else ""
        for column, stated, usable in (("email", user.email, email), ("phone", user.sms or user.phone, phone)):
            if stated and not usable:
                finding = RowFinding(user.place, column, Problem.UNUSABLE_ADDRESS, stated[:60])
                self._draft.warnings.append(finding)
        return ContactFacts(user.given_name, user.family_name, email, phone, user.place.source_id, school)

    def _plan_student(self, key: str, student_id: uuid.UUID) -> None:
        held = {self._held.guardians[row].contact_id: row for row in self._of_student[student_id]}
        order = max((self._held.guardians[row].call_order for row in held.values()), default=0)
        listed: list[str] = []
        for agent in self._agents(key):
            if agent not in self._contacts:
                continue
            facts = self._facts.get(agent) or self._held.contacts[self._contacts[agent]]
            row_id = held.get(self._contacts[agent])
            if row_id is None and not facts.phone:
                place = self._users[agent].place if agent in self._users else self._users[key].place
                self._draft.warnings.append(RowFinding(place, "phone", Problem.NO_NUMBER_TO_CALL))
                continue
            order += row_id is None
            chosen = self._plan_guardian(key, agent, student_id, row_id, facts, order)
            if len(listed) < MARKED_GUARDIANS:
                listed.append(mark_of(agent))
            else:
                pair = agent_key(key, agent)
                self._draft.remember(LinkKind.AGENT, pair, chosen, student_id=student_id, stated=_hashes(facts))
        self._draft.remember(LinkKind.STUDENT, key, student_id, student_id=student_id, stated="".join(listed))
        self._end_unstated(key, student_id)

    def _plan_guardian(
        self,
        key: str,
        agent: str,
        student_id: uuid.UUID,
        row_id: uuid.UUID | None,
        facts: ContactFacts,
        order: int,
    ) -> uuid.UUID:
        before = self._held.guardians.get(row_id) if row_id is not None else None
        relationship = _RELATIONSHIPS.get(self._roles.get(agent, ""), before.relationship if before else "GUARDIAN")
        pair = agent_key(key, agent)
        # Whoever a nurse took off the list stays off it, as long as the source only repeats itself.
        off_the_list = before is not None and not before.is_active and (LinkKind.AGENT, pair) in self._held.links
        stated = GuardianFacts(
            student_id,
            self._contacts[agent],
            facts.first_name,
            facts.last_name,
            facts.phone or (before.phone if before else ""),
            facts.email,
            relationship,
            before.call_order if before else order,
            is_active=not off_the_list,
        )
        chosen = row_id or self._new_id()
        after = self._kept((LinkKind.AGENT, pair), before, stated)
        back = before is not None and not before.is_active and after.is_active
        place = self._users[key].place
        self._draft.put(Kind.GUARDIAN, chosen, before, after, place, action=Action.RETURN if back else None)
        return chosen

    def _end_unstated(self, key: str, student_id: uuid.UUID) -> None:
        """Who is no longer listed is no longer called, if it was an import that listed her."""
        listed = {agent_key(key, agent) for agent in self._agents(key)}
        for row_id in self._of_student[student_id]:
            before = self._held.guardians[row_id]
            links = [source for source in self._agent_links[row_id] if source.startswith(f"{key}>")]
            if links and before.is_active and not set(links) & listed:
                self._draft.links_dropped |= {(LinkKind.AGENT, link) for link in links}
                self._draft.put(
                    Kind.GUARDIAN,
                    row_id,
                    before,
                    replace(before, is_active=False),
                    self._users[key].place,
                    action=Action.END,
                )

    def _kept(self, link: LinkKey, before: _F | None, stated: _F) -> _F:
        """The stated values, except where none is stated or the source repeats what it said the last time."""
        if before is None:
            return stated
        known = self._held.links.get(link)
        said = _split(known.stated) if known is not None else {}
        repeated = {name for name, short in _split(_hashes(stated)).items() if said.get(name) == short}
        kept = {
            one.name: getattr(before, one.name)
            for one in fields(stated)
            if getattr(stated, one.name) in {"", None} or one.name in repeated
        }
        return replace(stated, **kept)


def plan_staff(package: RosterPackage, held: HeldRoster, draft: Draft) -> None:
    """Recognise members of staff by their e-mail address. An import never makes an account."""
    students_and_guardians = {key for kind, key in (*held.links, *draft.links_added) if kind is not LinkKind.STAFF}
    roles = {row.user for row in package.roles if row.role not in GUARDIAN_ROLES and row.role != "student"}
    for user in package.users:
        key = user.place.source_id
        if key not in roles or key in students_and_guardians:
            continue
        account = held.staff.get(user.email.casefold()) if user.email else None
        if account is None:
            draft.staff_unknown += 1
            continue
        draft.staff_recognised += 1
        draft.remember(LinkKind.STAFF, key, account)


def unexplained(package: RosterPackage) -> list[RowFinding]:
    """People of a whole list who have no role in it: nobody can say whether they are students."""
    if not package.roles:
        return []
    explained = {row.user for row in package.roles} | {row.user for row in package.enrollments}
    explained |= {agent for user in package.users for agent in user.agents}
    explained |= {found.value for found in package.quarantined if found.place.file is RosterFile.ROLES}
    return [
        RowFinding(user.place, "role", Problem.NO_ROLE)
        for user in package.users
        if user.place.source_id not in explained
    ]


def _usable_phone(number: str) -> bool:
    return len(number) <= _PHONE_LENGTH and re.fullmatch(PHONE, number) is not None


_HASHED = ("first_name", "last_name", "email", "phone", "relationship")
_SHORT = 12


def _hashes(facts: ContactFacts | GuardianFacts, relationship: str | None = None, before: str = "") -> str:
    """One short hash for each value a nurse may correct: 48 bits tell two values of one cell apart.

    A relationship that the package does not state keeps the hash it had.
    """
    values = {name: getattr(facts, name, relationship) for name in _HASHED}
    said = _split(before)
    return "".join(
        said.get(name, "") or _short("GUARDIAN") if value is None else _short(str(value))
        for name, value in values.items()
    )


def _short(value: str) -> str:
    return hashlib.blake2b(value.encode(), digest_size=_SHORT // 2).hexdigest()


def _split(hashes: str) -> dict[str, str]:
    return {name: hashes[place * _SHORT : (place + 1) * _SHORT] for place, name in enumerate(_HASHED)} if hashes else {}
