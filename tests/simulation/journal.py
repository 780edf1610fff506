"""Every value that anybody typed, and whether it can still be found: the invariant I0 of the design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clinicdesk.domain.canonical import WireValue, same_value

Wire = Mapping[str, WireValue]


@dataclass(frozen=True, slots=True)
class Typed:
    """One value in one field of one row, with what its author saw there before."""

    number: int
    desk: str
    table: str
    key: str
    column: str
    seen: WireValue
    value: WireValue

    def __str__(self) -> str:
        return f"{self.desk} wrote {self.table}.{self.column} of {self.key}: {self.seen!r} -> {self.value!r}"


@dataclass
class Journal:
    """Kept beside the desks and the district, from what the tables said before and after each act."""

    entries: list[Typed] = field(default_factory=list)
    _of_field: dict[tuple[str, str, str], list[Typed]] = field(default_factory=dict)

    def note(self, desk: str, table: str, key: str, before: Wire | None, after: Wire) -> None:
        """A person changed the row from `before` to `after`; null in a new row is nothing that was typed."""
        for column, value in after.items():
            seen = None if before is None else before.get(column)
            if same_value(seen, value):
                continue
            typed = Typed(len(self.entries), desk, table, key, column, seen, value)
            self.entries.append(typed)
            self._of_field.setdefault((table, key, column), []).append(typed)

    def replaced(self, typed: Typed) -> bool:
        """Whether its own author wrote another later, at the same desk, or somebody who saw it wrote over it."""
        others = self._of_field[typed.table, typed.key, typed.column]
        return any(
            (other.desk == typed.desk and other.number > typed.number)
            or (other is not typed and same_value(other.seen, typed.value))
            for other in others
        )

    @property
    def rows(self) -> dict[str, set[str]]:
        """The keys of all rows that were written, by table."""
        found: dict[str, set[str]] = {}
        for table, key, _column in self._of_field:
            found.setdefault(table, set()).add(key)
        return found


@dataclass
class Kept:
    """Values of one field that stand somewhere a person sees them: (table, key, column) to values."""

    values: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)

    def add(self, table: str, key: str, column: str, value: Any) -> None:
        self.values.setdefault((table, key, column), []).append(value)

    def holds(self, typed: Typed) -> bool:
        found = self.values.get((typed.table, typed.key, typed.column), ())
        if any(same_value(value, typed.value) for value in found):
            return True
        # The reasons of two who deleted stand behind each other in one text (s27).
        return typed.column == "delete_reason" and any(
            isinstance(value, str) and str(typed.value) in value.split("; ") for value in found
        )
