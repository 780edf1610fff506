"""The explicit `QPalette` of a theme: every role in every group (setColorScheme does nothing offscreen)."""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtGui import QColor, QPalette

from clinicdesk.gui.theme.tokens import Role, Tokens

_C = QPalette.ColorRole
_G = QPalette.ColorGroup

_ROLES = MappingProxyType(
    {
        _C.WindowText: Role.TEXT,
        _C.Button: Role.SURFACE,
        _C.Light: Role.RAISED,
        _C.Midlight: Role.HAIRLINE,
        _C.Dark: Role.BORDER_CONTROL,
        _C.Mid: Role.BORDER,
        _C.Text: Role.TEXT,
        _C.BrightText: Role.DANGER,
        _C.ButtonText: Role.TEXT,
        _C.Base: Role.SURFACE,
        _C.Window: Role.BG,
        _C.Shadow: Role.BORDER,
        _C.Highlight: Role.SELECTION,
        _C.HighlightedText: Role.TEXT,
        _C.Link: Role.ACCENT,
        _C.LinkVisited: Role.CONTROLLED,
        _C.AlternateBase: Role.SUNKEN,
        _C.ToolTipBase: Role.RAISED,
        _C.ToolTipText: Role.TEXT,
        _C.PlaceholderText: Role.TEXT_SECONDARY,
        _C.Accent: Role.ACCENT,
    }
)
_DISABLED = MappingProxyType(
    {
        _C.WindowText: Role.TEXT_DISABLED,
        _C.Text: Role.TEXT_DISABLED,
        _C.ButtonText: Role.TEXT_DISABLED,
        _C.HighlightedText: Role.TEXT_DISABLED,
        _C.PlaceholderText: Role.TEXT_DISABLED,
        _C.Link: Role.TEXT_DISABLED,
        _C.LinkVisited: Role.TEXT_DISABLED,
        _C.Base: Role.SUNKEN,
        _C.Button: Role.SUNKEN,
        _C.Accent: Role.TEXT_DISABLED,
    }
)


def palette(tokens: Tokens) -> QPalette:
    made = QPalette()
    for group in (_G.Active, _G.Inactive, _G.Disabled):
        for place, role in _ROLES.items():
            chosen = _DISABLED.get(place, role) if group is _G.Disabled else role
            made.setColor(group, place, QColor(tokens[chosen]))
    return made
