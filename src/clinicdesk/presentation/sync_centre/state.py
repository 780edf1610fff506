"""What the screen of the sync centre draws: its state as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

from clinicdesk.presentation.sync_centre.proposing import Side
from clinicdesk.presentation.sync_centre.ways import WayLine
from clinicdesk.presentation.sync_now import SyncState
from clinicdesk.services.conflict_sheets import ConflictSheet
from clinicdesk.services.conflict_values import ConflictLine
from clinicdesk.services.conflicts import SyncDay
from clinicdesk.services.sync_items import SettledLines, StoppedLine, SyncWork


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """One row of the resolver in words."""

    name: str
    label: str
    kind: str
    base: str
    mine: str
    theirs: str
    result: str
    note: str
    picked: tuple[Side, ...]
    is_list: bool
    differs: bool
    decided: bool
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConflict:
    """The conflict in the resolver: fields to merge, rows to look at, and what else a person may do.

    `follows`: the result does not replace anything, it goes in as a row of its own with a reason (D1). `asking` is
    what waits for that reason: the id of a line of `ways`, or `FOLLOW`.
    """

    sheet: ConflictSheet
    fields: tuple[FieldLine, ...]
    alone: tuple[FieldLine, ...]
    beside: tuple[FieldLine, ...]
    ways: tuple[WayLine, ...]
    merges: bool
    follows: bool
    hint: str
    asking: str = ""

    @property
    def first_undecided(self) -> FieldLine | None:
        return next((line for line in self.fields if not line.decided or line.problem), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreState:
    """What the screen draws. `lines` is None until read; `failure` says why nothing could be read.

    `message` is what went wrong, `said` what went well; `detail` the stopped or settled changes under the cursor.
    """

    sync: SyncState
    may_view: bool
    lines: tuple[ConflictLine, ...] | None = None
    day: SyncDay | None = None
    open: OpenConflict | None = None
    all_fields: bool = False
    work: SyncWork = field(default_factory=SyncWork)
    detail: StoppedLine | SettledLines | None = None
    failure: str = ""
    message: str = ""
    said: str = ""
    writing: bool = False
