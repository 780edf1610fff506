"""The words of consents: states with their tone and shape, relations, how somebody signed."""

from __future__ import annotations

import datetime as dt

from clinicdesk.domain.consent import ConsentState, SigningBar
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.search import Badge
from clinicdesk.services.consent_values import ConsentLine, How

RELATIONS = (
    "PARENT",
    "GUARDIAN",
    "STEPPARENT",
    "FOSTER_PARENT",
    "GRANDPARENT",
    "AUNT_UNCLE",
    "SIBLING",
    "FAMILY_FRIEND",
    "NEIGHBOR",
    "OTHER",
    "SELF",
)
IDENTITY = ("Driver's license", "Passport", "Other photo ID", "Known to staff")
_LOOKS = {
    ConsentState.DRAFT: ("neutral", "dashed-ring"),
    ConsentState.SENT: ("info", "dot-ring"),
    ConsentState.SIGNED: ("success", "check-disc"),
    ConsentState.NOT_YET_VALID: ("info", "ring"),
    ConsentState.DECLINED: ("warning", "slashed-ring"),
    ConsentState.EXPIRED: ("danger", "ring-clock"),
    ConsentState.REVOKED: ("danger", "page-slash"),
    ConsentState.FORKED: ("danger", "split-circle"),
}
_BARS = {
    SigningBar.CUSTODY_LIMITED: "may not sign: limits on file",
    SigningBar.NOT_A_GUARDIAN: "may not sign: no guardian",
    SigningBar.STUDENT_IS_ADULT: "may not sign: the student is 18 and signs alone",
    SigningBar.STUDENT_IS_MINOR: "may not sign: under 18",
    SigningBar.STATE_RULE: "may not sign yet by the state's rule",
}
_HOW = {
    How.PEN: "In person, in writing",
    How.PAPER: "By letter",
    How.PHONE: "By telephone",
    How.TYPED: "By e-mail",
}


def state_badge(state: ConsentState) -> Badge:
    tone, shape = _LOOKS[state]
    return Badge(term("consent_state", state.value), tone, shape)


def bar_words(bar: SigningBar) -> str:
    return tr(_BARS[bar])


def withdrawal_ways() -> tuple[tuple[str, str], ...]:
    return tuple((how.value, tr(words)) for how, words in _HOW.items())


def until_words(line: ConsentLine) -> str:
    """How long it holds, or by when an answer is wanted."""
    if line.due_on is not None:
        return tr("answer by {date}", date=formats().date(line.due_on))
    if line.valid_until is None:
        return "" if line.signature_id is None else tr("until taken back")
    if line.days_left is not None and line.days_left <= 30:
        return tr("ends {date}, {days} days left", date=formats().date(line.valid_until), days=line.days_left)
    return tr("until {date}", date=formats().date(line.valid_until))


def date_words(day: dt.date | None) -> str:
    return formats().date(day) if day is not None else ""
