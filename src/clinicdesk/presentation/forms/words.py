"""The words of consents: states with their tone and shape, relations, how somebody signed."""

from __future__ import annotations

import datetime as dt

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent import ConsentState, SigningBar, ValidityRule
from clinicdesk.domain.consent_text import BlockKind
from clinicdesk.i18n import formats, sentence, term, tr
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

_KINDS = {
    "MEDICATION_ADMINISTRATION": "Medicine at school",
    "OTC_MEDICATION": "Medicine without prescription",
    "SELF_CARRY": "Carrying the own medicine",
    "EMERGENCY_TREATMENT": "Emergency treatment",
    "VACCINATION": "Vaccination",
    "SCREENING": "Screening",
    "MENTAL_HEALTH": "Counseling and mental health",
    "FIELD_TRIP": "Field trip",
    "DATA_SHARING": "Sharing of health data",
    "PHOTO_RELEASE": "Photographs",
    "RESEARCH": "Research",
}
_RULES = {
    ValidityRule.SCHOOL_YEAR: "To the end of the school year",
    ValidityRule.ONE_YEAR: "One year from the signature",
    ValidityRule.UNTIL_DATE: "To a set date",
    ValidityRule.UNTIL_REVOKED: "Until taken back",
}
_BLOCKS = {
    BlockKind.TEXT: "Text",
    BlockKind.CHOICE: "Choice",
    BlockKind.INITIALS: "Initials",
    BlockKind.DATE: "Date",
    BlockKind.VALIDITY: "How long it holds",
    BlockKind.SIGNATURE: "Signature",
}
_LANGUAGES = {"en": "English", "es": "Spanish"}
_FORM_PROBLEMS = {
    "language_missing": "The form does not speak this language yet.",
    "duplicate": "Two blocks have one key: remove one of them.",
    "one_signature": "A form has exactly one signature.",
    "one_validity": "A form says exactly once how long it holds.",
    "languages_differ": "The languages do not have the same blocks.",
    "text_missing": "Words are missing.",
    "options_missing": "An answer has no words.",
}


_FAILURES = {
    "already_asked": "The family has been asked for this already.",
    "before_form": "This form did not exist yet on that day. Check the day and the version on the paper.",
    "not_current": "There is a newer version of this form. Go back to the list and open it anew.",
    "not_withdrawable": "A consent on this form is not taken back. Ask your administrator.",
    "nothing_changed": "Nothing is different from the version in use.",
}


def failure_words(error: Exception) -> str:
    """What went wrong, in a sentence that helps."""
    if isinstance(error, InvalidValueError) and error.problem in _FAILURES:
        return tr(_FAILURES[error.problem])
    return sentence(error)


def kind_choices() -> tuple[tuple[str, str], ...]:
    return tuple((kind, tr(words)) for kind, words in _KINDS.items())


def kind_words(kind: str) -> str:
    return tr(_KINDS[kind]) if kind in _KINDS else kind


def rule_choices() -> tuple[tuple[str, str], ...]:
    return tuple((rule.value, tr(words)) for rule, words in _RULES.items())


def block_words(kind: BlockKind) -> str:
    return tr(_BLOCKS[kind])


def language_words(language: str) -> str:
    return tr(_LANGUAGES.get(language, language))


def form_problem_words(problem: InvalidValueError, place: int) -> str:
    """Where something is missing and what: `place` is the number of the block, 0 for none."""
    where = language_words(str(problem.params.get("language", "")))
    if problem.field == "title":
        return tr("{language}: the title is missing.", language=where)
    words = tr(_FORM_PROBLEMS.get(problem.problem, "A form needs a text to agree to."))
    return tr("{language}, block {place}: {words}", language=where, place=place, words=words) if place else words


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
    if line.state is ConsentState.DECLINED:
        return ""
    if line.withdrawn_on is not None:
        return tr("taken back {date}", date=formats().date(line.withdrawn_on))
    if line.state is ConsentState.EXPIRED and line.valid_until is not None:
        return tr("ended {date}", date=formats().date(line.valid_until))
    if line.valid_until is None:
        return "" if line.signature_id is None else tr("until taken back")
    if line.days_left is not None and line.days_left <= 30:
        return tr("ends {date}, {days} days left", date=formats().date(line.valid_until), days=line.days_left)
    return tr("until {date}", date=formats().date(line.valid_until))


def date_words(day: dt.date | None) -> str:
    return formats().date(day) if day is not None else ""
