"""What mended rows said before, in words, and what a person does with it (s55, ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.sync_centre.ways import WayLine
from clinicdesk.presentation.sync_centre.words import (
    Local,
    field_words,
    fields_words,
    measured_text,
    moment,
    record_words,
    value_text,
)
from clinicdesk.services.conflict_values import ConflictField
from clinicdesk.services.desk import Desk
from clinicdesk.services.kept_rows import KeptLine, KeptRows, KeptSheet, Use
from clinicdesk.services.undo import LastAct
from clinicdesk.sync.resolve import Choice
from clinicdesk.sync.tables import wire_tables

USE = "use"
DISMISS = "dismiss"

_HINTS: dict[Use, str] = {
    Use.EDIT: "The kept value goes into the record as your own change, and to the district like any other.",
    Use.CORRECT: "Such an entry is never changed: the kept value follows as a correction with your reason.",
    Use.AMEND: "The record is signed: the kept value follows as an amendment with your reason and signature.",
    Use.DISTRICT: "Only the district writes this field. Tell the district if the kept value is right.",
    Use.PROGRAM: "The program sets this field itself; nobody types it.",
    Use.UNREADABLE: "What stood there is no value of this field. If you recognise it, enter it in the record.",
    Use.SIGNED: "The record is signed. If the kept value is right, open the record and write it there.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptField:
    """A field in words: `mine` is what was kept of it, `theirs` what stands there now."""

    name: str
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKept:
    """What is looked at, and what can be done about it; `asking` is the one of `ways` that waits for its reason."""

    sheet: KeptSheet
    fields: tuple[KeptField, ...]
    hint: str
    ways: tuple[WayLine, ...]
    asking: str = ""

    @property
    def told(self) -> str:
        """What the act in question means."""
        if self.asking == DISMISS:
            return tr("What stands in the record stays. The kept value is not shown any more.")
        return self.hint


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptState:
    """What the sync centre shows of it; `message` is what went wrong, `said` what went well and has no undo."""

    lines: tuple[KeptLine, ...] = ()
    open: OpenKept | None = None
    message: str = ""
    said: str = ""
    writing: bool = False


class KeptPart:
    """Lives with the sync centre; `on_change` draws, `on_decided` offers to take an act back."""

    def __init__(self, desk: Desk, acts: LastActs, runner: Runner) -> None:
        self._rows = KeptRows(desk)
        self._desk = desk
        self._acts = acts
        self._runner = runner
        self._state = KeptState()
        self.on_change: Callable[[KeptState], None] = lambda _state: None
        self.on_decided: Callable[[LastAct], None] = lambda _act: None
        self.on_written: Callable[[], None] = lambda: None

    @property
    def state(self) -> KeptState:
        return self._state

    def read(self) -> None:
        if self._rows.may_view:
            self._runner.run(self._rows.lines, done=self._on_lines, failed=self._on_failed, key="kept")

    def show(self, line: KeptLine) -> None:
        """Open it; the opening is audited before a value is shown (D34)."""
        opened = self._state.open
        if opened is None or opened.sheet.line.id != line.id:
            self._runner.run(
                lambda: self._rows.open(line), done=self._on_opened, failed=self._on_failed, key="kept-open"
            )

    def close(self) -> None:
        """Leave it for later."""
        if self._state.open is not None or self._state.message:
            self._show(open=None, message="")

    def choose(self, way: str) -> None:
        """Do one of the two; where a reason goes on record, it is asked first."""
        opened = self._state.open
        if opened is None or self._state.writing or opened.asking:
            return
        line = next(one for one in opened.ways if one.id == way)
        if line.barred:
            return
        if line.asks_reason:
            self._show(open=replace(opened, asking=way), message="")
        else:
            self._use(opened, "")

    def give_reason(self, reason: str) -> None:
        opened = self._state.open
        if opened is None or not opened.asking or self._state.writing:
            return
        if not reason.strip():
            self._show(message=tr("A reason goes on record with it."))
        elif opened.asking == USE:
            self._use(opened, reason)
        else:
            line, words = opened.sheet.line, tr("Dismissed: {record}", record=title_of_kept(opened.sheet.line))
            self._write(lambda: self._rows.dismiss(line, words, reason))

    def not_that(self) -> None:
        if self._state.open is not None:
            self._show(open=replace(self._state.open, asking=""), message="")

    # --- parts --------------------------------------------------------------------------------------------------

    def _use(self, opened: OpenKept, reason: str) -> None:
        line, words = opened.sheet.line, _used(opened.sheet.line)
        self._write(lambda: self._rows.use(line, words, reason))

    def _write(self, work: Callable[[], LastAct | None]) -> None:
        self._show(writing=True, message="", said="")
        self._runner.run(work, done=self._on_written, failed=self._on_failed)

    def _on_written(self, act: LastAct | None) -> None:
        opened = self._state.open
        said = _used(opened.sheet.line) if act is None and opened is not None else ""
        self._show(writing=False, open=None, message="", said=said)
        if act is not None:
            self._acts.done(act)
            self.on_decided(act)
        self.read()
        self.on_written()

    def _on_lines(self, lines: tuple[KeptLine, ...]) -> None:
        opened = self._state.open
        gone = opened is not None and all(line.id != opened.sheet.line.id for line in lines)
        self._show(lines=lines, open=None if gone else opened)

    def _on_opened(self, sheet: KeptSheet | None) -> None:
        if sheet is None:
            self._show(open=None, message=tr("Somebody has decided about it already."))
            self.read()
            return
        local = self._desk.local
        made = OpenKept(
            sheet=sheet,
            fields=tuple(_field(sheet, field, local) for field in sheet.fields),
            hint=tr(_HINTS[sheet.use]),
            ways=_ways(sheet),
        )
        self._show(open=made, message="", said="")

    def _on_failed(self, error: Exception) -> None:
        self._show(message=sentence(error), writing=False)

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # names and types are the state's own
        self.on_change(self._state)


def title_of_kept(line: KeptLine) -> str:
    """Allergy: Milk."""
    return record_words(line.table, line.record)


def kept_words(line: KeptLine) -> str:
    """Which fields."""
    return fields_words(line.fields)


def mended_words(line: KeptLine, local: Local, now: dt.datetime) -> str:
    """When the row was mended."""
    return tr("mended {time}", time=moment(line.mended_at, local, now))


def _ways(sheet: KeptSheet) -> tuple[WayLine, ...]:
    denied = tr("Your role does not decide about this record.")
    use = WayLine(
        id=USE,
        words=tr("Use the kept value"),
        choice=Choice.MINE,
        asks_reason=sheet.use.asks_reason,
        barred="" if sheet.may_use else denied,
    )
    dismiss = WayLine(
        id=DISMISS,
        words=tr("Dismiss"),
        choice=Choice.THEIRS,
        asks_reason=True,
        barred="" if sheet.may_dismiss else denied,
    )
    # What cannot be used at all has no button; the hint says why.
    return (use, dismiss) if sheet.use.possible else (dismiss,)


def _used(line: KeptLine) -> str:
    return tr("Kept value used: {record}", record=title_of_kept(line))


def _field(sheet: KeptSheet, field: ConflictField, local: Local) -> KeptField:
    kind = wire_tables().by_name[sheet.line.table].kinds[field.name]
    kept = sheet.raw.get(field.name) or measured_text(field, value_text(field, kind, field.mine, local))
    stands = measured_text(field, value_text(field, kind, field.theirs, local))
    return KeptField(name=field.name, label=field_words(field.name), mine=kept, theirs=stands)
