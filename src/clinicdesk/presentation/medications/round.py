"""The round's grid: filters, order of rows, where the cursor starts, and which dose is open beside it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from clinicdesk.domain.medication.slots import SlotState, parse_slot_key
from clinicdesk.i18n import formats, sentence, tr
from clinicdesk.presentation.medications.effect import EffectPresenter
from clinicdesk.presentation.medications.sheet import DosePresenter
from clinicdesk.presentation.medications.words import (
    Local,
    away_words,
    look_of,
    order_words,
    prn_look,
    second_line,
    title_of,
)
from clinicdesk.presentation.paper_day import day_pdf
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.shell import masked
from clinicdesk.services.dose_values import Cell, PrnRow, Recorded, Round, RoundRow, Scan
from clinicdesk.services.doses import Doses
from clinicdesk.services.paper_day import PaperDay
from clinicdesk.services.undo import LastAct


class Show(StrEnum):
    """The filter chips."""

    ALL = "all"
    LATE = "late"
    DUE = "due"
    PRN = "prn"


_LATE = frozenset({SlotState.LATE, SlotState.MISSED})
_OWED = frozenset({*_LATE, SlotState.DUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the grid: a scheduled order, an as-needed one, or the heading between them."""

    scheduled: RoundRow | None = None
    prn: PrnRow | None = None

    @property
    def heading(self) -> bool:
        return self.scheduled is None and self.prn is None

    @property
    def student_id(self) -> uuid.UUID | None:
        row = self.scheduled or self.prn
        return None if row is None else row.student.id

    @property
    def order_id(self) -> uuid.UUID | None:
        row = self.scheduled or self.prn
        return None if row is None else row.order.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundState:
    """What the screen shows. `cursor` is (row, time) of the cell to begin at; `note` a word after an act."""

    round: Round | None = None
    show: Show = Show.ALL
    room: str = ""
    lines: tuple[Line, ...] = ()
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    rooms: tuple[str, ...] = ()
    cursor: tuple[int, str] = (0, "")
    failure: str = ""
    note: str = ""
    open_order: uuid.UUID | None = None
    open_slot: str = ""
    placed: int = 0
    """Counts how often the cursor was sent to where work begins; a mere refresh leaves it where it stands."""

    @property
    def open_time(self) -> str:
        """The column of the dose that is open; empty for one without a slot."""
        return f"{parse_slot_key(self.open_slot)[1]:%H:%M}" if self.open_slot else ""

    @property
    def heading(self) -> tuple[str, str]:
        """Title and time of the dose that is being opened, known before it is read."""
        if self.round is None:
            return title_of(None), ""
        rows: tuple[RoundRow | PrnRow, ...] = (*self.round.rows, *self.round.prn)
        order = next((row.order for row in rows if row.order.id == self.open_order), None)
        return title_of(order), formats().time(parse_slot_key(self.open_slot)[1]) if self.open_slot else ""


class RoundPresenter:
    """Reads the round and opens doses. `report` hears of what was charted, so that it can be undone."""

    def __init__(
        self,
        doses: Doses,
        paper: PaperDay,
        runner: Runner,
        report: Callable[[LastAct], None],
        local: Local,
        now: Callable[[], dt.datetime],
        staff: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._doses = doses
        self._paper = paper
        self._runner = runner
        self._report = report
        self.local = local
        self.state = RoundState()
        self.on_change: Callable[[RoundState], None] = lambda _state: None
        self.on_open: Callable[[], None] = lambda: None
        self.on_advice: Callable[[str], None] = lambda _words: None
        self.sheet = DosePresenter(doses, runner, local, now, staff)
        self.effect = EffectPresenter(doses, runner, local)
        self.sheet.on_recorded = self._on_recorded
        self._by_card = False

    def load(
        self,
        *,
        student_id: uuid.UUID | None = None,
        order_id: uuid.UUID | None = None,
        slot: str = "",
        place: bool = False,
    ) -> None:
        """Read today's round; with a dose named, open it; `place` sends the cursor to where work begins."""

        def done(found: Round) -> None:
            placed = self.state.placed + int(place)
            self._arrange(replace(self.state, round=found, failure="", placed=placed))
            if student_id is not None and order_id is not None:
                self.open(order_id, student_id, slot or None)

        self._runner.run(self._doses.round, done=done, failed=self._on_failed, key="round")

    def filter(self, show: Show) -> None:
        self._arrange(replace(self.state, show=show, placed=self.state.placed + 1))

    def in_room(self, room: str) -> None:
        """Only students of this room; empty shows all."""
        self._arrange(replace(self.state, room=room, placed=self.state.placed + 1))

    def open_at(self, row: int, time: str) -> None:
        """Open the dose under the cursor: Enter in the grid."""
        if not 0 <= row < len(self.state.lines):
            return
        line = self.state.lines[row]
        if line.prn is not None:
            self.open(line.prn.order.id, line.prn.student.id, None)
        elif line.scheduled is not None:
            cell = line.scheduled.cells.get(time) or _first_owed(line.scheduled)
            if cell is not None:
                self.open(line.scheduled.order.id, line.scheduled.student.id, cell.slot.key)

    def open(
        self,
        order_id: uuid.UUID,
        student_id: uuid.UUID,
        slot_key: str | None,
        *,
        card: bool = False,
        scans: tuple[str, ...] = (),
    ) -> None:
        """Open a dose; `card` where the student's card brought us here, `scans` what was scanned since."""
        self._by_card = card
        self._set(replace(self.state, open_order=order_id, open_slot=slot_key or "", note=""))
        self.sheet.open(order_id, student_id, slot_key, card=card, scans=scans)
        self.on_open()

    def scanned(self, code: str) -> None:
        """A scan: into the open dose, or a student's card that opens what is owed now (T4, M1)."""
        if self.state.open_order is not None and (not self._by_card or self.sheet.state.label):
            self.sheet.scanned(code)
            return

        def failed(error: Exception) -> None:
            self.on_advice(sentence(error))

        self._runner.run(lambda: self._doses.scan(code), done=self._on_scan, failed=failed)

    def step(self, by: int) -> None:
        """Open the next or previous order of the list: `]` and `[`."""
        rows = [at for at, line in enumerate(self.state.lines) if not line.heading]
        if not rows:
            return
        at = next((at for at in rows if self.state.lines[at].order_id == self.state.open_order), None)
        where = rows[0] if at is None else rows[(rows.index(at) + by) % len(rows)]
        self.open_at(where, "")

    def close(self) -> None:
        """The sheet was closed; what was typed in it waits as a draft."""
        self.sheet.keep_draft()
        self._set(replace(self.state, open_order=None))

    def print_round(self, path_of: Callable[[str], str | None], saved: Callable[[str], None]) -> None:
        """The round and a blank log on paper, audited (D34); `path_of` asks where it goes."""
        found = self.state.round
        if found is None:
            return
        path = path_of(f"round-{found.day.isoformat()}.pdf")
        if path is None:
            return

        def write() -> str:
            content = day_pdf(self._paper.round(), self.local)
            with open(path, "wb") as file:
                file.write(content)
            return path

        self._runner.run(write, done=saved, failed=self._on_failed)

    def _arrange(self, state: RoundState) -> None:
        """The lines of the filter, and the cell where work begins: late first, then due, then the next one."""
        found = state.round
        if found is None:
            self._set(state)
            return
        rows = [row for row in found.rows if not state.room or row.student.homeroom == state.room]
        prn = [row for row in found.prn if not state.room or row.student.homeroom == state.room]
        late = [row for row in rows if any(cell.state in _LATE for cell in row.cells.values())]
        due = [row for row in rows if any(cell.state in _OWED for cell in row.cells.values())]
        shown = {Show.ALL: rows, Show.LATE: late, Show.DUE: due, Show.PRN: []}[state.show]
        needed = prn if state.show in {Show.ALL, Show.PRN} else []
        lines = [Line(scheduled=row) for row in shown]
        if needed:
            lines += [Line(), *(Line(prn=row) for row in needed)]
        students = [row.student for row in found.rows] + [row.student for row in found.prn]
        rooms = sorted({student.homeroom for student in students if student.homeroom})
        self._set(
            replace(
                state,
                lines=tuple(lines),
                counts=(len(rows) + len(prn), len(late), len(due), len(prn)),
                rooms=tuple(rooms),
                cursor=_cursor(lines),
            )
        )

    def _on_scan(self, scan: Scan) -> None:
        if self.state.open_order is not None:
            # The card opened the first dose that is owed; the label says which of them is in the hand.
            other = self._owed_of_open_student(scan.drug_id)
            if other is not None:
                order, student, slot = other
                self.open(order, student, slot, card=True, scans=(scan.code,))
            else:
                self.sheet.scanned(scan.code)
        elif scan.student_id is not None:
            self._open_student(scan.student_id)
        elif scan.known:
            self.on_advice(tr("A label was scanned. Scan the student's card first, or open the dose."))
        else:
            self.on_advice(tr("Scanned: {code}. Nothing here has this code.", code=scan.code))

    def _open_student(self, student: uuid.UUID) -> None:
        owed = _owed(self.state.round, student)
        if owed:
            row, cell = owed[0]
            self.open(row.order.id, row.student.id, cell.slot.key, card=True)
        else:
            self.on_advice(tr("No dose of this student is due now."))

    def _owed_of_open_student(self, drug: uuid.UUID | None) -> tuple[uuid.UUID, uuid.UUID, str] | None:
        """Another dose that the student of the open one is owed now, of the drug whose label was scanned."""
        found = self.state.round
        here = next((row for row in (found.rows if found else ()) if row.order.id == self.state.open_order), None)
        if here is None or drug is None or here.order.drug.id == drug:
            return None
        for row, cell in _owed(found, here.student.id):
            if row.order.drug.id == drug:
                return row.order.id, row.student.id, cell.slot.key
        return None

    def _on_recorded(self, recorded: Recorded) -> None:
        self._report(recorded.last_act)
        self._set(replace(self.state, open_order=None, note=recorded.last_act.words))
        self.load(place=True)

    def _on_failed(self, error: Exception) -> None:
        self._set(replace(self.state, failure=sentence(error)))

    def _set(self, state: RoundState) -> None:
        self.state = state
        self.on_change(state)


def spoken(line: Line, time: str, now: dt.datetime, local: Local, *, private: bool) -> str:
    """What a screen reader says of a cell: student, order, time, state."""
    if line.scheduled is not None:
        row = line.scheduled
        who = f"{masked(row.student.name.shown, private=private)}, {order_words(row.order)}"
        cell = row.cells.get(time)
        if cell is None:
            return who if not time else f"{who}, {time}"
        away = "" if cell.away is None else f", {away_words(cell.away)}"
        return f"{who}, {time}, {look_of(cell.state).words}, {second_line(cell, row.order, now, local)}{away}"
    if line.prn is not None:
        who = f"{masked(line.prn.student.name.shown, private=private)}, {order_words(line.prn.order)}"
        return f"{who}, {prn_look(line.prn).words}"
    return tr("As needed (PRN)")


def _owed(found: Round | None, student: uuid.UUID) -> list[tuple[RoundRow, Cell]]:
    """What a student is owed now, the longest due first; what nobody has charted alone."""
    owed = [
        (row, cell)
        for row in (found.rows if found is not None else ())
        if row.student.id == student
        for cell in row.cells.values()
        if cell.state in _OWED
    ]
    return sorted(owed, key=lambda one: (one[1].slot.due_at, one[0].order.drug.name, one[0].order.id))


def _first_owed(row: RoundRow) -> Cell | None:
    owed = [cell for cell in row.cells.values() if cell.state in _OWED]
    cells = owed or list(row.cells.values())
    return min(cells, key=lambda cell: cell.slot.due_at, default=None)


def _cursor(lines: list[Line]) -> tuple[int, str]:
    for states in (_LATE, frozenset({SlotState.DUE}), frozenset({SlotState.SOON})):
        for at, line in enumerate(lines):
            cells = {} if line.scheduled is None else line.scheduled.cells
            time = next((time for time, cell in sorted(cells.items()) if cell.state in states), None)
            if time is not None:
                return at, time
    first = next((at for at, line in enumerate(lines) if not line.heading), 0)
    return first, ""
