"""The roster of a desk in memory: what a plan would leave behind, without a database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from clinicdesk.domain.roster.difference import RosterPlan
from clinicdesk.domain.roster.held import HeldRoster, Kind

_HOLDS = {
    Kind.SCHOOL: "schools",
    Kind.SESSION: "sessions",
    Kind.STUDENT: "students",
    Kind.ENROLLMENT: "enrollments",
    Kind.CONTACT: "contacts",
    Kind.GUARDIAN: "guardians",
}


def carried_out(plan: RosterPlan, held: HeldRoster) -> HeldRoster:
    """The desk's roster after the import that `plan` describes."""
    tables: dict[str, dict[uuid.UUID, Any]] = {name: dict(getattr(held, name)) for name in _HOLDS.values()}
    for change in plan.changes:
        tables[_HOLDS[change.kind]][change.row_id] = change.after
    links = {link: known for link, known in held.links.items() if link not in plan.links_dropped}
    links.update(plan.links_added)
    return replace(held, links=links, **tables)  # type: ignore[arg-type]  # the names of _HOLDS


def counted_ids() -> Callable[[], uuid.UUID]:
    """Keys in order, the same in every run."""
    numbers = iter(range(1, 1_000_000))
    return lambda: uuid.UUID(int=next(numbers))


def by_name(held: HeldRoster) -> Mapping[str, uuid.UUID]:
    """The students by first name, last name and number."""
    return {f"{facts.first_name} {facts.last_name} {facts.number}": row for row, facts in held.students.items()}
