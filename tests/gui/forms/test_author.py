"""Writing, publishing and freezing a consent form by keys alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from tests.support import accessibility, layout
from tests.support.consents import add_parent, consents_of, publish_form, typed
from tests.support.desk import Clinic
from tests.support.looks import Display, on_every_display
from tests.support.paper_window import PaperWindow
from tests.support.qt import settle, until

from clinicdesk.domain.consent import ValidityRule
from clinicdesk.domain.consent_text import BlockKind, from_json
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.forms.author import AuthorScreen
from clinicdesk.gui.widgets.buttons import LinkText
from clinicdesk.models import ConsentForm, ConsentSignature, Draft
from clinicdesk.models.enums import ConsentType

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def author_of(window: PaperWindow) -> AuthorScreen:
    found = window.workspace.current()
    assert isinstance(found, AuthorScreen)
    return found


@pytest.fixture
def office(built: Application, clinic: Clinic) -> Iterator[PaperWindow]:
    """The district administrator at the screen, one form published."""
    publish_form(clinic)
    window = PaperWindow(built, clinic, "forms.author", clinic.administrator)
    yield window
    window.close()


def words(window: PaperWindow, text: str) -> None:
    """Write into the field that has the focus, and go on by Tab."""
    window.write(text)
    window.press(Qt.Key.Key_Tab)


def to(window: PaperWindow, place: str, most: int = 40) -> None:
    """Tab until a part has the focus."""
    for _ in range(most):
        if window.focus() == place:
            return
        window.press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never came to {place}")


def test_a_form_with_every_kind_of_block_is_written_and_published_by_keys_alone(
    office: PaperWindow, clinic: Clinic
) -> None:
    office.press(Qt.Key.Key_N, CTRL | SHIFT)
    assert office.focus() == "author.title.en"
    words(office, "Sunscreen at school")
    words(office, "Protector solar")
    office.press(Qt.Key.Key_Down)  # what it permits: medicine without prescription
    office.press(Qt.Key.Key_Tab)
    office.press(Qt.Key.Key_Down)  # one year from the signature
    to(office, "author.b1.text.en")
    words(office, "We may put it on.")
    to(office, "author.b1.text.es")
    office.write("Podemos ponerlo.")
    for key, block in ((Qt.Key.Key_2, "b4"), (Qt.Key.Key_3, "b5"), (Qt.Key.Key_4, "b6")):
        office.press(key, ALT)
        assert office.focus() == f"author.{block}.text.en"
        words(office, "On the face too?" if block == "b4" else "My initials" if block == "b5" else "Last tried on")
        if block == "b4":
            words(office, "Yes")
            words(office, "No")
            to(office, "author.b4.text.es")
            words(office, "La cara")
            words(office, "Si")
            office.write("No")
        else:
            office.write("Palabras")
    to(office, "author.b2.text.en")
    words(office, "For one year.")
    to(office, "author.b2.text.es")
    words(office, "Doce meses.")
    to(office, "author.b3.text.en")
    words(office, "I agree.")
    office.write("Estoy de acuerdo.")
    office.press(Qt.Key.Key_Return, CTRL)

    (row,) = clinic.rows(ConsentForm, ConsentForm.title == "Sunscreen at school")
    text = from_json(row.languages)
    kinds = [BlockKind.TEXT, BlockKind.CHOICE, BlockKind.INITIALS, BlockKind.DATE, BlockKind.VALIDITY]
    assert [block.kind for block in text.spoken("es").blocks] == [*kinds, BlockKind.SIGNATURE]
    assert text.spoken("es").blocks[1].options[0].text == "Si"
    assert text.validity.rule is ValidityRule.ONE_YEAR
    assert (row.type, row.version, row.published_by) == (
        ConsentType.OTC_MEDICATION,
        "1.0",
        clinic.administrator.id,
    )
    assert author_of(office).view._presenter.state.draft is None


def test_publishing_version_2_leaves_the_signed_consents_of_version_1_their_text(
    office: PaperWindow, clinic: Clinic
) -> None:
    student = clinic.student()
    mother = add_parent(clinic, student)
    (first,) = clinic.rows(ConsentForm)
    before = (first.text_hash, list(first.languages))
    consents = consents_of(clinic)
    signed = consents.collect(typed(first.id, student, mother))

    office.press(Qt.Key.Key_Return)  # the published form: its next version
    assert office.focus() == "author.title.en"
    office.press(Qt.Key.Key_End)
    office.write(", every day")
    office.press(Qt.Key.Key_Return, CTRL)

    rows = {row.version: row for row in clinic.rows(ConsentForm)}
    assert rows["2.0"].title == "Permission for medicine at school, every day"
    assert (rows["1.0"].text_hash, list(rows["1.0"].languages)) == before
    (kept,) = clinic.rows(ConsentSignature)
    assert (kept.form_version, kept.text_hash) == ("1.0", before[0])
    record = consents.open(signed.id).record
    assert "Permission for medicine at school (1.0)" in record
    assert "every day" not in record
    assert consents.document(signed.id).startswith(b"%PDF")


def test_what_is_missing_is_listed_and_each_line_leads_to_its_place(office: PaperWindow, clinic: Clinic) -> None:
    office.press(Qt.Key.Key_Return)
    office.press(Qt.Key.Key_2, ALT)
    office.press(Qt.Key.Key_Return, CTRL)
    view = author_of(office).view
    assert view.summary.isVisibleTo(view)
    assert office.focus() == "author.b1.text.en"
    problems = view._presenter.state.problems
    assert {(one.params["language"], one.params.get("option")) for one in problems} == {
        (language, option) for language in ("en", "es") for option in (None, "o1", "o2")
    }
    last = view.findChild(LinkText, f"author.problem.{len(problems) - 1}")
    assert last is not None
    last.setFocus()
    office.press(Qt.Key.Key_Return)
    assert office.focus() == "author.b1.o2.es"
    assert clinic.count(ConsentForm) == 1


def test_blocks_move_and_go_by_keys_and_the_signature_stays_last(office: PaperWindow) -> None:
    office.press(Qt.Key.Key_Return)
    presenter = author_of(office).view._presenter

    def keys() -> list[str]:
        assert presenter.state.text is not None
        return [block.key for block in presenter.state.text.languages[1].blocks]

    to(office, "author.talk.text.en")
    office.press(Qt.Key.Key_Down, ALT)
    assert keys() == ["give", "trip", "talk", "lasts", "sign"]
    assert office.focus() == "author.talk.text.en"
    for _ in range(5):
        office.press(Qt.Key.Key_Down, ALT)
    assert keys() == ["give", "trip", "lasts", "talk", "sign"]
    office.press(Qt.Key.Key_Backspace, CTRL | SHIFT)
    assert keys() == ["give", "trip", "lasts", "sign"]
    assert office.focus() == "author.lasts.text.en"
    office.press(Qt.Key.Key_Backspace, CTRL | SHIFT)
    assert keys() == ["give", "trip", "lasts", "sign"]


def test_a_draft_is_kept_within_a_second_sealed_and_there_again_after_the_lock(
    built: Application, office: PaperWindow, clinic: Clinic
) -> None:
    office.press(Qt.Key.Key_N, CTRL | SHIFT)
    office.write("Ice packs")
    until(lambda: clinic.count(Draft) == 1, 1.5, "the draft on record")
    office.rest()
    assert b"Ice packs" not in bytes(clinic.rows(Draft)[0].content)
    office.write(" and heat")
    author_of(office).deactivate()  # the desk locks before the second is over

    again = PaperWindow(built, clinic, "forms.author", clinic.administrator)
    state = author_of(again).view._presenter.state
    assert state.draft is not None
    assert state.draft.text.spoken("en").title == "Ice packs and heat"
    again.close()


def test_a_draft_thrown_away_is_had_back_by_undo(office: PaperWindow, clinic: Clinic) -> None:
    office.press(Qt.Key.Key_N, CTRL | SHIFT)
    office.write("Ice packs")
    office.press(Qt.Key.Key_S, CTRL)
    author_of(office).view.discard.click()
    office.rest()
    assert clinic.count(Draft) == 0
    office.acts.undo()
    office.rest()
    assert clinic.count(Draft) == 1


def test_a_nurse_writes_but_does_not_publish_and_is_told_who_does(built: Application, clinic: Clinic) -> None:
    publish_form(clinic)
    window = PaperWindow(built, clinic, "forms.author")
    window.press(Qt.Key.Key_Return)
    view = author_of(window).view
    assert not view.publish.isEnabled()
    assert "district administrator" in view.publish.accessibleDescription()
    window.press(Qt.Key.Key_Return, CTRL)
    assert clinic.count(ConsentForm) == 1
    window.close()


def test_an_aide_has_no_author_screen(built: Application, clinic: Clinic) -> None:
    window = PaperWindow(built, clinic, "forms", clinic.aide)
    window.workspace.navigate("forms.author")
    current = window.workspace.current()
    assert current is not None
    assert current.id == "forms"
    window.close()


@on_every_display
def test_the_author_screen_is_named_whole_and_uncut(office: PaperWindow, built: Application, display: Display) -> None:
    office.press(Qt.Key.Key_Return)
    office.press(Qt.Key.Key_2, ALT)
    office.press(Qt.Key.Key_Return, CTRL)
    display.put_on(built, office.window)
    settle(8)
    view = author_of(office).view
    assert layout.problems(view) == []
    assert accessibility.unnamed(view) == []
