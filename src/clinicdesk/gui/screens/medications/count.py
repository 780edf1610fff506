"""The blind count of the controlled cupboard: a number a package, a witness, then what the register says (T6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from clinicdesk.domain.medication.controlled import CountKind
from clinicdesk.domain.permissions import Act
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind, theme
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle
from clinicdesk.gui.widgets.fields import Field, PasswordField, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import STRETCH, box, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import EmptyState, Mark, Skeleton, StateStack
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, plural, term, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.medications.count import CountPresenter, CountState
from clinicdesk.presentation.medications.words import Local, amount_words
from clinicdesk.presentation.shell import masked
from clinicdesk.services.controlled import CountedLine, CountLine

KINDS = (CountKind.HANDOVER, CountKind.WEEKLY, CountKind.AFTER_ABSENCE, CountKind.RECOUNT)

SIGN = Command(
    "medications.count.sign", "Sign the count", "Ctrl+Return", Group.SCREEN, Scope.SCREEN, "check",
    Act.COUNT_CONTROLLED, "medications.count",
)  # fmt: skip


class CountView(QWidget):
    """Draws a `CountState`. Enter goes from one number to the next, at last to the witness."""

    def __init__(self, shell: ShellContext, presenter: CountPresenter, local: Local) -> None:
        super().__init__()
        name(self, "count", tr("Controlled count"))
        self._shell = shell
        self._presenter = presenter
        self._local = local
        self._shown: tuple[object, ...] = ()
        self.wants_focus = False
        self.editors: dict[uuid.UUID, TextEditor] = {}
        self.kinds = ChipRow("count.kind", tr("Why it is counted"), [(kind.value, _kind(kind)) for kind in KINDS])
        self.kinds.picked.connect(lambda key: presenter.set_kind(CountKind(key)))
        self._lines = column(gap=GAP_2)
        self._card = Card(body=self._lines, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        self.witness = TypeAhead("count.witness", "", ())
        self.witness.textChanged.connect(presenter.set_witness)
        self.witness.returnPressed.connect(self._on_witness)
        self.password = PasswordField(tr("Own password of the witness"), "count.password")
        self.password.entered.connect(self.sign)
        self.button = Button(tr("Sign the count"), "count.sign", kind=Kind.PRIMARY, shortcut="Ctrl+Return")
        self.button.clicked.connect(self.sign)
        self._message = Paragraph("", TextKind.BODY_MEDIUM)
        second = row(gap=GAP_3)
        second.addWidget(Field(tr("Witness"), self.witness, required=True), 1)
        second.addWidget(self.password, 1)
        signing = Card(margins=(GAP_4, GAP_3, GAP_4, GAP_4))
        signing.body.addLayout(second)
        signing.body.addWidget(self._message)
        signing.body.addLayout(row(self.button, STRETCH))
        inner = box(column(self.kinds, self._card, signing, STRETCH, gap=GAP_3, margins=(4, 4, 4, 4)), "count.body")
        self.states = StateStack(scrolling(inner, "count.scroll", tr("Packages")), Skeleton(5, row_height=50))
        self.states.retried.connect(presenter.load)
        body = column(
            PageTitle(tr("Controlled count"), tr("Expected numbers are shown after both have signed.")),
            self.states,
            gap=GAP_3,
            margins=CONTENT_MARGINS,
        )
        body.setStretch(1, 1)
        self.setLayout(body)

    def draw(self, state: CountState) -> None:
        if state.failure:
            self.states.show_error(state.failure, tr("Nothing was counted."))
            return
        if state.lines is None:
            self.states.show_loading()
            return
        shown = (tuple(line.lot_id for line in state.lines), tuple(state.results))
        if shown != self._shown:
            self._shown = shown
            self._build(state, state.lines)
        self.kinds.choose(state.kind.value)
        waiting = state.blocked or (tr("Writing") if state.busy else "")
        self.button.set_available(tr("Signed") if state.results else waiting)
        differs = any(line.discrepancy for line in state.results.values())
        self._message.set_role(Role.SUCCESS if state.results and not differs else Role.DANGER)
        if state.message and state.message != self._message.text():
            announce(self, state.message, assertive=differs)
        self._message.set_text(state.message)
        reveal(self._message, bool(state.message))
        self.states.show_content()
        if self.wants_focus:
            self.wants_focus = False
            self.start()

    def sign(self) -> None:
        self._presenter.sign(self.password.text())
        self.password.clear()

    def start(self) -> None:
        """The cursor in the first empty number."""
        self.witness.set_choices(self._presenter.staff())
        first = next((editor for editor in self.editors.values() if not editor.text()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self, state: CountState, lines: Sequence[CountLine]) -> None:
        clear(self._lines)
        self.editors = {}
        if not lines:
            self._lines.addWidget(
                EmptyState(tr("No controlled medicine is kept at this school."), object_name="count.empty")
            )
            return
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_4)
        grid.setVerticalSpacing(GAP_2)
        for at, line in enumerate(lines):
            grid.addWidget(Mark(Shape.CONTROLLED, Role.CONTROLLED, 14), at, 0)
            owner = masked(line.owner, private=self._shell.private) if line.owner else tr("School stock")
            lot = f"{owner} · {tr('lot {lot}', lot=line.lot_number)} · {self._last(line)}"
            words = column(
                Paragraph(line.medication, TextKind.BODY_MEDIUM),
                Label(lot, TextKind.CAPTION, Role.TEXT_SECONDARY),
                gap=0,
            )
            grid.addWidget(box(words), at, 1)
            result = state.results.get(line.lot_id)
            if result is not None:
                grid.addWidget(_result(line, result), at, 2)
                continue
            spoken = tr("{medication}, {owner}: counted", medication=line.medication, owner=owner)
            editor = TextEditor(f"count.lot.{at}", spoken, unit=term(line.unit.word, "other"))
            editor.setText(state.typed.get(line.lot_id, ""))
            editor.setFixedWidth(theme().width(160))
            editor.textEdited.connect(self._typed(line.lot_id))
            editor.returnPressed.connect(self._next(line.lot_id))
            self.editors[line.lot_id] = editor
            grid.addWidget(editor, at, 2)
        grid.setColumnStretch(1, 1)
        self._lines.addLayout(grid)

    def _typed(self, lot: uuid.UUID) -> Callable[[str], None]:
        return lambda text: self._presenter.set_counted(lot, text)

    def _next(self, lot: uuid.UUID) -> Callable[[], None]:
        def go() -> None:
            order = list(self.editors)
            at = order.index(lot) + 1
            target: QWidget = self.editors[order[at]] if at < len(order) else self.witness
            target.setFocus(Qt.FocusReason.OtherFocusReason)

        return go

    def _on_witness(self) -> None:
        self.password.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _last(self, line: CountLine) -> str:
        if line.last_counted_at is None:
            return tr("never counted")
        return tr("counted {date}", date=formats().date_short(self._local(line.last_counted_at).date()))


class CountScreen:
    """The count of the controlled cupboard."""

    id = "medications.count"

    def __init__(self, shell: ShellContext, presenter: CountPresenter, local: Local) -> None:
        self._presenter = presenter
        self.view = CountView(shell, presenter, local)
        presenter.on_change = self.view.draw

    @property
    def title(self) -> str:
        return tr("Controlled count")

    def widget(self) -> QWidget:
        return self.view

    def activate(self, **params: object) -> None:
        self.view.wants_focus = True
        if self._presenter.begun:
            # Back to a count that is half done: no number that was typed is lost.
            self.view.draw(self._presenter.state)
        else:
            self._presenter.load()

    def deactivate(self) -> None:
        self.view.password.clear()

    def commands(self) -> Sequence[BoundCommand]:
        return (BoundCommand(SIGN, self.view.sign, lambda: self._presenter.state.blocked),)


def _kind(kind: CountKind) -> str:
    return {
        CountKind.HANDOVER: tr("Shift start or end"),
        CountKind.WEEKLY: tr("Weekly"),
        CountKind.AFTER_ABSENCE: tr("After absence"),
        CountKind.RECOUNT: tr("Recount"),
    }[kind]


def _result(line: CountLine, result: CountedLine) -> QWidget:
    shape, role = (Shape.PLAN, Role.DANGER) if result.discrepancy else (Shape.DONE, Role.SUCCESS)
    words = tr(
        "{counted} counted, {expected} expected",
        counted=amount_words(result.counted, line.unit),
        expected=amount_words(result.expected, line.unit),
    )
    if result.discrepancy:
        difference = int(abs(result.difference))
        words += ". " + (
            plural("{count} missing", "{count} missing", difference)
            if result.difference < 0
            else plural("{count} too many", "{count} too many", difference)
        )
    return box(row(Mark(shape, role, 16), Label(words, TextKind.BODY_MEDIUM, role), gap=GAP_2))
