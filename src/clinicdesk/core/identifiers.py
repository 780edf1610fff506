"""Row keys: UUID version 7, made on the device, ordered by time."""

from __future__ import annotations

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A fresh row key."""
    return uuid7()
