"""The three-way merge of one change into the district's row: outcomes are values, nothing is lost (I0, D1-D3)."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from clinicdesk.domain.canonical import WireValue, same_value

_REASON, _BETWEEN = "delete_reason", "; "
REASON_LENGTH = 200
"""What the column of a delete's reason holds."""


class MergeClass(enum.StrEnum):
    """How the rows of a table may change once the district has them."""

    FIELDS = "fields"  # two_way and district tables: merged by field
    SEALED = "sealed"  # merged by field until signed, then only `after_sign` columns (D2)
    INSERT_ONLY = "insert_only"  # append_only and upload_only tables (D1)


class Operation(enum.StrEnum):
    """What a captured change is. Delete, restore and sign rest on the row version, not on fields (D2, D3)."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"
    SIGN = "sign"


class ConflictKind(enum.StrEnum):
    """Why a person must decide."""

    FIELD = "FIELD"  # two different new values for one field (s34)
    GROUP = "GROUP"  # one merge group changed on both sides (s36)
    DELETE_VS_EDIT = "DELETE_VS_EDIT"  # deleted at the district, edited at the desk (s25)
    EDIT_VS_DELETE = "EDIT_VS_DELETE"  # edited at the district, deleted at the desk (s26)
    UNIQUE = "UNIQUE"  # s33: the second row stands without the claimed key
    ORPHAN = "ORPHAN"  # s32: the parent is deleted
    DIVERGED = "DIVERGED"  # the base is not what the district had: a wrong base is never trusted
    POSSIBLE_DUPLICATE = "POSSIBLE_DUPLICATE"  # s37: one dose recorded as given twice
    FORK = "FORK"  # D1: two rows supersede one
    SIGN_VS_EDIT = "SIGN_VS_EDIT"  # D2
    AUTHOR_INACTIVE = "AUTHOR_INACTIVE"  # s41


class Verdict(enum.StrEnum):
    """What becomes of the change."""

    APPLIED = "applied"  # the row is now exactly what its author saw when writing
    MERGED = "merged"  # taken over, beside or equal to changes the author had not seen
    CONFLICT = "conflict"  # at least one field waits for a person; clean fields are in
    REJECTED = "rejected"  # the operation does not exist for this row


@dataclass(frozen=True, slots=True)
class MergeRules:
    """What the model says about its columns."""

    kind: MergeClass
    groups: Mapping[str, str] = field(default_factory=dict)
    signed_when: str | None = None
    after_sign: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a change: the value its author saw, the one written, and the version the author had of it."""

    old: WireValue
    new: WireValue
    base: int


@dataclass(frozen=True, slots=True)
class RowChange:
    """One captured change of one row. `base` is the row version that the author had (0: none)."""

    operation: Operation
    base: int
    fields: Mapping[str, FieldChange]


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """The district's present row. `field_versions` is sparse: a field not named has `insert_version`."""

    version: int
    values: Mapping[str, WireValue]
    field_versions: Mapping[str, int]
    deleted: bool = False
    insert_version: int = 1

    def version_of(self, name: str) -> int:
        return self.field_versions.get(name, self.insert_version)


@dataclass(frozen=True, slots=True)
class Clash:
    """Fields that conflict together, for one reason."""

    kind: ConflictKind
    fields: tuple[str, ...]
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """The answer: the fields to write, the conflicts to open; `changes_row` says whether a new version is due."""

    verdict: Verdict
    accepted: Mapping[str, WireValue] = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()
    reason: str | None = None

    @property
    def changes_row(self) -> bool:
        return bool(self.accepted)


def merge(row: DistrictRow | None, change: RowChange, rules: MergeRules) -> Merge:
    """Decide one change against the district's row."""
    if row is None:
        return _into_nothing(change)
    if change.operation is Operation.INSERT:
        return _insert_over(row, change)
    if rules.kind is MergeClass.INSERT_ONLY:
        return Merge(Verdict.REJECTED, reason="append_only")
    if change.base > row.version or any(f.base > row.version for f in change.fields.values()):
        # Scenario 59: a version the district never gave out.
        return _whole(ConflictKind.DIVERGED, change)
    if change.operation is Operation.DELETE:
        return _delete(row, change, rules)
    if change.operation is Operation.RESTORE:
        return _restore(row, change)
    if row.deleted:
        return _whole(ConflictKind.DELETE_VS_EDIT, change)
    if change.operation is Operation.SIGN:
        return _sign(row, change, rules)
    return _update(row, change, rules)


def _into_nothing(change: RowChange) -> Merge:
    if change.operation is Operation.INSERT:
        return Merge(Verdict.APPLIED, {name: f.new for name, f in change.fields.items()})
    return Merge(Verdict.REJECTED, reason="no_such_row")


def _insert_over(row: DistrictRow, change: RowChange) -> Merge:
    """The key is there already: the same row once more, or a base nobody can trust."""
    if all(same_value(row.values.get(name), f.new) for name, f in change.fields.items()):
        return Merge(Verdict.MERGED)
    return _whole(ConflictKind.DELETE_VS_EDIT if row.deleted else ConflictKind.DIVERGED, change)


def _delete(row: DistrictRow, change: RowChange, rules: MergeRules) -> Merge:
    if row.deleted:
        return Merge(Verdict.MERGED, _both_reasons(row, change))  # s27: one tombstone, the words of both
    if _is_signed(row, rules):
        return _whole(ConflictKind.SIGN_VS_EDIT, change)  # a signed row is never deleted (D2)
    if row.version != change.base:
        return _whole(ConflictKind.EDIT_VS_DELETE, change)
    return Merge(Verdict.APPLIED, {name: f.new for name, f in change.fields.items()})


def _both_reasons(row: DistrictRow, change: RowChange) -> Mapping[str, WireValue]:
    """A second reason stands behind the first (I0); one that does not fit stays in the district's history."""
    second = change.fields.get(_REASON)
    if second is None or not isinstance(second.new, str) or not second.new:
        return {}
    first = row.values.get(_REASON)
    if not isinstance(first, str) or not first:
        return {_REASON: second.new}
    if second.new in first.split(_BETWEEN):
        return {}
    both = f"{first}{_BETWEEN}{second.new}"
    return {_REASON: both} if len(both) <= REASON_LENGTH else {}


def _restore(row: DistrictRow, change: RowChange) -> Merge:
    if not row.deleted:
        return Merge(Verdict.MERGED)
    if row.version != change.base:
        return _whole(ConflictKind.DELETE_VS_EDIT, change)
    return Merge(Verdict.APPLIED, {name: f.new for name, f in change.fields.items()})


def _sign(row: DistrictRow, change: RowChange, rules: MergeRules) -> Merge:
    """A signature holds for the content its author saw; columns outside the signature do not count."""
    if _is_signed(row, rules):
        if all(same_value(row.values.get(name), f.new) for name, f in change.fields.items()):
            return Merge(Verdict.MERGED)
        return _whole(ConflictKind.SIGN_VS_EDIT, change)
    unseen = {
        name
        for name in row.values
        if name not in rules.after_sign
        and row.version_of(name) > change.base
        and not (name in change.fields and same_value(row.values[name], change.fields[name].new))
    }
    if unseen:
        return _whole(ConflictKind.SIGN_VS_EDIT, change)
    return _update_fields(row, change, rules)


def _update(row: DistrictRow, change: RowChange, rules: MergeRules) -> Merge:
    if not _is_signed(row, rules):
        return _update_fields(row, change, rules)
    late = {
        name: f
        for name, f in change.fields.items()
        if name not in rules.after_sign and not same_value(row.values.get(name), f.new)
    }
    if not late:
        return _update_fields(row, change, rules)
    rest = {name: f for name, f in change.fields.items() if name not in late}
    merged = _update_fields(row, replace(change, fields=rest), rules)
    sealed = Clash(ConflictKind.SIGN_VS_EDIT, tuple(sorted(late)))
    return Merge(Verdict.CONFLICT, merged.accepted, (sealed, *merged.clashes))


def _update_fields(row: DistrictRow, change: RowChange, rules: MergeRules) -> Merge:
    accepted: dict[str, WireValue] = {}
    clashing: dict[str, ConflictKind] = {}
    for name, f in change.fields.items():
        theirs = row.values.get(name)
        if same_value(theirs, f.new):
            continue  # s35: the same new value
        if row.version_of(name) > f.base:
            clashing[name] = ConflictKind.FIELD
        elif not same_value(theirs, f.old):
            clashing[name] = ConflictKind.DIVERGED
        else:
            accepted[name] = f.new
    clashes = _by_group(row, change, rules, accepted, clashing)
    if clashes:
        return Merge(Verdict.CONFLICT, accepted, clashes)
    unseen = row.version > change.base or len(accepted) < len(change.fields)
    return Merge(Verdict.MERGED if unseen else Verdict.APPLIED, accepted)


def _by_group(
    row: DistrictRow,
    change: RowChange,
    rules: MergeRules,
    accepted: dict[str, WireValue],
    clashing: dict[str, ConflictKind],
) -> tuple[Clash, ...]:
    """Move fields whose merge group was touched on both sides from `accepted` to conflicts (s36)."""
    clashes: list[Clash] = []
    groups: dict[str, list[str]] = {}
    for name in change.fields:
        group = rules.groups.get(name)
        if group is None:
            if name in clashing:
                clashes.append(Clash(clashing[name], (name,)))
        else:
            groups.setdefault(group, []).append(name)
    for group, names in groups.items():
        kinds = [clashing[name] for name in names if name in clashing]
        seen = min(change.fields[name].base for name in names)
        beside = any(
            other not in change.fields and other_group == group and row.version_of(other) > seen
            for other, other_group in rules.groups.items()
        )
        if kinds or (beside and any(name in accepted for name in names)):
            for name in names:
                accepted.pop(name, None)
            kind = ConflictKind.DIVERGED if ConflictKind.DIVERGED in kinds else ConflictKind.GROUP
            clashes.append(Clash(kind, tuple(sorted(names)), group))
    return tuple(clashes)


def _is_signed(row: DistrictRow, rules: MergeRules) -> bool:
    return rules.signed_when is not None and row.values.get(rules.signed_when) is not None


def _whole(kind: ConflictKind, change: RowChange) -> Merge:
    return Merge(Verdict.CONFLICT, clashes=(Clash(kind, tuple(sorted(change.fields))),))
