"""Colour tokens of every theme: the only place in the program where colours are written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a colour is for (ux-spec 6, with hairline and scrim of D66)."""

    BG = "bg"
    SURFACE = "surface"
    RAISED = "raised"
    SUNKEN = "sunken"
    TEXT = "text"
    TEXT_SECONDARY = "text-secondary"
    TEXT_DISABLED = "text-disabled"
    BORDER = "border"
    BORDER_CONTROL = "border-control"
    HAIRLINE = "hairline"
    SCRIM = "scrim"
    ACCENT = "accent"
    ON_ACCENT = "on-accent"
    FOCUS = "focus"
    SELECTION = "selection"
    DANGER = "danger"
    DANGER_BG = "danger-bg"
    WARNING = "warning"
    WARNING_BG = "warning-bg"
    SUCCESS = "success"
    SUCCESS_BG = "success-bg"
    INFO = "info"
    INFO_BG = "info-bg"
    CONTROLLED = "controlled"
    CONTROLLED_BG = "controlled-bg"
    CHART_1 = "chart-1"
    CHART_2 = "chart-2"
    CHART_3 = "chart-3"
    CHART_4 = "chart-4"
    CHART_5 = "chart-5"
    CHART_6 = "chart-6"


class Tone(StrEnum):
    """Meaning of a state: gives the text role and the fill role of tags, banners and guards."""

    NEUTRAL = "neutral"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    CONTROLLED = "controlled"

    @property
    def text(self) -> Role:
        return Role.TEXT_SECONDARY if self is Tone.NEUTRAL else Role(self.value)

    @property
    def fill(self) -> Role:
        return Role.SUNKEN if self is Tone.NEUTRAL else Role(f"{self.value}-bg")


Tokens = dict[Role, str]


def _tokens(text: str) -> Tokens:
    """Roles in the order of the enumeration; the scrim carries its opacity as #AARRGGBB."""
    return dict(zip(Role, text.split(), strict=True))


LIGHT = _tokens(
    "#F5F7F9 #FFFFFF #FFFFFF #ECEFF3 #17202A #475566 #8A95A1 #C9D1DA #72808D #E1E6EB #6B17202A #005A8C #FFFFFF #0B57D0"
    " #D6E9F8 #B3261E #FCE8E6 #7A4B00 #FFF3D6 #1B6B3A #E2F4E8 #0B5394 #E3F0FC #6A2C91 #F3E8FA"
    " #005A8C #B35900 #1B6B3A #8C2D6E #5B5FC7 #6B5B00"
)
DARK = _tokens(
    "#14181D #1C2229 #252C35 #0F1216 #E8EDF2 #B3BFCB #717D89 #3A444F #8391A0 #2C343D #9E080A0D #5DB2E8 #04202F #8AB8FF"
    " #1E4059 #FF9C94 #4A1D1A #FFC766 #46320A #84D6A0 #173A25 #8CC6F7 #143350 #D9B0F2 #3A2249"
    " #5DB2E8 #F0A35E #84D6A0 #E59AC9 #A9ACF5 #D9C65A"
)
HIGH_CONTRAST = _tokens(
    "#000000 #000000 #000000 #1A1A1A #FFFFFF #F2F2F2 #B0B0B0 #FFFFFF #FFFFFF #8C8C8C #CC000000 #7CCBFF #000000 #FFE900"
    " #00427A #FFB3AD #3D0A07 #FFD479 #3A2800 #8FF0B0 #00290F #A6D8FF #00294D #E9C9FF #2A0F3A"
    " #7CCBFF #FFB570 #8FF0B0 #FFB0DF #C4C6FF #F0DE6A"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two roles that lie on each other, and the least contrast they may have (WCAG 2.2 AA)."""

    front: Role
    back: Role
    least: float


GROUNDS = (Role.BG, Role.SURFACE, Role.RAISED, Role.SUNKEN)
_CHARTS = tuple(role for role in Role if role.value.startswith("chart-"))

CONTRAST_PAIRS: tuple[Pair, ...] = (
    *(Pair(role, back, 4.5) for role in (Role.TEXT, Role.TEXT_SECONDARY) for back in (*GROUNDS, Role.SELECTION)),
    *(Pair(Role.TEXT, tone.fill, 4.5) for tone in Tone),
    *(Pair(Role.TEXT_SECONDARY, tone.fill, 4.5) for tone in Tone),
    *(Pair(tone.text, tone.fill, 4.5) for tone in Tone),
    *(Pair(tone.text, back, 4.5) for tone in Tone for back in (Role.BG, Role.SURFACE, Role.RAISED)),
    *(Pair(Role.ACCENT, back, 4.5) for back in (*GROUNDS, Role.SELECTION)),
    Pair(Role.ON_ACCENT, Role.ACCENT, 4.5),
    *(Pair(Role.FOCUS, back, 3.0) for back in GROUNDS),
    *(Pair(Role.BORDER_CONTROL, back, 3.0) for back in GROUNDS),
    *(Pair(role, Role.SURFACE, 3.0) for role in _CHARTS),
)


def contrast(front: str, back: str) -> float:
    """WCAG contrast ratio of two opaque #RRGGBB colours."""
    lighter, darker = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True, slots=True)
class PortraitColours:
    """Paint for drawn placeholder portraits (D64): the same in every theme, like a photograph."""

    grounds: tuple[str, ...] = ("#CFE3DD", "#E8DCCB", "#DDE5D0", "#CFDFEA", "#E3D3DB", "#D8D5E8", "#EAD9D0")
    skins: tuple[str, ...] = ("#F2CFA9", "#E7B98C", "#D9A577", "#B98255", "#8D5B3A", "#613E29")
    hairs: tuple[str, ...] = ("#2A211E", "#1C1A1D", "#4C3423", "#7A4A2A", "#D9B36B", "#A0341F")
    shirts: tuple[str, ...] = ("#5A5F9E", "#9A5B34", "#7B4C70", "#3F6F8C", "#4E7A55", "#3C4654")


PORTRAIT = PortraitColours()
