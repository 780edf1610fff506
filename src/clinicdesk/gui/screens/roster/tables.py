"""The tables of the roster screen."""

from __future__ import annotations

from clinicdesk.domain.roster.difference import Action
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.i18n import tr
from clinicdesk.presentation.roster.lines import ChangeLine, Compared, FindingLine, PastLine, UndecidedLine

_TAGS = {
    Action.ADD: (Tone.SUCCESS, Shape.DONE),
    Action.UPDATE: (Tone.INFO, Shape.INFO),
    Action.END: (Tone.WARNING, Shape.HELD),
    Action.RETURN: (Tone.SUCCESS, Shape.DUE),
}


def _action_tag(line: ChangeLine) -> Tag:
    tone, shape = _TAGS[line.action]
    return Tag(line.action_words, tone, shape)


def change_table() -> DataTable[ChangeLine]:
    """What would be written. Rows do not wrap: a first import has tens of thousands of them."""
    return DataTable(
        "roster.changes",
        tr("Difference"),
        (
            Column("action", tr("What"), lambda _line: "", width=120, tag=_action_tag),
            Column("kind", tr("Kind"), lambda line: line.kind_words, width=176, sort=lambda line: line.kind_words),
            Column(
                "subject",
                tr("Who"),
                lambda line: line.subject,
                stretch=2,
                kind=lambda _line: TextKind.LABEL,
                sort=lambda line: line.subject.casefold(),
            ),
            Column("detail", tr("Difference"), lambda line: line.detail, stretch=3),
        ),
        wrap=False,
    )


def finding_table(object_name: str, accessible: str) -> DataTable[FindingLine]:
    """Rows set aside, or remarks: where, what, and what to do."""
    return DataTable(
        object_name,
        accessible,
        (
            Column("place", tr("Where"), lambda line: line.place, width=232, below=lambda line: line.source_id),
            Column("field", tr("Cell"), lambda line: line.field, width=152, below=lambda line: line.value),
            Column("remedy", tr("What to do"), lambda line: line.remedy),
        ),
        row_height=44,
    )


def undecided_table(decided: dict[str, str]) -> DataTable[UndecidedLine]:
    """Students who wait for a person; `decided` holds what was said so far, in words."""

    def tag(line: UndecidedLine) -> Tag:
        words = decided.get(line.source_id)
        return Tag(words, Tone.SUCCESS, Shape.DONE) if words else Tag(tr("Decide"), Tone.WARNING, Shape.CONFLICT)

    return DataTable(
        "roster.undecided",
        tr("Who is who"),
        (
            Column(
                "name",
                tr("In the package"),
                lambda line: line.name,
                stretch=2,
                kind=lambda _line: TextKind.LABEL,
                below=lambda line: line.born,
            ),
            Column("reasons", tr("Why we ask"), lambda line: ", ".join(line.reasons), stretch=3),
            Column("decision", tr("Decision"), lambda _line: "", width=168, tag=tag),
        ),
        row_height=50,
    )


def past_table() -> DataTable[PastLine]:
    return DataTable(
        "roster.past",
        tr("Past imports"),
        (
            Column(
                "file",
                tr("Package"),
                lambda line: line.title,
                kind=lambda _line: TextKind.LABEL,
                below=lambda line: line.detail,
            ),
            Column("undo", tr("Undo"), lambda line: tr("can be undone") if line.undoable else "", width=160),
        ),
        row_height=50,
    )


def compare_table() -> DataTable[Compared]:
    """One fact a row: the package beside the record; what differs is said by word, weight and colour."""
    return DataTable(
        "roster.compared",
        tr("Package and record side by side"),
        (
            Column("label", "", lambda line: line.label, width=132, role=lambda _line: Role.TEXT_SECONDARY),
            Column("theirs", tr("Package"), lambda line: line.theirs or "–", kind=_weight, role=_role),
            Column("ours", tr("Record here"), lambda line: line.ours or "–", kind=_weight, role=_role),
        ),
        row_height=32,
    )


def _weight(line: Compared) -> TextKind:
    return TextKind.LABEL if line.differs else TextKind.BODY


def _role(line: Compared) -> Role:
    return Role.WARNING if line.differs else Role.TEXT


def tab_words(title: str, count: int) -> str:
    return tr("{title} ({count})", title=title, count=count)
