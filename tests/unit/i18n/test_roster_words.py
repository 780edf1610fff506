"""Every code of the roster import has its words in both languages."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import pytest

from clinicdesk.domain.matching import Ground
from clinicdesk.domain.roster.difference import Action, StopReason
from clinicdesk.domain.roster.held import Kind
from clinicdesk.domain.roster.records import NoticeKind, Problem
from clinicdesk.i18n import Language, use
from clinicdesk.i18n.roster_words import roster_words
from clinicdesk.interchange.oneroster import Refusal
from clinicdesk.services.roster import ImportRefusal
from clinicdesk.services.roster_report import KeptReason

_CODES: dict[str, type[enum.StrEnum]] = {
    "problem": Problem,
    "refusal": Refusal,
    "import_refusal": ImportRefusal,
    "stop": StopReason,
    "notice": NoticeKind,
    "kept": KeptReason,
    "kind": Kind,
    "action": Action,
    "ground": Ground,
}


@pytest.fixture(params=[Language.ENGLISH, Language.SPANISH])
def spoken(request: pytest.FixtureRequest) -> Iterator[Language]:
    use(request.param)
    yield request.param
    use(Language.ENGLISH)


@pytest.mark.parametrize("group", _CODES)
def test_every_code_has_words(group: str, spoken: Language) -> None:
    for code in _CODES[group]:
        words = roster_words(group, code.value, file="users.csv", line=3, detail="x", count=1, total=2, name="a.csv")
        assert len(words) > 1, (code, spoken)
        assert "{" not in words
