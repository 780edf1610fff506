"""The open visits as tabs: whose each is, and how long she has been here (ux-spec 7.2, 7.4)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from clinicdesk.domain.people import PersonName
from clinicdesk.domain.visits import WaitLevel, wait_level
from clinicdesk.i18n import tr
from clinicdesk.presentation.students.words import shown
from clinicdesk.presentation.visits.state import VisitState
from clinicdesk.services.visit_values import OpenTab


@dataclass(frozen=True, slots=True)
class TabLook:
    """One tab: its key, the words on it, whose picture, and the state with its tone ("", "warning", "danger")."""

    key: str
    words: str
    student: uuid.UUID
    name: PersonName
    photo: str | None
    state: str
    tone: str = ""


def tabs_of(state: VisitState, *, private: bool) -> tuple[TabLook, ...]:
    """Every open visit, and the one in front where it is signed or not begun: the chosen tab and the header name
    one and the same child, always (M1)."""
    found = [_open(tab, state.now, private=private) for tab in state.tabs]
    sheet = state.sheet
    current = "" if state.visit_id is None else str(state.visit_id)
    if sheet is not None and current not in {tab.key for tab in found}:
        one, word = sheet.student, tr("Signed visit") if state.signed else tr("New visit")
        words = shown(one.name, private=private)
        found.append(TabLook(current, words, one.id, one.name, one.photo, word))
    return tuple(found)


def _open(tab: OpenTab, now: dt.datetime, *, private: bool) -> TabLook:
    minutes = max(0, int((now - tab.came_at).total_seconds() // 60))
    name = tab.name
    words = shown(name, private=True) if private else f"{name.last}, {name.called[:1]}."
    match wait_level(minutes):
        case WaitLevel.RED:
            state, tone = tr("{minutes} min · too long", minutes=minutes), "danger"
        case WaitLevel.AMBER:
            state, tone = tr("{minutes} min · long", minutes=minutes), "warning"
        case _:
            state, tone = tr("{minutes} min", minutes=minutes), ""
    return TabLook(str(tab.id), words, tab.student_id, name, tab.photo, state, tone)
