"""How a table takes part in sync: its class, the anchor of its scope, and what its columns mean to the merge."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any


class SyncClass(enum.StrEnum):
    """The six ways a row can live (`model-decisions.md`)."""

    TWO_WAY = "two_way"  # merged by field
    SEALED = "sealed"  # merged until signed, then amended (D2)
    APPEND_ONLY = "append_only"  # inserted, superseded (D1)
    UPLOAD_ONLY = "upload_only"  # made on the device, sent, never pulled
    DISTRICT = "district"  # the district's authority (D5)
    LOCAL = "local"  # never leaves the device


class Anchor(enum.StrEnum):
    """What the stamp column `scope_id` of a row names; `scope_members` maps the anchor to its scopes (D10)."""

    STUDENT = "student"  # scopes: the schools of the student's live enrolments
    SCHOOL = "school"  # scope: that school
    DISTRICT = "district"  # scope: the district
    OWN = "own"  # the row itself: contacts, whose scopes are the union of their students'
    PARENT = "parent"  # the anchor of the row that `column` points to
    DEVICE = "device"  # upload-only rows of one device


@dataclass(frozen=True, slots=True)
class ScopePath:
    """From a row to its anchor: `column` holds the anchor's id, or the parent's id for `Anchor.PARENT`.

    `fallback` is read where `column` is null (a contact's owner school, a report without a student).
    """

    anchor: Anchor
    column: str | None = None
    fallback: ScopePath | None = None


def student(column: str = "student_id") -> ScopePath:
    return ScopePath(Anchor.STUDENT, column)


def school(column: str = "school_id") -> ScopePath:
    """The school named by `column`; the district where it is null."""
    return ScopePath(Anchor.SCHOOL, column, DISTRICT)


def student_or_school() -> ScopePath:
    """The student where there is one, else the school, else the district."""
    return ScopePath(Anchor.STUDENT, "student_id", school())


def parent(column: str) -> ScopePath:
    return ScopePath(Anchor.PARENT, column)


DISTRICT = ScopePath(Anchor.DISTRICT)
DEVICE = ScopePath(Anchor.DEVICE)


@dataclass(frozen=True, slots=True)
class SyncPolicy:
    """The sync declaration that every model carries as `__sync__`.

    `after_sign` are the columns of a sealed row that stay open after signing (D2). `signed_when` is the column
    whose non-null value seals the row (`signed_at`, or `activated_at` for orders). `safety` marks tables that the
    safety function reads together with open conflicts (D22).
    """

    kind: SyncClass
    scope: ScopePath
    safety: bool = False
    signed_when: str | None = None
    after_sign: frozenset[str] = frozenset()


def column_info(
    *,
    phi: bool = False,
    group: str | None = None,
    safety: bool = False,
    authority: bool = False,
    local: bool = False,
    derived: bool = False,
    sealed: bool = False,
    cross_scope: bool = False,
) -> dict[str, Any]:
    """The `info` of a column.

    phi: identifies or describes a patient. group: merge group, conflicts as a whole. safety: an open conflict in it
    is a hard stop. authority: only district roles change it after insert. local: never leaves this side.
    derived: computed, a stamp (D4). sealed: holds sealed bytes. cross_scope: the parent may lie outside the
    child's scope and travels as a companion row (D11).
    """
    given = {
        "phi": phi,
        "merge_group": group,
        "safety": safety,
        "authority": authority,
        "local": local,
        "derived": derived,
        "sealed": sealed,
        "cross_scope": cross_scope,
    }
    return {name: value for name, value in given.items() if value}
