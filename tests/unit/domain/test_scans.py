"""What a scanned paper may be."""

from __future__ import annotations

import pytest

from clinicdesk.domain.scans import ScanForm, form_of, suffix_of


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"%PDF-1.7\n", ScanForm.PDF),
        (b"\r\n\r\n%PDF-1.4\n", ScanForm.PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", ScanForm.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ScanForm.PNG),
    ],
)
def test_a_file_is_known_by_how_it_begins(head: bytes, form: ScanForm) -> None:
    assert form_of(head) is form


@pytest.mark.parametrize("head", [b"", b"MZ\x90\x00", b"PK\x03\x04", b"<html>", b"\x89PNG", b" " * 1024 + b"%PDF-1.7"])
def test_everything_else_is_no_scan(head: bytes) -> None:
    assert form_of(head) is None


def test_a_copy_that_is_shown_ends_like_its_form() -> None:
    assert [suffix_of(form.media_type) for form in ScanForm] == [".pdf", ".jpg", ".png"]
    assert suffix_of("application/json") == ""
