"""The signed consent: text as data, both languages, and a seal that breaks with any byte."""

from __future__ import annotations

import dataclasses
import datetime as dt
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pypdf import PdfReader

from clinicdesk.reports.consent import AnswerBlock, ConsentPaper, TextBlock, consent_pdf
from clinicdesk.reports.sealing import seal_holds, seal_pdf

PAPER = ConsentPaper(
    title="Permission for medicine at school",
    language="en",
    site="Example School, health office",
    form_version=3,
    student_name="Siobhán Óg O’Brien",
    student_born="born Mar 4, 2014",
    student_place="Grade 7",
    blocks=(
        TextBlock(heading="What you agree to", text="The nurse may give #medicine *at school* $x$ ."),
        AnswerBlock(text="Trained staff may give it on a trip.", answer="No, call me first"),
    ),
    signer_name="Cathal O’Brien",
    evidence=(("Signer", "Cathal O’Brien"), ("Relation", "Father"), ("Signed", "Oct 6, 2026, 15:12")),
    disclosure="A signature on this screen is as valid as one on paper.",
)
NOW = dt.datetime(2026, 10, 6, 19, 12, tzinfo=dt.UTC)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_the_paper_shows_student_answers_and_signer() -> None:
    text = text_of(consent_pdf(PAPER))
    for part in ("Siobhán Óg O’Brien", "born Mar 4, 2014", "No, call me first", "Cathal O’Brien", "Father"):
        assert part in text


def test_markup_in_the_text_of_a_form_is_printed_as_typed() -> None:
    assert "#medicine *at school* $x$" in text_of(consent_pdf(PAPER))


def test_the_paper_is_tagged_for_screen_readers_in_the_language_of_the_signer() -> None:
    reader = PdfReader(BytesIO(consent_pdf(dataclasses.replace(PAPER, language="es"))))
    root = reader.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"] is not None  # type: ignore[index]  # pypdf types objects loosely
    assert str(root["/Lang"]).startswith("es")  # type: ignore[index]  # as above
    assert "Firma" in text_of(consent_pdf(dataclasses.replace(PAPER, language="es")))


def test_a_drawn_signature_stands_in_place_of_the_typed_name() -> None:
    drawn = consent_pdf(dataclasses.replace(PAPER, strokes=(((0.1, 0.5), (0.3, 0.2), (0.6, 0.8)),)))
    assert text_of(drawn).count("Cathal O’Brien") == text_of(consent_pdf(PAPER)).count("Cathal O’Brien") - 1


@pytest.fixture(scope="module")
def sealed() -> tuple[bytes, Ed25519PrivateKey]:
    key = Ed25519PrivateKey.generate()
    return seal_pdf(consent_pdf(PAPER), device_key=key, site="Example School", reason="consent", now=NOW), key


def test_a_sealed_paper_verifies_with_the_key_of_its_device(sealed: tuple[bytes, Ed25519PrivateKey]) -> None:
    pdf, key = sealed
    assert seal_holds(pdf, device_key=key.public_key())


def test_the_seal_of_another_device_does_not_hold(sealed: tuple[bytes, Ed25519PrivateKey]) -> None:
    assert not seal_holds(sealed[0], device_key=Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize("share", [0.02, 0.2, 0.4, 0.6])
def test_a_changed_byte_breaks_the_seal(sealed: tuple[bytes, Ed25519PrivateKey], share: float) -> None:
    pdf, key = sealed
    at = int(len(pdf) * share)
    assert not seal_holds(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :], device_key=key.public_key())


def test_bytes_added_at_the_end_break_the_seal(sealed: tuple[bytes, Ed25519PrivateKey]) -> None:
    pdf, key = sealed
    assert not seal_holds(pdf + b"\n% more\n", device_key=key.public_key())


def test_an_unsealed_paper_holds_no_seal() -> None:
    assert not seal_holds(consent_pdf(PAPER), device_key=Ed25519PrivateKey.generate().public_key())
