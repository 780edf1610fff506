"""The normalised dump of a schema: two databases are alike when their dumps are equal (D50)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

Dump = dict[str, str]
"""`kind:name` to its definition; a kind is `table`, `column`, `check`, `index`, `trigger`, `policy`..."""

VERSION_TABLE: Final = "alembic_version"

_SPACE = re.compile(r"\s+")
_CONSTRAINT = re.compile(r"(?i)^(CONSTRAINT|PRIMARY KEY|FOREIGN KEY|UNIQUE|CHECK)\b")
_NAMED = re.compile(r"(?i)^CONSTRAINT\s+(\S+)\s+(\w+)")


def dump(connection: sa.Connection) -> Dump:
    """Everything that shapes the database this connection stands in, whatever order it was made in."""
    lines = _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    found = dict(lines)
    return {key: found[key] for key in sorted(found)}


def _plain(sql: str) -> str:
    text = _SPACE.sub(" ", sql).strip()
    return text.replace("( ", "(").replace(" )", ")").replace(" ,", ",")


def _sqlite(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'"
    ).all()
    for kind, name, table, sql in rows:
        if kind == "table" and not sql.upper().startswith("CREATE VIRTUAL"):
            yield from _sqlite_table(table, sql)
        else:
            yield f"{kind}:{name}", _plain(sql)


def _sqlite_table(table: str, sql: str) -> Iterator[tuple[str, str]]:
    """A table part by part, so that the order of its constraints does not matter and a difference has a name."""
    body, tail = _body(sql)
    yield f"table:{table}", _plain(tail)
    place = 0
    for part in _split(body):
        if _CONSTRAINT.match(part):
            named = _NAMED.match(part)
            kind = (named.group(2) if named else part.split("(")[0].split()[0]).lower()
            yield f"{kind}:{table}.{named.group(1) if named else part}", part
        else:
            yield f"column:{table}.{part.split(' ')[0]}", f"{place} {part}"
            place += 1


def _body(sql: str) -> tuple[str, str]:
    start, end = sql.index("("), sql.rindex(")")
    return sql[start + 1 : end], sql[end + 1 :]


def _split(body: str) -> list[str]:
    """The parts between the commas that stand in no bracket and no string."""
    parts, depth, quote, start = [], 0, "", 0
    for place, letter in enumerate(body):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            parts.append(body[start:place])
            start = place + 1
    parts.append(body[start:])
    return [_plain(part) for part in parts]


_POSTGRESQL: Final = {
    "table": """
        SELECT c.relname, concat(c.relkind, ' rls=', c.relrowsecurity, ' force=', c.relforcerowsecurity)
            || ' ' || coalesce(obj_description(c.oid), '')
        FROM pg_class c WHERE c.relnamespace = :space AND c.relkind IN ('r', 'p', 'v', 'm', 'S')""",
    "column": """
        SELECT c.relname || '.' || a.attname,
            row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
            || concat(' ', a.attidentity, a.attgenerated)
            || coalesce(' ' || col_description(c.oid, a.attnum), '')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = :space AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraint": """
        SELECT c.conrelid::regclass || '.' || c.conname, concat(c.contype, ' ') || pg_get_constraintdef(c.oid)
        FROM pg_constraint c WHERE c.connamespace = :space AND c.contype <> 'n'""",
    "index": """
        SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_class c WHERE c.relnamespace = :space AND c.relkind = 'i'""",
    "trigger": """
        SELECT t.tgrelid::regclass || '.' || t.tgname, pg_get_triggerdef(t.oid) || concat(' ', t.tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = :space AND NOT t.tgisinternal""",
    "function": """
        SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = :space""",
    "policy": """
        SELECT c.relname || '.' || p.polname, concat(p.polcmd, ' ', p.polpermissive)
            || ' ' || array_to_string(ARRAY(SELECT rolname FROM pg_roles WHERE oid = ANY (p.polroles) ORDER BY 1), ',')
            || ' USING ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '')
            || ' CHECK ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = :space""",
    "grant": """
        SELECT c.relname || '.' || pg_get_userbyid(g.grantee),
            string_agg(g.privilege_type, ',' ORDER BY g.privilege_type)
        FROM pg_class c, LATERAL aclexplode(c.relacl) g
        WHERE c.relnamespace = :space AND g.grantee <> c.relowner GROUP BY 1, c.relname, g.grantee""",
}


def _postgresql(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    schema = connection.execute(sa.text("SELECT current_schema()")).scalar_one()
    space = connection.execute(
        sa.text("SELECT oid FROM pg_namespace WHERE nspname = :schema"), {"schema": schema}
    ).scalar_one()
    for kind, query in _POSTGRESQL.items():
        for name, definition in connection.execute(sa.text(query), {"space": space}):
            if VERSION_TABLE not in name:
                yield f"{kind}:{_nowhere(name, schema)}", _plain(_nowhere(definition, schema))


def _nowhere(text: str, schema: str) -> str:
    """The same text without the name of the schema, which differs from district to district."""
    return text.replace(f"{schema}.", "").replace(schema, "<schema>")
