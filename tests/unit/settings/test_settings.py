"""Declared settings: what may be chosen, by whom, and what survives a damaged file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.settings import ALL, Settings, Source


def test_every_default_is_allowed_by_its_own_rule() -> None:
    assert [setting.key for setting in ALL if setting.problem(setting.default)] == []


def test_keys_are_unique() -> None:
    assert len({setting.key for setting in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("appearance.theme", "pink", "unknown_choice"),
        ("appearance.theme", 3, "wrong_type"),
        ("lock.idle_minutes", 0.5, "too_small"),
        ("lock.idle_minutes", 60.0, "too_large"),
        ("lock.session_hours", True, "wrong_type"),
        ("appearance.key_caps", 1, "wrong_type"),
    ],
)
def test_values_that_cannot_be_are_refused_with_a_word(key: str, value: str | float | bool, problem: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Settings().set(key, value)
    assert refused.value.problem == problem


def test_a_managed_value_stands_above_a_choice_and_is_locked() -> None:
    settings = Settings(managed={"lock.idle_minutes": 3})
    shown = settings.value("lock.idle_minutes")
    assert (shown.value, shown.source, shown.locked) == (3.0, Source.MANAGED, True)
    with pytest.raises(PermissionDeniedError):
        settings.set("lock.idle_minutes", 10.0)


def test_a_managed_value_outside_the_limits_falls_back_to_the_default() -> None:
    settings = Settings(managed={"lock.idle_minutes": 999})
    assert settings.value("lock.idle_minutes").source is Source.DEFAULT
    assert settings.refused == [("lock.idle_minutes", "too_large")]


def test_reset_goes_back_to_the_default() -> None:
    settings = Settings()
    settings.set("appearance.theme", "dark")
    assert settings.text("appearance.theme") == "dark"
    settings.reset("appearance.theme")
    assert settings.text("appearance.theme") == "system"


def test_an_int_is_taken_where_a_fraction_may_stand() -> None:
    settings = Settings()
    settings.set("appearance.text_scale", 2)
    assert settings.number("appearance.text_scale") == 2.0


def test_choices_are_written_at_once_and_foreign_keys_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"future.setting": [1]}', encoding="utf-8")
    Settings(path).set("appearance.theme", "dark")
    assert json.loads(path.read_text(encoding="utf-8")) == {"appearance.theme": "dark", "future.setting": [1]}
    assert Settings(path).text("appearance.theme") == "dark"


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', "\x00\x01"])
def test_a_damaged_file_keeps_nobody_from_working(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content, encoding="utf-8")
    settings = Settings(path)
    assert settings.text("appearance.theme") == "system"
    assert settings.refused == [("settings.json", "unreadable")]
