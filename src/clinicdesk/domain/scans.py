"""What a scanned paper may be: told by how the file begins, never by its name."""

from __future__ import annotations

import enum

HEAD_BYTES = 1024
"""As much of a file as is looked at; a PDF may have some bytes before its mark."""

TITLE_LONGEST = 120


class ScanForm(enum.Enum):
    """The forms that scanners make and every machine shows."""

    PDF = ("application/pdf", ".pdf")
    JPEG = ("image/jpeg", ".jpg")
    PNG = ("image/png", ".png")

    @property
    def media_type(self) -> str:
        return self.value[0]

    @property
    def suffix(self) -> str:
        return self.value[1]


def form_of(head: bytes) -> ScanForm | None:
    """The form of a file that begins with these bytes; None: it is not one that is kept."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ScanForm.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return ScanForm.JPEG
    return ScanForm.PDF if b"%PDF-" in head[:HEAD_BYTES] else None


def suffix_of(media_type: str) -> str:
    """What the copy that is shown is called at its end; a form of another time has none."""
    return next((form.suffix for form in ScanForm if form.media_type == media_type), "")
