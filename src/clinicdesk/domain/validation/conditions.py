"""When a rule applies: small conditions over the values of one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Given:
    """The field has a value."""

    field: str

    def holds(self, values: Values) -> bool:
        return values.get(self.field) is not None


@dataclass(frozen=True, slots=True)
class Missing:
    """The field has no value."""

    field: str

    def holds(self, values: Values) -> bool:
        return values.get(self.field) is None


@dataclass(frozen=True, slots=True)
class Equals:
    """The field holds one of these words; no value is none of them."""

    field: str
    words: tuple[str, ...]

    def __init__(self, field: str, *words: str) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "words", tuple(str(word) for word in words))

    def holds(self, values: Values) -> bool:
        value = values.get(self.field)
        return value is not None and str(value) in self.words


@dataclass(frozen=True, slots=True)
class Holds:
    """The yes-or-no field says yes."""

    field: str

    def holds(self, values: Values) -> bool:
        return bool(values.get(self.field))


@dataclass(frozen=True, slots=True)
class Not:
    """The other condition does not hold."""

    condition: Condition

    def holds(self, values: Values) -> bool:
        return not self.condition.holds(values)


@dataclass(frozen=True, slots=True)
class All:
    """Every condition holds; without any, always."""

    conditions: tuple[Condition, ...]

    def __init__(self, *conditions: Condition) -> None:
        object.__setattr__(self, "conditions", conditions)

    def holds(self, values: Values) -> bool:
        return all(condition.holds(values) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - `Any` is taken by typing
    """At least one condition holds."""

    conditions: tuple[Condition, ...]

    def __init__(self, *conditions: Condition) -> None:
        object.__setattr__(self, "conditions", conditions)

    def holds(self, values: Values) -> bool:
        return any(condition.holds(values) for condition in self.conditions)


Condition = Given | Missing | Equals | Holds | Not | All | Any_

ALWAYS = All()
