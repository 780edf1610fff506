"""The history and what is on record by disease: two tables that give way without losing anything (I15, D1)."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone, theme
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.i18n import tr
from clinicdesk.presentation.immunizations.words import HistoryRow, group_words
from clinicdesk.services.immunization_values import OnRecord, VaccineHistory

_ALL_COLUMNS_FROM = 690
_NARROW = ("age", "cvx", "lot")
_TONES = {
    "warning": (Tone.WARNING, Shape.NOT_COUNTED),
    "neutral": (Tone.NEUTRAL, Shape.NOT_COUNTED),
    "conflict": (Tone.WARNING, Shape.CONFLICT),
}


class HistoryTable(DataTable[HistoryRow]):
    """Every entry. In a narrow window age, code and lot stand in a second line under the vaccine."""

    def __init__(self) -> None:
        self._compact = False
        columns = (
            Column[HistoryRow](
                "date", tr("Date"), lambda one: one.date, width=112,
                kind=lambda one: TextKind.BODY if one.withdrawn else TextKind.BODY_MEDIUM, role=_role,
                sort=lambda one: one.on,
            ),
            Column[HistoryRow]("age", tr("Age"), lambda one: one.age, width=88, role=_role),
            Column[HistoryRow](
                "vaccine", tr("Vaccine"), lambda one: one.vaccine, below=self._below, role=_role,
                sort=lambda one: one.vaccine.casefold(),
            ),
            Column[HistoryRow]("cvx", tr("CVX"), lambda one: one.cvx, width=46, role=_role),
            Column[HistoryRow]("lot", tr("Lot"), lambda one: one.lot or tr("unknown"), width=92, role=_role),
            Column[HistoryRow]("source", tr("Source"), lambda one: one.source, width=110, role=_role),
            Column[HistoryRow]("note", tr("Note"), lambda one: one.note, tag=_tag, width=148, role=_role),
        )  # fmt: skip
        self._hideable = [at for at, column in enumerate(columns) if column.key in _NARROW]
        super().__init__("immunizations.history", tr("History"), columns, row_height=30)

    def sizeHint(self) -> QSize:
        """The room there is: a long history scrolls in its card."""
        return self.minimumSize()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fold()
        super().resizeEvent(event)

    def _fold(self) -> None:
        compact = self.viewport().width() < theme().width(_ALL_COLUMNS_FROM)
        if compact != self._compact:
            self._compact = compact
            for at in self._hideable:
                self.setColumnHidden(at, compact)

    def _below(self, one: HistoryRow) -> str:
        return one.details if self._compact else ""


class OnRecordTable(DataTable[OnRecord]):
    """By disease: how many doses, their dates, and an exemption that holds. No verdict."""

    def __init__(self) -> None:
        self._history: VaccineHistory | None = None
        super().__init__(
            "immunizations.groups",
            tr("On record"),
            (
                Column(
                    "name", tr("Disease"), lambda one: one.name, width=120,
                    kind=lambda _one: TextKind.BODY_MEDIUM,
                ),
                Column("dates", tr("Dates"), self._dates, role=lambda _one: Role.TEXT_SECONDARY),
                Column("count", tr("Doses"), lambda one: str(len(one.doses)), width=72, number=True),
            ),
            row_height=36,
        )  # fmt: skip

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def show_history(self, history: VaccineHistory) -> None:
        self._history = history
        self.set_rows(history.groups)

    def _dates(self, one: OnRecord) -> str:
        return group_words(one, self._history.today) if self._history is not None else ""


def _role(one: HistoryRow) -> Role:
    return Role.TEXT_SECONDARY if one.withdrawn else Role.TEXT


def _tag(one: HistoryRow) -> Tag | None:
    if one.tone not in _TONES:
        return None
    tone, shape = _TONES[one.tone]
    return Tag(one.note, tone, shape)
