"""What the places are called whose rows a workstation has."""

from __future__ import annotations

import uuid

from clinicdesk.presentation.sync_now import in_order, scope_words
from clinicdesk.sync.protocol import UNASSIGNED
from clinicdesk.sync.status import ScopeStatus


def named(scope: str, name: str | None = None) -> str:
    return scope_words(ScopeStatus(uuid.UUID(scope), name, complete=True, pulled_at=None))


def test_a_school_the_district_and_students_without_a_school_are_told_apart() -> None:
    district = "01a20979-b03d-74d5-9002-296b824d5402"
    assert [named(district, "Oak"), named(district), named(UNASSIGNED)] == [
        "Oak",
        "The district",
        "Students without a school",
    ]


def test_schools_stand_first_then_the_district_and_students_without_a_school_last() -> None:
    district = uuid.UUID("01a20979-b03d-74d5-9002-296b824d5402")
    scopes = [
        ScopeStatus(one, name, complete=True, pulled_at=None)
        for one, name in (
            (uuid.UUID(UNASSIGNED), None),
            (district, None),
            (uuid.UUID(int=2), "Oak"),
            (uuid.UUID(int=1), "Elm"),
        )
    ]
    assert [scope_words(one) for one in in_order(scopes)] == ["Elm", "Oak", "The district", "Students without a school"]
