"""Values in force and where they come from: a managed policy over a stored choice over the default."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.settings.declared import BY_KEY, Scalar, Setting


class Source(StrEnum):
    """Where a value comes from; MANAGED is locked."""

    DEFAULT = "default"
    STORED = "stored"
    MANAGED = "managed"


@dataclass(frozen=True, slots=True)
class Value:
    """An effective value, as Admin shows it."""

    setting: Setting
    value: Scalar
    source: Source

    @property
    def locked(self) -> bool:
        return self.source is Source.MANAGED


class Settings:
    """Reads a managed policy and a stored file; values that cannot be are left out and named in `refused`.

    The stored file holds choices about looks and this desk, never anything about people.
    """

    def __init__(self, path: Path | None = None, managed: Mapping[str, object] | None = None) -> None:
        self._path = path
        self.refused: list[tuple[str, str]] = []
        self._managed = self._taken(managed or {})
        self._stored: dict[str, Scalar] = {}
        self._unknown: dict[str, object] = {}
        if path is not None and path.exists():
            self._load(path)

    def value(self, key: str) -> Value:
        setting = BY_KEY[key]
        if key in self._managed:
            return Value(setting, self._managed[key], Source.MANAGED)
        if key in self._stored:
            return Value(setting, self._stored[key], Source.STORED)
        return Value(setting, setting.default, Source.DEFAULT)

    def text(self, key: str) -> str:
        return str(self.value(key).value)

    def number(self, key: str) -> float:
        return float(self.value(key).value)

    def flag(self, key: str) -> bool:
        return bool(self.value(key).value)

    def set(self, key: str, value: Scalar) -> None:
        """Keep a choice and write it down at once.

        Raises:
            PermissionDeniedError: the policy manages this setting.
            InvalidValueError: the value is of another kind or outside the limits.
            OSError: the disk did not take it; it holds while these settings live.
        """
        setting = BY_KEY[key]
        if key in self._managed:
            raise PermissionDeniedError
        problem = setting.problem(value)
        if problem:
            raise InvalidValueError(key, problem)
        self._stored[key] = float(value) if isinstance(setting.default, float) else value
        self._save()

    def reset(self, key: str) -> None:
        self._stored.pop(key, None)
        self._save()

    def _load(self, path: Path) -> None:
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            # A damaged file of preferences must not keep anyone from working: defaults hold.
            self.refused.append((path.name, "unreadable"))
            return
        if not isinstance(read, dict):
            self.refused.append((path.name, "unreadable"))
            return
        self._stored = self._taken(read)
        self._unknown = {key: value for key, value in read.items() if key not in BY_KEY}

    def _taken(self, read: Mapping[str, object]) -> dict[str, Scalar]:
        taken: dict[str, Scalar] = {}
        for key, value in read.items():
            setting = BY_KEY.get(key)
            if setting is None:
                continue
            problem = setting.problem(value)
            if problem:
                self.refused.append((key, problem))
            elif isinstance(value, bool | int | float | str):
                taken[key] = float(value) if isinstance(setting.default, float) else value
        return taken

    def _save(self) -> None:
        """Replace the file in one step, keeping keys that a newer version wrote."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".settings-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({**self._unknown, **self._stored}, file, indent=2, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
