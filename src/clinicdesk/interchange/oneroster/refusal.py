"""Why a whole package is refused: nothing of it is imported."""

from __future__ import annotations

import enum
from typing import ClassVar

from clinicdesk.core.errors import UserFacingError


class Refusal(enum.StrEnum):
    """What makes a package unusable as a whole. The screens make the sentence."""

    NOT_FOUND = "not_found"
    NOT_A_ZIP = "not_a_zip"
    DAMAGED_ZIP = "damaged_zip"
    ENCRYPTED_ZIP = "encrypted_zip"
    UNSAFE_NAME = "unsafe_name"
    UNSAFE_ENTRY = "unsafe_entry"
    NESTED_ZIP = "nested_zip"
    IN_A_FOLDER = "in_a_folder"
    DUPLICATE_ENTRY = "duplicate_entry"
    TOO_MANY_ENTRIES = "too_many_entries"
    TOO_LARGE = "too_large"
    TOO_COMPRESSED = "too_compressed"
    NO_MANIFEST = "no_manifest"
    BAD_MANIFEST = "bad_manifest"
    WRONG_VERSION = "wrong_version"
    FILE_MISSING = "file_missing"
    NOTHING_DECLARED = "nothing_declared"
    NOT_UTF8 = "not_utf8"
    NOT_CSV = "not_csv"
    NO_HEADER = "no_header"
    WRONG_HEADER = "wrong_header"
    TOO_MANY_ROWS = "too_many_rows"


class RosterRefusedError(UserFacingError):
    """The package cannot be used; `reason` is a `Refusal`, `file` the entry, `detail` names columns or limits."""

    code: ClassVar[str] = "roster_refused"

    def __init__(self, reason: Refusal, *, file: str = "", line: int = 0, detail: str = "") -> None:
        super().__init__(reason=reason.value, file=file, line=line, detail=detail)
        self.reason = reason
        self.file = file
        self.line = line
        self.detail = detail
