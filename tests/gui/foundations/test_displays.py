"""The displays on which `make prove` shows every screen."""

from __future__ import annotations

from itertools import combinations, product

from tests.support.looks import HARDEST, MATRIX, PLAIN

from clinicdesk.gui.theme import Mode
from clinicdesk.i18n import Language


def test_every_two_values_of_scale_theme_language_and_width_meet() -> None:
    values = {
        "scale": (1.0, 1.25, 1.5, 2.0),
        "mode": (Mode.LIGHT, Mode.DARK),
        "language": (Language.ENGLISH, Language.SPANISH, Language.PSEUDO),
        "width": (1024, 1440),
    }
    for one, other in combinations(values, 2):
        met = {(getattr(display, one), getattr(display, other)) for display in MATRIX}
        assert met >= set(product(values[one], values[other])), (one, other)
    assert {PLAIN, HARDEST} < set(MATRIX)
