"""What is typed about a student's vaccines, as an encrypted draft: it outlives lock, crash and another user (D2)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import parse_date
from clinicdesk.presentation.immunizations.entry import DoseEntry
from clinicdesk.presentation.immunizations.state import ExemptionForm, OldDoses

_ENTRY, _PARKED, _OLD, _EXEMPTION, _ON = "entry", "parked", "old", "exemption", "on"
_TEXTS = tuple(one.name for one in fields(DoseEntry) if one.name not in {"lot_id", "corrects", "given_at", "screening"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Everything that is typed about one student's vaccines; `parked` waits while another dose is corrected."""

    entry: DoseEntry = field(default_factory=DoseEntry)
    parked: DoseEntry | None = None
    old: OldDoses = field(default_factory=OldDoses)
    exemption: ExemptionForm = field(default_factory=ExemptionForm)


def as_draft(typed: Typed, today: dt.date) -> dict[str, Any] | None:
    """What is worth keeping; None where nothing is typed."""
    idle = typed.parked is None or typed.parked == DoseEntry()
    if typed.entry == DoseEntry() and idle and not typed.old.text and typed.exemption == ExemptionForm():
        return None
    return {
        _ENTRY: _plain(typed.entry),
        _PARKED: None if typed.parked is None else _plain(typed.parked),
        _OLD: {"text": typed.old.text, "source": typed.old.source, "detail": typed.old.detail},
        _EXEMPTION: asdict(typed.exemption),
        _ON: today.isoformat(),
    }


def from_draft(draft: dict[str, Any], today: dt.date) -> Typed:
    """Everything as it was left; the old doses are not read yet."""
    typed_on = dt.date.fromisoformat(str(draft.get(_ON, today.isoformat())))
    parked, told = draft.get(_PARKED), draft.get(_EXEMPTION) or {}
    names = {one.name for one in fields(ExemptionForm)}
    return Typed(
        entry=_entry_of(draft.get(_ENTRY) or {}, typed_on, today),
        parked=None if parked is None else _entry_of(parked, typed_on, today),
        old=_old_of(draft),
        exemption=ExemptionForm(**{name: str(text) for name, text in told.items() if name in names}),
    )


def _plain(entry: DoseEntry) -> dict[str, Any]:
    return asdict(entry) | {
        "screening": dict(entry.screening),
        "lot_id": _words(entry.lot_id),
        "corrects": _words(entry.corrects),
        "given_at": None if entry.given_at is None else entry.given_at.isoformat(),
    }


def _entry_of(kept: dict[str, Any], typed_on: dt.date, today: dt.date) -> DoseEntry:
    """The entry as it was left. "today" means the day on which it was typed: a later day gets the date (M17)."""
    given_at = kept.get("given_at")
    entry = DoseEntry(
        **{name: str(kept[name]) for name in _TEXTS if name in kept},
        screening={str(key): bool(value) for key, value in (kept.get("screening") or {}).items()},
        lot_id=_key(kept.get("lot_id")),
        corrects=_key(kept.get("corrects")),
        given_at=dt.datetime.fromisoformat(given_at) if given_at else None,
    )
    if typed_on == today or entry == DoseEntry():
        return entry
    try:
        return replace(entry, date=parse_date(entry.date, typed_on).isoformat())
    except InvalidValueError:
        return entry


def _old_of(draft: dict[str, Any]) -> OldDoses:
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
