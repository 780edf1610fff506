"""What the resolver proposes before a person decides: for safety data the union, or the stricter value (D22)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from clinicdesk.domain.canonical import Kind, WireValue
from clinicdesk.domain.merge_safety import Stricter, has_stricter_side, stricter, union
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.words import is_list
from clinicdesk.services.conflict_values import ConflictField


class Side(StrEnum):
    """Where a value comes from; the digits are the keys that pick it."""

    BASE = "1"
    MINE = "2"
    THEIRS = "3"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value to begin with. `decided` is false where only a person can know; then nothing is picked."""

    value: WireValue
    sides: tuple[Side, ...] = ()
    why: str = ""
    decided: bool = True


_ORDERS = frozenset({"student_medications", "standing_orders"})


def propose(table: str, kind: Kind, field: ConflictField, clash: str = "FIELD") -> Proposal:
    """The value a row of the resolver begins with. `clash` is the kind of the conflict.

    A GROUP was changed on both sides. Its parts belong together: half of one side's and half of the other's is a dose
    that nobody ordered, so a person takes one side whole. What a UNIQUE conflict is about belongs to another record.
    """
    grouped = clash == "GROUP"
    if field.mine == field.theirs:
        return Proposal(field.mine, (Side.MINE, Side.THEIRS), tr("the same on both sides"))
    if clash == "UNIQUE" and field.in_dispute:
        return Proposal(field.theirs, why=tr("another record has it"), decided=False)
    found = stricter(table, field.name, field.mine, field.theirs)
    if found is not None:
        return _from_rule(table, field, found)
    alone = belongs_together(table, field) and (grouped or table in _ORDERS)
    if not alone and field.theirs == field.base:
        return Proposal(field.mine, (Side.MINE,), tr("changed on one side, proposed"))
    if not alone and field.mine == field.base:
        return Proposal(field.theirs, (Side.THEIRS,), tr("changed on one side, proposed"))
    if not alone and is_list(field):
        return Proposal(union(field.mine, field.theirs), (Side.MINE, Side.THEIRS), tr("union of both, proposed"))
    if kind is Kind.DATE and field.group is None and field.mine and field.theirs:
        return _later(field)
    return Proposal(field.theirs, why=tr("your choice"), decided=False)


def belongs_together(table: str, field: ConflictField) -> bool:
    """Whether the field means something only with the rest of its merge group (s36)."""
    return field.group is not None and not has_stricter_side(table, field.name)


def _from_rule(table: str, field: ConflictField, found: Stricter) -> Proposal:
    both = tuple(side for side, is_in in ((Side.MINE, found.mine), (Side.THEIRS, found.theirs)) if is_in)
    if is_list(field):
        return Proposal(found.value, both, tr("union of both, proposed"))
    if len(both) == 2:
        # Put together from two texts: no side has exactly this.
        return Proposal(found.value, (), tr("both texts, proposed"))
    return Proposal(found.value, both, tr("most restrictive, proposed"))


def _later(field: ConflictField) -> Proposal:
    later = Side.MINE if str(field.mine) > str(field.theirs) else Side.THEIRS
    return Proposal(field.mine if later is Side.MINE else field.theirs, (later,), tr("later of the two, proposed"))
