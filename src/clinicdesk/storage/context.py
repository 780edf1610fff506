"""On whose behalf, under which grant and for what purpose a transaction writes (D6)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from clinicdesk.models.enums import UserRole, WriteMode, WritePurpose


@dataclass(frozen=True, slots=True)
class WorkContext:
    """What a unit of work is given; the audit rows of the transaction say the same."""

    author: uuid.UUID | None
    purpose: WritePurpose
    grant: uuid.UUID | None = None
    role: UserRole | None = None
    author_name: str | None = None
    session_id: str | None = None
    mode: WriteMode = WriteMode.DESK


SYNC_APPLIES = WorkContext(author=None, purpose=WritePurpose.SYNC, mode=WriteMode.APPLY)
"""What the program itself takes over: nobody wrote it here, and nothing of it is captured again."""
