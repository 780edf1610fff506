"""The difference between a package and the desk, as values: what would be written, held back or stopped."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from clinicdesk.domain.matching import Ground, PersonFacts, Verdict
from clinicdesk.domain.roster.held import Facts, Kind, LinkKey, LinkKind, Remembered
from clinicdesk.domain.roster.records import Notice, RowFinding, RowPlace, SourceSystem


class Action(enum.StrEnum):
    """What happens to a row. END takes it out of use, RETURN brings it back; nothing is deleted."""

    ADD = "add"
    UPDATE = "update"
    END = "end"
    RETURN = "return"


class StopReason(enum.StrEnum):
    """Why a difference is not imported until a person says that it is meant."""

    MANY_LEAVING = "many_leaving"
    MANY_SET_ASIDE = "many_set_aside"


@dataclass(frozen=True, slots=True)
class Change:
    """One row to write. `place` is the row of the package that asks for it, none where its absence does."""

    kind: Kind
    action: Action
    row_id: uuid.UUID
    before: Facts | None
    after: Facts
    place: RowPlace | None = None
    grounds: tuple[Ground, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that differ; all of them for an added row."""
        names = [one.name for one in dataclasses.fields(self.after)]
        if self.before is None:
            return tuple(names)
        return tuple(name for name in names if getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True, slots=True)
class Undecided:
    """A student of the package who may be one the desk knows: a person decides."""

    place: RowPlace
    incoming: PersonFacts
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Stop:
    """`count` of `total` rows, where `percent` are allowed."""

    reason: StopReason
    count: int
    total: int
    percent: int


@dataclass(frozen=True, slots=True)
class RosterPolicy:
    """When a difference is too large to be meant. The floors keep small packages out of it."""

    leaving_percent: int = 10
    leaving_floor: int = 10
    set_aside_percent: int = 20
    set_aside_floor: int = 20


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """Everything an import would do. A dry run is this and no more."""

    source: SourceSystem
    changes: tuple[Change, ...]
    links_added: Mapping[LinkKey, Remembered]
    links_dropped: frozenset[LinkKey]
    quarantined: tuple[RowFinding, ...]
    warnings: tuple[RowFinding, ...]
    notices: tuple[Notice, ...]
    undecided: tuple[Undecided, ...]
    stops: tuple[Stop, ...]
    unchanged: Mapping[Kind, int]
    staff_recognised: int
    staff_unknown: int
    rows_read: int

    def counts(self) -> dict[Kind, dict[Action, int]]:
        """How many rows of each kind would be added, updated, ended and brought back."""
        counted = Counter((change.kind, change.action) for change in self.changes)
        return {kind: {action: counted[kind, action] for action in Action} for kind in Kind}

    @property
    def rows_set_aside(self) -> int:
        return len({(found.place.file, found.place.line) for found in self.quarantined})


@dataclass(slots=True)
class Draft:
    """A plan while it is made."""

    changes: list[Change] = field(default_factory=list)
    links_added: dict[LinkKey, Remembered] = field(default_factory=dict)
    links_dropped: set[LinkKey] = field(default_factory=set)
    quarantined: list[RowFinding] = field(default_factory=list)
    warnings: list[RowFinding] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    unchanged: Counter[Kind] = field(default_factory=Counter)
    staff_recognised: int = 0
    staff_unknown: int = 0

    def remember(
        self,
        kind: LinkKind,
        source_id: str,
        row_id: uuid.UUID,
        *,
        student_id: uuid.UUID | None = None,
        school_id: uuid.UUID | None = None,
        stated: str = "",
    ) -> None:
        """Remember what a source key stands for."""
        self.links_added[kind, source_id] = Remembered(row_id, student_id, school_id, stated)

    def put(
        self,
        kind: Kind,
        row_id: uuid.UUID,
        before: Facts | None,
        after: Facts,
        place: RowPlace | None = None,
        *,
        action: Action | None = None,
        grounds: tuple[Ground, ...] = (),
    ) -> None:
        """Write down a change, or that there is none."""
        if before == after:
            self.unchanged[kind] += 1
            return
        chosen = action or (Action.ADD if before is None else Action.UPDATE)
        self.changes.append(Change(kind, chosen, row_id, before, after, place, grounds))
