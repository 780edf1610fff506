"""The sync centre: state of sync, conflicts, and the resolver with its decisions (ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from clinicdesk.core.errors import ClinicDeskError, InvalidValueError
from clinicdesk.domain.canonical import Kind, WireValue
from clinicdesk.domain.merge_safety import union
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.sync_centre.keeping import KeptPart
from clinicdesk.presentation.sync_centre.proposing import Proposal, Side, belongs_together, propose
from clinicdesk.presentation.sync_centre.state import CentreState, FieldLine, OpenConflict
from clinicdesk.presentation.sync_centre.ways import FOLLOW, WayLine, hint_of, lines_of
from clinicdesk.presentation.sync_centre.words import (
    field_words,
    is_list,
    measured_text,
    title_of,
    typed_value,
    unit_words,
    value_text,
)
from clinicdesk.presentation.sync_now import SyncNow
from clinicdesk.services.conflict_sheets import ConflictSheet
from clinicdesk.services.conflict_values import Beside, ConflictField, ConflictLine
from clinicdesk.services.conflict_ways import Way
from clinicdesk.services.conflicts import Conflicts, SyncDay
from clinicdesk.services.desk import Desk
from clinicdesk.services.kept_rows import KeptLine
from clinicdesk.services.sync_items import SettledLines, StoppedLine, SyncItems, SyncWork
from clinicdesk.services.undo import LastAct
from clinicdesk.sync.resolve import Choice, Decision, choices_of, resolve
from clinicdesk.sync.tables import wire_tables


class SyncCentre:
    """Lives with its screen, from its first visit to lock."""

    def __init__(self, desk: Desk, sync: SyncNow, acts: LastActs, runner: Runner) -> None:
        self._conflicts = Conflicts(desk)
        self._items = SyncItems(desk)
        self._desk = desk
        self._sync = sync
        self._acts = acts
        self._runner = runner
        self.kept = KeptPart(desk, acts, runner)
        self._values: dict[str, Proposal] = {}
        self._state = CentreState(sync=sync.state, may_view=self._conflicts.may_view)
        self.on_change: Callable[[CentreState], None] = lambda _state: None
        self.on_decided: Callable[[LastAct], None] = lambda _act: None
        self.kept.on_written = sync.refresh
        sync.subscribe(self._on_sync)
        acts.subscribe(self._on_acts)

    @property
    def state(self) -> CentreState:
        return self._state

    def now(self) -> dt.datetime:
        return self._desk.now()

    def load(self) -> None:
        """Read everything anew; the conflict in the resolver stays while it is open."""
        self._sync.refresh()
        self._read()

    def sync_now(self) -> None:
        self._sync.now()

    def cancel_sync(self) -> None:
        self._sync.cancel()

    def undo(self) -> None:
        self._acts.undo()

    def show(self, conflict: uuid.UUID) -> None:
        """Open one in the resolver; the opening is audited before it is shown (D34)."""
        self.kept.close()
        if self._state.open is not None and self._state.open.sheet.line.id == conflict:
            return
        self._runner.run(
            lambda: self._conflicts.open(conflict), done=self._on_opened, failed=self._on_failed, key="conflict"
        )

    def later(self) -> None:
        """Leave it undecided; until then both desks go by the stricter values (D22)."""
        self._values.clear()
        self.kept.close()
        self._show(open=None, detail=None, message="")

    def look_at(self, detail: StoppedLine | SettledLines) -> None:
        """Show what was stopped, or settled without a person, beside the list."""
        self._values.clear()
        self.kept.close()
        self._show(open=None, detail=detail, message="", said="")

    def look_at_kept(self, line: KeptLine) -> None:
        """Open what was kept of a mended row."""
        self._values.clear()
        self._show(open=None, detail=None, message="", said="")
        self.kept.show(line)

    def send_anew(self) -> None:
        """Send a refused change once more; one that is held back is asked after. Both take a sync."""
        found = self._state.detail
        if not isinstance(found, StoppedLine):
            return
        if not found.refused:
            self.sync_now()
            return
        self._runner.run(
            lambda: self._items.send_anew(found.mutation), done=lambda _nothing: self.sync_now(), failed=self._on_failed
        )

    def export_log(self, file: str) -> None:
        """Write the log for IT to the file that the person chose; empty if none was."""
        if file:
            self._show(message="", said="")
            self._runner.run(
                lambda: self._items.export_log(Path(file)),
                done=lambda _nothing: self._show(said=tr("The log was written. It holds no personal data.")),
                failed=self._on_failed,
            )

    def show_all(self, on: bool) -> None:
        self._show(all_fields=on)

    def pick(self, name: str, *sides: Side) -> None:
        """Take a side, in lists several. What means something only together goes together (s36)."""
        found, opened = self._field(name), self._state.open
        if found is None or opened is None or not sides:
            return
        together, table = [found], opened.sheet.line.table
        if belongs_together(table, found):
            together = [one for one in self._fields() if one.group == found.group and belongs_together(table, one)]
            if len(together) > 1:
                sides = sides[-1:]
        for one in together:
            by_side: Mapping[Side, WireValue] = {Side.BASE: one.base, Side.MINE: one.mine, Side.THEIRS: one.theirs}
            if is_list(one):
                self._values[one.name] = Proposal(union(*[by_side[side] for side in sides]), sides)
            else:
                self._values[one.name] = Proposal(by_side[sides[-1]], sides[-1:])
        self._redraw({one.name for one in together})

    def keep_both(self, name: str) -> None:
        found = self._field(name)
        if found is not None and is_list(found):
            self.pick(name, Side.MINE, Side.THEIRS)

    def edit(self, name: str, text: str) -> None:
        """What stands in Result now, by hand."""
        found, opened = self._field(name), self._state.open
        if found is None or opened is None:
            return
        problem = ""
        try:
            value = typed_value(found, self._kind(name), text)
            self._values[name] = Proposal(value, why=tr("edited by hand"))
        except ClinicDeskError as error:
            problem = sentence(error)
        lines = tuple(
            replace(line, result=text, picked=(), decided=True, note=tr("edited by hand"), problem=problem)
            if line.name == name
            else line
            for line in opened.fields
        )
        self._show(open=replace(opened, fields=lines), message="")

    def apply(self) -> None:
        """Write the result, or the one thing there is to do."""
        opened = self._state.open
        if opened is None or self._state.writing:
            return
        if opened.asking:
            return
        if not opened.merges:
            if len(opened.ways) == 1:
                self.choose(opened.ways[0].id)
            return
        missing = opened.first_undecided
        if missing is not None:
            self._show(message=missing.problem or tr("First decide: {field}", field=missing.label))
            return
        if opened.follows:
            self._show(open=replace(opened, asking=FOLLOW), message="")
            return
        self._write(self._decision(opened))

    def choose(self, way: str) -> None:
        """Do one of the other things; where a reason goes on record, it is asked first."""
        opened, line = self._state.open, self._way(way)
        if opened is None or line is None or line.barred or self._state.writing:
            return
        if line.asks_reason:
            self._show(open=replace(opened, asking=line.id), message="")
        elif line.way is None:
            self._write(Decision(opened.sheet.line.id, line.choice))
        else:
            self._take(line.way, "")

    def give_reason(self, reason: str) -> None:
        """The reason that was asked for: now it is written."""
        opened = self._state.open
        if opened is None or not opened.asking or self._state.writing:
            return
        if not reason.strip():
            self._show(message=tr("A reason goes on record with it."))
            return
        line = self._way(opened.asking)
        if line is not None and line.way is not None:
            self._take(line.way, reason)
        elif opened.asking == FOLLOW:
            self._follow(opened, reason)

    def not_that(self) -> None:
        """Back to everything that can be done."""
        if self._state.open is not None:
            self._show(open=replace(self._state.open, asking=""), message="")

    def why_not(self) -> str:
        """Why nothing can be applied now; empty where it can."""
        opened = self._state.open
        if opened is None:
            return tr("Choose a conflict first.")
        if not opened.sheet.may_decide:
            return tr("Your role does not decide this conflict.")
        if opened.asking:
            return tr("A reason goes on record with it.")
        if not opened.merges and len(opened.ways) != 1:
            return tr("Choose what happens to the record.")
        return ""

    # --- parts --------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.kept.read()
        self._runner.run(self._conflicts.today, done=self._on_day, failed=self._on_failed, key="sync-day")
        self._runner.run(self._items.today, done=self._on_work, failed=self._on_failed, key="sync-items")
        if self._state.may_view:
            self._runner.run(
                self._conflicts.open_conflicts, done=self._on_lines, failed=self._on_failed, key="conflicts"
            )

    def _on_day(self, day: SyncDay) -> None:
        self._show(day=day)

    def _on_work(self, work: SyncWork) -> None:
        self._show(work=work, detail=_still(work, self._state.detail))

    def _on_lines(self, lines: tuple[ConflictLine, ...]) -> None:
        self._show(lines=lines, failure="")
        opened = self._state.open
        if opened is not None and all(line.id != opened.sheet.line.id for line in lines):
            self.later()

    def _on_opened(self, sheet: ConflictSheet | None) -> None:
        if sheet is None:
            self._show(open=None, message=tr("This conflict is decided already."))
            self._read()
            return
        table, clash = sheet.line.table, sheet.line.kind.value
        possible = choices_of(sheet.line.kind, table)
        follows = sheet.forked > 1 or possible == {Choice.ROWS}
        merges = Choice.MERGED in possible or (follows and bool(sheet.fields))
        self._values = {}
        if merges:
            # Two lines of one entry are two whole entries: what belongs together is taken from one of them (s36).
            clash = "GROUP" if follows else clash
            self._values = {
                one.name: propose(table, self._kind_in(table, one.name), one, clash) for one in sheet.fields
            }
        made = OpenConflict(
            sheet=sheet,
            fields=tuple(self._line(one, table) for one in sheet.fields),
            alone=self._looked_at(sheet.alone),
            beside=self._looked_at(sheet.beside),
            ways=lines_of(sheet, possible, merges=merges, local=self._desk.local, now=self._desk.now()),
            merges=merges,
            follows=follows,
            hint=hint_of(sheet),
        )
        self._show(open=made, detail=None, message="", said="", all_fields=False)

    def _redraw(self, names: Collection[str]) -> None:
        """Say these fields anew; what stands half typed in another one stays."""
        opened = self._state.open
        if opened is not None:
            before = {line.name: line for line in opened.fields}
            fields = tuple(
                self._line(one) if one.name in names or one.name not in before else before[one.name]
                for one in opened.sheet.fields
            )
            self._show(open=replace(opened, fields=fields), message="")

    def _looked_at(self, rows: Beside | None) -> tuple[FieldLine, ...]:
        """Fields that nobody picks from, each with its unit."""
        if rows is None:
            return ()
        lines = [(one, self._line(one, rows.table)) for one in rows.fields]
        return tuple(
            replace(line, mine=measured_text(one, line.mine), theirs=measured_text(one, line.theirs))
            for one, line in lines
        )

    def _line(self, field: ConflictField, table: str = "") -> FieldLine:
        kind, local = self._kind_in(table, field.name) if table else self._kind(field.name), self._desk.local
        chosen = self._values.get(field.name, Proposal(field.theirs, decided=False))
        words = [unit_words(field.unit)] if field.unit else []
        if field.is_safety:
            words.append(tr("safety"))
        if is_list(field):
            words.append(tr("list"))
        if field.name in self._values and not chosen.decided:
            words.append(tr("your choice"))
        return FieldLine(
            name=field.name,
            label=field_words(field.name),
            kind=", ".join(words),
            base=value_text(field, kind, field.base, local),
            mine=value_text(field, kind, field.mine, local),
            theirs=value_text(field, kind, field.theirs, local),
            result=value_text(field, kind, chosen.value, local) if chosen.decided else "",
            note=chosen.why,
            picked=chosen.sides,
            is_list=is_list(field),
            differs=field.in_dispute or field.mine != field.theirs,
            decided=chosen.decided,
        )

    def _decision(self, opened: OpenConflict) -> Decision:
        sheet = opened.sheet
        values = {one.name: self._values[one.name].value for one in sheet.fields}
        written = {
            one.name: values[one.name] for one in sheet.fields if one.in_dispute or values[one.name] != one.theirs
        }
        if all(values[one.name] == one.theirs for one in sheet.fields):
            return Decision(sheet.line.id, Choice.THEIRS)
        if all(values[one.name] == one.mine for one in sheet.fields if one.name in written):
            return Decision(sheet.line.id, Choice.MINE)
        return Decision(sheet.line.id, Choice.MERGED, written)

    def _write(self, decision: Decision) -> None:
        opened = self._state.open
        assert opened is not None
        line = opened.sheet.line
        words = self._words(line)
        self._show(writing=True, message="")
        self._runner.run(
            lambda: self._conflicts.settle(line.id, words, lambda work: resolve(work, decision)),
            done=self._on_written,
            failed=self._on_failed,
        )

    def _take(self, way: Way, reason: str) -> None:
        opened = self._state.open
        assert opened is not None
        line = opened.sheet.line
        words, decision = self._words(line), Decision(line.id, Choice.ROWS, note=reason or None)
        self._show(writing=True, message="")
        self._runner.run(
            lambda: self._conflicts.take(line.id, way, reason, words, lambda work: resolve(work, decision)),
            done=lambda act: self._on_written(act) if act is not None else self._on_followed(words),
            failed=self._on_failed,
        )

    def _follow(self, opened: OpenConflict, reason: str) -> None:
        line = opened.sheet.line
        words, decision = self._words(line), Decision(line.id, Choice.ROWS, note=reason)
        values = {one.name: self._values[one.name].value for one in opened.sheet.fields}
        self._show(writing=True, message="")
        self._runner.run(
            lambda: self._conflicts.follow(line.id, values, reason, lambda work: resolve(work, decision)),
            done=lambda _nothing: self._on_followed(words),
            failed=self._on_failed,
        )

    @staticmethod
    def _words(line: ConflictLine) -> str:
        return tr("Decided: {record}", record=title_of(line))

    def _on_followed(self, words: str) -> None:
        """New rows were written: they are corrected in the record, so nothing is offered to take them back."""
        self._values.clear()
        self._show(writing=False, open=None, message="", said=words)
        self._read()
        self._sync.refresh()

    def _on_written(self, act: LastAct) -> None:
        self._values.clear()
        self._show(writing=False, open=None, message="", said="")
        self._acts.done(act)
        self.on_decided(act)
        self._sync.refresh()

    def _on_failed(self, error: Exception) -> None:
        words = sentence(error)
        if isinstance(error, InvalidValueError) and error.field in {one.name for one in self._fields()}:
            words = f"{field_words(error.field)}: {words}"
        if self._state.lines is None and self._state.open is None:
            self._show(failure=words, writing=False)
        else:
            self._show(message=words, writing=False)

    def _on_sync(self) -> None:
        ended = self._state.sync.running and not self._sync.state.running
        self._show(sync=self._sync.state)
        if ended:
            self._read()

    def _on_acts(self) -> None:
        """Something was decided, or a decision was taken back."""
        self._read()
        if self._acts.act is None:
            self._sync.refresh()

    def _way(self, wanted: str) -> WayLine | None:
        opened = self._state.open
        return None if opened is None else next((line for line in opened.ways if line.id == wanted), None)

    def _fields(self) -> tuple[ConflictField, ...]:
        return () if self._state.open is None else self._state.open.sheet.fields

    def _field(self, name: str) -> ConflictField | None:
        return next((one for one in self._fields() if one.name == name), None)

    def _kind(self, name: str) -> Kind:
        assert self._state.open is not None
        return self._kind_in(self._state.open.sheet.line.table, name)

    @staticmethod
    def _kind_in(table: str, name: str) -> Kind:
        return wire_tables().by_name[table].kinds[name]

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # names and types are the state's own
        self.on_change(self._state)


def _still(work: SyncWork, shown: StoppedLine | SettledLines | None) -> StoppedLine | SettledLines | None:
    """What is shown, as it is now; None where it was settled meanwhile."""
    if isinstance(shown, StoppedLine):
        return next((line for line in work.stopped if line.mutation == shown.mutation), None)
    if shown is not None:
        return next((lines for lines in work.settled if lines.kind is shown.kind), None)
    return None
