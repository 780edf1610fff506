"""Tokens, fonts, sizes and the one style of the application."""

from __future__ import annotations

from clinicdesk.gui.theme.look import Look, Mode, Theme, theme
from clinicdesk.gui.theme.metrics import Density, TextKind
from clinicdesk.gui.theme.tokens import Role, Tone

__all__ = ["Density", "Look", "Mode", "Role", "TextKind", "Theme", "Tone", "theme"]
