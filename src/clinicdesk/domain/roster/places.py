"""Schools and academic sessions of a package against those of the desk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

from clinicdesk.domain.roster.difference import Action, Draft
from clinicdesk.domain.roster.held import HeldRoster, Kind, LinkKind, SchoolFacts, SessionFacts
from clinicdesk.domain.roster.records import (
    AcademicSession,
    FileMode,
    Org,
    OrgKind,
    RosterFile,
    RosterPackage,
    SessionKind,
)

_SESSION_KINDS = {
    SessionKind.SCHOOL_YEAR: "SCHOOL_YEAR",
    SessionKind.SEMESTER: "SEMESTER",
    SessionKind.TERM: "TERM",
    SessionKind.GRADING_PERIOD: "GRADING_PERIOD",
}


def plan_schools(
    package: RosterPackage, held: HeldRoster, draft: Draft, new_id: Callable[[], uuid.UUID]
) -> dict[str, uuid.UUID]:
    """The school that each org key stands for, new ones included."""
    known = held.linked(LinkKind.ORG)
    by_code = {facts.code.casefold(): row_id for row_id, facts in held.schools.items() if facts.code}
    by_name = {facts.name.casefold(): row_id for row_id, facts in held.schools.items()}
    taken = set(known.values())
    sourced = {facts.sourced_id for facts in held.schools.values()}
    codes = {facts.code.casefold() for facts in held.schools.values()}
    schools = {key: row_id for key, row_id in known.items() if row_id in held.schools}
    for org in package.orgs:
        if org.kind is not OrgKind.SCHOOL:
            continue
        key = org.place.source_id
        row_id = schools.get(key)
        if row_id is None:
            candidate = by_code.get(_code(org).casefold()) or by_name.get(org.name.casefold())
            row_id = candidate if candidate is not None and candidate not in taken else new_id()
            taken.add(row_id)
            schools[key] = row_id
            draft.remember(LinkKind.ORG, key, row_id)
        before = held.schools.get(row_id)
        sourced_id = (before.sourced_id if before else "") or ("" if key in sourced else key)
        code = before.code if before else _free_code(org, codes)
        after = SchoolFacts(org.name, code, sourced_id=sourced_id)
        back = before is not None and not before.is_active
        draft.put(Kind.SCHOOL, row_id, before, after, org.place, action=Action.RETURN if back else None)
    _end_schools(package, held, known, draft)
    return schools


def plan_sessions(package: RosterPackage, held: HeldRoster, draft: Draft, new_id: Callable[[], uuid.UUID]) -> None:
    """Add and update the sessions a package states. None is ever ended: past ones date old doses and visits."""
    known = held.linked(LinkKind.SESSION)
    alike: dict[tuple[str, dt.date, dt.date], uuid.UUID] = {
        (facts.kind, facts.first_day, facts.last_day): row_id for row_id, facts in held.sessions.items()
    }
    rows: dict[str, uuid.UUID] = {key: row_id for key, row_id in known.items() if row_id in held.sessions}
    taken = set(rows.values())
    for session in package.sessions:
        key = session.place.source_id
        if key not in rows:
            found = alike.get((_SESSION_KINDS[session.kind], session.starts, session.ends))
            rows[key] = found if found is not None and found not in taken else new_id()
            taken.add(rows[key])
            draft.remember(LinkKind.SESSION, key, rows[key])
    above = {row_id: facts.parent_id for row_id, facts in held.sessions.items()}
    waiting = {rows[session.place.source_id] for session in package.sessions}
    for session in _parents_first(package.sessions):
        row_id = rows[session.place.source_id]
        before = held.sessions.get(row_id)
        parent = rows.get(session.parent)
        # A ring of parents is cut where it closes, in this package or with rows of an earlier one.
        parent = None if parent in waiting or row_id in _lineage(parent, above) else parent
        above[row_id] = parent
        waiting.discard(row_id)
        after = SessionFacts(
            session.title, _SESSION_KINDS[session.kind], session.starts, session.ends, parent, session.place.source_id
        )
        draft.put(Kind.SESSION, row_id, before, after, session.place)


def _lineage(row_id: uuid.UUID | None, above: Mapping[uuid.UUID, uuid.UUID | None]) -> set[uuid.UUID]:
    """A session and all that it is part of."""
    found: set[uuid.UUID] = set()
    while row_id is not None and row_id not in found:
        found.add(row_id)
        row_id = above.get(row_id)
    return found


def _end_schools(package: RosterPackage, held: HeldRoster, known: dict[str, uuid.UUID], draft: Draft) -> None:
    stated = {org.place.source_id for org in package.orgs} | package.set_aside(RosterFile.ORGS)
    departed = package.departed(RosterFile.ORGS)
    for key, row_id in known.items():
        before = held.schools.get(row_id)
        missing = package.mode(RosterFile.ORGS) is FileMode.BULK and key not in stated
        if before is not None and before.is_active and (missing or key in departed):
            after = replace(before, is_active=False)
            draft.put(Kind.SCHOOL, row_id, before, after, departed.get(key), action=Action.END)


def _free_code(org: Org, codes: set[str]) -> str:
    """The code of a new school; a source that gives one code to two schools is answered by its keys."""
    code = _code(org) if _code(org).casefold() not in codes else org.place.source_id[:50]
    codes.add(code.casefold())
    return code


def _code(org: Org) -> str:
    return (org.identifier or org.place.source_id)[:50]


def _parents_first(sessions: tuple[AcademicSession, ...]) -> list[AcademicSession]:
    """The order in which rows can be written; the same for a ring of parents wherever its rows stand."""
    by_key = {session.place.source_id: session for session in sessions}

    def depth(session: AcademicSession) -> int:
        seen = {session.place.source_id}
        while (above := by_key.get(session.parent)) is not None and above.place.source_id not in seen:
            seen.add(above.place.source_id)
            session = above
        return len(seen)

    return sorted(sessions, key=lambda session: (depth(session), session.place.source_id))
