"""How push buttons and choice chips are measured and painted, by the dynamic properties of the widget.

`kind`: primary, secondary (default), ghost, danger, chip, tile. `size`: head (32), touch (48), tall (44).
`line_icon`: its name. `keys`: list of key caps. `note`: secondary words after the text.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionButton, QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.theme import paint
from clinicdesk.gui.theme.look import Theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD, TextKind
from clinicdesk.gui.theme.tokens import Role

_ICON = 18
_GAP = 8
_KEYS_GAP = 10
_HEIGHTS = {"head": 32, "touch": 48, "tall": 44, "large": 40}

State = QStyle.StateFlag


@dataclass(frozen=True, slots=True)
class Face:
    """What a button shows, read from its properties."""

    kind: str
    size: str
    icon: str
    keys: tuple[str, ...]
    note: str
    text: str
    checked: bool

    @property
    def font(self) -> TextKind:
        strong = self.kind == "primary" or (self.kind == "chip" and self.checked)
        return TextKind.LABEL if strong else TextKind.BODY_MEDIUM


def face(look: Theme, option: QStyleOptionButton, widget: QWidget | None) -> Face:
    def of(name: str) -> str:
        value = widget.property(name) if widget is not None else None
        return value if isinstance(value, str) else ""

    keys = widget.property("keys") if widget is not None and look.look.key_caps else None
    return Face(
        kind=of("kind") or "secondary",
        size=of("size"),
        icon=of("line_icon"),
        keys=tuple(str(key) for key in keys) if keys else (),
        note=of("note"),
        text=option.text.replace("&&", "\0").replace("&", "").replace("\0", "&"),
        checked=bool(option.state & State.State_On),
    )


def measure(look: Theme, shown: Face) -> QSize:
    base = _HEIGHTS.get(shown.size)
    if base is None:
        base = 32 if shown.kind in {"chip", "ghost"} else 36
        if look.look.density == "touch":
            base = 44
    width = _content_width(look, shown) + 2 * _padding(shown)
    height = look.height(base)
    return QSize(max(width, height), height)


def paint_bevel(painter: QPainter, look: Theme, option: QStyleOptionButton, shown: Face) -> None:
    state = option.state
    enabled = bool(state & State.State_Enabled)
    hover = enabled and bool(state & State.State_MouseOver)
    down = enabled and bool(state & State.State_Sunken)
    fill, border = _colours(look, shown, enabled=enabled)
    if (hover or down) and shown.kind != "primary" and not shown.checked:
        fill = look.colour(Role.SUNKEN)
    elif (hover or down) and shown.kind == "primary" and fill is not None:
        fill = fill.lighter(118) if look.dark else fill.darker(112)
    rect = QRectF(option.rect)
    paint.rounded(painter, rect, RADIUS_FIELD, fill=fill, border=border)


def paint_label(painter: QPainter, look: Theme, option: QStyleOptionButton, shown: Face) -> None:
    enabled = bool(option.state & State.State_Enabled)
    colour = _text_colour(look, shown, enabled=enabled)
    rect = QRectF(option.rect)
    middle = rect.center().y()
    width = _content_width(look, shown)
    left = rect.left() + _padding(shown)
    if shown.kind != "ghost" or rect.width() > width + 2 * _padding(shown):
        left = rect.left() + max(0.0, (rect.width() - width) / 2)
    icon = shown.icon or ("check" if shown.kind == "chip" and shown.checked else "")
    if icon:
        side = _icon_side(look)
        icons.paint(painter, icon, QRectF(left, middle - side / 2, side, side), colour)
        left += side + (_GAP if shown.text else 0)
    if shown.text:
        wide = look.text_width(shown.font, shown.text)
        box = QRectF(left, rect.top(), wide + 1, rect.height())
        paint.text(painter, box, shown.text, shown.font, colour)
        left += wide
    if shown.note:
        left += 6
        wide = look.text_width(TextKind.BODY, shown.note)
        quiet = colour if shown.kind == "primary" or not enabled else look.colour(Role.TEXT_SECONDARY)
        box = QRectF(left, rect.top(), wide + 1, rect.height())
        paint.text(painter, box, shown.note, TextKind.BODY, quiet)
        left += wide
    if shown.keys:
        left += _KEYS_GAP
        on_primary = shown.kind == "primary" and enabled
        cap = colour if on_primary else look.colour(Role.TEXT_SECONDARY if enabled else Role.TEXT_DISABLED)
        border = colour if on_primary else look.colour(Role.BORDER)
        paint.key_caps(painter, left, middle, shown.keys, colour=cap, border=border)


def _icon_side(look: Theme) -> int:
    return max(_ICON, round(_ICON * look.look.text_scale))


def _padding(shown: Face) -> int:
    match shown.kind:
        case "ghost":
            return 8 if shown.text else 7
        case "chip":
            return 12
    return 14 if shown.text else 8


def _content_width(look: Theme, shown: Face) -> int:
    width = 0
    if shown.icon or (shown.kind == "chip" and shown.checked):
        width += _icon_side(look) + (_GAP if shown.text else 0)
    if shown.text:
        width += look.text_width(shown.font, shown.text)
    if shown.note:
        width += 6 + look.text_width(TextKind.BODY, shown.note)
    if shown.keys:
        width += _KEYS_GAP + paint.keys_width(look, shown.keys)
    return width


def _colours(look: Theme, shown: Face, *, enabled: bool) -> tuple[QColor | None, QColor | None]:
    if shown.kind == "ghost":
        return None, None
    if not enabled:
        return look.colour(Role.SUNKEN), look.colour(Role.BORDER)
    match shown.kind:
        case "primary":
            return look.colour(Role.ACCENT), None
        case "danger":
            return look.colour(Role.SURFACE), look.colour(Role.DANGER)
        case "chip" | "tile" if shown.checked:
            return look.colour(Role.SELECTION), look.colour(Role.ACCENT)
    return look.colour(Role.SURFACE), look.colour(Role.BORDER_CONTROL)


def _text_colour(look: Theme, shown: Face, *, enabled: bool) -> QColor:
    if not enabled:
        return look.colour(Role.TEXT_DISABLED)
    match shown.kind:
        case "primary":
            return look.colour(Role.ON_ACCENT)
        case "ghost":
            return look.colour(Role.ACCENT)
        case "danger":
            return look.colour(Role.DANGER)
    return look.colour(Role.TEXT)
