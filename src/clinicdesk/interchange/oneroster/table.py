"""One CSV file of a package as rows of cells, strictly and in bounded memory."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from clinicdesk.interchange.oneroster.refusal import Refusal, RosterRefusedError


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How much one file may hold."""

    rows: int = 2_000_000
    columns: int = 200
    # Of one row, with all its lines; a quoted cell cannot run on through the whole file.
    row_characters: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class RawRow:
    """The cells of one row as they stand, and the line on which it begins."""

    line: int
    cells: list[str]


class _Lines:
    """The lines of a text, counted, with a bound on those that make up one row."""

    def __init__(self, text: io.TextIOWrapper, name: str, limits: TableLimits) -> None:
        self._text = text
        self._name = name
        self._limit = limits.row_characters
        self._in_row = 0
        self.number = 0

    def row_ended(self) -> None:
        self._in_row = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(self._limit + 1)
        except UnicodeDecodeError as wrong:
            raise RosterRefusedError(Refusal.NOT_UTF8, file=self._name, line=self.number + 1) from wrong
        if not line:
            raise StopIteration
        self._in_row += len(line)
        if self._in_row > self._limit:
            raise RosterRefusedError(Refusal.NOT_CSV, file=self._name, line=self.number + 1, detail="row_too_long")
        if "\x00" in line:
            raise RosterRefusedError(Refusal.NOT_CSV, file=self._name, line=self.number + 1, detail="null_character")
        self.number += 1
        return line


def read_table(stream: io.BufferedReader, name: str, limits: TableLimits | None = None) -> Iterator[RawRow]:
    """The rows of a file, its header first; blank lines are passed over.

    Raises:
        RosterRefusedError: while iterating: not UTF-8, not RFC 4180, or beyond the limits.
    """
    bounds = limits or TableLimits()
    with io.TextIOWrapper(stream, encoding="utf-8-sig", errors="strict", newline="") as text:
        lines = _Lines(text, name, bounds)
        reader = csv.reader(lines, strict=True)
        rows = 0
        while True:
            begins = lines.number + 1
            try:
                cells = next(reader, None)
            except csv.Error as wrong:
                raise RosterRefusedError(Refusal.NOT_CSV, file=name, line=begins, detail="quotes") from wrong
            lines.row_ended()
            if cells is None:
                return
            if not any(cells):
                continue
            rows += 1
            if rows > bounds.rows + 1:
                raise RosterRefusedError(Refusal.TOO_MANY_ROWS, file=name, detail=str(bounds.rows))
            if len(cells) > bounds.columns:
                raise RosterRefusedError(Refusal.NOT_CSV, file=name, line=begins, detail="too_many_cells")
            yield RawRow(begins, cells)


def tidy(cell: str) -> str:
    """A cell in NFC without the white space around it."""
    text = cell.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)
