"""The signed consent as a document that a parent takes home and a court can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from clinicdesk.reports.typesetting import typeset

Stroke = Sequence[tuple[float, float]]
"""Points of one pen stroke as shares of the box, 0 to 1 from the top left."""

WORDS = {
    "en": {"signature": "Signature", "drawn_by": "Signature drawn by {name}", "form": "Form version {version}"},
    "es": {"signature": "Firma", "drawn_by": "Firma de {name}", "form": "Versión {version} del formulario"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """A paragraph of the form, under its heading if it has one."""

    text: str
    heading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBlock:
    """A question of the form and what the signer answered."""

    text: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPaper:
    """Everything that stands on a signed consent, in the signer's language (`en` or `es`).

    `evidence` are label and value pairs: signer, relation, how the identity was checked, time, method.
    """

    title: str
    language: str
    site: str
    form_version: int | str
    student_name: str
    student_born: str
    student_place: str
    blocks: Sequence[TextBlock | AnswerBlock]
    signer_name: str
    evidence: Sequence[tuple[str, str]]
    disclosure: str
    strokes: Sequence[Stroke] = field(default=())


def consent_pdf(paper: ConsentPaper) -> bytes:
    """The unsealed PDF; the same paper always gives the same text."""
    words = WORDS[paper.language]
    blocks = [
        {"kind": "text", "text": block.text, "heading": block.heading}
        if isinstance(block, TextBlock)
        else {"kind": "answer", "text": block.text, "answer": block.answer}
        for block in paper.blocks
    ]
    return typeset(
        "consent",
        {
            "title": paper.title,
            "language": paper.language,
            "site": paper.site,
            "form_line": words["form"].format(version=paper.form_version),
            "student": {"name": paper.student_name, "born": paper.student_born, "place": paper.student_place},
            "blocks": blocks,
            "words": {
                "signature": words["signature"],
                "drawn_by": words["drawn_by"].format(name=paper.signer_name),
            },
            "typed_name": paper.signer_name,
            "evidence": [{"label": label, "value": value} for label, value in paper.evidence],
            "disclosure": paper.disclosure,
            "strokes": [[list(point) for point in stroke] for stroke in paper.strokes],
        },
    )
