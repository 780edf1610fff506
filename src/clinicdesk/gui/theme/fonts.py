"""Application fonts: Inter, then Noto Sans, then the system's own; points, tabular figures."""

from __future__ import annotations

import sys

from PySide6.QtGui import QFont

from clinicdesk.gui.theme.metrics import TYPE_SCALE, TextKind

_LINUX_FAMILIES = ["Inter", "Noto Sans", "DejaVu Sans"]


def font(kind: TextKind, scale: float) -> QFont:
    """The font of a text kind; Qt falls back along the families, glyph by glyph."""
    points, weight, _ = TYPE_SCALE[kind]
    made = QFont()
    if sys.platform.startswith("linux"):
        made.setFamilies(_LINUX_FAMILIES)
    made.setPointSizeF(points * scale)
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
