"""Every setting: its key, kind, default, limits and owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

Scalar = bool | int | float | str


class Owner(StrEnum):
    """Who may change a setting; a managed policy file stands above all of them (ux-spec 7.13)."""

    PERSON = "person"
    WORKSTATION = "workstation"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting. The type of the default is its type; numbers have limits, words a list of choices."""

    key: str
    default: Scalar
    owner: Owner
    title: str
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()

    def problem(self, value: object) -> str:
        """Why a value cannot be taken; empty if it can. `True` is no number."""
        kind = type(self.default)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not kind:
            return "wrong_type"
        if self.choices and value not in self.choices:
            return "unknown_choice"
        if isinstance(value, int | float) and not isinstance(value, bool):
            if self.least is not None and value < self.least:
                return "too_small"
            if self.most is not None and value > self.most:
                return "too_large"
        return ""


ALL: tuple[Setting, ...] = (
    Setting("appearance.theme", "system", Owner.PERSON, "Theme", choices=("system", "light", "dark", "high-contrast")),
    Setting("appearance.density", "comfortable", Owner.PERSON, "Density", choices=("comfortable", "compact", "touch")),
    Setting("appearance.text_scale", 1.0, Owner.PERSON, "Text size", 1.0, 2.0),
    Setting("appearance.key_caps", True, Owner.PERSON, "Show keys on buttons"),
    Setting("appearance.reduced_motion", False, Owner.PERSON, "No motion"),
    Setting("appearance.language", "en", Owner.PERSON, "Language", choices=("en", "es")),
    Setting("keyboard.rebound", "{}", Owner.PERSON, "Own keys"),
    Setting("privacy.on_at_start", False, Owner.PERSON, "Start in privacy mode"),
    Setting("lock.idle_minutes", 5.0, Owner.DISTRICT, "Lock after minutes without input", 1.0, 15.0),
    Setting("lock.session_hours", 12, Owner.DISTRICT, "Longest session in hours", 1, 12),
    Setting("lock.show_names", True, Owner.DISTRICT, "Show staff names on the locked screen"),
    Setting("lock.show_due_doses", True, Owner.DISTRICT, "Show the count of due doses on the locked screen"),
    Setting("lease.days", 45, Owner.DISTRICT, "Days a workstation works without contact", 7, 90),
    Setting("sync.stale_days", 7, Owner.DISTRICT, "Days until district data counts as stale", 1, 30),
    Setting("doses.window_minutes", 30, Owner.DISTRICT, "Minutes around a dose time", 0, 120),
    Setting("doses.effect_check_minutes", 45, Owner.DISTRICT, "Minutes until an effect check", 5, 240),
    Setting("visits.long_minutes", 20, Owner.DISTRICT, "Minutes until a visit counts as long", 5, 120),
    Setting("visits.too_long_minutes", 40, Owner.DISTRICT, "Minutes until a visit counts as too long", 10, 240),
)
BY_KEY: Mapping[str, Setting] = MappingProxyType({setting.key: setting for setting in ALL})
