"""The sync centre at every size and in both themes: nothing cut, columns under their titles, all reached by Tab."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from PySide6.QtCore import QPoint, Qt
from tests.gui.sync.conftest import Centre
from tests.support import accessibility, layout
from tests.support.looks import LEAST_ROOM, SMALL, Display, on_every_display
from tests.support.qt import settle

from clinicdesk.gui.theme import Mode
from clinicdesk.models import SyncConflict
from clinicdesk.models.enums import SyncConflictResolution, SyncConflictStatus

K = Qt.Key
MODES = [Mode.LIGHT, Mode.DARK]


@on_every_display
def test_nothing_is_cut(centre: Centre, display: Display) -> None:
    display.put_on(centre.built, centre.window)
    assert layout.problems(centre.window) == []
    centre.press(K.Key_Return)
    settle()
    assert layout.problems(centre.window) == []
    if next(iter(centre.screen.view.resolver.rows.values())).stacked:
        # Too narrow for five columns: one under another, and nothing to the side.
        assert max(row.width() for row in centre.screen.view.resolver.rows.values()) <= _right_edge(centre)
        return
    columns = _columns(centre)
    assert len(columns) == 4
    assert {one for one in columns[1:] if one != columns[0]} == set()
    assert max(left + width for left, width in columns[0]) <= _right_edge(centre)


@pytest.mark.parametrize("mode", MODES)
def test_every_part_is_reached_by_tab_and_has_a_name(centre: Centre, mode: Mode) -> None:
    centre.built.theme.change(mode=mode)
    assert accessibility.problems(centre.window) == []
    centre.screen.view.list.setFocus()
    centre.press(K.Key_Return)
    assert accessibility.problems(centre.window) == []


def test_without_conflicts_the_centre_says_so(centre: Centre) -> None:
    with centre.clinic.pulled() as work:
        work.session.execute(
            sa.update(SyncConflict).values(
                status=SyncConflictStatus.RESOLVED,
                resolution=SyncConflictResolution.SERVER_WINS,
                resolved_at=centre.clinic.clock.now(),
                resolved_by=centre.clinic.nurse.id,
            )
        )
    centre.screen.presenter.load()
    centre.rest()
    view = centre.screen.view
    assert len(view.list.rows()) == 0
    assert view.empty.isVisible()
    assert view.empty.words.text() == "No conflicts. Everything that both sides wrote stands in the record."
    assert layout.problems(centre.window) == []
    assert accessibility.problems(centre.window) == []


@pytest.mark.parametrize("display", [SMALL, LEAST_ROOM], ids=str)
def test_what_needs_a_person_is_seen_without_scrolling(centre: Centre, display: Display) -> None:
    display.put_on(centre.built, centre.window)
    view = centre.screen.view
    assert view.stats.compact is (display is LEAST_ROOM)
    assert layout.problems(centre.window) == []
    area = view.list.visualRect(view.list.model().index(0, 0))
    shown = view.list.viewport().visibleRegion().boundingRect()
    assert shown.contains(area), "the first conflict is seen whole"
    assert view.stats.height() < centre.window.height() / 5
    assert view.stats.cells[1].accessibleName() == "To send: 0 all acknowledged"


def _columns(centre: Centre) -> list[list[tuple[int, int]]]:
    """Left edge and width of the five columns: of the titles, then of each row."""
    resolver = centre.screen.view.resolver
    found = []
    for grid in (resolver.titles.grid, *(row.grid for row in resolver.rows.values())):
        parts = [item.widget() for at in range(5) if (item := grid.itemAtPosition(0, at)) is not None]
        found.append([(part.mapTo(centre.window, QPoint(0, 0)).x(), part.width()) for part in parts if part])
    return found


def _right_edge(centre: Centre) -> int:
    resolver = centre.screen.view.resolver
    return resolver.mapTo(centre.window, QPoint(0, 0)).x() + resolver.width()
