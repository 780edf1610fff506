"""What the values of one row must obey, each rule a named value that can say what is wrong."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.lab_ranges import read_range
from clinicdesk.domain.validation.conditions import ALWAYS, Condition, Values

Number = decimal.Decimal | int


class Rule(Protocol):
    """One demand on a row."""

    @property
    def name(self) -> str: ...

    def problem(self, values: Values) -> InvalidValueError | None: ...


def violations(rules: Iterable[Rule], values: Values) -> list[InvalidValueError]:
    """Everything that is wrong with the values, in the order of the rules."""
    return [problem for rule in rules if (problem := rule.problem(values)) is not None]


def _number(value: object) -> decimal.Decimal | None:
    """The exact number, or None for a missing or non-numeric value (another rule speaks of that)."""
    if isinstance(value, bool) or not isinstance(value, int | decimal.Decimal):
        return None
    number = decimal.Decimal(value)
    return number if number.is_finite() else None


def _plain(number: Number) -> str:
    return format(decimal.Decimal(number), "f")


@dataclass(frozen=True, slots=True)
class Required:
    """The field has a value; text is not blank."""

    field: str

    @property
    def name(self) -> str:
        return f"{self.field}_required"

    def problem(self, values: Values) -> InvalidValueError | None:
        value = values.get(self.field)
        if value is None or (isinstance(value, str) and not value.strip()):
            return InvalidValueError(self.field, "missing")
        return None


@dataclass(frozen=True, slots=True)
class MaxLength:
    """Text has at most so many characters."""

    field: str
    limit: int

    @property
    def name(self) -> str:
        return f"{self.field}_not_too_long"

    def problem(self, values: Values) -> InvalidValueError | None:
        value = values.get(self.field)
        if isinstance(value, str) and len(value) > self.limit:
            return InvalidValueError(self.field, "too_long", maximum=self.limit)
        return None


@dataclass(frozen=True, slots=True)
class MinLength:
    """Text has at least so many characters when it is given."""

    field: str
    limit: int

    @property
    def name(self) -> str:
        return f"{self.field}_not_too_short"

    def problem(self, values: Values) -> InvalidValueError | None:
        value = values.get(self.field)
        if isinstance(value, str) and len(value) < self.limit:
            return InvalidValueError(self.field, "too_short", minimum=self.limit)
        return None


@dataclass(frozen=True, slots=True)
class OneOf:
    """The word is one of a fixed list."""

    field: str
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.field}_choice"

    def problem(self, values: Values) -> InvalidValueError | None:
        value = values.get(self.field)
        if value is not None and str(value) not in self.words:
            return InvalidValueError(self.field, "not_a_choice")
        return None


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text, or each text of a list, has a fixed shape; `label` names it for the sentence on the screen."""

    field: str
    label: str
    expression: str

    @property
    def name(self) -> str:
        return f"{self.field}_is_{self.label}"

    def problem(self, values: Values) -> InvalidValueError | None:
        value = values.get(self.field)
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and re.fullmatch(self.expression, text) is None for text in texts):
            return InvalidValueError(self.field, "wrong_shape", shape=self.label)
        return None


@dataclass(frozen=True, slots=True)
class EachOf:
    """Each entry of a list is one of the words; numbers are named by their digits."""

    field: str
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.field}_choices"

    def problem(self, values: Values) -> InvalidValueError | None:
        entries = values.get(self.field)
        if isinstance(entries, list) and any(str(entry) not in self.words for entry in entries):
            return InvalidValueError(self.field, "not_a_choice")
        return None


@dataclass(frozen=True, slots=True)
class NotEmptyWhen:
    """A list has entries whenever the condition holds."""

    field: str
    when: Condition
    because: str

    @property
    def name(self) -> str:
        return f"{self.field}_not_empty_when_{self.because}"

    def problem(self, values: Values) -> InvalidValueError | None:
        if self.when.holds(values) and not values.get(self.field):
            return InvalidValueError(self.field, "missing", because=self.because)
        return None


@dataclass(frozen=True, slots=True)
class Lowercase:
    """Text that is compared without case is kept in lower case."""

    field: str

    @property
    def name(self) -> str:
        return f"{self.field}_lower_case"

    def problem(self, values: Values) -> InvalidValueError | None:
        value = values.get(self.field)
        if isinstance(value, str) and value != value.lower():
            return InvalidValueError(self.field, "not_lower_case")
        return None


@dataclass(frozen=True, slots=True)
class Between:
    """A number lies within both bounds when the condition holds."""

    field: str
    minimum: Number
    maximum: Number
    when: Condition = ALWAYS

    @property
    def name(self) -> str:
        return f"{self.field}_in_range"

    def problem(self, values: Values) -> InvalidValueError | None:
        number = _number(values.get(self.field))
        if number is not None and self.when.holds(values) and not self.minimum <= number <= self.maximum:
            return InvalidValueError(
                self.field, "out_of_range", minimum=_plain(self.minimum), maximum=_plain(self.maximum)
            )
        return None


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A number is not below the bound when the condition holds; with `above`, it is over it."""

    field: str
    minimum: Number = 0
    above: bool = False
    when: Condition = ALWAYS

    @property
    def name(self) -> str:
        return f"{self.field}_{'above' if self.above else 'not_below'}_{_plain(self.minimum).replace('-', 'minus_')}"

    def problem(self, values: Values) -> InvalidValueError | None:
        number = _number(values.get(self.field))
        if number is None or number > self.minimum or (number == self.minimum and not self.above):
            return None
        if not self.when.holds(values):
            return None
        return InvalidValueError(self.field, "too_low", minimum=_plain(self.minimum), above=self.above)


@dataclass(frozen=True, slots=True)
class SignWhen:
    """A number is positive, negative or not zero whenever the condition holds (a movement in or out)."""

    field: str
    sign: Literal["positive", "negative", "not_zero", "not_negative"]
    when: Condition

    @property
    def name(self) -> str:
        return f"{self.field}_{self.sign}"

    def problem(self, values: Values) -> InvalidValueError | None:
        number = _number(values.get(self.field))
        if number is None or not self.when.holds(values):
            return None
        right = {"positive": number > 0, "negative": number < 0, "not_zero": number != 0, "not_negative": number >= 0}[
            self.sign
        ]
        return None if right else InvalidValueError(self.field, "wrong_sign", sign=self.sign)


@dataclass(frozen=True, slots=True)
class NotAbove:
    """A number does not exceed another of the row."""

    field: str
    limit: str

    @property
    def name(self) -> str:
        return f"{self.field}_not_above_{self.limit}"

    def problem(self, values: Values) -> InvalidValueError | None:
        number, limit = _number(values.get(self.field)), _number(values.get(self.limit))
        if number is not None and limit is not None and number > limit:
            return InvalidValueError(self.field, "above_limit", limit=self.limit)
        return None


@dataclass(frozen=True, slots=True)
class Ordered:
    """Two dates, moments, clock times or keys stand in order; with `strictly`, they differ."""

    earlier: str
    later: str
    strictly: bool = False

    @property
    def name(self) -> str:
        return f"{self.later}_after_{self.earlier}"

    def problem(self, values: Values) -> InvalidValueError | None:
        earlier, later = values.get(self.earlier), values.get(self.later)
        if earlier is None or later is None or type(earlier) is not type(later):
            return None
        if not isinstance(earlier, dt.date | str | uuid.UUID):
            return None
        first, second = cast("dt.date", earlier), cast("dt.date", later)
        if second > first or (second == first and not self.strictly):
            return None
        return InvalidValueError(self.later, "wrong_order", after=self.earlier)


@dataclass(frozen=True, slots=True)
class RequiredWhen:
    """The field has a value whenever the condition holds ("reason when not given")."""

    field: str
    when: Condition
    because: str

    @property
    def name(self) -> str:
        return f"{self.field}_when_{self.because}"

    def problem(self, values: Values) -> InvalidValueError | None:
        if self.when.holds(values) and values.get(self.field) is None:
            return InvalidValueError(self.field, "missing", because=self.because)
        return None


@dataclass(frozen=True, slots=True)
class ForbiddenWhen:
    """The field stays empty whenever the condition holds."""

    field: str
    when: Condition
    because: str

    @property
    def name(self) -> str:
        return f"no_{self.field}_when_{self.because}"

    def problem(self, values: Values) -> InvalidValueError | None:
        if self.when.holds(values) and values.get(self.field) is not None:
            return InvalidValueError(self.field, "not_allowed", because=self.because)
        return None


@dataclass(frozen=True, slots=True)
class Occurs:
    """A condition that must hold whenever another does; `label` is its name."""

    field: str
    label: str
    then: Condition
    when: Condition = ALWAYS

    @property
    def name(self) -> str:
        return self.label

    def problem(self, values: Values) -> InvalidValueError | None:
        if self.when.holds(values) and not self.then.holds(values):
            return InvalidValueError(self.field, self.label)
        return None


@dataclass(frozen=True, slots=True)
class AnyGiven:
    """At least one of the fields has a value when the condition holds (a person by key or by name)."""

    fields: tuple[str, ...]
    when: Condition = ALWAYS

    @property
    def name(self) -> str:
        return f"{self.fields[0]}_somehow_given"

    def problem(self, values: Values) -> InvalidValueError | None:
        if self.when.holds(values) and all(values.get(field) is None for field in self.fields):
            return InvalidValueError(self.fields[0], "missing")
        return None


@dataclass(frozen=True, slots=True)
class TogetherGiven:
    """The fields have values together or not at all (an amount and its unit)."""

    fields: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.fields[0]}_with_{'_'.join(self.fields[1:])}"

    def problem(self, values: Values) -> InvalidValueError | None:
        missing = [field for field in self.fields if values.get(field) is None]
        if missing and len(missing) < len(self.fields):
            return InvalidValueError(missing[0], "missing")
        return None


@dataclass(frozen=True, slots=True)
class Unequal:
    """Two fields of one row do not hold the same value (witness and actor, a drug and itself)."""

    field: str
    other: str

    @property
    def name(self) -> str:
        return f"{self.field}_not_{self.other}"

    def problem(self, values: Values) -> InvalidValueError | None:
        value = values.get(self.field)
        if value is not None and value == values.get(self.other):
            return InvalidValueError(self.field, "same_as", other=self.other)
        return None


def _computed(
    values: Values, total: str, parts: tuple[str, ...], fold: Callable[[list[decimal.Decimal]], decimal.Decimal]
) -> bool:
    """Whether the total fits its parts; nothing to say while one of them is missing."""
    result = _number(values.get(total))
    numbers = [number for part in parts if (number := _number(values.get(part))) is not None]
    return result is None or len(numbers) < len(parts) or result == fold(numbers)


@dataclass(frozen=True, slots=True)
class SumOf:
    """The total is the sum of its parts."""

    total: str
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.total}_is_sum"

    def problem(self, values: Values) -> InvalidValueError | None:
        if _computed(values, self.total, self.parts, lambda numbers: sum(numbers, decimal.Decimal(0))):
            return None
        return InvalidValueError(self.total, "wrong_sum")


@dataclass(frozen=True, slots=True)
class ProductOf:
    """The total is the product of two numbers."""

    total: str
    factors: tuple[str, str]

    @property
    def name(self) -> str:
        return f"{self.total}_is_product"

    def problem(self, values: Values) -> InvalidValueError | None:
        if _computed(values, self.total, self.factors, lambda numbers: numbers[0] * numbers[1]):
            return None
        return InvalidValueError(self.total, "wrong_product")


@dataclass(frozen=True, slots=True)
class FlagFollowsRange:
    """A result is flagged as its number and its reference range say, unless a person set the flag.

    No number is not a low number, and a range nobody can read flags nothing (model concern 21).
    """

    flag: str
    value: str
    range: str
    by_hand: str

    @property
    def name(self) -> str:
        return f"{self.flag}_follows_{self.range}"

    def problem(self, values: Values) -> InvalidValueError | None:
        if values.get(self.by_hand):
            return None
        number, text = _number(values.get(self.value)), values.get(self.range)
        normal = read_range(text) if isinstance(text, str) else None
        outside = number is not None and normal is not None and not normal.holds(number)
        if bool(values.get(self.flag)) != outside:
            return InvalidValueError(self.flag, "not_as_range", range=self.range)
        return None
