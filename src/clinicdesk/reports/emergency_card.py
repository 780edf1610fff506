"""The emergency card on paper: two identifiers, what threatens life, what to do, whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from clinicdesk.reports.typesetting import typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPart:
    """A heading and its lines; `warns` sets it apart."""

    heading: str
    lines: tuple[str, ...]
    warns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPaper:
    """Everything the card says, in the language of the person at the desk."""

    title: str
    language: str
    site: str
    printed: str
    student_name: str
    student_born: str
    student_place: str
    parts: tuple[CardPart, ...]


def emergency_card_pdf(paper: EmergencyPaper) -> bytes:
    """The card as a tagged PDF."""
    return typeset(
        "emergency",
        {
            "title": paper.title,
            "language": paper.language,
            "site": paper.site,
            "printed": paper.printed,
            "student": {"name": paper.student_name, "born": paper.student_born, "place": paper.student_place},
            "parts": [
                {"heading": part.heading, "lines": list(part.lines), "warns": part.warns} for part in paper.parts
            ],
        },
    )
