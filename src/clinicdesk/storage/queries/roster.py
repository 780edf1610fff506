"""The roster on this desk: what an import reads before and writes after, in bulk."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.roster.held import Facts, HeldRoster, Kind, LinkKey, LinkKind, Remembered
from clinicdesk.models import Contact, District, RosterImport, RosterImportRow, SourceLink, User
from clinicdesk.models.base import Base
from clinicdesk.models.enums import ContactType, ImportAction
from clinicdesk.models.registry import table_of
from clinicdesk.storage.queries.roster_columns import ROSTER_TABLES, Row

_LINKS: sa.Table = table_of(SourceLink.__tablename__)
_ROWS: sa.Table = table_of(RosterImportRow.__tablename__)
# Bound parameters of one statement; SQLite takes 32,766.
_AT_ONCE = 1_000


def held_roster(session: Session, source: str) -> HeldRoster:
    """The roster columns of every live row, and the source keys remembered of `source`."""
    held: dict[Kind, dict[uuid.UUID, Any]] = {kind: _facts(session, kind) for kind in Kind}
    links = _links(session, source)
    return HeldRoster(
        schools=held[Kind.SCHOOL],
        sessions=held[Kind.SESSION],
        students=held[Kind.STUDENT],
        enrollments=held[Kind.ENROLLMENT],
        contacts=held[Kind.CONTACT],
        guardians=held[Kind.GUARDIAN],
        staff=_staff(session),
        links=links,
    )


def district_of(session: Session) -> uuid.UUID | None:
    """The district of this desk."""
    return session.scalar(sa.select(District.id).where(District.deleted_at.is_(None)).order_by(District.id).limit(1))


def current_facts(session: Session, kind: Kind, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Facts]:
    """The live rows among `ids` as they stand now."""
    known = ROSTER_TABLES[kind]
    found: dict[uuid.UUID, Facts] = {}
    for some in _in_parts(list(ids)):
        statement = _selected(kind).where(known.table.c.id.in_(some))
        found.update({row["id"]: known.read(row) for row in session.execute(statement).mappings()})
    return found


def link_row_ids(session: Session, source: str, keys: Iterable[LinkKey]) -> dict[LinkKey, uuid.UUID]:
    """The rows that remember these keys."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = session.execute(
        sa.select(_LINKS.c.id, _LINKS.c.kind, _LINKS.c.sourced_id).where(
            _LINKS.c.source == source, _LINKS.c.deleted_at.is_(None)
        )
    )
    return {(LinkKind(row.kind), row.sourced_id): row.id for row in rows if (row.kind, row.sourced_id) in wanted}


def import_rows(session: Session, import_id: uuid.UUID) -> list[RosterImportRow]:
    """What an import did, in the order it was done."""
    statement = sa.select(RosterImportRow).where(RosterImportRow.roster_import_id == import_id)
    return list(session.scalars(statement.order_by(RosterImportRow.id)))


def quarantined_rows(session: Session, import_id: uuid.UUID) -> list[RosterImportRow]:
    """The rows that an import set aside."""
    statement = sa.select(RosterImportRow).where(
        RosterImportRow.roster_import_id == import_id, RosterImportRow.action == ImportAction.QUARANTINE
    )
    return list(session.scalars(statement.order_by(RosterImportRow.file_name, RosterImportRow.line)))


def recent_imports(session: Session, most: int) -> list[RosterImport]:
    """The last imports, newest first."""
    statement = sa.select(RosterImport).where(RosterImport.deleted_at.is_(None))
    return list(session.scalars(statement.order_by(RosterImport.started_at.desc()).limit(most)))


def import_of(session: Session, import_id: uuid.UUID) -> RosterImport | None:
    return session.get(RosterImport, import_id)


def links_made_by(session: Session, import_id: uuid.UUID) -> list[uuid.UUID]:
    """The remembered keys whose last import is this one."""
    statement = sa.select(_LINKS.c.id).where(_LINKS.c.last_import_id == import_id, _LINKS.c.deleted_at.is_(None))
    return list(session.scalars(statement))


def links_of(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Row]:
    """The rows that remember, as columns."""
    found: dict[uuid.UUID, Row] = {}
    for some in _in_parts(list(ids)):
        for row in session.execute(sa.select(_LINKS).where(_LINKS.c.id.in_(some))).mappings():
            found[row["id"]] = row
    return found


def taught_anew(session: Session, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the forgotten links `ids` whose key a later import has given another link."""
    other = _LINKS.alias()
    found: set[uuid.UUID] = set()
    for some in _in_parts(list(ids)):
        statement = sa.select(_LINKS.c.id).where(
            _LINKS.c.id.in_(some),
            sa.exists().where(
                other.c.source == _LINKS.c.source,
                other.c.kind == _LINKS.c.kind,
                other.c.sourced_id == _LINKS.c.sourced_id,
                other.c.id != _LINKS.c.id,
                other.c.deleted_at.is_(None),
            ),
        )
        found.update(session.scalars(statement))
    return found


def in_use(session: Session, table: sa.Table, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of `ids` that a live row of any table refers to, other than one of themselves."""
    found: set[uuid.UUID] = set()
    wanted = list(ids)
    for other in Base.metadata.tables.values():
        if other.name in _FOLLOWS_THE_STUDENT or other.info.get("side") == "district":
            continue
        for key in other.foreign_keys:
            if key.column.table is not table:
                continue
            for some in _in_parts(wanted):
                statement = sa.select(key.parent).where(key.parent.in_(some)).distinct()
                if "deleted_at" in other.c:
                    statement = statement.where(other.c.deleted_at.is_(None))
                if other is table:
                    statement = statement.where(other.c.id.not_in(wanted))
                found.update(session.scalars(statement))
    return found


def students_with_records(session: Session, import_id: uuid.UUID) -> set[uuid.UUID]:
    """Students that an import added and that somebody has written about since: they cannot be taken back."""
    found: set[uuid.UUID] = set()
    added = _added_by(import_id, "students")
    for table in Base.metadata.tables.values():
        column = table.c.get("student_id")
        if column is None or table.name in _FOLLOWS_THE_STUDENT or table.info.get("side") == "district":
            continue
        statement = sa.select(column).where(column.in_(added)).distinct()
        if table.name in _ALSO_IMPORTED:
            statement = statement.where(table.c.id.not_in(_added_by(import_id, table.name)))
        if "deleted_at" in table.c:
            statement = statement.where(table.c.deleted_at.is_(None))
        found.update(session.scalars(statement))
    return found


# What is made with a student and says nothing about her.
_FOLLOWS_THE_STUDENT = frozenset({"audit_logs", "sealed_keys", "source_links"})
_ALSO_IMPORTED = frozenset({"student_enrollments", "emergency_contacts"})


def _added_by(import_id: uuid.UUID, table: str) -> sa.Select[tuple[uuid.UUID]]:
    return sa.select(_ROWS.c.row_id).where(
        _ROWS.c.roster_import_id == import_id,
        _ROWS.c.table_name == table,
        _ROWS.c.action == ImportAction.INSERT,
        _ROWS.c.row_id.is_not(None),
    )


def _facts(session: Session, kind: Kind) -> dict[uuid.UUID, Facts]:
    known = ROSTER_TABLES[kind]
    return {row["id"]: known.read(row) for row in session.execute(_selected(kind)).mappings()}


def _selected(kind: Kind) -> sa.Select[Any]:
    known = ROSTER_TABLES[kind]
    table = known.table
    statement = sa.select(table.c.id, *(table.c[name] for name in known.columns)).where(table.c.deleted_at.is_(None))
    if table.name == Contact.__tablename__:
        statement = statement.where(table.c.type == ContactType.GUARDIAN)
    return statement


def _links(session: Session, source: str) -> dict[LinkKey, Remembered]:
    rows = session.execute(
        sa.select(
            _LINKS.c.kind,
            _LINKS.c.sourced_id,
            _LINKS.c.row_id,
            _LINKS.c.student_id,
            _LINKS.c.school_id,
            _LINKS.c.content_hash,
        ).where(_LINKS.c.source == source, _LINKS.c.deleted_at.is_(None))
    )
    return {
        (LinkKind(row.kind), row.sourced_id): Remembered(
            row.row_id, row.student_id, row.school_id, row.content_hash or ""
        )
        for row in rows
    }


def _staff(session: Session) -> Mapping[str, uuid.UUID]:
    rows = session.execute(sa.select(User.email, User.id).where(User.deleted_at.is_(None)))
    return {email.casefold(): user_id for email, user_id in rows}


def _in_parts(ids: list[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
