"""How the admin screen says roles, states and times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.i18n import formats, plural, sentence, tr

ACTIVE, REVOKED = "ACTIVE", "REVOKED"


def role_words(role: str) -> str:
    words = {
        "NURSE": tr("School nurse"),
        "HEALTH_AIDE": tr("Health aide"),
        "ADMIN": tr("Administrator"),
        "DISTRICT_ADMIN": tr("District administrator"),
        "SCHOOL_ADMIN": tr("School administrator"),
        "COUNSELOR": tr("Counselor"),
        "VIEWER": tr("Reader"),
    }
    return words.get(role, role)


def state_words(state: str) -> str:
    words = {ACTIVE: tr("In use"), REVOKED: tr("Shut out")}
    return words.get(state, state)


def moment_words(moment: dt.datetime | None, local: Callable[[dt.datetime], dt.datetime]) -> str:
    """Date and time at the school; a dash where the district names none."""
    if moment is None:
        return "–"
    here = local(moment)
    return f"{formats().date_short(here.date())}, {formats().time(here)}"


def schools_words(schools: Sequence[str], names: Mapping[str, str], *, everything: bool) -> str:
    """The schools by name; those this desk does not know are counted."""
    if everything:
        return tr("All schools")
    known = [names[one] for one in schools if one in names]
    other = len(schools) - len(known)
    if other:
        known.append(plural("{count} other school", "{count} other schools", other))
    return ", ".join(known) or tr("No school")


def password_words(error: InvalidValueError) -> str:
    """What is wrong with a new password and how to put it right."""
    least = error.params.get("minimum", 15)
    words = {
        "too_short": tr("Use at least {count} characters; a sentence works well.", count=least),
        "too_simple": tr("This repeats itself too much. Use a longer, more varied sentence."),
        "too_common": tr("This is among the first things a guesser tries. Use words of your own."),
        "contains_name": tr("Leave out names of persons, schools and the district."),
        "not_text": tr("This holds signs that no keyboard types. Type it again."),
    }
    return words.get(error.problem) or sentence(error)
