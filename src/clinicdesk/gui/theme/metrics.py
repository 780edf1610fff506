"""Sizes in logical pixels and points: the 4-px grid, control heights by density, radii, type sizes."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

GAP_1: Final = 4
GAP_2: Final = 8
GAP_3: Final = 12
GAP_4: Final = 16
GAP_6: Final = 24
GAP_8: Final = 32

RADIUS_FIELD: Final = 4
RADIUS_CARD: Final = 8
RING_WIDTH: Final = 2
RING_GAP: Final = 2
RING_REACH: Final = RING_WIDTH + RING_GAP

TOP_BAR: Final = 56
RAIL: Final = 208
RAIL_COLLAPSED: Final = 56
CONTENT_MARGINS: Final = (GAP_6, GAP_4, GAP_6, GAP_3)
COLLAPSE_BELOW: Final = 1200
SIDE_SHEET: Final = 320
DOSE_SHEET: Final = 506

LEAST_TARGET: Final = 32
LEAST_TOUCH_TARGET: Final = 44


class Density(StrEnum):
    """How close rows stand; touch is used where a pen or a finger works (D66, forms)."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"
    TOUCH = "touch"


ROW_HEIGHT: Final = MappingProxyType({Density.COMFORTABLE: 36, Density.COMPACT: 30, Density.TOUCH: 48})
CONTROL_HEIGHT: Final = MappingProxyType({Density.COMFORTABLE: 36, Density.COMPACT: 32, Density.TOUCH: 48})


class TextKind(StrEnum):
    """The type scale of ux-spec 6, in points, plus the clock of the locked screen."""

    KEY = "key"
    CAPTION = "caption"
    CAPTION_STRONG = "caption-strong"
    BODY = "body"
    BODY_MEDIUM = "body-medium"
    LABEL = "label"
    SECTION = "section"
    TITLE = "title"
    METRIC = "metric"
    CLOCK = "clock"


# kind: points, weight, line height as a multiple of the size
TYPE_SCALE: Final = MappingProxyType(
    {
        TextKind.KEY: (9.0, 500, 1.35),
        TextKind.CAPTION: (9.5, 400, 1.40),
        TextKind.CAPTION_STRONG: (9.5, 600, 1.40),
        TextKind.BODY: (10.5, 400, 1.35),
        TextKind.BODY_MEDIUM: (10.5, 500, 1.35),
        TextKind.LABEL: (10.5, 600, 1.35),
        TextKind.SECTION: (12.0, 600, 1.35),
        TextKind.TITLE: (15.0, 600, 1.35),
        TextKind.METRIC: (20.0, 600, 1.25),
        TextKind.CLOCK: (40.0, 600, 1.20),
    }
)
