"""Where a command takes its password from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clinicdesk.cli.credentials import NoPasswordError, read_secret


def test_a_password_comes_from_a_descriptor_and_leaves_the_rest_unread() -> None:
    reader, writer = os.pipe()
    os.write(writer, "pässwörd with spaces \nnext".encode())
    os.close(writer)
    assert read_secret(fd=reader, file=None, prompt="") == "pässwörd with spaces "
    os.close(reader)


def test_a_password_comes_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "secret"
    kept.write_bytes(b"correct horse\r\nsecond")
    assert read_secret(fd=None, file=kept, prompt="") == "correct horse"


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"\n", "empty"), (b"\xff\xfe", "not_utf8")])
def test_what_is_no_password_is_refused_with_its_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    kept = tmp_path / "secret"
    kept.write_bytes(content)
    with pytest.raises(NoPasswordError) as refused:
        read_secret(fd=None, file=kept, prompt="")
    assert refused.value.params == {"reason": reason}


def test_two_sources_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoPasswordError) as refused:
        read_secret(fd=0, file=tmp_path, prompt="")
    assert refused.value.params == {"reason": "two_sources"}


def test_a_descriptor_that_is_not_open_is_refused() -> None:
    with pytest.raises(NoPasswordError) as refused:
        read_secret(fd=987, file=None, prompt="")
    assert refused.value.params == {"reason": "descriptor_unreadable"}


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoPasswordError) as refused:
        read_secret(fd=None, file=tmp_path / "none", prompt="")
    assert refused.value.params == {"reason": "file_unreadable"}
