"""The tables of the admin screen and the entries that lead to its further places."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.widgets.lists import RowDelegate
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.i18n import tr
from clinicdesk.presentation.admin.presenter import KnownLine, PersonLine, PlaceLink, WaitingLine

ROW_HEIGHT = 50
_LINK_HEIGHT = 56


class LinkDelegate(RowDelegate[PlaceLink]):
    """An icon, the name of the place, and what is done there."""

    one_of_several = True

    def height(self, row: PlaceLink, width: int) -> int:
        return theme().height(_LINK_HEIGHT, 2)

    def paint_row(self, painter: QPainter, rect: QRectF, row: PlaceLink, *, selected: bool) -> None:
        look = theme()
        icons.paint(painter, row.icon, QRectF(16, rect.center().y() - 10, 20, 20), look.colour(Role.ACCENT))
        name, plain = look.line(TextKind.LABEL), look.line(TextKind.CAPTION)
        top = rect.center().y() - (name + plain) / 2
        room = rect.width() - 52 - 44
        paint.text(painter, QRectF(52, top, room, name), row.title, TextKind.LABEL, Role.TEXT)
        line = QRectF(52, top + name, room, plain)
        paint.text(painter, line, row.plain, TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True)
        spot = QRectF(rect.right() - 34, rect.center().y() - 9, 18, 18)
        icons.paint(painter, "chevron-right", spot, look.colour(Role.TEXT_SECONDARY))


def people_table() -> DataTable[PersonLine]:
    """Every account of the district, and whether it signs in here."""
    return DataTable(
        "admin.people",
        tr("People of this workstation"),
        (
            Column(
                "name",
                tr("Name"),
                lambda line: line.name,
                kind=lambda _line: TextKind.LABEL,
                below=lambda line: f"{line.role} · {line.sign_in}",
            ),
            Column("here", tr("This workstation"), lambda _line: "", width=152, tag=_person_tag),
        ),
        row_height=ROW_HEIGHT,
        one_of_several=True,
    )


def waiting_table() -> DataTable[WaitingLine]:
    """Who asks in; the number is compared with the one on the other screen."""
    return DataTable(
        "admin.waiting",
        tr("Workstations that wait"),
        (
            Column(
                "name",
                tr("Workstation"),
                lambda line: line.name,
                kind=lambda _line: TextKind.LABEL,
                below=lambda line: f"{line.user_name} · {line.platform}",
            ),
            Column("number", tr("Number"), lambda line: line.number, width=152, kind=lambda _line: TextKind.LABEL),
            Column("asked", tr("Asked"), lambda line: line.asked, width=136),
        ),
        row_height=ROW_HEIGHT,
        one_of_several=True,
    )


def known_table() -> DataTable[KnownLine]:
    """The district's workstations and when each was last heard of."""
    return DataTable(
        "admin.known",
        tr("Workstations of the district"),
        (
            Column(
                "name",
                tr("Workstation"),
                lambda line: line.name,
                kind=lambda _line: TextKind.LABEL,
                note=lambda line: tr("this one") if line.own else "",
                below=lambda line: line.schools,
            ),
            Column("state", tr("State"), lambda _line: "", width=136, tag=_state_tag),
            Column("seen", tr("Last seen"), lambda line: line.last_seen, width=136),
        ),
        row_height=ROW_HEIGHT,
        one_of_several=True,
    )


def _person_tag(line: PersonLine) -> Tag:
    if line.admitted:
        return Tag(tr("Signs in here"), Tone.SUCCESS, Shape.DONE)
    return Tag(tr("Not admitted"), Tone.NEUTRAL, Shape.SOON, bordered=True)


def _state_tag(line: KnownLine) -> Tag:
    if line.shut_out:
        return Tag(line.state, Tone.DANGER, Shape.NOT_COUNTED)
    return Tag(line.state, Tone.SUCCESS, Shape.DONE)
