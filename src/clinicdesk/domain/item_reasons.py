"""The stable words by which the district says what became of a change, and why."""

from __future__ import annotations

import enum


class ItemReason(enum.StrEnum):
    """Besides the kinds of conflicts: the words of `ItemResult.reason` on the wire and of the queue here."""

    # merged
    SAME = "same"  # the district had the same already
    BESIDE = "beside"  # other fields were changed there
    # held: goes in by itself
    DEPENDS = "depends"
    PARENT_HELD = "parent_held"
    PARENT_MISSING = "parent_missing"
    REPLAY_WAITS = "replay_waits"
    LOST_ROW = "lost_row"
    NO_ANCHOR = "no_anchor"
    # held: a person looks at it
    SCOPE = "scope"
    ROLE = "role"
    AUTHOR_INACTIVE = "author_inactive"
    NO_LEASE = "no_lease"
    DEVICE_REVOKED = "device_revoked"
    ERASED = "erased"
    # held: until this program is updated
    UPGRADE_NEEDED = "upgrade_needed"
    # rejected: by a person at the district
    DISMISSED = "dismissed"
    # rejected: against a rule of the record
    INVALID = "invalid"
    MISSING = "missing"
    UNIQUE = "unique"
    FROZEN = "frozen"
    APPEND_ONLY = "append_only"
    NO_SUCH_ROW = "no_such_row"
    SYSTEM_ROW = "system_row"
    NOT_SHARED = "not_shared"
    TOO_EXACT = "too_exact"
    TOO_LARGE = "too_large"
    # rejected: not a change that the district can read
    MUTATION_REUSED = "mutation_reused"
    UNKNOWN_TABLE = "unknown_table"
    UNKNOWN_COLUMN = "unknown_column"
    UNKNOWN_OPERATION = "unknown_operation"
    NOT_CANONICAL = "not_canonical"
    NO_AUTHOR = "no_author"
    AUTHORED_AT = "authored_at"
    VALUES = "values"
    CHANGES = "changes"
    REJECTED = "rejected"
