"""The search index of students: an FTS5 table over a plain one, kept by triggers whoever writes (D61).

`marks` holds what a search filters by: `0b` with the date of birth, `0a` with active or not, `0s` with each school.
A digit stands first, so that no mark lies among the letters that near words are looked for in.
"""

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from clinicdesk.storage.names import joined_sql

SEARCH_TABLES: Final = "student_search"
"""How the names of the index's tables begin; they are made by statements, not by the models."""

_NAMES = ("first_name", "middle_name", "last_name", "preferred_name")
_COLUMNS = ("names", "joined", "number", "marks")
_ENROLMENT_EVENTS = (
    ("INSERT", "NEW"),
    ("UPDATE OF student_id, school_id, status, deleted_at", "NEW"),
    ("DELETE", "OLD"),
)

_MARKS = (
    "'0b' || replace(s.date_of_birth, '-', '') || ' 0a' || s.is_active || coalesce(' 0s' || replace(s.school_id, '-',"
    " ''), '') || coalesce((SELECT ' ' || group_concat('0s' || replace(e.school_id, '-', ''), ' ')"
    " FROM student_enrollments e WHERE e.student_id = s.id AND e.deleted_at IS NULL AND e.status <> 'ENDED'), '')"
)


# The names with a mark between them; the mark outlasts the removal of joiners and becomes a space at the end.
_APART = " || char(31) || ".join(f"coalesce(s.{name}, '')" for name in _NAMES)


def _index_row(student: str) -> str:
    """Put the student into the index, where it is live and no alias of another (D26)."""
    return (
        "INSERT INTO student_search_rows (student_id, sort_key, names, joined, number, marks)\n"
        "  SELECT s.id, s.last_name || char(31) || s.first_name || char(31) || s.is_active,\n"
        "    replace(n.apart, char(31), ' '), replace(n.joined, char(31), ' '), coalesce(s.student_number, ''),\n"
        f"    {_MARKS}\n"
        "  FROM students s, (\n"
        f"    SELECT a.apart, {joined_sql('a.apart')} AS joined FROM (\n"
        f"      SELECT {_APART} AS apart FROM students s WHERE s.id = {student} LIMIT 1) a LIMIT 1) n\n"
        f"  WHERE s.id = {student} AND s.deleted_at IS NULL AND s.merged_into_id IS NULL;"
    )


def search_statements() -> Iterator[str]:
    """The index, its plain table and the triggers that keep both, whoever writes."""
    yield (
        "CREATE TABLE student_search_rows (doc INTEGER PRIMARY KEY, student_id CHAR(36) NOT NULL UNIQUE,"
        " sort_key TEXT NOT NULL, names TEXT NOT NULL, joined TEXT NOT NULL, number TEXT NOT NULL, marks TEXT NOT NULL)"
    )
    yield (
        "CREATE VIRTUAL TABLE student_search USING fts5(names, joined, number, marks, content='student_search_rows',"
        " content_rowid='doc', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')"
    )
    yield "CREATE VIRTUAL TABLE student_search_terms USING fts5vocab(student_search, row)"
    new, old = (", ".join(f"{row}.{name}" for name in _COLUMNS) for row in ("NEW", "OLD"))
    columns = ", ".join(_COLUMNS)
    put = f"INSERT INTO student_search (rowid, {columns}) VALUES (NEW.doc, {new});"
    take = f"INSERT INTO student_search (student_search, rowid, {columns}) VALUES ('delete', OLD.doc, {old});"
    yield f"CREATE TRIGGER student_search_put AFTER INSERT ON student_search_rows\nBEGIN\n  {put}\nEND"
    yield f"CREATE TRIGGER student_search_take AFTER DELETE ON student_search_rows\nBEGIN\n  {take}\nEND"
    yield f"CREATE TRIGGER student_search_turn AFTER UPDATE ON student_search_rows\nBEGIN\n  {take}\n  {put}\nEND"
    forget = "DELETE FROM student_search_rows WHERE student_id = OLD.id;"
    shown = ", ".join((*_NAMES, "student_number", "date_of_birth", "is_active", "school_id", "deleted_at"))
    yield f"CREATE TRIGGER student_search_new AFTER INSERT ON students\nBEGIN\n  {_index_row('NEW.id')}\nEND"
    yield (
        f"CREATE TRIGGER student_search_change AFTER UPDATE OF {shown}, merged_into_id ON students\n"
        f"BEGIN\n  {forget}\n  {_index_row('NEW.id')}\nEND"
    )
    yield f"CREATE TRIGGER student_search_gone AFTER DELETE ON students\nBEGIN\n  {forget}\nEND"
    for event, row in _ENROLMENT_EVENTS:
        yield (
            f"CREATE TRIGGER student_search_enrolled_{event.split()[0].lower()} AFTER {event} ON student_enrollments\n"
            "BEGIN\n"
            f"  UPDATE student_search_rows SET marks = (SELECT {_MARKS} FROM students s WHERE s.id = student_id)\n"
            f"  WHERE student_id = {row}.student_id;\n"
            "END"
        )
