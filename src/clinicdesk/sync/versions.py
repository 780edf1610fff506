"""How the synced schema changed from number to number, and how what one number says reads in another (s21-s24).

Every migration that changes a synced table appends one `SchemaStep` to `HISTORY`; its place is its number. The history
is handed to whoever needs it. A word or a name, once used, never means anything else, so translating twice is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clinicdesk.domain.canonical import WireValue, same_value

FIRST: Final = 1
SERVED_BACK: Final = 2
"""How many schemas behind its own a server still serves."""

Values = Mapping[str, WireValue]
Change = tuple[WireValue, WireValue, int]
"""Old value, new value, base version of the field."""


@dataclass(frozen=True, slots=True)
class AddedTable:
    """A new synced table. Who does not know it keeps its rows as they came, without showing them."""

    table: str


@dataclass(frozen=True, slots=True)
class AddedColumn:
    """A new column, null where nothing is written. Who does not know it keeps its value as it came."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class AddedWord:
    """A new word of a fixed list; who does not know it shows `shown_as` and keeps the word itself."""

    table: str
    column: str
    word: str
    shown_as: str | None


@dataclass(frozen=True, slots=True)
class RenamedColumn:
    """One column under a new name."""

    table: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SplitColumn:
    """One text column became several. `split` gets the text, `join` the parts; each undoes the other."""

    table: str
    column: str
    into: tuple[str, ...]
    split: Callable[[str], Sequence[WireValue]]
    join: Callable[[Sequence[WireValue]], str | None]

    def parts(self, value: WireValue) -> dict[str, WireValue]:
        if value is None:
            return dict.fromkeys(self.into)
        return dict(zip(self.into, self.split(str(value)), strict=True))

    def whole(self, values: Values) -> str | None:
        parts = [values.get(name) for name in self.into]
        return None if all(part is None for part in parts) else self.join(parts)


SchemaChange = AddedTable | AddedColumn | AddedWord | RenamedColumn | SplitColumn


@dataclass(frozen=True, slots=True)
class SchemaStep:
    """What one schema number brought."""

    changes: tuple[SchemaChange, ...]


@dataclass(frozen=True, slots=True)
class SchemaHistory:
    """All steps since the first schema, which has none."""

    steps: tuple[SchemaStep, ...] = ()

    @property
    def schema(self) -> int:
        """The number of the present schema."""
        return FIRST + len(self.steps)

    @property
    def oldest_served(self) -> int:
        """Below this a client may hand in what it has, and nothing else."""
        return max(FIRST, self.schema - SERVED_BACK)

    def tables_changed(self, since: int) -> set[str]:
        """Tables whose rows look otherwise than at `since`: they are fetched again by whoever pulled them then."""
        return {change.table for _number, change in self._after(since)}

    # --- What an older schema said, in the present one -----------------------------------------------------------

    def knows(self, table: str, column: str, schema: int) -> bool:
        """Whether a name that is none of the present schema was a column at `schema`."""
        return any(
            change.table == table and column == (change.old if isinstance(change, RenamedColumn) else change.column)
            for _number, change in self._after(schema)
            if isinstance(change, RenamedColumn | SplitColumn)
        )

    def column_now(self, table: str, column: str, schema: int) -> str | None:
        """The present name of a column of `schema`; None where it was split, so that it is text."""
        for _number, change in self._after(schema):
            if change.table != table:
                continue
            if isinstance(change, RenamedColumn) and change.old == column:
                column = change.new
            elif isinstance(change, SplitColumn) and change.column == column:
                return None
        return column

    def names_now(self, table: str, names: Iterable[str], schema: int) -> set[str]:
        """The present names of columns of `schema`."""
        return set(self.values_now(table, dict.fromkeys(names), schema))

    def values_now(self, table: str, values: Values, schema: int) -> dict[str, WireValue]:
        """A new row as written at `schema`."""
        found = dict(values)
        for _number, change in self._after(schema):
            if change.table != table:
                continue
            if isinstance(change, RenamedColumn) and change.old in found:
                found[change.new] = found.pop(change.old)
            elif isinstance(change, SplitColumn) and change.column in found:
                found |= change.parts(found.pop(change.column))
        return found

    def changes_now(self, table: str, changes: Mapping[str, Change], schema: int) -> dict[str, Change]:
        """The fields of a change written at `schema`: of a split column only the parts that differ."""
        found = dict(changes)
        for _number, change in self._after(schema):
            if change.table != table:
                continue
            if isinstance(change, RenamedColumn) and change.old in found:
                found[change.new] = found.pop(change.old)
            elif isinstance(change, SplitColumn) and change.column in found:
                old, new, base = found.pop(change.column)
                before, after = change.parts(old), change.parts(new)
                differing = [name for name in change.into if not same_value(before[name], after[name])]
                found |= {name: (before[name], after[name], base) for name in differing}
        return found

    def as_seen(self, table: str, column: str, old: WireValue, stored: WireValue, schema: int) -> WireValue:
        """The value that an author at `schema` saw as `old`: where a stand-in was shown, the word behind it."""
        words = {
            change.word
            for _number, change in self._after(schema)
            if isinstance(change, AddedWord) and (change.table, change.column) == (table, column)
        }
        shown = self.shown(table, {column: stored}, schema).get(column) if stored in words else stored
        return stored if shown == old else old

    # --- What the present schema says, for an older one ----------------------------------------------------------

    def shown(self, table: str, values: Values, schema: int) -> dict[str, WireValue]:
        """What a row's columns are called and hold at `schema`, where that is otherwise than now."""
        found = dict(values)
        touched: list[str] = []
        for _number, change in reversed(list(self._after(schema))):
            if change.table != table:
                continue
            if isinstance(change, RenamedColumn):
                found[change.old] = found.get(change.new)
                touched.append(change.old)
            elif isinstance(change, SplitColumn):
                found[change.column] = change.whole(found)
                touched.append(change.column)
            elif isinstance(change, AddedWord):
                if found.get(change.column) == change.word:
                    found[change.column] = change.shown_as
                touched.append(change.column)
        return {name: found[name] for name in touched}

    def names_then(self, table: str, names: Sequence[str], schema: int) -> list[str]:
        """What these columns are called at `schema`."""
        found = list(names)
        for _number, change in reversed(list(self._after(schema))):
            if change.table != table:
                continue
            if isinstance(change, RenamedColumn):
                found = [change.old if name == change.new else name for name in found]
            elif isinstance(change, SplitColumn):
                found = [change.column if name in change.into else name for name in found]
        return list(dict.fromkeys(found))

    # --- What an older side does not know yet --------------------------------------------------------------------

    def needed_by(self, table: str, new_values: Values) -> int:
        """The oldest schema in which a change of these fields can be said at all (s21)."""
        return max((number for number, change in self._after(FIRST) if _says(change, table, new_values)), default=FIRST)

    def _after(self, schema: int) -> Iterator[tuple[int, SchemaChange]]:
        for number, step in enumerate(self.steps, FIRST + 1):
            if number > schema:
                yield from ((number, change) for change in step.changes)


def _says(change: SchemaChange, table: str, new_values: Values) -> bool:
    if change.table != table:
        return False
    match change:
        case AddedTable():
            return True
        case AddedColumn():
            return change.column in new_values
        case AddedWord():
            return new_values.get(change.column) == change.word
        case RenamedColumn():
            return change.new in new_values
        case SplitColumn():
            return not new_values.keys().isdisjoint(change.into)


HISTORY: Final = SchemaHistory()
"""Of this program: there is the first schema only."""
