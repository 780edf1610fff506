"""Attachments in authenticated frames."""

from __future__ import annotations

import io

import pytest

from clinicdesk.security.attachments import FRAME_BYTES, MAGIC, decrypt_attachment, encrypt_attachment, new_file_key
from clinicdesk.security.errors import AttachmentDamagedError

KEY = bytes(range(32))
HEADER = len(MAGIC) + 16
SEALED_FRAME = FRAME_BYTES + 16


def encrypted(content: bytes) -> bytes:
    target = io.BytesIO()
    encrypt_attachment(KEY, io.BytesIO(content), target)
    return target.getvalue()


def decrypted(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(decrypt_attachment(key, io.BytesIO(content)))


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES])
def test_any_size_reads_back(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    assert decrypted(encrypted(content)) == content


def test_the_same_file_and_key_never_give_the_same_bytes() -> None:
    assert encrypted(b"x" * 100)[HEADER:] != encrypted(b"x" * 100)[HEADER:]


THREE = encrypted(b"a" * FRAME_BYTES + b"b" * FRAME_BYTES + b"c" * 10)
FRAMES = [THREE[HEADER + start * SEALED_FRAME :][:SEALED_FRAME] for start in range(3)]
TWO = encrypted(b"a" * 2 * FRAME_BYTES)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        THREE[:10],
        b"X" + THREE[1:],
        THREE[:HEADER],
        THREE[: HEADER + SEALED_FRAME],
        THREE[:-1],
        THREE + b"x",
        THREE[:HEADER] + FRAMES[1] + FRAMES[0] + FRAMES[2],
        THREE[:HEADER] + FRAMES[0] + FRAMES[2],
        THREE[:HEADER] + FRAMES[0] + FRAMES[0] + FRAMES[2],
        THREE[: len(MAGIC)] + bytes(16) + THREE[HEADER:],
        TWO + TWO[HEADER:],
        THREE[:500] + bytes([THREE[500] ^ 1]) + THREE[501:],
    ],
    ids=[
        "empty", "short", "magic", "no_frames", "cut_at_frame", "cut", "longer", "reordered", "dropped",
        "doubled", "other_salt", "appended", "flipped",
    ],
)  # fmt: skip
def test_t11_changed_attachments_are_refused(content: bytes) -> None:
    with pytest.raises(AttachmentDamagedError):
        decrypted(content)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(AttachmentDamagedError):
        decrypted(THREE, new_file_key())
