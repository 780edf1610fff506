"""What is kept of the last words of a process that died: a failure and a place, and never a value."""

from __future__ import annotations

import io

import pytest

from clinicdesk.sync.last_words import MOST_BYTES, MOST_LINES, LastWords

FRAMES = b"""Traceback (most recent call last):
  File "/home/nils/clinicdesk/src/clinicdesk/__main__.py", line 20, in main
    return worker.main()
           ^^^^^^^^^^^^^
  File "C:\\Users\\nils\\clinicdesk\\sync\\worker.py", line 114, in work
    open_engine("Nils Sample")
  File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode
    raise JSONDecodeError("Expecting value", s, err.value) from None
"""
FAILURE = b"json.decoder.JSONDecodeError: Nils Sample\nSample: born 2015\nIrisError: S-1\n"
AT = "clinicdesk/sync/worker.py:114"


def told(words: bytes, status: int = 1) -> dict[str, object]:
    return dict(LastWords(io.BytesIO(words)).told(status))


def test_the_failure_and_the_last_place_in_the_program_are_told() -> None:
    assert told(FRAMES + FAILURE) == {"status": 1, "failure": "JSONDecodeError", "place": AT}


def test_of_a_file_that_is_not_the_programs_only_the_name_is_told() -> None:
    words = b'Traceback (most recent call last):\n  File "/home/nils/sample/run.py", line 3, in <module>\nKeyError: 1\n'
    assert told(words) == {"status": 1, "failure": "KeyError", "place": "run.py:3"}


def test_the_last_of_several_tracebacks_counts() -> None:
    later = b"\nDuring handling of the above exception, another exception occurred:\n\n"
    later += b'Traceback (most recent call last):\n  File "/x/clinicdesk/sync/engine.py", line 9, in run\nOSError\n'
    assert told(FRAMES + FAILURE + later) == {
        "status": 1,
        "failure": "OSError",
        "place": "clinicdesk/sync/engine.py:9",
    }


@pytest.mark.parametrize(
    "words", [b"", b"Nils Sample\n", b"SampleError: Nils\n", b"\xff\xfe\x00 ValueError: 1\n", b"  File\n"]
)
def test_whatever_else_was_written_is_not_told(words: bytes) -> None:
    assert told(words, -9) == {"status": -9}


def test_a_traceback_whose_failure_has_another_name_tells_its_place_alone() -> None:
    assert told(FRAMES + b"Nils Sample\n") == {"status": 1, "place": AT}


def test_the_end_of_much_is_kept_in_little_memory() -> None:
    much = b"Nils Sample\n" * 100_000 + b"x" * 5_000_000 + b"\n"
    words = LastWords(io.BytesIO(much + FRAMES + FAILURE))
    assert words.told(1)["failure"] == "JSONDecodeError"
    assert words.kept <= MOST_LINES * MOST_BYTES
