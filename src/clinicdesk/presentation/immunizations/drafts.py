"""What is typed about a student's vaccines, as an encrypted draft: it outlives lock, crash and another user (D2)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, fields, replace
from typing import Any

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import parse_date
from clinicdesk.presentation.immunizations.entry import DoseEntry
from clinicdesk.presentation.immunizations.state import OldDoses

_ENTRY, _OLD, _ON = "entry", "old", "on"
_TEXTS = tuple(one.name for one in fields(DoseEntry) if one.name not in {"lot_id", "corrects", "given_at", "screening"})


def as_draft(entry: DoseEntry, old: OldDoses, today: dt.date) -> dict[str, Any] | None:
    """What is worth keeping; None where nothing is typed."""
    if entry == DoseEntry() and not old.text:
        return None
    kept = asdict(entry) | {
        "screening": dict(entry.screening),
        "lot_id": _words(entry.lot_id),
        "corrects": _words(entry.corrects),
        "given_at": None if entry.given_at is None else entry.given_at.isoformat(),
    }
    told = {"text": old.text, "source": old.source, "detail": old.detail}
    return {_ENTRY: kept, _OLD: told, _ON: today.isoformat()}


def entry_of(draft: dict[str, Any], today: dt.date) -> DoseEntry:
    """The entry as it was left. "today" means the day on which it was typed: a later day gets the date (M17)."""
    kept = draft.get(_ENTRY) or {}
    given_at = kept.get("given_at")
    entry = DoseEntry(
        **{name: str(kept[name]) for name in _TEXTS if name in kept},
        screening={str(key): bool(value) for key, value in (kept.get("screening") or {}).items()},
        lot_id=_key(kept.get("lot_id")),
        corrects=_key(kept.get("corrects")),
        given_at=dt.datetime.fromisoformat(given_at) if given_at else None,
    )
    typed_on = dt.date.fromisoformat(str(draft.get(_ON, today.isoformat())))
    if typed_on == today:
        return entry
    try:
        return replace(entry, date=parse_date(entry.date, typed_on).isoformat())
    except InvalidValueError:
        return entry


def old_of(draft: dict[str, Any]) -> OldDoses:
    """The old doses as they were typed, not read yet."""
    told = draft.get(_OLD) or {}
    plain = OldDoses()
    return OldDoses(
        text=str(told.get("text", "")),
        source=str(told.get("source", plain.source)),
        detail=str(told.get("detail", "")),
    )


def _words(key: uuid.UUID | None) -> str | None:
    return None if key is None else str(key)


def _key(text: object) -> uuid.UUID | None:
    return uuid.UUID(text) if isinstance(text, str) and text else None
