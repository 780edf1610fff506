"""The form of a visit without a file: drafts, entries, echoes, phrases, red flags."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.visits import Tick
from clinicdesk.presentation.visits import judging
from clinicdesk.presentation.visits.form import (
    VisitForm,
    entry_of,
    follow_up_of,
    from_draft,
    from_entry,
    template_for,
)
from clinicdesk.presentation.visits.phrases import expanded

ZONE = ZoneInfo("America/New_York")
NOW = dt.datetime(2026, 10, 6, 11, 32, 20, tzinfo=ZONE)


def test_a_draft_gives_back_what_was_typed_and_leaves_out_what_is_gone() -> None:
    typed = VisitForm(came="10:5", complaints=("rash",), vitals={"pain": "x"}, danger=("faint",), note=" it ches ")
    content = {**typed.as_draft(), "complaints": ["rash"], "danger": ["faint"], "no_longer_there": 1}
    assert from_draft(content, VisitForm()) == typed


def test_an_entry_and_its_form_say_the_same() -> None:
    form = VisitForm(
        came="11:05",
        complaints=("headache",),
        template="headache",
        vitals={"temperature": "98.6f", "blood_pressure": "120/70", "pain": "4", "oxygen_saturation": "99"},
        ticks=dict.fromkeys(("alert_oriented", "neck_supple", "no_fever", "vision_normal"), Tick.CONFIRMED.value),
        disposition="RETURN_TO_CLASS",
    )
    entry = entry_of(form, NOW, ZONE, None)
    assert entry.vitals.temperature is not None
    assert entry.vitals.temperature.value == Decimal("98.6")
    assert from_entry(entry, ZONE) == form


def test_the_time_on_record_keeps_its_seconds_while_its_text_is_untouched() -> None:
    came = NOW - dt.timedelta(minutes=7)
    form = VisitForm(came="11:25", complaints=("rash",), template="rash")
    assert entry_of(form, NOW, ZONE, came).came_at == came


@pytest.mark.parametrize(("key", "text"), [("heart_rate", "-4"), ("pain", "much"), ("blood_pressure", "70/120")])
def test_what_cannot_be_read_names_its_field(key: str, text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        entry_of(VisitForm(template="rash", vitals={key: text}), NOW, ZONE, None)
    assert refused.value.field == key
    assert judging.field_problems(VisitForm(vitals={key: text}))[key]


def test_a_follow_up_reads_plus_one_day() -> None:
    plan = follow_up_of(VisitForm(follow_up="Look again", follow_up_on="+1d"), NOW.date())
    assert plan is not None
    assert plan.on == dt.date(2026, 10, 7)
    with pytest.raises(InvalidValueError):
        follow_up_of(VisitForm(follow_up="Look again", follow_up_on="-1d"), NOW.date())


def test_a_phrase_is_written_out_once_it_is_finished() -> None:
    assert expanded(".ate") == ".ate"
    assert expanded("Hungry. .ate ") == "Hungry. Ate a snack and drank water. "
    assert expanded("at 1.5 m .unknown ") == "at 1.5 m .unknown "


def test_a_red_flag_questions_going_back_to_class() -> None:
    form = VisitForm(template="head_injury", danger=("vomiting",), disposition="RETURN_TO_CLASS")
    assert judging.flags(form) == ("Vomiting",)
    assert judging.questioned(form) == {"RETURN_TO_CLASS"}
    assert judging.questioned(VisitForm(template="rash")) == frozenset()


def test_a_complaint_brings_its_template_and_free_words_the_general_one() -> None:
    assert template_for("scrape_or_cut") == "scrape"
    assert template_for("fell off a llama") == "other"
