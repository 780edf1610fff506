"""Dates, ages and numbers in words; a sentence for each failure."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import clinicdesk
from clinicdesk.core.errors import ClinicDeskError, InvalidValueError, PermissionDeniedError
from clinicdesk.i18n import Formats, Language, formats, sentence, use
from clinicdesk.i18n.sentences import _sentences, has_sentence

DAY = dt.date(2026, 10, 6)
ENGLISH, SPANISH = Formats(Language.ENGLISH), Formats(Language.SPANISH)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    use(Language.ENGLISH)


def test_dates_are_written_as_each_language_does() -> None:
    assert (ENGLISH.date(DAY), SPANISH.date(DAY)) == ("Oct 6, 2026", "6 oct 2026")
    assert (ENGLISH.weekday_short(DAY), SPANISH.weekday_short(DAY)) == ("Tue, Oct 6", "mar, 6 oct")
    assert ENGLISH.date_full(DAY) == "Tuesday, October 6, 2026"
    assert SPANISH.date_full(DAY) == "martes, 6 de octubre de 2026"


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (dt.date(2018, 2, 14), "8 y 7 mo"),
        (dt.date(2018, 10, 6), "8 y 0 mo"),
        (dt.date(2018, 10, 7), "7 y 11 mo"),
        (dt.date(2025, 10, 7), "11 mo"),
        (dt.date(2026, 10, 6), "0 mo"),
    ],
)
def test_ages_are_in_years_and_months(born: dt.date, age: str) -> None:
    assert ENGLISH.age(born, DAY) == age


def test_times_numbers_and_spans() -> None:
    assert ENGLISH.time(dt.time(9, 5)) == "09:05"
    assert (ENGLISH.number(12000), SPANISH.number(12000)) == ("12,000", "12.000")
    assert ENGLISH.duration(dt.timedelta(minutes=252)) == "4 h 12 min"
    assert ENGLISH.duration(dt.timedelta(minutes=43)) == "43 min"
    assert ENGLISH.birth_and_age(dt.date(2018, 2, 14), DAY) == "Feb 14, 2018 · 8 y 7 mo"


def test_formats_follow_the_language_in_use() -> None:
    use(Language.SPANISH)
    assert formats().date_short(DAY) == "6 oct"


def _errors() -> set[type[ClinicDeskError]]:
    for module in pkgutil.walk_packages(clinicdesk.__path__, "clinicdesk."):
        if not module.name.endswith("__main__") and ".gui" not in module.name:
            importlib.import_module(module.name)
    found: set[type[ClinicDeskError]] = set()
    todo = [ClinicDeskError]
    while todo:
        for child in todo.pop().__subclasses__():
            if child.__module__.startswith("clinicdesk."):
                found.add(child)
            todo.append(child)
    return found


def test_every_failure_has_a_sentence_a_nurse_understands() -> None:
    assert sorted({error.code for error in _errors() if not has_sentence(error.code)}) == []


def test_every_sentence_is_there_in_both_languages_and_names_no_technicality() -> None:
    for code, words in _sentences().items():
        assert set(words) == {"en", "es"}, code
        assert words["en"] != words["es"], code
        for text in words.values():
            assert text.endswith("."), code
            assert not {"SQL", "exception", "traceback", "null"} & set(text.split()), code


def test_a_foreign_exception_shows_nothing_of_itself() -> None:
    assert sentence(ValueError("/home/nurse/secret.db is locked")) == (
        "Something went wrong that we did not foresee. Your entry is kept as a draft."
    )


def test_an_invalid_value_says_how_to_put_it_right() -> None:
    assert sentence(InvalidValueError("date", "not_a_date")) == "This is not a date. Type 3/4, 3/4/2026, today or -2d."
    assert sentence(InvalidValueError("x", "never_heard")) == "This value cannot be kept. Check what you typed."


def test_sentences_follow_the_language() -> None:
    english = sentence(PermissionDeniedError())
    use(Language.SPANISH)
    assert sentence(PermissionDeniedError()) != english
