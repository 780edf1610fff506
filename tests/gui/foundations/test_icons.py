"""The drawn icon set and the placeholder portraits."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.icons.portraits import initials, portrait

_NAMES = (
    "today people pill syringe eye form flag box bar-chart sync sliders school search lock chevron-down "
    "chevron-up chevron-left chevron-right clock plus cross check phone undo printer info house "
    "graduation-cap bed ambulance barcode globe paper pen cloud-check cloud-off filter download key "
    "person more document keyboard eye-off "
)
LINE = tuple(_NAMES.split())

pytestmark = pytest.mark.usefixtures("qapp")


def _ink(drawn: QPixmap) -> int:
    image = drawn.toImage()
    return sum(image.pixelColor(x, y).alpha() > 0 for x in range(image.width()) for y in range(image.height()))


def test_every_icon_of_the_mockups_is_drawn() -> None:
    assert set(LINE) <= set(icons.line_names())
    assert {shape.value for shape in Shape} <= set(icons.shape_names())


@pytest.mark.parametrize("name", sorted({*LINE, *(shape.value for shape in Shape)}))
def test_each_icon_shows_something_and_stays_inside_its_grid(name: str) -> None:
    drawn = icons.pixmap(name, QColor("black"), 48, 1.0)
    assert 20 < _ink(drawn) < 48 * 48
    image = drawn.toImage()
    corners = [(0, 0), (47, 0), (0, 47), (47, 47)]
    assert all(image.pixelColor(x, y).alpha() == 0 for x, y in corners)


def test_icons_take_the_colour_and_the_device_ratio() -> None:
    drawn = icons.pixmap("plus", QColor("#B3261E"), 20, 2.0)
    assert drawn.width() == 40
    assert drawn.devicePixelRatio() == 2.0
    assert drawn.toImage().pixelColor(20, 20).name() == QColor("#B3261E").name()


def test_glyphs_of_filled_shapes_are_knocked_out() -> None:
    image = icons.pixmap(Shape.DONE, QColor("black"), 64, 1.0).toImage()
    assert image.pixelColor(28, 41).alpha() < 40
    assert image.pixelColor(32, 12).alpha() == 255


def test_icons_are_rendered_once_per_size_and_colour() -> None:
    first = icons.pixmap("lock", QColor("black"), 18, 1.0)
    assert icons.pixmap("lock", QColor("black"), 18, 1.0).cacheKey() == first.cacheKey()


def test_d64_a_portrait_is_the_same_for_the_same_person(qapp: QApplication) -> None:
    assert portrait("s1", 32, 1.0).toImage() == portrait("s1", 32, 1.0).toImage()
    pictures = {bytes(portrait(f"s{n}", 32, 1.0).toImage().constBits()) for n in range(40)}
    assert len(pictures) > 30


@pytest.mark.parametrize(
    ("name", "letters"), [("Renata Olszewski", "RO"), ("Zoë", "Z"), ("José Ángel Ñúñez", "JÑ"), ("", "")]
)
def test_initials_are_first_and_last(name: str, letters: str) -> None:
    assert initials(name) == letters
