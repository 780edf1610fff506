"""The first schema: every table of workstation and district, with their triggers, search index and row security.

Written out in full: a revision never changes with the models. `table` and `index` are the few differences between
SQLCipher and PostgreSQL in one place; triggers and policies stand beside this file, one text a side.
"""

# ruff: noqa: E501 - one line a column, one function a schema

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SIDES = {"sqlite": "desk", "postgresql": "district"}
Part = sa.Column[Any] | sa.CheckConstraint

LATER_KEYS: list[tuple[str, str, str]] = []
"""Foreign keys of PostgreSQL, made when all tables stand: schools, districts and users know one another."""


def guid() -> sa.types.TypeEngine[Any]:
    return sa.CHAR(36).with_variant(postgresql.UUID(), "postgresql")


def instant() -> sa.types.TypeEngine[Any]:
    return sa.CHAR(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def exact(precision: int, scale: int) -> sa.types.TypeEngine[Any]:
    return sa.Text().with_variant(sa.Numeric(precision, scale), "postgresql")


def json() -> sa.types.TypeEngine[Any]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def column(
    name: str,
    kind: sa.types.TypeEngine[Any],
    *,
    refers: str | None = None,
    null: bool = False,
    default: Any = None,
    phi: bool = False,
    key: Literal["given", "counted"] | None = None,
) -> sa.Column[Any]:
    """A column; `refers` names the table whose key it holds, `key` makes it part of the primary key."""
    return sa.Column(
        name,
        kind,
        nullable=null,
        server_default=default,
        comment="PHI" if phi else None,
        primary_key=key is not None,
        autoincrement="auto" if key == "counted" else False,
        info={"refers": refers},
    )


def stamps() -> Iterator[sa.Column[Any]]:
    """Who wrote the row and when, and what the district knows of it."""
    yield column("created_at", instant())
    yield column("created_by", guid(), refers="users", null=True)
    yield column("updated_at", instant())
    yield column("updated_by", guid(), refers="users", null=True)
    yield column("row_version", sa.BigInteger(), default="0")
    yield column("field_versions", json(), null=True)
    yield column("scope_id", guid(), null=True)


def deletion() -> Iterator[sa.Column[Any]]:
    yield column("deleted_at", instant(), null=True)
    yield column("deleted_by", guid(), refers="users", null=True)
    yield column("delete_reason", sa.String(200), null=True, phi=True)


def choice(name: str, words: str) -> sa.CheckConstraint:
    """A column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words.split())
    return sa.CheckConstraint(f"{name} IN ({listed})", name=f"{name}_choice")


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def here(side: str | None) -> bool:
    return side is None or side == SIDES[op.get_bind().dialect.name]


def table(name: str, *parts: Part, side: str | None = None) -> None:
    """Make a table on its side. PostgreSQL gets the foreign keys once all tables stand (`join_tables`)."""
    if not here(side):
        return
    columns = [part for part in parts if isinstance(part, sa.Column)]
    primary = [made.name for made in columns if made.primary_key]
    items: list[Any] = [*columns, sa.PrimaryKeyConstraint(*primary, name=op.f(f"pk_{name}"))]
    for part in parts:
        if isinstance(part, sa.CheckConstraint):
            part.name = op.f(f"ck_{name}_{part.name}")
            items.append(part)
    keys = [(made.name, made.info["refers"]) for made in columns if made.info["refers"] is not None]
    if op.get_bind().dialect.name == "sqlite":
        items += [
            sa.ForeignKeyConstraint(
                [own], [f"{other}.id"], name=op.f(f"fk_{name}_{own}"), deferrable=True, initially="IMMEDIATE"
            )
            for own, other in keys
        ]
    else:
        LATER_KEYS.extend((name, own, other) for own, other in keys)
    op.create_table(name, *items)


def index(
    name: str,
    on: str,
    *columns: str,
    unique: bool = False,
    where: str | None = None,
    kind: str | None = None,
    side: str | None = None,
) -> None:
    """Make an index on its side; a GIN index exists on PostgreSQL alone."""
    if here(side) and (kind is None or here("district")):
        condition = None if where is None else sa.text(where)
        options: dict[str, Any] = {} if kind is None else {"postgresql_using": kind}
        op.create_index(
            op.f(name), on, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition, **options
        )


def join_tables() -> None:
    for name, own, other in LATER_KEYS:
        op.create_foreign_key(
            op.f(f"fk_{name}_{own}"), name, other, [own], ["id"], deferrable=True, initially="IMMEDIATE"
        )
    LATER_KEYS.clear()


def statements() -> Iterator[str]:
    """The statements of this side, each ended by a line of its own."""
    side = SIDES[op.get_bind().dialect.name]
    text = (Path(__file__).parents[1] / "statements" / f"{revision}_{side}.sql").read_text(encoding="utf-8")
    for part in text.split("\n-- end\n"):
        if part.strip():
            yield part.strip()


def upgrade() -> None:
    LATER_KEYS.clear()
    make_tables()
    join_tables()
    connection = op.get_bind()
    schema = "" if here("desk") else connection.execute(sa.text("SELECT current_schema()")).scalar_one()
    for statement in statements():
        connection.exec_driver_sql(statement if here("desk") else placed(statement, schema))


def placed(statement: str, schema: str) -> str:
    """A statement for the schema of one district, whose name its roles carry."""
    return statement.replace("{schema}", schema).replace("%", "%%")


def downgrade() -> None:
    """Leave an empty database; for development (D50)."""
    connection = op.get_bind()
    names = [name for name in sa.inspect(connection).get_table_names() if name != "alembic_version"]
    if here("desk"):
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("DROP TABLE student_search_terms")
        connection.exec_driver_sql("DROP TABLE student_search")
        names = [name for name in names if not name.startswith("student_search") or name == "student_search_rows"]
        for name in names:
            connection.exec_driver_sql(f"DROP TABLE {name}")
    else:
        connection.exec_driver_sql(f"DROP TABLE {', '.join(names)} CASCADE")
        connection.exec_driver_sql("DROP FUNCTION clinicdesk_refuse, clinicdesk_balance")


def make_tables() -> None:
    table(
        "districts",
        column("id", guid(), key="given"),
        column("name", sa.String(200)),
        column("code", sa.String(50)),
        column("address", sa.Text(), null=True),
        column("city", sa.String(100), null=True),
        column("state", sa.String(2), null=True),
        column("zip_code", sa.String(10), null=True),
        column("phone", sa.String(20), null=True),
        column("email", sa.String(255), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("time_zone", sa.String(64), default="America/New_York"),
        column("language", sa.String(10), default="en"),
        *stamps(),
        *deletion(),
    )
    index("ix_districts_is_active", "districts", "is_active")
    index("uq_districts_code", "districts", "code", unique=True, where="deleted_at IS NULL")
    table(
        "schools",
        column("id", guid(), key="given"),
        column("name", sa.String(200)),
        column("code", sa.String(50)),
        column("district_id", guid(), refers="districts"),
        column("address", sa.Text(), null=True),
        column("city", sa.String(100), null=True),
        column("state", sa.String(2), null=True),
        column("zip_code", sa.String(10), null=True),
        column("phone", sa.String(20), null=True),
        column("email", sa.String(255), null=True),
        column("principal", sa.String(200), null=True),
        column("total_enrollment", sa.Integer(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("time_zone", sa.String(64), default="America/New_York"),
        column("records_regime", sa.String(40), default="FERPA"),
        column("sourced_id", sa.String(255), null=True),
        column("lowest_grade", sa.String(10), null=True),
        column("highest_grade", sa.String(10), null=True),
        *stamps(),
        *deletion(),
        choice("records_regime", "FERPA HIPAA"),
        check("total_enrollment_not_below_0", "CAST(total_enrollment AS NUMERIC) >= 0"),
    )
    index("ix_schools_district_id", "schools", "district_id")
    index("ix_schools_is_active", "schools", "is_active")
    index("uq_schools_code", "schools", "code", unique=True, where="deleted_at IS NULL")
    index(
        "uq_schools_sourced_id",
        "schools",
        "sourced_id",
        unique=True,
        where="deleted_at IS NULL AND sourced_id IS NOT NULL",
    )
    table(
        "users",
        column("id", guid(), key="given"),
        column("email", sa.String(255)),
        column("password", sa.String(255), null=True),
        column("first_name", sa.String(255)),
        column("last_name", sa.String(255)),
        column("role", sa.String(40), default="VIEWER"),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("last_login", instant(), null=True),
        column("school_id", guid(), refers="schools", null=True),
        column("district_id", guid(), refers="districts", null=True),
        column("phone", sa.String(255), null=True),
        column("email_verified", sa.Boolean(), default=sa.false()),
        column("email_verification_token", sa.String(255), null=True),
        column("email_verification_expires", instant(), null=True),
        column("password_reset_token", sa.String(255), null=True),
        column("password_reset_expires", instant(), null=True),
        column("password_changed_at", instant(), null=True),
        column("two_factor_enabled", sa.Boolean(), default=sa.false()),
        column("two_factor_secret", sa.LargeBinary(), null=True),
        column("failed_login_attempts", sa.Integer(), default="0"),
        column("lockout_until", instant(), null=True),
        column("last_password_change", instant(), null=True),
        column("must_change_password", sa.Boolean(), default=sa.false()),
        column("credentials", sa.String(100), null=True),
        column("job_title", sa.String(100), null=True),
        column("language", sa.String(10), default="en"),
        column("sourced_id", sa.String(255), null=True),
        *stamps(),
        *deletion(),
        check("email_lower_case", "email = lower(email)"),
        check("failed_login_attempts_not_below_0", "CAST(failed_login_attempts AS NUMERIC) >= 0"),
        check("last_password_change_after_password_changed_at", "last_password_change >= password_changed_at"),
        check("password_changed_at_after_last_password_change", "password_changed_at >= last_password_change"),
        check(
            "password_changed_at_with_last_password_change",
            "(password_changed_at IS NULL) = (last_password_change IS NULL)",
        ),
        choice("role", "ADMIN DISTRICT_ADMIN SCHOOL_ADMIN NURSE HEALTH_AIDE COUNSELOR VIEWER SYSTEM"),
    )
    index("ix_users_district_id", "users", "district_id")
    index("ix_users_school_id", "users", "school_id")
    index("uq_users_email", "users", "email", unique=True, where="deleted_at IS NULL")
    index(
        "uq_users_sourced_id", "users", "sourced_id", unique=True, where="deleted_at IS NULL AND sourced_id IS NOT NULL"
    )
    table(
        "work_context",
        column("id", sa.Integer(), key="given"),
        column("mode", sa.String(40)),
        column("author_id", guid(), null=True),
        column("grant_id", guid(), null=True),
        column("tx_id", guid()),
        column("purpose", sa.String(40)),
        column("written_at", instant()),
        choice("mode", "DESK APPLY RETENTION"),
        check("one_row", "id = 1"),
        choice("purpose", "CARE ADMINISTRATION EMERGENCY BREAK_GLASS IMPORT SYNC MAINTENANCE"),
        side="desk",
    )
    table(
        "sync_rows",
        column("table_name", sa.String(63), key="given"),
        column("row_id", guid(), key="given"),
        column("base_version", sa.BigInteger()),
        column("base", json(), null=True, phi=True),
        column("digest", sa.BigInteger()),
        column("anchor_id", guid(), null=True),
        column("companion", sa.Boolean(), default=sa.false()),
        side="desk",
    )
    index("ix_sync_rows_anchor_id", "sync_rows", "anchor_id", side="desk")
    table(
        "sync_cursors",
        column("scope_id", guid(), key="given"),
        column("cursor", sa.Text(), null=True),
        column("epoch", guid(), null=True),
        column("seq", sa.BigInteger(), default="0"),
        column("commit_id", guid(), null=True),
        column("bootstrapped", sa.Boolean(), default=sa.false()),
        column("updated_at", instant(), null=True),
        side="desk",
    )
    table(
        "sync_digests",
        column("scope_id", guid(), key="given"),
        column("table_name", sa.String(63), key="given"),
        column("bucket", sa.Integer(), key="given"),
        column("rows", sa.BigInteger(), default="0"),
        column("digest", sa.BigInteger(), default="0"),
        side="desk",
    )
    table(
        "device_facts",
        column("name", sa.String(63), key="given"),
        column("text_value", sa.Text(), null=True),
        column("bytes_value", sa.LargeBinary(), null=True),
        side="desk",
    )
    table(
        "sync_receipts",
        column("mutation_id", guid(), key="given"),
        column("device_id", guid()),
        column("payload_hash", sa.LargeBinary()),
        column("state", sa.String(40)),
        column("outcome", json(), phi=True),
        column("change_seq", sa.BigInteger(), null=True),
        column("received_at", instant()),
        choice("state", "PENDING IN_FLIGHT APPLIED MERGED CONFLICT HELD REJECTED"),
        side="district",
    )
    index("ix_sync_receipts_device_id_received_at", "sync_receipts", "device_id", "received_at", side="district")
    table(
        "change_log",
        column("seq", sa.BigInteger(), key="given"),
        column("scope_id", guid()),
        column("table_name", sa.String(63)),
        column("row_id", guid()),
        column("operation", sa.String(40)),
        column("row_version", sa.BigInteger()),
        column("anchor_id", guid(), null=True),
        column("device_id", guid(), null=True),
        choice("operation", "UPSERT DELETE ENTER LEAVE"),
        side="district",
    )
    index("ix_change_log_anchor_id", "change_log", "anchor_id", side="district")
    index("ix_change_log_scope_id_seq", "change_log", "scope_id", "seq", side="district")
    index("ix_change_log_scope_id_table_name_seq", "change_log", "scope_id", "table_name", "seq", side="district")
    index("ix_change_log_table_name_row_id", "change_log", "table_name", "row_id", side="district")
    index(
        "uq_change_log_scope_id_table_name_row_id",
        "change_log",
        "scope_id",
        "table_name",
        "row_id",
        unique=True,
        side="district",
    )
    table(
        "sync_commits",
        column("commit_id", guid(), key="given"),
        column("seq", sa.BigInteger()),
        column("committed_at", instant()),
        side="district",
    )
    index("ix_sync_commits_seq", "sync_commits", "seq", side="district")
    table(
        "sync_inbox",
        column("id", guid(), key="given"),
        column("mutation_id", guid()),
        column("device_id", guid()),
        column("table_name", sa.String(63), null=True),
        column("row_id", guid(), null=True, phi=True),
        column("waits_for", guid(), null=True),
        column("state", sa.String(40)),
        column("reason", sa.String(100)),
        column("payload", json(), phi=True),
        column("received_at", instant()),
        column("settled_at", instant(), null=True),
        column("settled_by", guid(), null=True),
        choice("state", "HELD REVIEW REJECTED QUARANTINED SETTLED"),
        side="district",
    )
    index("ix_sync_inbox_device_id", "sync_inbox", "device_id", side="district")
    index("ix_sync_inbox_mutation_id", "sync_inbox", "mutation_id", side="district")
    index("ix_sync_inbox_state_received_at", "sync_inbox", "state", "received_at", side="district")
    index("ix_sync_inbox_waits_for", "sync_inbox", "waits_for", side="district")
    table(
        "devices",
        column("id", guid(), key="given"),
        column("name", sa.String(200)),
        column("status", sa.String(40)),
        column("signing_key", sa.LargeBinary()),
        column("sealing_key", sa.LargeBinary()),
        column("scope_all", sa.Boolean(), default=sa.false()),
        column("school_ids", json(), default=sa.text("'[]'")),
        column("incarnation", sa.Integer(), default="1"),
        column("acked_items", sa.BigInteger(), default="0"),
        column("last_mutation_id", guid(), null=True),
        column("last_seq", sa.BigInteger(), null=True),
        column("invited_by", guid(), null=True),
        column("approved_by", guid(), null=True),
        column("approved_at", instant(), null=True),
        column("sealed_data_key", sa.LargeBinary(), null=True),
        column("enrolled_at", instant()),
        column("last_seen_at", instant(), null=True),
        column("revoked_at", instant(), null=True),
        column("app_version", sa.String(40), null=True),
        column("platform", sa.String(80), null=True),
        column("request", json(), default=sa.text("'{}'")),
        column("session_nonce", guid(), null=True),
        column("previous_nonce", guid(), null=True),
        choice("status", "PENDING ACTIVE REVOKED"),
        side="district",
    )
    table(
        "device_invites",
        column("id", guid(), key="given"),
        column("code_hash", sa.String(64)),
        column("proof_key", sa.LargeBinary()),
        column("scope_all", sa.Boolean(), default=sa.false()),
        column("school_ids", json(), default=sa.text("'[]'")),
        column("created_by", guid(), null=True),
        column("created_at", instant()),
        column("expires_at", instant()),
        column("tries", sa.Integer(), default="0"),
        column("used_at", instant(), null=True),
        column("device_id", guid(), null=True),
        column("sealed_data_key", sa.LargeBinary(), null=True),
        column("is_first", sa.Boolean(), default=sa.false()),
        check("five_tries", "tries BETWEEN 0 AND 5"),
        side="district",
    )
    index("ix_device_invites_device_id", "device_invites", "device_id", side="district")
    index(
        "uq_device_invites_code_hash",
        "device_invites",
        "code_hash",
        unique=True,
        where="used_at IS NULL",
        side="district",
    )
    table(
        "device_nonces",
        column("device_id", guid(), key="given"),
        column("nonce", sa.String(64), key="given"),
        column("expires_at", instant()),
        side="district",
    )
    index("ix_device_nonces_expires_at", "device_nonces", "expires_at", side="district")
    table(
        "scope_digests",
        column("scope_id", guid(), key="given"),
        column("table_name", sa.String(63), key="given"),
        column("bucket", sa.Integer(), key="given"),
        column("rows", sa.BigInteger(), default="0"),
        column("digest", sa.BigInteger(), default="0"),
        side="district",
    )
    table(
        "server_state",
        column("id", sa.Integer(), key="given"),
        column("district_id", guid()),
        column("epoch", guid()),
        column("last_seq", sa.BigInteger(), default="0"),
        column("durable_seq", sa.BigInteger(), default="0"),
        column("schema_version", sa.Integer(), default="1"),
        column("updated_at", instant()),
        check("one_row", "id = 1"),
        side="district",
    )
    table(
        "change_history",
        column("id", guid(), key="given"),
        column("mutation_id", guid()),
        column("seq", sa.BigInteger()),
        column("device_id", guid(), null=True),
        column("author_id", guid(), null=True),
        column("grant_id", guid(), null=True),
        column("table_name", sa.String(63)),
        column("row_id", guid(), phi=True),
        column("operation", sa.String(20)),
        column("changes", json(), phi=True),
        column("row_version", sa.BigInteger()),
        column("authored_at", instant(), null=True),
        column("accepted_at", instant()),
        side="district",
    )
    index("ix_change_history_author_id", "change_history", "author_id", side="district")
    index("ix_change_history_mutation_id", "change_history", "mutation_id", side="district")
    index("ix_change_history_seq", "change_history", "seq", side="district")
    index("ix_change_history_table_name_row_id", "change_history", "table_name", "row_id", side="district")
    table(
        "import_leases",
        column("id", sa.Integer(), key="given"),
        column("device_id", guid(), null=True),
        column("user_id", guid(), null=True),
        column("taken_at", instant(), null=True),
        column("expires_at", instant(), null=True),
        check("one_row", "id = 1"),
        side="district",
    )
    table(
        "scope_members",
        column("anchor_id", guid(), key="given"),
        column("scope_id", guid(), key="given"),
        column("until", instant(), null=True),
    )
    index("ix_scope_members_scope_id_anchor_id", "scope_members", "scope_id", "anchor_id")
    table(
        "sync_states",
        column("id", guid(), key="given"),
        column("entity_type", sa.String(100)),
        column("entity_id", guid()),
        column("last_sync_at", instant()),
        column("sync_status", sa.String(50)),
        column("error_message", sa.Text(), null=True),
        column("created_at", instant()),
        column("updated_at", instant()),
    )
    index("uq_sync_states_entity_type_entity_id", "sync_states", "entity_type", "entity_id", unique=True)
    table(
        "role_grants",
        column("id", guid(), key="given"),
        column("user_id", guid(), refers="users"),
        column("role", sa.String(40)),
        column("school_id", guid(), refers="schools", null=True),
        column("valid_from", instant()),
        column("valid_until", instant(), null=True),
        column("granted_by", guid(), refers="users", null=True),
        *stamps(),
        *deletion(),
        choice("role", "ADMIN DISTRICT_ADMIN SCHOOL_ADMIN NURSE HEALTH_AIDE COUNSELOR VIEWER SYSTEM"),
        check("valid_until_after_valid_from", "valid_until >= valid_from"),
    )
    index("ix_role_grants_granted_by", "role_grants", "granted_by")
    index("ix_role_grants_school_id", "role_grants", "school_id")
    index("ix_role_grants_user_id_role", "role_grants", "user_id", "role")
    table(
        "user_keys",
        column("id", guid(), key="given"),
        column("user_id", guid(), refers="users"),
        column("device_id", guid()),
        column("purpose", sa.String(40)),
        column("suite", sa.String(60)),
        column("public_key", sa.LargeBinary()),
        column("key_epoch", sa.Integer(), default="1"),
        column("certificate", sa.LargeBinary(), null=True),
        column("valid_from", instant()),
        column("valid_until", instant(), null=True),
        column("revoked_at", instant(), null=True),
        column("revoked_reason", sa.String(200), null=True),
        *stamps(),
        *deletion(),
        check("key_epoch_not_below_1", "CAST(key_epoch AS NUMERIC) >= 1"),
        choice("purpose", "SIGNING SEALING"),
        check("revoked_reason_when_revoked", "NOT (revoked_at IS NOT NULL) OR revoked_reason IS NOT NULL"),
        check("valid_until_after_valid_from", "valid_until >= valid_from"),
    )
    index("ix_user_keys_device_id", "user_keys", "device_id")
    index("ix_user_keys_user_id", "user_keys", "user_id")
    index(
        "uq_user_keys_user_id_device_id_purpose_key_epoch",
        "user_keys",
        "user_id",
        "device_id",
        "purpose",
        "key_epoch",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "backup_logs",
        column("id", guid(), key="given"),
        column("type", sa.String(40)),
        column("status", sa.String(40)),
        column("file_name", sa.String(255), null=True),
        column("file_size", sa.BigInteger(), null=True),
        column("location", sa.Text(), null=True),
        column("triggered_by", guid(), refers="users", null=True),
        column("error", sa.Text(), null=True),
        column("started_at", instant()),
        column("completed_at", instant(), null=True),
        column("device_id", guid()),
        column("verified", sa.Boolean(), default=sa.false()),
        column("content_hash", sa.String(64), null=True),
        *stamps(),
        check("completed_at_after_started_at", "completed_at >= started_at"),
        check(
            "completed_at_when_completed",
            "NOT ((status IS NOT NULL AND status IN ('COMPLETED'))) OR completed_at IS NOT NULL",
        ),
        check("completed_backup_is_verified", "NOT ((status IS NOT NULL AND status IN ('COMPLETED'))) OR verified"),
        check("error_when_failed", "NOT ((status IS NOT NULL AND status IN ('FAILED'))) OR error IS NOT NULL"),
        check("file_size_not_below_0", "CAST(file_size AS NUMERIC) >= 0"),
        choice("status", "IN_PROGRESS COMPLETED FAILED"),
        choice("type", "AUTOMATIC MANUAL SCHEDULED"),
    )
    index("ix_backup_logs_started_at", "backup_logs", "started_at")
    index("ix_backup_logs_status", "backup_logs", "status")
    index("ix_backup_logs_triggered_by", "backup_logs", "triggered_by")
    index("ix_backup_logs_type", "backup_logs", "type")
    table(
        "licenses",
        column("id", guid(), key="given"),
        column("license_key", sa.String(100)),
        column("type", sa.String(40), default="TRIAL"),
        column("status", sa.String(40), default="ACTIVE"),
        column("max_users", sa.Integer(), null=True),
        column("max_schools", sa.Integer(), null=True),
        column("features", json(), default=sa.text("'[]'")),
        column("issued_to", sa.String(255), null=True),
        column("district_id", guid(), refers="districts", null=True),
        column("notes", sa.Text(), null=True),
        column("issued_at", instant()),
        column("activated_at", instant(), null=True),
        column("expires_at", instant(), null=True),
        column("deactivated_at", instant(), null=True),
        *stamps(),
        *deletion(),
        check("activated_at_after_issued_at", "activated_at >= issued_at"),
        check("deactivated_at_after_activated_at", "deactivated_at >= activated_at"),
        check("expires_at_after_issued_at", "expires_at >= issued_at"),
        check("max_schools_not_below_1", "CAST(max_schools AS NUMERIC) >= 1"),
        check("max_users_not_below_1", "CAST(max_users AS NUMERIC) >= 1"),
        choice("status", "ACTIVE EXPIRED SUSPENDED CANCELLED"),
        choice("type", "TRIAL BASIC PROFESSIONAL ENTERPRISE"),
    )
    index("ix_licenses_district_id", "licenses", "district_id")
    index("ix_licenses_status", "licenses", "status")
    index("uq_licenses_license_key", "licenses", "license_key", unique=True, where="deleted_at IS NULL")
    table(
        "performance_metrics",
        column("id", guid(), key="given"),
        column("metric_type", sa.String(40)),
        column("value", exact(16, 4)),
        column("unit", sa.String(50), null=True),
        column("tags", json(), null=True),
        column("recorded_at", instant()),
        column("device_id", guid()),
        *stamps(),
        choice(
            "metric_type",
            "CPU_USAGE MEMORY_USAGE DISK_USAGE API_RESPONSE_TIME DATABASE_QUERY_TIME ACTIVE_USERS ERROR_RATE REQUEST_COUNT",
        ),
    )
    index("ix_performance_metrics_metric_type", "performance_metrics", "metric_type")
    index("ix_performance_metrics_recorded_at", "performance_metrics", "recorded_at")
    table(
        "training_modules",
        column("id", guid(), key="given"),
        column("title", sa.String(255)),
        column("description", sa.Text(), null=True),
        column("content", sa.Text()),
        column("duration", sa.Integer(), null=True),
        column("category", sa.String(40)),
        column("is_required", sa.Boolean(), default=sa.false()),
        column("order", sa.Integer(), default="0"),
        column("attachments", json(), null=True),
        column("completion_count", sa.Integer(), default="0"),
        column("valid_for_days", sa.Integer(), null=True),
        column("version", sa.String(20), default="1.0"),
        *stamps(),
        *deletion(),
        choice(
            "category",
            "HIPAA_COMPLIANCE MEDICATION_MANAGEMENT EMERGENCY_PROCEDURES SYSTEM_TRAINING SAFETY_PROTOCOLS DATA_SECURITY",
        ),
        check("completion_count_not_below_0", "CAST(completion_count AS NUMERIC) >= 0"),
        check("duration_above_0", "CAST(duration AS NUMERIC) > 0"),
        check("valid_for_days_not_below_1", "CAST(valid_for_days AS NUMERIC) >= 1"),
    )
    index("ix_training_modules_category", "training_modules", "category")
    index("ix_training_modules_is_required", "training_modules", "is_required")
    index("ix_training_modules_order", "training_modules", "order")
    table(
        "alert_rules",
        column("id", guid(), key="given"),
        column("name", sa.String(200)),
        column("description", sa.Text(), null=True),
        column("category", sa.String(40)),
        column("severity", sa.String(40)),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("priority", sa.Integer(), default="0"),
        column("trigger_conditions", json()),
        column("notification_channels", json(), default=sa.text("'[]'")),
        column("target_roles", json(), null=True),
        column("target_users", json(), null=True),
        column("school_id", guid(), refers="schools", null=True),
        column("district_id", guid(), refers="districts", null=True),
        column("auto_escalate_after", sa.Integer(), null=True),
        column("cooldown_period", sa.Integer(), null=True),
        column("requires_acknowledgment", sa.Boolean(), default=sa.false()),
        column("expires_after", sa.Integer(), null=True),
        column("metadata", json(), null=True),
        column("last_triggered", instant(), null=True),
        column("trigger_count", sa.Integer(), null=True, default="0"),
        *stamps(),
        *deletion(),
        check("auto_escalate_after_not_below_1", "CAST(auto_escalate_after AS NUMERIC) >= 1"),
        choice("category", "HEALTH SAFETY COMPLIANCE SYSTEM MEDICATION APPOINTMENT"),
        check("cooldown_period_not_below_0", "CAST(cooldown_period AS NUMERIC) >= 0"),
        check("expires_after_not_below_1", "CAST(expires_after AS NUMERIC) >= 1"),
        choice("severity", "INFO LOW MEDIUM HIGH CRITICAL EMERGENCY"),
        check("trigger_count_not_below_0", "CAST(trigger_count AS NUMERIC) >= 0"),
    )
    index("ix_alert_rules_category_is_active_priority", "alert_rules", "category", "is_active", "priority")
    index("ix_alert_rules_district_id", "alert_rules", "district_id")
    index("ix_alert_rules_is_active", "alert_rules", "is_active")
    index("ix_alert_rules_priority", "alert_rules", "priority")
    index("ix_alert_rules_school_id", "alert_rules", "school_id")
    index("ix_alert_rules_severity", "alert_rules", "severity")
    index("uq_alert_rules_name", "alert_rules", "name", unique=True, where="deleted_at IS NULL")
    table(
        "analytics_reports",
        column("id", guid(), key="given"),
        column("report_type", sa.String(40)),
        column("title", sa.String(255)),
        column("description", sa.Text(), null=True),
        column("period_start", instant()),
        column("period_end", instant()),
        column("generated_date", instant()),
        column("school_id", guid(), refers="schools", null=True),
        column("school_name", sa.String(255), null=True),
        column("summary", json()),
        column("sections", json(), default=sa.text("'[]'")),
        column("findings", json(), default=sa.text("'[]'")),
        column("recommendations", json(), default=sa.text("'[]'")),
        column("status", sa.String(40), default="PENDING"),
        column("format", sa.String(40)),
        column("file_url", sa.String(255), null=True),
        column("file_size", sa.Integer(), null=True),
        column("generated_by", guid(), refers="users"),
        column("reviewed_by", guid(), refers="users", null=True),
        column("reviewed_at", instant(), null=True),
        column("approved_by", guid(), refers="users", null=True),
        column("approval_date", instant(), null=True),
        column("distribution_list", json(), null=True),
        column("sent_at", instant(), null=True),
        *stamps(),
        *deletion(),
        check("approved_by_when_approved", "NOT (approval_date IS NOT NULL) OR approved_by IS NOT NULL"),
        check("file_size_not_below_0", "CAST(file_size AS NUMERIC) >= 0"),
        choice("format", "PDF CSV EXCEL JSON HTML"),
        check("period_end_after_period_start", "period_end >= period_start"),
        choice(
            "report_type",
            "COMPLIANCE HEALTH_TRENDS INCIDENT_ANALYSIS MEDICATION_USAGE APPOINTMENT_UTILIZATION STUDENT_HEALTH_OVERVIEW NURSE_WORKLOAD EQUIPMENT_MAINTENANCE BUDGET_ANALYSIS CUSTOM",
        ),
        check("reviewed_by_when_reviewed", "NOT (reviewed_at IS NOT NULL) OR reviewed_by IS NOT NULL"),
        choice("status", "PENDING GENERATING COMPLETED FAILED CANCELLED"),
    )
    index("ix_analytics_reports_approved_by", "analytics_reports", "approved_by")
    index("ix_analytics_reports_generated_by", "analytics_reports", "generated_by")
    index("ix_analytics_reports_generated_date", "analytics_reports", "generated_date")
    index("ix_analytics_reports_reviewed_by", "analytics_reports", "reviewed_by")
    index("ix_analytics_reports_school_id_report_type", "analytics_reports", "school_id", "report_type")
    table(
        "health_metric_snapshots",
        column("id", guid(), key="given"),
        column("school_id", guid(), refers="schools"),
        column("metric_name", sa.String(255)),
        column("value", exact(14, 4)),
        column("unit", sa.String(255)),
        column("category", sa.String(255)),
        column("trend", sa.String(40), null=True),
        column("metadata", json(), null=True),
        column("snapshot_date", instant()),
        *stamps(),
        *deletion(),
        choice("trend", "INCREASING DECREASING STABLE FLUCTUATING"),
    )
    index(
        "ix_health_metric_snapshots_metric_name_snapshot_date",
        "health_metric_snapshots",
        "metric_name",
        "snapshot_date",
    )
    index("ix_health_metric_snapshots_school_id_snapshot_date", "health_metric_snapshots", "school_id", "snapshot_date")
    table(
        "budget_categories",
        column("id", guid(), key="given"),
        column("name", sa.String(255)),
        column("description", sa.Text(), null=True),
        column("fiscal_year", sa.Integer()),
        column("allocated_amount", exact(12, 2)),
        column("spent_amount", exact(12, 2), default="0"),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("currency", sa.String(40), default="USD"),
        *stamps(),
        *deletion(),
        check("allocated_amount_not_below_0", "CAST(allocated_amount AS NUMERIC) >= 0"),
        choice("currency", "USD"),
        check("fiscal_year_in_range", "CAST(fiscal_year AS NUMERIC) BETWEEN 2000 AND 2200"),
        check("spent_amount_not_below_0", "CAST(spent_amount AS NUMERIC) >= 0"),
    )
    table(
        "clinical_protocols",
        column("id", guid(), key="given"),
        column("name", sa.String(255)),
        column("code", sa.String(50)),
        column("version", sa.String(20)),
        column("category", sa.String(100)),
        column("description", sa.Text()),
        column("indications", json()),
        column("contraindications", json(), null=True),
        column("steps", json()),
        column("decision_points", json(), null=True),
        column("required_equipment", json(), null=True),
        column("medications", json(), null=True),
        column("status", sa.String(40), default="DRAFT"),
        column("approved_by", guid(), refers="users", null=True),
        column("approved_date", instant(), null=True),
        column("effective_date", sa.Date(), null=True),
        column("review_date", sa.Date(), null=True),
        column("references", json(), null=True),
        column("tags", json(), null=True),
        *stamps(),
        *deletion(),
        check(
            "approved_by_when_active", "NOT ((status IS NOT NULL AND status IN ('ACTIVE'))) OR approved_by IS NOT NULL"
        ),
        check("approved_date_when_approved", "NOT (approved_by IS NOT NULL) OR approved_date IS NOT NULL"),
        check("review_date_after_effective_date", "review_date >= effective_date"),
        choice("status", "DRAFT ACTIVE INACTIVE UNDER_REVIEW DEPRECATED"),
    )
    index("ix_clinical_protocols_approved_by", "clinical_protocols", "approved_by")
    index("ix_clinical_protocols_category", "clinical_protocols", "category")
    index("ix_clinical_protocols_name", "clinical_protocols", "name")
    index("ix_clinical_protocols_status", "clinical_protocols", "status")
    index("uq_clinical_protocols_code", "clinical_protocols", "code", unique=True, where="deleted_at IS NULL")
    table(
        "emergency_broadcasts",
        column("id", guid(), key="given"),
        column("type", sa.String(40)),
        column("priority", sa.String(40)),
        column("title", sa.String(200)),
        column("message", sa.Text()),
        column("audience", json(), default=sa.text("'[]'")),
        column("school_id", guid(), refers="schools", null=True),
        column("grade_level", sa.String(50), null=True),
        column("class_id", guid(), null=True),
        column("group_ids", json(), null=True),
        column("channels", json(), default=sa.text("'[]'")),
        column("requires_acknowledgment", sa.Boolean(), default=sa.false()),
        column("expires_at", instant(), null=True),
        column("sent_by", guid(), refers="users", null=True),
        column("sent_at", instant(), null=True),
        column("status", sa.String(40), default="DRAFT"),
        column("total_recipients", sa.Integer(), null=True, default="0"),
        column("delivered_count", sa.Integer(), null=True, default="0"),
        column("failed_count", sa.Integer(), null=True, default="0"),
        column("acknowledged_count", sa.Integer(), null=True, default="0"),
        column("follow_up_required", sa.Boolean(), default=sa.false()),
        column("follow_up_message", sa.Text(), null=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="emergency_broadcasts", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("acknowledged_count_not_below_0", "CAST(acknowledged_count AS NUMERIC) >= 0"),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("delivered_count_not_below_0", "CAST(delivered_count AS NUMERIC) >= 0"),
        check("expires_at_after_sent_at", "expires_at >= sent_at"),
        check("failed_count_not_below_0", "CAST(failed_count AS NUMERIC) >= 0"),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        check(
            "sent_at_when_sent", "NOT ((status IS NOT NULL AND status IN ('SENT', 'SENDING'))) OR sent_at IS NOT NULL"
        ),
        check("sent_by_when_sent", "NOT (sent_at IS NOT NULL) OR sent_by IS NOT NULL"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        choice("status", "DRAFT SENDING SENT FAILED CANCELLED"),
        check("total_recipients_not_below_0", "CAST(total_recipients AS NUMERIC) >= 0"),
        choice(
            "type",
            "ACTIVE_THREAT MEDICAL_EMERGENCY FIRE NATURAL_DISASTER LOCKDOWN EVACUATION SHELTER_IN_PLACE WEATHER_ALERT TRANSPORTATION FACILITY_ISSUE SCHOOL_CLOSURE EARLY_DISMISSAL GENERAL_ANNOUNCEMENT",
        ),
    )
    index("ix_emergency_broadcasts_amends_id", "emergency_broadcasts", "amends_id")
    index("ix_emergency_broadcasts_expires_at", "emergency_broadcasts", "expires_at")
    index("ix_emergency_broadcasts_priority", "emergency_broadcasts", "priority")
    index("ix_emergency_broadcasts_school_id", "emergency_broadcasts", "school_id")
    index("ix_emergency_broadcasts_sent_at", "emergency_broadcasts", "sent_at")
    index("ix_emergency_broadcasts_sent_by", "emergency_broadcasts", "sent_by")
    index("ix_emergency_broadcasts_signed_by", "emergency_broadcasts", "signed_by")
    index("ix_emergency_broadcasts_status", "emergency_broadcasts", "status")
    index("ix_emergency_broadcasts_type", "emergency_broadcasts", "type")
    table(
        "message_templates",
        column("id", guid(), key="given"),
        column("name", sa.String(100)),
        column("subject", sa.String(255), null=True),
        column("content", sa.Text()),
        column("type", sa.String(40)),
        column("category", sa.String(40)),
        column("variables", json(), default=sa.text("'[]'")),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("created_by_id", guid(), refers="users"),
        *stamps(),
        *deletion(),
        choice(
            "category",
            "EMERGENCY HEALTH_UPDATE APPOINTMENT_REMINDER MEDICATION_REMINDER GENERAL INCIDENT_NOTIFICATION COMPLIANCE",
        ),
        choice("type", "EMAIL SMS PUSH VOICE"),
    )
    index("ix_message_templates_category", "message_templates", "category")
    index("ix_message_templates_created_by_id", "message_templates", "created_by_id")
    index("ix_message_templates_is_active", "message_templates", "is_active")
    index("ix_message_templates_type", "message_templates", "type")
    table(
        "device_tokens",
        column("id", guid(), key="given"),
        column("user_id", guid(), refers="users"),
        column("device_id", sa.String(255)),
        column("platform", sa.String(40)),
        column("token", sa.LargeBinary()),
        column("device_name", sa.String(255), null=True),
        column("device_model", sa.String(255), null=True),
        column("os_version", sa.String(255), null=True),
        column("app_version", sa.String(255), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("is_valid", sa.Boolean(), default=sa.true()),
        column("last_validated", instant(), null=True),
        column("invalid_reason", sa.String(255), null=True),
        column("allow_notifications", sa.Boolean(), default=sa.true()),
        column("allow_sound", sa.Boolean(), default=sa.true()),
        column("allow_badge", sa.Boolean(), default=sa.true()),
        column("last_used_at", instant(), null=True),
        *stamps(),
        *deletion(),
        choice("platform", "FCM APNS WEB_PUSH SMS EMAIL"),
    )
    index("ix_device_tokens_is_active_is_valid", "device_tokens", "is_active", "is_valid")
    index("ix_device_tokens_platform", "device_tokens", "platform")
    index("ix_device_tokens_user_id", "device_tokens", "user_id")
    index(
        "uq_device_tokens_user_id_device_id",
        "device_tokens",
        "user_id",
        "device_id",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "push_notifications",
        column("id", guid(), key="given"),
        column("user_ids", json()),
        column("device_tokens", json(), null=True),
        column("title", sa.String(255), phi=True),
        column("body", sa.Text(), phi=True),
        column("category", sa.String(40)),
        column("priority", sa.String(40), default="MEDIUM"),
        column("data", json(), null=True, phi=True),
        column("actions", json(), null=True),
        column("image_url", sa.String(255), null=True),
        column("icon_url", sa.String(255), null=True),
        column("sound", sa.String(255), null=True),
        column("badge", sa.Integer(), null=True),
        column("ttl", sa.Integer(), null=True),
        column("collapse_key", sa.String(255), null=True),
        column("require_interaction", sa.Boolean(), default=sa.false()),
        column("silent", sa.Boolean(), default=sa.false()),
        column("scheduled_for", instant(), null=True),
        column("expires_at", instant(), null=True),
        column("status", sa.String(40), default="PENDING"),
        column("sent_at", instant(), null=True),
        column("delivered_at", instant(), null=True),
        column("failed_at", instant(), null=True),
        column("delivery_results", json(), default=sa.text("'[]'")),
        column("total_recipients", sa.Integer(), default="0"),
        column("successful_deliveries", sa.Integer(), default="0"),
        column("failed_deliveries", sa.Integer(), default="0"),
        column("clicked_count", sa.Integer(), default="0"),
        column("dismissed_count", sa.Integer(), default="0"),
        column("retry_count", sa.Integer(), default="0"),
        column("max_retries", sa.Integer(), default="3"),
        column("next_retry_at", instant(), null=True),
        column("school_id", guid(), refers="schools"),
        *stamps(),
        *deletion(),
        check("badge_not_below_0", "CAST(badge AS NUMERIC) >= 0"),
        choice(
            "category", "MEDICATION APPOINTMENT INCIDENT SCREENING IMMUNIZATION MESSAGE EMERGENCY REMINDER ALERT SYSTEM"
        ),
        check("clicked_count_not_below_0", "CAST(clicked_count AS NUMERIC) >= 0"),
        check("delivered_at_after_sent_at", "delivered_at >= sent_at"),
        check("dismissed_count_not_below_0", "CAST(dismissed_count AS NUMERIC) >= 0"),
        check("expires_at_after_scheduled_for", "expires_at >= scheduled_for"),
        check("failed_deliveries_not_below_0", "CAST(failed_deliveries AS NUMERIC) >= 0"),
        check("max_retries_not_below_0", "CAST(max_retries AS NUMERIC) >= 0"),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        check("retry_count_not_below_0", "CAST(retry_count AS NUMERIC) >= 0"),
        choice("status", "PENDING SCHEDULED SENDING DELIVERED FAILED EXPIRED"),
        check("successful_deliveries_not_below_0", "CAST(successful_deliveries AS NUMERIC) >= 0"),
        check("total_recipients_not_below_0", "CAST(total_recipients AS NUMERIC) >= 0"),
        check("ttl_not_below_0", "CAST(ttl AS NUMERIC) >= 0"),
    )
    index("ix_push_notifications_category", "push_notifications", "category")
    index("ix_push_notifications_created_at", "push_notifications", "created_at")
    index("ix_push_notifications_school_id", "push_notifications", "school_id")
    index("ix_push_notifications_status", "push_notifications", "status")
    table(
        "compliance_reports",
        column("id", guid(), key="given"),
        column("report_type", sa.String(40)),
        column("title", sa.String(200)),
        column("description", sa.Text(), null=True),
        column("status", sa.String(40), default="PENDING"),
        column("period", sa.String(50)),
        column("findings", json(), null=True),
        column("recommendations", json(), null=True),
        column("due_date", instant(), null=True),
        column("submitted_at", instant(), null=True),
        column("submitted_by", guid(), refers="users", null=True),
        column("reviewed_at", instant(), null=True),
        column("reviewed_by", guid(), refers="users", null=True),
        column("created_by_id", guid(), refers="users"),
        column("school_id", guid(), refers="schools", null=True),
        *stamps(),
        *deletion(),
        choice("report_type", "HIPAA FERPA PRIVACY SECURITY BREACH RISK_ASSESSMENT TRAINING AUDIT"),
        check("reviewed_at_after_submitted_at", "reviewed_at >= submitted_at"),
        check("reviewed_by_when_reviewed", "NOT (reviewed_at IS NOT NULL) OR reviewed_by IS NOT NULL"),
        choice("status", "PENDING IN_PROGRESS COMPLIANT NON_COMPLIANT NEEDS_REVIEW"),
        check("submitted_by_when_submitted", "NOT (submitted_at IS NOT NULL) OR submitted_by IS NOT NULL"),
    )
    index("ix_compliance_reports_created_by_id", "compliance_reports", "created_by_id")
    index("ix_compliance_reports_due_date", "compliance_reports", "due_date")
    index("ix_compliance_reports_period", "compliance_reports", "period")
    index("ix_compliance_reports_report_type", "compliance_reports", "report_type")
    index("ix_compliance_reports_reviewed_by", "compliance_reports", "reviewed_by")
    index("ix_compliance_reports_school_id", "compliance_reports", "school_id")
    index("ix_compliance_reports_status", "compliance_reports", "status")
    index("ix_compliance_reports_submitted_by", "compliance_reports", "submitted_by")
    table(
        "compliance_violations",
        column("id", guid(), key="given"),
        column("violation_type", sa.String(40)),
        column("title", sa.String(200)),
        column("description", sa.Text()),
        column("severity", sa.String(40)),
        column("status", sa.String(40), default="REPORTED"),
        column("reported_by", guid(), refers="users"),
        column("discovered_at", instant()),
        column("affected_students", json(), null=True, phi=True),
        column("affected_data_categories", json(), null=True),
        column("root_cause", sa.Text(), null=True),
        column("assigned_to", guid(), refers="users", null=True),
        column("resolution_notes", sa.Text(), null=True),
        column("resolved_at", instant(), null=True),
        column("school_id", guid(), refers="schools", null=True),
        *stamps(),
        *deletion(),
        check("resolved_at_after_discovered_at", "resolved_at >= discovered_at"),
        check(
            "resolved_at_when_resolved",
            "NOT ((status IS NOT NULL AND status IN ('RESOLVED', 'CLOSED'))) OR resolved_at IS NOT NULL",
        ),
        check("school_id_when_students_named", "NOT (affected_students IS NOT NULL) OR school_id IS NOT NULL"),
        choice("severity", "LOW MEDIUM HIGH CRITICAL"),
        choice("status", "REPORTED INVESTIGATING REMEDIATION_IN_PROGRESS RESOLVED CLOSED"),
        choice(
            "violation_type",
            "HIPAA_BREACH FERPA_VIOLATION UNAUTHORIZED_ACCESS DATA_LEAK POLICY_VIOLATION PROCEDURE_VIOLATION TRAINING_DEFICIENCY",
        ),
    )
    index("ix_compliance_violations_assigned_to", "compliance_violations", "assigned_to")
    index("ix_compliance_violations_discovered_at", "compliance_violations", "discovered_at")
    index("ix_compliance_violations_reported_by", "compliance_violations", "reported_by")
    index("ix_compliance_violations_school_id", "compliance_violations", "school_id")
    index("ix_compliance_violations_severity", "compliance_violations", "severity")
    index("ix_compliance_violations_status", "compliance_violations", "status")
    index("ix_compliance_violations_violation_type", "compliance_violations", "violation_type")
    table(
        "data_retention_policies",
        column("id", guid(), key="given"),
        column("category", sa.String(40)),
        column("description", sa.Text()),
        column("retention_period_days", sa.Integer()),
        column("legal_basis", sa.Text()),
        column("status", sa.String(40), default="ACTIVE"),
        column("auto_delete", sa.Boolean(), default=sa.false()),
        column("last_reviewed_at", instant(), null=True),
        column("last_reviewed_by", guid(), refers="users", null=True),
        *stamps(),
        *deletion(),
        choice(
            "category",
            "STUDENT_RECORDS HEALTH_RECORDS MEDICATION_LOGS AUDIT_LOGS CONSENT_FORMS INCIDENT_REPORTS TRAINING_RECORDS",
        ),
        check("last_reviewed_by_when_reviewed", "NOT (last_reviewed_at IS NOT NULL) OR last_reviewed_by IS NOT NULL"),
        check("retention_period_days_not_below_1", "CAST(retention_period_days AS NUMERIC) >= 1"),
        choice("status", "ACTIVE INACTIVE UNDER_REVIEW"),
    )
    index("ix_data_retention_policies_auto_delete", "data_retention_policies", "auto_delete")
    index("ix_data_retention_policies_category", "data_retention_policies", "category")
    index("ix_data_retention_policies_last_reviewed_at", "data_retention_policies", "last_reviewed_at")
    index("ix_data_retention_policies_last_reviewed_by", "data_retention_policies", "last_reviewed_by")
    index("ix_data_retention_policies_status", "data_retention_policies", "status")
    table(
        "policy_documents",
        column("id", guid(), key="given"),
        column("title", sa.String(200)),
        column("category", sa.String(40)),
        column("content", sa.Text()),
        column("version", sa.String(20), default="1.0"),
        column("effective_date", instant()),
        column("review_date", instant(), null=True),
        column("status", sa.String(40), default="DRAFT"),
        column("approved_by", guid(), refers="users", null=True),
        column("approved_at", instant(), null=True),
        *stamps(),
        *deletion(),
        check(
            "approved_at_when_active", "NOT ((status IS NOT NULL AND status IN ('ACTIVE'))) OR approved_at IS NOT NULL"
        ),
        check("approved_by_when_approved", "NOT (approved_at IS NOT NULL) OR approved_by IS NOT NULL"),
        choice(
            "category", "HIPAA_PRIVACY HIPAA_SECURITY FERPA DATA_RETENTION INCIDENT_RESPONSE ACCESS_CONTROL TRAINING"
        ),
        check("review_date_after_effective_date", "review_date >= effective_date"),
        choice("status", "DRAFT ACTIVE ARCHIVED SUPERSEDED"),
    )
    index("ix_policy_documents_approved_by", "policy_documents", "approved_by")
    index("ix_policy_documents_category", "policy_documents", "category")
    index("ix_policy_documents_effective_date", "policy_documents", "effective_date")
    index("ix_policy_documents_review_date", "policy_documents", "review_date")
    index("ix_policy_documents_status", "policy_documents", "status")
    table(
        "consent_forms",
        column("id", guid(), key="given"),
        column("type", sa.String(40)),
        column("title", sa.String(255)),
        column("description", sa.Text()),
        column("content", sa.Text()),
        column("version", sa.String(20), default="1.0"),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("expires_at", instant(), null=True),
        column("family_id", guid()),
        column("languages", json(), default=sa.text("'[]'")),
        column("text_hash", sa.String(64)),
        column("published_at", instant(), null=True),
        column("published_by", guid(), refers="users", null=True),
        column("previous_version_id", guid(), refers="consent_forms", null=True),
        column("valid_from", sa.Date(), null=True),
        column("requires_renewal", sa.Boolean(), default=sa.true()),
        column("withdrawable", sa.Boolean(), default=sa.true()),
        column("disclosure_version", sa.String(20), null=True),
        *stamps(),
        *deletion(),
        check("expires_at_after_published_at", "expires_at >= published_at"),
        check("published_by_when_published", "NOT (published_at IS NOT NULL) OR published_by IS NOT NULL"),
        check("text_hash_not_too_short", "length(text_hash) >= 64"),
        choice(
            "type",
            "MEDICATION_ADMINISTRATION PHOTO_RELEASE FIELD_TRIP EMERGENCY_TREATMENT DATA_SHARING RESEARCH OTC_MEDICATION SELF_CARRY VACCINATION SCREENING MENTAL_HEALTH",
        ),
    )
    index("ix_consent_forms_expires_at", "consent_forms", "expires_at")
    index("ix_consent_forms_family_id", "consent_forms", "family_id")
    index("ix_consent_forms_is_active", "consent_forms", "is_active")
    index("ix_consent_forms_previous_version_id", "consent_forms", "previous_version_id")
    index("ix_consent_forms_published_by", "consent_forms", "published_by")
    index("ix_consent_forms_type", "consent_forms", "type")
    index(
        "uq_consent_forms_family_id_version",
        "consent_forms",
        "family_id",
        "version",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "contacts",
        column("id", guid(), key="given"),
        column("first_name", sa.String(100), phi=True),
        column("last_name", sa.String(100), phi=True),
        column("email", sa.String(255), null=True, phi=True),
        column("phone", sa.String(20), null=True, phi=True),
        column("type", sa.String(40)),
        column("organization", sa.String(200), null=True),
        column("title", sa.String(100), null=True),
        column("address", sa.String(255), null=True, phi=True),
        column("city", sa.String(100), null=True, phi=True),
        column("state", sa.String(50), null=True, phi=True),
        column("zip", sa.String(20), null=True, phi=True),
        column("relation_to", guid(), null=True, phi=True),
        column("relationship_type", sa.String(50), null=True, phi=True),
        column("custom_fields", json(), default=sa.text("'{}'"), phi=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("notes", sa.Text(), null=True, phi=True),
        column("school_id", guid(), refers="schools", null=True),
        column("user_id", guid(), refers="users", null=True),
        column("language", sa.String(10), null=True, phi=True),
        column("sourced_id", sa.String(255), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("school_id_when_guardian", "NOT ((type IS NOT NULL AND type IN ('GUARDIAN'))) OR school_id IS NOT NULL"),
        choice("type", "GUARDIAN STAFF VENDOR PROVIDER OTHER THERAPIST PSYCHIATRIST"),
    )
    index("ix_contacts_created_at", "contacts", "created_at")
    index("ix_contacts_email", "contacts", "email")
    index("ix_contacts_first_name_last_name", "contacts", "first_name", "last_name")
    index("ix_contacts_is_active", "contacts", "is_active")
    index("ix_contacts_relation_to", "contacts", "relation_to")
    index("ix_contacts_school_id", "contacts", "school_id")
    index("ix_contacts_type", "contacts", "type")
    index("ix_contacts_user_id", "contacts", "user_id")
    table(
        "audit_logs",
        column("id", guid(), key="given"),
        column("action", sa.String(40)),
        column("entity_type", sa.String(100)),
        column("entity_id", guid(), null=True),
        column("user_id", guid(), refers="users", null=True),
        column("user_name", sa.String(200), null=True),
        column("changes", sa.LargeBinary(), null=True, phi=True),
        column("previous_values", sa.LargeBinary(), null=True, phi=True),
        column("new_values", sa.LargeBinary(), null=True, phi=True),
        column("ip_address", sa.String(45), null=True),
        column("user_agent", sa.Text(), null=True),
        column("request_id", sa.String(100), null=True),
        column("session_id", sa.String(100), null=True),
        column("is_phi", sa.Boolean(), default=sa.false()),
        column("compliance_type", sa.String(40), default="GENERAL"),
        column("severity", sa.String(40), default="LOW"),
        column("success", sa.Boolean(), default=sa.true()),
        column("error_message", sa.Text(), null=True),
        column("metadata", json(), null=True),
        column("tags", json(), default=sa.text("'[]'")),
        column("device_id", guid()),
        column("seq", sa.BigInteger()),
        column("occurred_at", instant()),
        column("zone", sa.String(64)),
        column("monotonic_ns", sa.BigInteger()),
        column("app_version", sa.String(40)),
        column("role", sa.String(40), null=True),
        column("grant_id", guid(), null=True),
        column("student_id", guid(), null=True),
        column("purpose", sa.String(40)),
        column("result", sa.String(40)),
        column("details_hash", sa.String(64), null=True),
        column("prev_hash", sa.String(64)),
        column("hash", sa.String(64)),
        *stamps(),
        choice(
            "action",
            "CREATE READ UPDATE DELETE EXPORT IMPORT BULK_DELETE BULK_UPDATE TRANSACTION_COMMIT TRANSACTION_ROLLBACK CACHE_READ CACHE_WRITE CACHE_DELETE SEARCH PRINT DISCLOSE SIGN AMEND RESTORE SUPERSEDE OVERRIDE BREAK_GLASS DENIED SIGN_IN SIGN_IN_FAILED SIGN_OUT LOCK UNLOCK PASSWORD_CHANGE KEY_CHANGE DEVICE_CHANGE POLICY_CHANGE CLOCK_CHANGE SYNC SYNC_APPLY CONFLICT_RESOLVE BACKUP RECOVERY RETENTION_PURGE LEAVE_PURGE",
        ),
        choice("compliance_type", "HIPAA FERPA GDPR GENERAL"),
        choice("purpose", "CARE ADMINISTRATION EMERGENCY BREAK_GLASS IMPORT SYNC MAINTENANCE"),
        choice("role", "ADMIN DISTRICT_ADMIN SCHOOL_ADMIN NURSE HEALTH_AIDE COUNSELOR VIEWER SYSTEM"),
        check("seq_not_below_1", "CAST(seq AS NUMERIC) >= 1"),
        choice("severity", "LOW MEDIUM HIGH CRITICAL"),
    )
    index("ix_audit_logs_action_entity_type_created_at", "audit_logs", "action", "entity_type", "created_at")
    index("ix_audit_logs_compliance_type_created_at", "audit_logs", "compliance_type", "created_at")
    index("ix_audit_logs_created_at", "audit_logs", "created_at")
    index("ix_audit_logs_entity_id", "audit_logs", "entity_id")
    index("ix_audit_logs_entity_type_entity_id_created_at", "audit_logs", "entity_type", "entity_id", "created_at")
    index("ix_audit_logs_is_phi_created_at", "audit_logs", "is_phi", "created_at")
    index("ix_audit_logs_metadata", "audit_logs", "metadata", kind="gin")
    index("ix_audit_logs_request_id", "audit_logs", "request_id")
    index("ix_audit_logs_session_id", "audit_logs", "session_id")
    index("ix_audit_logs_severity_created_at", "audit_logs", "severity", "created_at")
    index("ix_audit_logs_student_id_created_at", "audit_logs", "student_id", "created_at")
    index("ix_audit_logs_success", "audit_logs", "success")
    index("ix_audit_logs_tags", "audit_logs", "tags", kind="gin")
    index("ix_audit_logs_user_id_created_at", "audit_logs", "user_id", "created_at")
    index("uq_audit_logs_device_id_seq", "audit_logs", "device_id", "seq", unique=True)
    table(
        "students",
        column("id", guid(), key="given"),
        column("student_number", sa.String(50), null=True, phi=True),
        column("first_name", sa.String(100), phi=True),
        column("last_name", sa.String(100), phi=True),
        column("date_of_birth", sa.Date(), phi=True),
        column("grade", sa.String(10)),
        column("gender", sa.String(40), phi=True),
        column("photo", sa.String(500), null=True, phi=True),
        column("medical_record_num", sa.String(50), null=True, phi=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("enrollment_date", instant()),
        column("nurse_id", guid(), refers="users", null=True),
        column("school_id", guid(), refers="schools", null=True),
        column("district_id", guid(), refers="districts", null=True),
        column("number_status", sa.String(40), default="CONFIRMED"),
        column("middle_name", sa.String(100), null=True, phi=True),
        column("preferred_name", sa.String(100), null=True, phi=True),
        column("homeroom", sa.String(100), null=True, phi=True),
        column("language", sa.String(10), default="en", phi=True),
        column("sourced_id", sa.String(255), null=True, phi=True),
        column("left_on", sa.Date(), null=True, phi=True),
        column("merged_into_id", guid(), refers="students", null=True, phi=True),
        *stamps(),
        *deletion(),
        choice("gender", "MALE FEMALE OTHER PREFER_NOT_TO_SAY"),
        check("merged_into_id_not_id", "merged_into_id <> id"),
        choice("number_status", "CONFIRMED PROVISIONAL CONTESTED"),
        check(
            "student_number_when_confirmed",
            "NOT ((number_status IS NOT NULL AND number_status IN ('CONFIRMED'))) OR student_number IS NOT NULL",
        ),
    )
    index("ix_students_district_id", "students", "district_id")
    index("ix_students_grade", "students", "grade")
    index("ix_students_is_active", "students", "is_active")
    index("ix_students_last_name_first_name", "students", "last_name", "first_name")
    index("ix_students_merged_into_id", "students", "merged_into_id")
    index("ix_students_nurse_id", "students", "nurse_id")
    index("ix_students_school_id", "students", "school_id")
    index(
        "uq_students_medical_record_num",
        "students",
        "medical_record_num",
        unique=True,
        where="deleted_at IS NULL AND medical_record_num IS NOT NULL",
    )
    index(
        "uq_students_sourced_id",
        "students",
        "sourced_id",
        unique=True,
        where="deleted_at IS NULL AND sourced_id IS NOT NULL",
    )
    index(
        "uq_students_student_number",
        "students",
        "student_number",
        unique=True,
        where="deleted_at IS NULL AND student_number IS NOT NULL",
    )
    table(
        "drafts",
        column("id", guid(), key="given"),
        column("owner_id", guid(), refers="users"),
        column("kind", sa.String(40)),
        column("subject_key", sa.String(120)),
        column("content", sa.LargeBinary(), phi=True),
        column("updated_at", instant()),
        choice("kind", "VISIT NOTE DOSE VACCINATION INCIDENT SCREENING CONSENT_FORM CONSENT_SIGNATURE TASK OTHER"),
        side="desk",
    )
    index("ix_drafts_owner_id", "drafts", "owner_id", side="desk")
    index("uq_drafts_owner_id_kind_subject_key", "drafts", "owner_id", "kind", "subject_key", unique=True, side="desk")
    table(
        "academic_sessions",
        column("id", guid(), key="given"),
        column("school_id", guid(), refers="schools", null=True),
        column("parent_id", guid(), refers="academic_sessions", null=True),
        column("title", sa.String(100)),
        column("kind", sa.String(40)),
        column("starts_on", sa.Date()),
        column("ends_on", sa.Date()),
        column("school_days", json(), default=sa.text("'[]'")),
        column("sourced_id", sa.String(255), null=True),
        *stamps(),
        *deletion(),
        check("ends_on_after_starts_on", "ends_on > starts_on"),
        choice("kind", "SCHOOL_YEAR SEMESTER TERM GRADING_PERIOD"),
    )
    index("ix_academic_sessions_parent_id", "academic_sessions", "parent_id")
    index("ix_academic_sessions_school_id", "academic_sessions", "school_id")
    index("ix_academic_sessions_starts_on", "academic_sessions", "starts_on")
    table(
        "calendar_days",
        column("id", guid(), key="given"),
        column("school_id", guid(), refers="schools", null=True),
        column("day", sa.Date()),
        column("kind", sa.String(40)),
        column("at_time", sa.String(5), null=True),
        column("title", sa.String(200), null=True),
        *stamps(),
        *deletion(),
        check(
            "at_time_when_shortened",
            "NOT ((kind IS NOT NULL AND kind IN ('EARLY_DISMISSAL', 'LATE_START'))) OR at_time IS NOT NULL",
        ),
        choice("kind", "CLOSED EARLY_DISMISSAL LATE_START EXTRA_SCHOOL_DAY"),
    )
    index("ix_calendar_days_school_id", "calendar_days", "school_id")
    index("uq_calendar_days_day", "calendar_days", "day", unique=True, where="deleted_at IS NULL AND school_id IS NULL")
    index(
        "uq_calendar_days_school_id_day",
        "calendar_days",
        "school_id",
        "day",
        unique=True,
        where="deleted_at IS NULL AND school_id IS NOT NULL",
    )
    table(
        "integration_configs",
        column("id", guid(), key="given"),
        column("name", sa.String(100)),
        column("type", sa.String(40)),
        column("status", sa.String(40), default="INACTIVE"),
        column("endpoint", sa.Text(), null=True),
        column("api_key", sa.LargeBinary(), null=True),
        column("username", sa.String(100), null=True),
        column("password", sa.LargeBinary(), null=True),
        column("settings", json(), null=True),
        column("authentication", sa.LargeBinary(), null=True),
        column("sync_frequency", sa.Integer(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("last_sync_at", instant(), null=True),
        column("last_sync_status", sa.String(20), null=True),
        *stamps(),
        *deletion(),
        choice("status", "INACTIVE ACTIVE TESTING SYNCING ERROR"),
        check("sync_frequency_not_below_1", "CAST(sync_frequency AS NUMERIC) >= 1"),
        choice("type", "SIS EHR PHARMACY LABORATORY INSURANCE PARENT_PORTAL HEALTH_APP GOVERNMENT_REPORTING"),
    )
    index("ix_integration_configs_created_at", "integration_configs", "created_at")
    index("ix_integration_configs_is_active", "integration_configs", "is_active")
    index("ix_integration_configs_last_sync_at", "integration_configs", "last_sync_at")
    index("ix_integration_configs_status", "integration_configs", "status")
    index("ix_integration_configs_type", "integration_configs", "type")
    table(
        "vendors",
        column("id", guid(), key="given"),
        column("name", sa.String(255)),
        column("contact_name", sa.String(255), null=True),
        column("email", sa.String(255), null=True),
        column("phone", sa.String(255), null=True),
        column("address", sa.Text(), null=True),
        column("website", sa.String(255), null=True),
        column("tax_id", sa.String(255), null=True),
        column("payment_terms", sa.Text(), null=True),
        column("notes", sa.Text(), null=True),
        column("rating", exact(3, 2), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        *stamps(),
        *deletion(),
        check("email_lower_case", "email = lower(email)"),
        check("rating_in_range", "CAST(rating AS NUMERIC) BETWEEN 0 AND 5"),
    )
    index("ix_vendors_is_active", "vendors", "is_active")
    index("ix_vendors_name", "vendors", "name")
    index("uq_vendors_email", "vendors", "email", unique=True, where="deleted_at IS NULL AND email IS NOT NULL")
    table(
        "drug_catalog",
        column("id", guid(), key="given"),
        column("rxnorm_id", sa.String(50), null=True),
        column("rxnorm_code", sa.String(50), null=True),
        column("generic_name", sa.String(255)),
        column("brand_names", json(), null=True),
        column("drug_class", sa.String(100), null=True),
        column("fda_approved", sa.Boolean(), default=sa.true()),
        column("common_doses", json(), null=True),
        column("side_effects", json(), null=True),
        column("contraindications", json(), null=True),
        column("warnings", json(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("ingredients", json(), default=sa.text("'[]'")),
        column("allergy_classes", json(), default=sa.text("'[]'")),
        *stamps(),
        *deletion(),
    )
    index("ix_drug_catalog_drug_class", "drug_catalog", "drug_class")
    index("ix_drug_catalog_generic_name", "drug_catalog", "generic_name")
    index("ix_drug_catalog_is_active", "drug_catalog", "is_active")
    index(
        "uq_drug_catalog_rxnorm_code",
        "drug_catalog",
        "rxnorm_code",
        unique=True,
        where="deleted_at IS NULL AND rxnorm_code IS NOT NULL",
    )
    index(
        "uq_drug_catalog_rxnorm_id",
        "drug_catalog",
        "rxnorm_id",
        unique=True,
        where="deleted_at IS NULL AND rxnorm_id IS NOT NULL",
    )
    table(
        "report_templates",
        column("id", guid(), key="given"),
        column("name", sa.String(255)),
        column("description", sa.Text(), null=True),
        column("report_type", sa.String(40)),
        column("query_configuration", json(), null=True),
        column("default_output_format", sa.String(40), default="PDF"),
        column("format_options", json(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        *stamps(),
        *deletion(),
        choice("default_output_format", "PDF CSV EXCEL JSON HTML"),
        choice(
            "report_type",
            "HEALTH_TRENDS MEDICATION_USAGE INCIDENT_STATISTICS ATTENDANCE_CORRELATION COMPLIANCE DASHBOARD PERFORMANCE CUSTOM",
        ),
    )
    index("ix_report_templates_report_type", "report_templates", "report_type")
    table(
        "roster_imports",
        column("id", guid(), key="given"),
        column("file_name", sa.String(255)),
        column("content_hash", sa.String(64)),
        column("source", sa.String(100)),
        column("is_delta", sa.Boolean(), default=sa.false()),
        column("status", sa.String(40), default="DRY_RUN"),
        column("started_at", instant()),
        column("finished_at", instant(), null=True),
        column("undone_at", instant(), null=True),
        column("rows_read", sa.Integer(), default="0"),
        column("rows_changed", sa.Integer(), default="0"),
        column("rows_quarantined", sa.Integer(), default="0"),
        column("report", json(), default=sa.text("'{}'")),
        *stamps(),
        *deletion(),
        check("finished_at_after_started_at", "finished_at >= started_at"),
        check(
            "finished_at_when_finished",
            "NOT ((status IS NOT NULL AND status IN ('APPLIED', 'UNDONE', 'FAILED'))) OR finished_at IS NOT NULL",
        ),
        check("rows_changed_not_below_0", "CAST(rows_changed AS NUMERIC) >= 0"),
        check("rows_quarantined_not_below_0", "CAST(rows_quarantined AS NUMERIC) >= 0"),
        check("rows_read_not_below_0", "CAST(rows_read AS NUMERIC) >= 0"),
        choice("status", "DRY_RUN APPLIED UNDONE FAILED"),
        check("undone_at_when_undone", "NOT ((status IS NOT NULL AND status IN ('UNDONE'))) OR undone_at IS NOT NULL"),
    )
    index("ix_roster_imports_content_hash", "roster_imports", "content_hash")
    table(
        "login_attempts",
        column("id", guid(), key="given"),
        column("user_id", guid(), refers="users", null=True),
        column("username", sa.String(255), null=True),
        column("ip_address", sa.String(255)),
        column("user_agent", sa.Text(), null=True),
        column("success", sa.Boolean(), default=sa.false()),
        column("failure_reason", sa.Text(), null=True),
        column("metadata", json(), null=True),
        column("device_id", guid()),
        *stamps(),
        check("failure_reason_when_refused", "NOT (NOT (success)) OR failure_reason IS NOT NULL"),
    )
    index("ix_login_attempts_ip_address_created_at", "login_attempts", "ip_address", "created_at")
    index("ix_login_attempts_success_created_at", "login_attempts", "success", "created_at")
    index("ix_login_attempts_user_id_created_at", "login_attempts", "user_id", "created_at")
    table(
        "sessions",
        column("id", guid(), key="given"),
        column("session_token", sa.String(255)),
        column("user_id", guid(), refers="users"),
        column("ip_address", sa.String(255)),
        column("user_agent", sa.Text(), null=True),
        column("created_at", instant()),
        column("expires_at", instant()),
        column("last_accessed_at", instant(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("metadata", json(), null=True),
        column("updated_at", instant()),
        check("expires_at_after_created_at", "expires_at >= created_at"),
        check("last_accessed_at_after_created_at", "last_accessed_at >= created_at"),
    )
    index("ix_sessions_expires_at", "sessions", "expires_at")
    index("ix_sessions_user_id_is_active", "sessions", "user_id", "is_active")
    index("uq_sessions_session_token", "sessions", "session_token", unique=True)
    table(
        "ip_restrictions",
        column("id", guid(), key="given"),
        column("type", sa.String(40)),
        column("ip_address", sa.String(255), null=True),
        column("ip_range", json(), null=True),
        column("countries", json(), null=True),
        column("reason", sa.Text()),
        column("expires_at", instant(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        *stamps(),
        *deletion(),
        check(
            "countries_when_geographic",
            "NOT ((type IS NOT NULL AND type IN ('GEO_RESTRICTION'))) OR countries IS NOT NULL",
        ),
        check("ip_address_somehow_given", "(ip_address IS NOT NULL OR ip_range IS NOT NULL OR countries IS NOT NULL)"),
        choice("type", "WHITELIST BLACKLIST GEO_RESTRICTION"),
    )
    index("ix_ip_restrictions_ip_address", "ip_restrictions", "ip_address")
    index("ix_ip_restrictions_type_is_active", "ip_restrictions", "type", "is_active")
    table(
        "security_incidents",
        column("id", guid(), key="given"),
        column("type", sa.String(40)),
        column("severity", sa.String(40)),
        column("status", sa.String(40), default="DETECTED"),
        column("title", sa.String(255)),
        column("description", sa.Text()),
        column("user_id", guid(), refers="users", null=True),
        column("ip_address", sa.String(255), null=True),
        column("user_agent", sa.Text(), null=True),
        column("resource_accessed", sa.String(255), null=True),
        column("detected_at", instant()),
        column("detection_method", sa.String(255)),
        column("indicators", json()),
        column("impact", sa.Text(), null=True),
        column("assigned_to", guid(), refers="users", null=True),
        column("resolved_at", instant(), null=True),
        column("resolution", sa.Text(), null=True),
        column("preventive_measures", json(), null=True),
        column("metadata", json(), null=True),
        *stamps(),
        *deletion(),
        check(
            "resolution_when_resolved",
            "NOT ((status IS NOT NULL AND status IN ('RESOLVED'))) OR resolution IS NOT NULL",
        ),
        check("resolved_at_after_detected_at", "resolved_at >= detected_at"),
        check(
            "resolved_at_when_resolved",
            "NOT ((status IS NOT NULL AND status IN ('RESOLVED', 'FALSE_POSITIVE'))) OR resolved_at IS NOT NULL",
        ),
        choice("severity", "LOW MEDIUM HIGH CRITICAL"),
        choice("status", "DETECTED INVESTIGATING CONTAINED RESOLVED FALSE_POSITIVE"),
        choice(
            "type",
            "UNAUTHORIZED_ACCESS BRUTE_FORCE_ATTACK SUSPICIOUS_ACTIVITY DATA_BREACH_ATTEMPT PRIVILEGE_ESCALATION SQL_INJECTION_ATTEMPT XSS_ATTEMPT ACCOUNT_TAKEOVER MALWARE_DETECTED DDOS_ATTEMPT POLICY_VIOLATION OTHER",
        ),
    )
    index("ix_security_incidents_assigned_to", "security_incidents", "assigned_to")
    index("ix_security_incidents_detected_at", "security_incidents", "detected_at")
    index("ix_security_incidents_ip_address", "security_incidents", "ip_address")
    index("ix_security_incidents_type_severity_status", "security_incidents", "type", "severity", "status")
    index("ix_security_incidents_user_id", "security_incidents", "user_id")
    table(
        "sync_queue_items",
        column("id", guid(), key="given"),
        column("device_id", guid()),
        column("user_id", guid(), refers="users"),
        column("action_type", sa.String(40)),
        column("entity_type", sa.String(40)),
        column("entity_id", guid()),
        column("data", json(), null=True, phi=True),
        column("timestamp", instant()),
        column("created_at", instant()),
        column("synced_at", instant(), null=True),
        column("synced", sa.Boolean(), default=sa.false()),
        column("attempts", sa.Integer(), default="0"),
        column("max_attempts", sa.Integer(), null=True),
        column("last_error", sa.Text(), null=True),
        column("conflict_detected", sa.Boolean(), default=sa.false()),
        column("conflict_resolution", sa.String(40), null=True),
        column("priority", sa.String(40), default="MEDIUM"),
        column("requires_online", sa.Boolean(), default=sa.true()),
        column("updated_at", instant()),
        column("mutation_id", guid()),
        column("local_tx_id", guid()),
        column("local_seq", sa.BigInteger()),
        column("table_name", sa.String(63)),
        column("changes", json(), phi=True),
        column("base_version", sa.BigInteger(), default="0"),
        column("field_bases", json(), null=True),
        column("grant_id", guid(), null=True),
        column("purpose", sa.String(40), null=True),
        column("schema_version", sa.Integer(), default="1"),
        column("depends_on", json(), default=sa.text("'[]'")),
        column("state", sa.String(40), default="PENDING"),
        column("outcome", json(), null=True),
        column("server_version", sa.BigInteger(), null=True),
        column("change_seq", sa.BigInteger(), null=True),
        choice("action_type", "INSERT UPDATE DELETE RESTORE SIGN READ"),
        check("attempts_not_below_0", "CAST(attempts AS NUMERIC) >= 0"),
        check("base_version_not_below_0", "CAST(base_version AS NUMERIC) >= 0"),
        choice("conflict_resolution", "CLIENT_WINS SERVER_WINS NEWEST_WINS MERGE MANUAL"),
        choice(
            "entity_type",
            "ACADEMIC_SESSION ACADEMIC_TRANSCRIPT ALERT_RULE ALLERGY ANALYTICS_REPORT APPOINTMENT APPOINTMENT_REMINDER APPOINTMENT_WAITLIST ATTACHMENT AUDIT_LOG BACKUP_LOG BUDGET_CATEGORY BUDGET_TRANSACTION CALENDAR_DAY CHRONIC_CONDITION CLINICAL_NOTE CLINICAL_PROTOCOL CLINICAL_TASK CLINIC_VISIT COMPLIANCE_CHECKLIST_ITEM COMPLIANCE_REPORT COMPLIANCE_VIOLATION CONFIGURATION_HISTORY CONSENT_FORM CONSENT_REQUEST CONSENT_SIGNATURE CONTACT CONTACT_ATTEMPT CONTROLLED_COUNT DATA_RETENTION_POLICY DEVICE_TOKEN DISTRICT DRUG_CATALOG DRUG_INTERACTION EMERGENCY_BROADCAST EMERGENCY_CONTACT FOLLOW_UP_ACTION FOLLOW_UP_APPOINTMENT GROWTH_TRACKING HEALTH_METRIC_SNAPSHOT HEALTH_RECORD HEALTH_SCREENING IMMUNIZATION INCIDENT_REPORT INTEGRATION_CONFIG INTEGRATION_LOG INVENTORY_ITEM INVENTORY_LOT INVENTORY_TRANSACTION IP_RESTRICTION LAB_RESULTS LICENSE LOGIN_ATTEMPT MAINTENANCE_LOG MEDICAL_HISTORY MEDICATION MEDICATION_LOG MENTAL_HEALTH_RECORD MESSAGE MESSAGE_DELIVERY MESSAGE_TEMPLATE PERFORMANCE_METRIC PHI_DISCLOSURE PHI_DISCLOSURE_AUDIT POLICY_ACKNOWLEDGMENT POLICY_DOCUMENT PRESCRIPTION PURCHASE_ORDER PURCHASE_ORDER_ITEM PUSH_NOTIFICATION REMEDIATION_ACTION REPORT_EXECUTION REPORT_SCHEDULE REPORT_TEMPLATE ROLE_GRANT ROSTER_IMPORT ROSTER_IMPORT_ROW SCHOOL SEALED_KEY SECURITY_INCIDENT SIGNATURE SIS_SYNC_CONFLICT SOURCE_LINK STANDING_ORDER STUDENT STUDENT_DRUG_ALLERGY STUDENT_ENROLLMENT STUDENT_MEDICATION SUPPLIER SYNC_CONFLICT SYNC_SESSION SYSTEM_CONFIG THREAT_DETECTION TRAINING_COMPLETION TRAINING_MODULE TREATMENT_PLAN USER USER_KEY VACCINATION VENDOR VISIT_EVENT VITAL_SIGNS WEBHOOK WITNESS_STATEMENT",
        ),
        check("local_seq_not_below_1", "CAST(local_seq AS NUMERIC) >= 1"),
        check("max_attempts_not_below_1", "CAST(max_attempts AS NUMERIC) >= 1"),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        choice("purpose", "CARE ADMINISTRATION EMERGENCY BREAK_GLASS IMPORT SYNC MAINTENANCE"),
        choice("state", "PENDING IN_FLIGHT APPLIED MERGED CONFLICT HELD REJECTED"),
        check("synced_at_when_synced", "NOT (synced) OR synced_at IS NOT NULL"),
    )
    index("ix_sync_queue_items_device_id", "sync_queue_items", "device_id")
    index("ix_sync_queue_items_priority", "sync_queue_items", "priority")
    index("ix_sync_queue_items_state_local_seq", "sync_queue_items", "state", "local_seq")
    index("ix_sync_queue_items_synced", "sync_queue_items", "synced")
    index("ix_sync_queue_items_table_name_entity_id", "sync_queue_items", "table_name", "entity_id")
    index("ix_sync_queue_items_user_id", "sync_queue_items", "user_id")
    index("uq_sync_queue_items_local_seq", "sync_queue_items", "local_seq", unique=True)
    index("uq_sync_queue_items_mutation_id", "sync_queue_items", "mutation_id", unique=True)
    table(
        "system_configurations",
        column("id", guid(), key="given"),
        column("key", sa.String(100)),
        column("value", sa.Text()),
        column("category", sa.String(40), default="GENERAL"),
        column("value_type", sa.String(40), default="STRING"),
        column("sub_category", sa.String(100), null=True),
        column("description", sa.Text(), null=True),
        column("default_value", sa.Text(), null=True),
        column("valid_values", json(), null=True),
        column("min_value", exact(14, 4), null=True),
        column("max_value", exact(14, 4), null=True),
        column("is_public", sa.Boolean(), default=sa.false()),
        column("is_editable", sa.Boolean(), default=sa.true()),
        column("requires_restart", sa.Boolean(), default=sa.false()),
        column("scope", sa.String(40), default="SYSTEM"),
        column("tags", json(), null=True),
        column("sort_order", sa.Integer(), default="0"),
        *stamps(),
        *deletion(),
        choice(
            "category",
            "GENERAL SECURITY NOTIFICATION INTEGRATION BACKUP PERFORMANCE HEALTHCARE MEDICATION APPOINTMENTS UI QUERY FILE_UPLOAD RATE_LIMITING SESSION EMAIL",
        ),
        check("min_value_not_above_max_value", "CAST(min_value AS NUMERIC) <= CAST(max_value AS NUMERIC)"),
        check("no_scope_id_when_system_wide", "NOT ((scope IS NOT NULL AND scope IN ('SYSTEM'))) OR scope_id IS NULL"),
        choice("scope", "SYSTEM DISTRICT SCHOOL USER"),
        check(
            "scope_id_when_scoped", "NOT (NOT ((scope IS NOT NULL AND scope IN ('SYSTEM')))) OR scope_id IS NOT NULL"
        ),
        choice("value_type", "STRING NUMBER BOOLEAN JSON ARRAY DATE TIME DATETIME EMAIL URL COLOR ENUM"),
    )
    index("ix_system_configurations_category", "system_configurations", "category")
    index("ix_system_configurations_scope", "system_configurations", "scope")
    index(
        "uq_system_configurations_key_scope",
        "system_configurations",
        "key",
        "scope",
        unique=True,
        where="deleted_at IS NULL AND scope_id IS NULL",
    )
    index(
        "uq_system_configurations_key_scope_scope_id",
        "system_configurations",
        "key",
        "scope",
        "scope_id",
        unique=True,
        where="deleted_at IS NULL AND scope_id IS NOT NULL",
    )
    table(
        "webhooks",
        column("id", guid(), key="given"),
        column("url", sa.String(500)),
        column("events", json()),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("secret", sa.LargeBinary(), null=True),
        column("headers", json(), null=True),
        *stamps(),
        *deletion(),
    )
    table(
        "sealed_keys",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("suite", sa.String(60)),
        column("data_key_epoch", sa.Integer(), default="1"),
        column("wrapped_key", sa.LargeBinary(), null=True),
        column("destroyed_at", instant(), null=True),
        *stamps(),
        *deletion(),
        check("data_key_epoch_not_below_1", "CAST(data_key_epoch AS NUMERIC) >= 1"),
        check("destroyed_key_is_gone", "NOT (destroyed_at IS NOT NULL) OR wrapped_key IS NULL"),
    )
    index("ix_sealed_keys_student_id", "sealed_keys", "student_id")
    index(
        "uq_sealed_keys_student_id_data_key_epoch",
        "sealed_keys",
        "student_id",
        "data_key_epoch",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "signatures",
        column("id", guid(), key="given"),
        column("table_name", sa.String(63)),
        column("row_id", guid()),
        column("signed_version", sa.Integer(), default="0"),
        column("student_id", guid(), refers="students", null=True, phi=True),
        column("school_id", guid(), refers="schools", null=True),
        column("signer_id", guid(), refers="users"),
        column("signer_name", sa.String(255)),
        column("meaning", sa.String(40)),
        column("record_hash", sa.String(64)),
        column("user_key_id", guid(), refers="user_keys"),
        column("signature", sa.LargeBinary()),
        column("made_at", instant()),
        column("zone_offset_minutes", sa.Integer()),
        column("supersedes_id", guid(), refers="signatures", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        choice("meaning", "ADMINISTERED WITNESSED RECORDED AMENDED CONSENTED COUNTED REVIEWED APPROVED"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check("signed_version_not_below_0", "CAST(signed_version AS NUMERIC) >= 0"),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
    )
    index("ix_signatures_school_id", "signatures", "school_id")
    index("ix_signatures_signer_id", "signatures", "signer_id")
    index("ix_signatures_student_id", "signatures", "student_id")
    index("ix_signatures_supersedes_id", "signatures", "supersedes_id")
    index("ix_signatures_table_name_row_id", "signatures", "table_name", "row_id")
    index("ix_signatures_user_key_id", "signatures", "user_key_id")
    table(
        "academic_transcripts",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("academic_year", sa.String(20)),
        column("semester", sa.String(20)),
        column("grade", sa.String(10)),
        column("gpa", exact(3, 2), default="0"),
        column("subjects", json(), default=sa.text("'[]'")),
        column("attendance", json()),
        column("behavior", json()),
        column("imported_by", guid(), refers="users", null=True),
        column("imported_at", instant(), null=True),
        column("import_source", sa.String(100), null=True),
        column("metadata", json(), null=True),
        *stamps(),
        *deletion(),
        check("gpa_in_range", "CAST(gpa AS NUMERIC) BETWEEN 0 AND 4"),
    )
    index("ix_academic_transcripts_academic_year", "academic_transcripts", "academic_year")
    index("ix_academic_transcripts_gpa", "academic_transcripts", "gpa")
    index("ix_academic_transcripts_imported_by", "academic_transcripts", "imported_by")
    index("ix_academic_transcripts_student_id", "academic_transcripts", "student_id")
    index(
        "uq_academic_transcripts_student_id_academic_year_semester",
        "academic_transcripts",
        "student_id",
        "academic_year",
        "semester",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "configuration_history",
        column("id", guid(), key="given"),
        column("config_key", sa.String(100)),
        column("old_value", sa.Text(), null=True),
        column("new_value", sa.Text()),
        column("changed_by", guid(), refers="users"),
        column("configuration_id", guid(), refers="system_configurations"),
        column("supersedes_id", guid(), refers="configuration_history", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
    )
    index("ix_configuration_history_changed_by", "configuration_history", "changed_by")
    index("ix_configuration_history_config_key", "configuration_history", "config_key")
    index("ix_configuration_history_configuration_id", "configuration_history", "configuration_id")
    index("ix_configuration_history_supersedes_id", "configuration_history", "supersedes_id")
    table(
        "emergency_contacts",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("first_name", sa.String(100), phi=True),
        column("last_name", sa.String(100), phi=True),
        column("relationship", sa.String(40), phi=True),
        column("phone_number", sa.String(20), phi=True),
        column("email", sa.String(255), null=True, phi=True),
        column("address", sa.Text(), null=True, phi=True),
        column("priority", sa.String(40), default="PRIMARY"),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("preferred_contact_method", sa.String(40), null=True, default="ANY"),
        column("verification_status", sa.String(40), null=True, default="UNVERIFIED"),
        column("last_verified_at", instant(), null=True),
        column("notification_channels", json(), default=sa.text("'[]'")),
        column("can_pickup_student", sa.Boolean(), default=sa.false()),
        column("notes", sa.Text(), null=True, phi=True),
        column("contact_id", guid(), refers="contacts", phi=True),
        column("call_order", sa.Integer(), default="1"),
        column("custody_limits", sa.Text(), null=True, phi=True),
        column("may_consent", sa.Boolean(), default=sa.false(), phi=True),
        column("language", sa.String(10), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("call_order_not_below_1", "CAST(call_order AS NUMERIC) >= 1"),
        check(
            "last_verified_at_when_verified",
            "NOT ((verification_status IS NOT NULL AND verification_status IN ('VERIFIED'))) OR last_verified_at IS NOT NULL",
        ),
        choice("preferred_contact_method", "SMS EMAIL VOICE ANY"),
        choice("priority", "PRIMARY SECONDARY EMERGENCY_ONLY"),
        choice(
            "relationship",
            "PARENT GUARDIAN SIBLING GRANDPARENT AUNT_UNCLE FAMILY_FRIEND NEIGHBOR OTHER STEPPARENT FOSTER_PARENT SELF",
        ),
        choice("verification_status", "UNVERIFIED PENDING VERIFIED FAILED"),
    )
    index("ix_emergency_contacts_contact_id", "emergency_contacts", "contact_id")
    index("ix_emergency_contacts_is_active", "emergency_contacts", "is_active")
    index("ix_emergency_contacts_priority", "emergency_contacts", "priority")
    index("ix_emergency_contacts_student_id_call_order", "emergency_contacts", "student_id", "call_order")
    index("ix_emergency_contacts_verification_status", "emergency_contacts", "verification_status")
    table(
        "budget_transactions",
        column("id", guid(), key="given"),
        column("category_id", guid(), refers="budget_categories"),
        column("amount", exact(12, 2)),
        column("description", sa.Text()),
        column("transaction_date", instant()),
        column("reference_id", sa.String(255), null=True),
        column("reference_type", sa.String(100), null=True),
        column("notes", sa.Text(), null=True),
        column("currency", sa.String(40), default="USD"),
        column("supersedes_id", guid(), refers="budget_transactions", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check("amount_above_0", "CAST(amount AS NUMERIC) > 0"),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("currency", "USD"),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check("reference_id_with_reference_type", "(reference_id IS NULL) = (reference_type IS NULL)"),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
    )
    index("ix_budget_transactions_category_id", "budget_transactions", "category_id")
    index("ix_budget_transactions_supersedes_id", "budget_transactions", "supersedes_id")
    table(
        "attachments",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", null=True, phi=True),
        column("school_id", guid(), refers="schools", null=True),
        column("kind", sa.String(40)),
        column("subject_table", sa.String(63), null=True),
        column("subject_id", guid(), null=True, phi=True),
        column("file_name", sa.String(255), phi=True),
        column("media_type", sa.String(100)),
        column("size_bytes", sa.BigInteger()),
        column("content_hash", sa.String(64)),
        column("wrapped_key", sa.LargeBinary(), null=True),
        column("key_destroyed_at", instant(), null=True),
        column("captured_at", instant(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("content_hash_not_too_short", "length(content_hash) >= 64"),
        choice("kind", "PHOTO DOCUMENT SIGNATURE_IMAGE STROKES SEALED_PDF EVIDENCE EXEMPTION"),
        check("size_bytes_not_below_0", "CAST(size_bytes AS NUMERIC) >= 0"),
        check("student_id_somehow_given", "(student_id IS NOT NULL OR school_id IS NOT NULL)"),
        check("subject_table_with_subject_id", "(subject_table IS NULL) = (subject_id IS NULL)"),
    )
    index("ix_attachments_content_hash", "attachments", "content_hash")
    index("ix_attachments_school_id", "attachments", "school_id")
    index("ix_attachments_student_id", "attachments", "student_id")
    index("ix_attachments_subject_table_subject_id", "attachments", "subject_table", "subject_id")
    table(
        "clinic_visits",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("check_in_time", instant(), phi=True),
        column("check_out_time", instant(), null=True, phi=True),
        column("reason_for_visit", json(), phi=True),
        column("symptoms", json(), null=True, phi=True),
        column("treatment", sa.Text(), null=True, phi=True),
        column("disposition", sa.String(40), null=True, phi=True),
        column("classes_missed", json(), null=True),
        column("minutes_missed", sa.Integer(), null=True),
        column("attended_by", guid(), refers="users"),
        column("notes", sa.Text(), null=True, phi=True),
        column("school_id", guid(), refers="schools"),
        column("zone_offset_minutes", sa.Integer()),
        column("complaints", json(), default=sa.text("'[]'"), phi=True),
        column("template_code", sa.String(50), null=True, phi=True),
        column("findings", json(), default=sa.text("'[]'"), phi=True),
        column("interventions", json(), default=sa.text("'[]'"), phi=True),
        column("brought_by", guid(), refers="users", null=True),
        column("brought_by_name", sa.String(200), null=True, phi=True),
        column("disposition_reason", sa.Text(), null=True, phi=True),
        column("released_to_name", sa.String(200), null=True, phi=True),
        column("released_to_contact_id", guid(), refers="contacts", null=True, phi=True),
        column("arrival_priority", sa.String(40), default="MEDIUM"),
        column("source", sa.String(40), default="DESK"),
        column("recorded_at", instant()),
        column("lease_expired", sa.Boolean(), default=sa.false()),
        column("co_reviewed_by", guid(), refers="users", null=True),
        column("co_reviewed_at", instant(), null=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="clinic_visits", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        choice("arrival_priority", "LOW MEDIUM HIGH URGENT"),
        check("check_out_time_after_check_in_time", "check_out_time >= check_in_time"),
        check("check_out_time_when_closed", "NOT (disposition IS NOT NULL) OR check_out_time IS NOT NULL"),
        check("co_reviewed_by_when_co_reviewed", "NOT (co_reviewed_at IS NOT NULL) OR co_reviewed_by IS NOT NULL"),
        choice("disposition", "RETURN_TO_CLASS SENT_HOME EMERGENCY_TRANSPORT OTHER"),
        check(
            "disposition_reason_when_other_disposition",
            "NOT ((disposition IS NOT NULL AND disposition IN ('OTHER'))) OR disposition_reason IS NOT NULL",
        ),
        check("disposition_when_closed", "NOT (check_out_time IS NOT NULL) OR disposition IS NOT NULL"),
        check("disposition_when_signed", "NOT (signed_at IS NOT NULL) OR disposition IS NOT NULL"),
        check("minutes_missed_not_below_0", "CAST(minutes_missed AS NUMERIC) >= 0"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        choice("source", "DESK PAPER HOME_REPORTED IMPORTED"),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_clinic_visits_amends_id", "clinic_visits", "amends_id")
    index("ix_clinic_visits_attended_by", "clinic_visits", "attended_by")
    index("ix_clinic_visits_brought_by", "clinic_visits", "brought_by")
    index("ix_clinic_visits_check_in_time", "clinic_visits", "check_in_time")
    index("ix_clinic_visits_check_out_time", "clinic_visits", "check_out_time")
    index("ix_clinic_visits_co_reviewed_by", "clinic_visits", "co_reviewed_by")
    index("ix_clinic_visits_disposition", "clinic_visits", "disposition")
    index("ix_clinic_visits_released_to_contact_id", "clinic_visits", "released_to_contact_id")
    index("ix_clinic_visits_school_id_check_in_time", "clinic_visits", "school_id", "check_in_time")
    index("ix_clinic_visits_signed_by", "clinic_visits", "signed_by")
    index("ix_clinic_visits_student_id_check_in_time", "clinic_visits", "student_id", "check_in_time")
    table(
        "messages",
        column("id", guid(), key="given"),
        column("subject", sa.String(255), null=True, phi=True),
        column("content", sa.Text(), phi=True),
        column("priority", sa.String(40)),
        column("category", sa.String(40)),
        column("recipient_count", sa.Integer(), default="0"),
        column("scheduled_at", instant(), null=True),
        column("attachments", json(), default=sa.text("'[]'"), phi=True),
        column("sender_id", guid(), refers="users"),
        column("template_id", guid(), refers="message_templates", null=True),
        column("school_id", guid(), refers="schools"),
        column("recipients", json(), default=sa.text("'[]'"), phi=True),
        column("sent_at", instant(), null=True),
        column("supersedes_id", guid(), refers="messages", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        choice(
            "category",
            "EMERGENCY HEALTH_UPDATE APPOINTMENT_REMINDER MEDICATION_REMINDER GENERAL INCIDENT_NOTIFICATION COMPLIANCE",
        ),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        check("recipient_count_not_below_0", "CAST(recipient_count AS NUMERIC) >= 0"),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
    )
    index("ix_messages_category", "messages", "category")
    index("ix_messages_scheduled_at", "messages", "scheduled_at")
    index("ix_messages_school_id", "messages", "school_id")
    index("ix_messages_sender_id", "messages", "sender_id")
    index("ix_messages_supersedes_id", "messages", "supersedes_id")
    index("ix_messages_template_id", "messages", "template_id")
    table(
        "compliance_checklist_items",
        column("id", guid(), key="given"),
        column("requirement", sa.String(500)),
        column("description", sa.Text(), null=True),
        column("category", sa.String(40)),
        column("status", sa.String(40), default="PENDING"),
        column("evidence", sa.Text(), null=True),
        column("notes", sa.Text(), null=True),
        column("due_date", instant(), null=True),
        column("completed_at", instant(), null=True),
        column("completed_by", guid(), refers="users", null=True),
        column("report_id", guid(), refers="compliance_reports", null=True),
        column("school_id", guid(), refers="schools", null=True),
        *stamps(),
        *deletion(),
        choice("category", "HIPAA_PRIVACY HIPAA_SECURITY FERPA MEDICATION SAFETY TRAINING DOCUMENTATION"),
        check(
            "completed_at_when_completed",
            "NOT ((status IS NOT NULL AND status IN ('COMPLETED'))) OR completed_at IS NOT NULL",
        ),
        check("completed_by_when_completed", "NOT (completed_at IS NOT NULL) OR completed_by IS NOT NULL"),
        choice("status", "PENDING IN_PROGRESS COMPLETED NOT_APPLICABLE FAILED"),
    )
    index("ix_compliance_checklist_items_category", "compliance_checklist_items", "category")
    index("ix_compliance_checklist_items_completed_at", "compliance_checklist_items", "completed_at")
    index("ix_compliance_checklist_items_completed_by", "compliance_checklist_items", "completed_by")
    index("ix_compliance_checklist_items_due_date", "compliance_checklist_items", "due_date")
    index("ix_compliance_checklist_items_report_id", "compliance_checklist_items", "report_id")
    index("ix_compliance_checklist_items_school_id", "compliance_checklist_items", "school_id")
    index("ix_compliance_checklist_items_status", "compliance_checklist_items", "status")
    table(
        "policy_acknowledgments",
        column("id", guid(), key="given"),
        column("policy_id", guid(), refers="policy_documents"),
        column("user_id", guid(), refers="users"),
        column("acknowledged_at", instant()),
        column("ip_address", sa.String(45), null=True),
        column("policy_version", sa.String(20)),
        column("supersedes_id", guid(), refers="policy_acknowledgments", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
    )
    index("ix_policy_acknowledgments_policy_id", "policy_acknowledgments", "policy_id")
    index("ix_policy_acknowledgments_supersedes_id", "policy_acknowledgments", "supersedes_id")
    index("ix_policy_acknowledgments_user_id", "policy_acknowledgments", "user_id")
    index(
        "uq_policy_acknowledgments_policy_id_user_id",
        "policy_acknowledgments",
        "policy_id",
        "user_id",
        unique=True,
        where="entry_kind = 'ORIGINAL'",
    )
    table(
        "remediation_actions",
        column("id", guid(), key="given"),
        column("violation_id", guid(), refers="compliance_violations"),
        column("action", sa.Text()),
        column("priority", sa.String(40), default="MEDIUM"),
        column("status", sa.String(40), default="PLANNED"),
        column("assigned_to", guid(), refers="users"),
        column("due_date", instant()),
        column("implementation_notes", sa.Text(), null=True),
        column("verification_notes", sa.Text(), null=True),
        column("completed_at", instant(), null=True),
        column("verified_by", guid(), refers="users", null=True),
        column("verified_at", instant(), null=True),
        *stamps(),
        *deletion(),
        check(
            "completed_at_when_completed",
            "NOT ((status IS NOT NULL AND status IN ('COMPLETED', 'VERIFIED'))) OR completed_at IS NOT NULL",
        ),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        choice("status", "PLANNED IN_PROGRESS COMPLETED VERIFIED DEFERRED"),
        check("verified_at_after_completed_at", "verified_at >= completed_at"),
        check("verified_at_when_verified", "NOT (verified_by IS NOT NULL) OR verified_at IS NOT NULL"),
        check(
            "verified_by_when_verified",
            "NOT ((status IS NOT NULL AND status IN ('VERIFIED'))) OR verified_by IS NOT NULL",
        ),
    )
    index("ix_remediation_actions_assigned_to", "remediation_actions", "assigned_to")
    index("ix_remediation_actions_completed_at", "remediation_actions", "completed_at")
    index("ix_remediation_actions_due_date", "remediation_actions", "due_date")
    index("ix_remediation_actions_priority", "remediation_actions", "priority")
    index("ix_remediation_actions_status", "remediation_actions", "status")
    index("ix_remediation_actions_verified_by", "remediation_actions", "verified_by")
    index("ix_remediation_actions_violation_id", "remediation_actions", "violation_id")
    table(
        "phi_disclosures",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("disclosure_type", sa.String(40)),
        column("purpose", sa.String(40)),
        column("method", sa.String(40)),
        column("disclosure_date", instant(), phi=True),
        column("information_disclosed", json(), phi=True),
        column("minimum_necessary", sa.Text()),
        column("recipient_type", sa.String(40)),
        column("recipient_name", sa.String(255)),
        column("recipient_organization", sa.String(255), null=True),
        column("recipient_address", sa.Text(), null=True),
        column("recipient_phone", sa.String(50), null=True),
        column("recipient_email", sa.String(255), null=True),
        column("authorization_obtained", sa.Boolean()),
        column("authorization_date", instant(), null=True),
        column("authorization_expiry_date", instant(), null=True),
        column("patient_requested", sa.Boolean()),
        column("disclosed_by", guid(), refers="users"),
        column("follow_up_required", sa.Boolean(), default=sa.false()),
        column("follow_up_completed", sa.Boolean(), default=sa.false()),
        column("follow_up_date", instant(), null=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="phi_disclosures", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check(
            "authorization_basis_has_one",
            "NOT ((disclosure_type IS NOT NULL AND disclosure_type IN ('AUTHORIZATION'))) OR authorization_obtained",
        ),
        check("authorization_date_when_authorized", "NOT (authorization_obtained) OR authorization_date IS NOT NULL"),
        check("authorization_expiry_date_after_authorization_date", "authorization_expiry_date >= authorization_date"),
        choice(
            "disclosure_type",
            "TREATMENT PAYMENT HEALTHCARE_OPERATIONS AUTHORIZATION REQUIRED_BY_LAW PUBLIC_HEALTH RESEARCH",
        ),
        check("follow_up_date_when_follow_up_required", "NOT (follow_up_required) OR follow_up_date IS NOT NULL"),
        choice("method", "VERBAL WRITTEN ELECTRONIC FAX PHONE"),
        choice("purpose", "TREATMENT PAYMENT OPERATIONS LEGAL_REQUIREMENT PUBLIC_HEALTH RESEARCH PATIENT_REQUEST"),
        choice(
            "recipient_type",
            "HEALTHCARE_PROVIDER INSURANCE PARENT_GUARDIAN SCHOOL_OFFICIAL GOVERNMENT_AGENCY RESEARCHER OTHER",
        ),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
    )
    index("ix_phi_disclosures_amends_id", "phi_disclosures", "amends_id")
    index("ix_phi_disclosures_disclosed_by", "phi_disclosures", "disclosed_by")
    index("ix_phi_disclosures_disclosure_date", "phi_disclosures", "disclosure_date")
    index("ix_phi_disclosures_follow_up_date", "phi_disclosures", "follow_up_date")
    index("ix_phi_disclosures_purpose_disclosure_date", "phi_disclosures", "purpose", "disclosure_date")
    index("ix_phi_disclosures_signed_by", "phi_disclosures", "signed_by")
    index("ix_phi_disclosures_student_id_disclosure_date", "phi_disclosures", "student_id", "disclosure_date")
    table(
        "student_enrollments",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("school_id", guid(), refers="schools", phi=True),
        column("is_primary", sa.Boolean(), default=sa.true()),
        column("starts_on", sa.Date(), phi=True),
        column("ends_on", sa.Date(), null=True, phi=True),
        column("status", sa.String(40), default="CONFIRMED"),
        column("grade", sa.String(10), null=True, phi=True),
        column("sourced_id", sa.String(255), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("ends_on_after_starts_on", "ends_on >= starts_on"),
        check("ends_on_when_ended", "NOT ((status IS NOT NULL AND status IN ('ENDED'))) OR ends_on IS NOT NULL"),
        choice("status", "CONFIRMED PROVISIONAL ENDED"),
    )
    index("ix_student_enrollments_school_id", "student_enrollments", "school_id")
    index("ix_student_enrollments_student_id_school_id", "student_enrollments", "student_id", "school_id")
    table(
        "appointments",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("nurse_id", guid(), refers="users", null=True),
        column("type", sa.String(40), phi=True),
        column("scheduled_at", instant(), phi=True),
        column("duration", sa.Integer(), default="30"),
        column("status", sa.String(40), default="SCHEDULED"),
        column("reason", sa.String(500), phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("recurring_group_id", guid(), null=True),
        column("recurring_frequency", sa.String(40), null=True),
        column("recurring_end_date", instant(), null=True),
        column("school_id", guid(), refers="schools", null=True),
        column("cancellation_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("duration_in_range", "CAST(duration AS NUMERIC) BETWEEN 15 AND 120"),
        check("notes_not_too_long", "length(notes) <= 5000"),
        check("reason_not_too_short", "length(reason) >= 3"),
        check("recurring_end_date_after_scheduled_at", "recurring_end_date >= scheduled_at"),
        choice("recurring_frequency", "DAILY WEEKLY MONTHLY YEARLY"),
        check(
            "recurring_frequency_when_recurring",
            "NOT (recurring_end_date IS NOT NULL) OR recurring_frequency IS NOT NULL",
        ),
        check(
            "recurring_group_id_when_recurring",
            "NOT (recurring_frequency IS NOT NULL) OR recurring_group_id IS NOT NULL",
        ),
        choice("status", "SCHEDULED IN_PROGRESS COMPLETED CANCELLED NO_SHOW"),
        choice(
            "type",
            "ROUTINE_CHECKUP MEDICATION_ADMINISTRATION INJURY_ASSESSMENT ILLNESS_EVALUATION FOLLOW_UP SCREENING EMERGENCY",
        ),
    )
    index("ix_appointments_nurse_id", "appointments", "nurse_id")
    index("ix_appointments_recurring_group_id", "appointments", "recurring_group_id")
    index("ix_appointments_scheduled_at", "appointments", "scheduled_at")
    index("ix_appointments_school_id", "appointments", "school_id")
    index("ix_appointments_status", "appointments", "status")
    index("ix_appointments_student_id", "appointments", "student_id")
    index("ix_appointments_type", "appointments", "type")
    table(
        "appointment_waitlist",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("nurse_id", guid(), refers="users", null=True),
        column("type", sa.String(40), phi=True),
        column("preferred_date", instant(), null=True),
        column("duration", sa.Integer(), default="30"),
        column("priority", sa.String(40), default="MEDIUM"),
        column("reason", sa.String(500), phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("status", sa.String(40), default="WAITING"),
        column("notified_at", instant(), null=True),
        column("expires_at", instant(), null=True),
        *stamps(),
        *deletion(),
        check("duration_in_range", "CAST(duration AS NUMERIC) BETWEEN 15 AND 120"),
        check("expires_at_after_notified_at", "expires_at >= notified_at"),
        check("notes_not_too_long", "length(notes) <= 5000"),
        check(
            "notified_at_when_notified",
            "NOT ((status IS NOT NULL AND status IN ('NOTIFIED'))) OR notified_at IS NOT NULL",
        ),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        check("reason_not_too_short", "length(reason) >= 3"),
        choice("status", "WAITING NOTIFIED SCHEDULED EXPIRED CANCELLED"),
        choice(
            "type",
            "ROUTINE_CHECKUP MEDICATION_ADMINISTRATION INJURY_ASSESSMENT ILLNESS_EVALUATION FOLLOW_UP SCREENING EMERGENCY",
        ),
    )
    index("ix_appointment_waitlist_expires_at", "appointment_waitlist", "expires_at")
    index("ix_appointment_waitlist_nurse_id", "appointment_waitlist", "nurse_id")
    index("ix_appointment_waitlist_priority", "appointment_waitlist", "priority")
    index("ix_appointment_waitlist_status", "appointment_waitlist", "status")
    index("ix_appointment_waitlist_student_id", "appointment_waitlist", "student_id")
    table(
        "health_records",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("record_type", sa.String(40), phi=True),
        column("title", sa.String(200), phi=True),
        column("description", sa.Text(), phi=True),
        column("record_date", instant(), phi=True),
        column("provider", sa.String(200), null=True, phi=True),
        column("provider_npi", sa.String(20), null=True, phi=True),
        column("facility", sa.String(200), null=True, phi=True),
        column("facility_npi", sa.String(20), null=True, phi=True),
        column("diagnosis", sa.Text(), null=True, phi=True),
        column("diagnosis_code", sa.String(20), null=True, phi=True),
        column("treatment", sa.Text(), null=True, phi=True),
        column("follow_up_required", sa.Boolean(), default=sa.false(), phi=True),
        column("follow_up_date", instant(), null=True, phi=True),
        column("follow_up_completed", sa.Boolean(), default=sa.false()),
        column("attachments", json(), default=sa.text("'[]'"), phi=True),
        column("metadata", json(), null=True, phi=True),
        column("is_confidential", sa.Boolean(), default=sa.false()),
        column("notes", sa.Text(), null=True, phi=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="health_records", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("follow_up_date_when_follow_up_required", "NOT (follow_up_required) OR follow_up_date IS NOT NULL"),
        choice(
            "record_type",
            "CHECKUP VACCINATION ILLNESS INJURY SCREENING PHYSICAL_EXAM MENTAL_HEALTH DENTAL VISION HEARING EXAMINATION ALLERGY_DOCUMENTATION CHRONIC_CONDITION_REVIEW GROWTH_ASSESSMENT VITAL_SIGNS_CHECK EMERGENCY_VISIT FOLLOW_UP CONSULTATION DIAGNOSTIC_TEST PROCEDURE HOSPITALIZATION SURGERY COUNSELING THERAPY NUTRITION MEDICATION_REVIEW IMMUNIZATION LAB_RESULT RADIOLOGY OTHER",
        ),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
    )
    index("ix_health_records_amends_id", "health_records", "amends_id")
    index("ix_health_records_created_by", "health_records", "created_by")
    index(
        "ix_health_records_follow_up_required_follow_up_date", "health_records", "follow_up_required", "follow_up_date"
    )
    index("ix_health_records_record_type_record_date", "health_records", "record_type", "record_date")
    index("ix_health_records_signed_by", "health_records", "signed_by")
    index("ix_health_records_student_id_record_date", "health_records", "student_id", "record_date")
    table(
        "health_screenings",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("screening_type", sa.String(100), phi=True),
        column("screening_date", instant(), phi=True),
        column("results", json(), phi=True),
        column("passed", sa.Boolean(), phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("conducted_by", guid(), refers="users"),
        column("zone_offset_minutes", sa.Integer()),
        column("equipment", sa.String(255), null=True),
        column("retest_of_id", guid(), refers="health_screenings", null=True, phi=True),
        column("not_screened_reason", sa.Text(), null=True, phi=True),
        column("referral_sent_at", instant(), null=True, phi=True),
        column("referral_outcome", sa.Text(), null=True, phi=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="health_screenings", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("retest_of_id_not_id", "retest_of_id <> id"),
        check("screening_type_not_too_short", "length(screening_type) >= 1"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_health_screenings_amends_id", "health_screenings", "amends_id")
    index("ix_health_screenings_conducted_by", "health_screenings", "conducted_by")
    index("ix_health_screenings_retest_of_id", "health_screenings", "retest_of_id")
    index("ix_health_screenings_screening_date", "health_screenings", "screening_date")
    index("ix_health_screenings_screening_type", "health_screenings", "screening_type")
    index("ix_health_screenings_signed_by", "health_screenings", "signed_by")
    index("ix_health_screenings_student_id", "health_screenings", "student_id")
    table(
        "lab_results",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("test_type", sa.String(40), phi=True),
        column("test_name", sa.String(255), phi=True),
        column("test_code", sa.String(255), null=True, phi=True),
        column("ordered_date", instant(), phi=True),
        column("collection_date", instant(), null=True, phi=True),
        column("result_date", instant(), null=True, phi=True),
        column("result", sa.Text(), phi=True),
        column("result_value", exact(16, 6), null=True, phi=True),
        column("result_unit", sa.String(255), null=True, phi=True),
        column("reference_range", sa.String(255), null=True, phi=True),
        column("is_abnormal", sa.Boolean(), default=sa.false(), phi=True),
        column("abnormal_flags", json(), null=True, phi=True),
        column("interpretation", sa.Text(), null=True, phi=True),
        column("status", sa.String(40), null=True, default="PENDING"),
        column("ordered_by", guid(), refers="users", null=True),
        column("ordered_by_name", sa.String(255), null=True),
        column("performed_by", guid(), refers="users", null=True),
        column("performed_by_name", sa.String(255), null=True),
        column("reviewed_by", guid(), refers="users", null=True),
        column("reviewed_by_name", sa.String(255), null=True),
        column("reviewed_date", instant(), null=True),
        column("lab_name", sa.String(255), null=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("flags_set_by_hand", sa.Boolean(), default=sa.false()),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="lab_results", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("collection_date_after_ordered_date", "collection_date >= ordered_date"),
        check("ordered_by_somehow_given", "(ordered_by IS NOT NULL OR ordered_by_name IS NOT NULL)"),
        check(
            "performed_by_somehow_given",
            "NOT (result_date IS NOT NULL) OR (performed_by IS NOT NULL OR performed_by_name IS NOT NULL)",
        ),
        check("result_date_after_collection_date", "result_date >= collection_date"),
        check(
            "reviewed_by_somehow_given",
            "NOT (reviewed_date IS NOT NULL) OR (reviewed_by IS NOT NULL OR reviewed_by_name IS NOT NULL)",
        ),
        check("reviewed_date_after_result_date", "reviewed_date >= result_date"),
        check(
            "reviewed_date_when_reviewed",
            "NOT ((status IS NOT NULL AND status IN ('REVIEWED'))) OR reviewed_date IS NOT NULL",
        ),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        choice("status", "PENDING COMPLETED REVIEWED CANCELLED"),
        choice("test_type", "BLOOD_TEST URINALYSIS CULTURE CHEMISTRY HEMATOLOGY MICROBIOLOGY OTHER"),
    )
    index("ix_lab_results_amends_id", "lab_results", "amends_id")
    index("ix_lab_results_is_abnormal", "lab_results", "is_abnormal")
    index("ix_lab_results_ordered_by", "lab_results", "ordered_by")
    index("ix_lab_results_ordered_date", "lab_results", "ordered_date")
    index("ix_lab_results_performed_by", "lab_results", "performed_by")
    index("ix_lab_results_result_date", "lab_results", "result_date")
    index("ix_lab_results_reviewed_by", "lab_results", "reviewed_by")
    index("ix_lab_results_signed_by", "lab_results", "signed_by")
    index("ix_lab_results_status", "lab_results", "status")
    index("ix_lab_results_student_id", "lab_results", "student_id")
    index("ix_lab_results_test_type", "lab_results", "test_type")
    table(
        "treatment_plans",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("diagnosis", sa.Text(), phi=True),
        column("plan_details", json(), phi=True),
        column("start_date", instant(), phi=True),
        column("end_date", instant(), null=True, phi=True),
        column("status", sa.String(40), phi=True),
        column("prescribed_by", guid(), refers="users", null=True),
        column("prescribed_by_name", sa.String(255), null=True),
        *stamps(),
        *deletion(),
        check("end_date_after_start_date", "end_date >= start_date"),
        check("prescribed_by_somehow_given", "(prescribed_by IS NOT NULL OR prescribed_by_name IS NOT NULL)"),
        choice("status", "DRAFT ACTIVE ON_HOLD COMPLETED CANCELLED"),
    )
    index("ix_treatment_plans_prescribed_by", "treatment_plans", "prescribed_by")
    index("ix_treatment_plans_status", "treatment_plans", "status")
    index("ix_treatment_plans_student_id", "treatment_plans", "student_id")
    table(
        "integration_logs",
        column("id", guid(), key="given"),
        column("integration_id", guid(), refers="integration_configs", null=True),
        column("integration_type", sa.String(50)),
        column("action", sa.String(50)),
        column("status", sa.String(20)),
        column("records_processed", sa.Integer(), null=True),
        column("records_succeeded", sa.Integer(), null=True),
        column("records_failed", sa.Integer(), null=True),
        column("started_at", instant(), null=True),
        column("completed_at", instant(), null=True),
        column("duration", sa.Integer(), null=True),
        column("error_message", sa.Text(), null=True),
        column("details", json(), null=True),
        column("device_id", guid()),
        *stamps(),
        check("completed_at_after_started_at", "completed_at >= started_at"),
        check("duration_not_below_0", "CAST(duration AS NUMERIC) >= 0"),
        check("records_failed_not_below_0", "CAST(records_failed AS NUMERIC) >= 0"),
        check("records_processed_not_below_0", "CAST(records_processed AS NUMERIC) >= 0"),
        check("records_succeeded_not_below_0", "CAST(records_succeeded AS NUMERIC) >= 0"),
    )
    index("ix_integration_logs_action", "integration_logs", "action")
    index("ix_integration_logs_completed_at", "integration_logs", "completed_at")
    index("ix_integration_logs_created_at", "integration_logs", "created_at")
    index("ix_integration_logs_integration_id", "integration_logs", "integration_id")
    index("ix_integration_logs_integration_type", "integration_logs", "integration_type")
    index("ix_integration_logs_started_at", "integration_logs", "started_at")
    index("ix_integration_logs_status", "integration_logs", "status")
    table(
        "purchase_orders",
        column("id", guid(), key="given"),
        column("order_number", sa.String(255)),
        column("vendor_id", guid(), refers="vendors"),
        column("order_date", instant()),
        column("expected_date", instant(), null=True),
        column("received_date", instant(), null=True),
        column("subtotal", exact(12, 2)),
        column("tax", exact(12, 2)),
        column("shipping", exact(12, 2)),
        column("total", exact(12, 2)),
        column("status", sa.String(40), default="PENDING"),
        column("notes", sa.Text(), null=True),
        column("school_id", guid(), refers="schools", null=True),
        column("currency", sa.String(40), default="USD"),
        *stamps(),
        *deletion(),
        choice("currency", "USD"),
        check("expected_date_after_order_date", "expected_date >= order_date"),
        check("received_date_after_order_date", "received_date >= order_date"),
        check(
            "received_date_when_received",
            "NOT ((status IS NOT NULL AND status IN ('RECEIVED'))) OR received_date IS NOT NULL",
        ),
        check("shipping_not_below_0", "CAST(shipping AS NUMERIC) >= 0"),
        choice("status", "PENDING APPROVED ORDERED PARTIALLY_RECEIVED RECEIVED CANCELLED"),
        check("subtotal_not_below_0", "CAST(subtotal AS NUMERIC) >= 0"),
        check("tax_not_below_0", "CAST(tax AS NUMERIC) >= 0"),
        check(
            "total_is_sum",
            "round((CAST(total AS NUMERIC)) * 10000) = round((CAST(subtotal AS NUMERIC) + CAST(tax AS NUMERIC) + CAST(shipping AS NUMERIC)) * 10000)",
        ),
    )
    index("ix_purchase_orders_order_date", "purchase_orders", "order_date")
    index("ix_purchase_orders_school_id", "purchase_orders", "school_id")
    index("ix_purchase_orders_status", "purchase_orders", "status")
    index("ix_purchase_orders_vendor_id", "purchase_orders", "vendor_id")
    index("uq_purchase_orders_order_number", "purchase_orders", "order_number", unique=True, where="deleted_at IS NULL")
    table(
        "medications",
        column("id", guid(), key="given"),
        column("name", sa.String(255)),
        column("generic_name", sa.String(255), null=True),
        column("dosage_form", sa.String(255)),
        column("strength", sa.String(255)),
        column("manufacturer", sa.String(255), null=True),
        column("ndc", sa.String(255), null=True),
        column("is_controlled", sa.Boolean(), default=sa.false()),
        column("dea_schedule", sa.String(40), null=True),
        column("requires_witness", sa.Boolean(), default=sa.false()),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("drug_catalog_id", guid(), refers="drug_catalog", null=True),
        column("strength_amount", exact(12, 4), null=True),
        column("strength_unit", sa.String(40), null=True),
        column("form_unit", sa.String(40), null=True),
        column("default_route", sa.String(40), null=True),
        column("is_emergency", sa.Boolean(), default=sa.false()),
        column("tolerance_percent", exact(5, 2), null=True),
        *stamps(),
        *deletion(),
        check("controlled_needs_witness", "NOT (is_controlled) OR requires_witness"),
        choice("dea_schedule", "I II III IV V"),
        check("dea_schedule_when_controlled", "NOT (is_controlled) OR dea_schedule IS NOT NULL"),
        choice(
            "default_route",
            "INTRAMUSCULAR SUBCUTANEOUS INTRADERMAL ORAL INTRANASAL INTRAVENOUS OTHER SUBLINGUAL BUCCAL INHALED NEBULIZED TOPICAL TRANSDERMAL RECTAL OPHTHALMIC OTIC GASTROSTOMY",
        ),
        choice(
            "form_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("no_dea_schedule_when_not_controlled", "NOT (NOT (is_controlled)) OR dea_schedule IS NULL"),
        check("strength_amount_above_0", "CAST(strength_amount AS NUMERIC) > 0"),
        check("strength_amount_with_strength_unit", "(strength_amount IS NULL) = (strength_unit IS NULL)"),
        choice(
            "strength_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("tolerance_percent_in_range", "CAST(tolerance_percent AS NUMERIC) BETWEEN 0 AND 100"),
    )
    index("ix_medications_drug_catalog_id", "medications", "drug_catalog_id")
    index("ix_medications_generic_name", "medications", "generic_name")
    index("ix_medications_is_active", "medications", "is_active")
    index("ix_medications_is_controlled", "medications", "is_controlled")
    index("ix_medications_name", "medications", "name")
    index("uq_medications_ndc", "medications", "ndc", unique=True, where="deleted_at IS NULL AND ndc IS NOT NULL")
    table(
        "drug_interactions",
        column("id", guid(), key="given"),
        column("drug1_id", guid(), refers="drug_catalog"),
        column("drug2_id", guid(), refers="drug_catalog"),
        column("severity", sa.String(40)),
        column("description", sa.Text()),
        column("clinical_effects", sa.Text(), null=True),
        column("management", sa.Text(), null=True),
        column("references", json(), null=True),
        column("evidence_level", sa.String(50), null=True),
        *stamps(),
        *deletion(),
        check("drug2_id_after_drug1_id", "drug2_id > drug1_id"),
        choice("severity", "MINOR MODERATE MAJOR SEVERE CONTRAINDICATED"),
    )
    index("ix_drug_interactions_drug1_id", "drug_interactions", "drug1_id")
    index("ix_drug_interactions_drug2_id", "drug_interactions", "drug2_id")
    index("ix_drug_interactions_severity", "drug_interactions", "severity")
    index(
        "uq_drug_interactions_drug1_id_drug2_id",
        "drug_interactions",
        "drug1_id",
        "drug2_id",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "report_schedules",
        column("id", guid(), key="given"),
        column("name", sa.String(255)),
        column("report_type", sa.String(40)),
        column("template_id", guid(), refers="report_templates", null=True),
        column("frequency", sa.String(40)),
        column("cron_expression", sa.String(100), null=True),
        column("output_format", sa.String(40), default="PDF"),
        column("parameters", json(), null=True),
        column("recipients", json(), default=sa.text("'[]'")),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("last_executed_at", instant(), null=True),
        column("next_execution_at", instant(), null=True),
        column("execution_count", sa.Integer(), default="0"),
        column("failure_count", sa.Integer(), default="0"),
        column("last_error", sa.Text(), null=True),
        column("school_id", guid(), refers="schools", null=True),
        *stamps(),
        *deletion(),
        check(
            "cron_expression_when_custom_frequency",
            "NOT ((frequency IS NOT NULL AND frequency IN ('CUSTOM'))) OR cron_expression IS NOT NULL",
        ),
        check("execution_count_not_below_0", "CAST(execution_count AS NUMERIC) >= 0"),
        check("failure_count_not_below_0", "CAST(failure_count AS NUMERIC) >= 0"),
        choice("frequency", "DAILY WEEKLY MONTHLY QUARTERLY CUSTOM"),
        choice("output_format", "PDF CSV EXCEL JSON HTML"),
        choice(
            "report_type",
            "HEALTH_TRENDS MEDICATION_USAGE INCIDENT_STATISTICS ATTENDANCE_CORRELATION COMPLIANCE DASHBOARD PERFORMANCE CUSTOM",
        ),
    )
    index("ix_report_schedules_school_id", "report_schedules", "school_id")
    index("ix_report_schedules_template_id", "report_schedules", "template_id")
    table(
        "roster_import_rows",
        column("id", guid(), key="given"),
        column("roster_import_id", guid(), refers="roster_imports"),
        column("device_id", guid()),
        column("file_name", sa.String(255)),
        column("line", sa.Integer()),
        column("sourced_id", sa.String(255), null=True, phi=True),
        column("action", sa.String(40)),
        column("reason", sa.Text(), null=True),
        column("table_name", sa.String(63), null=True),
        column("row_id", guid(), null=True, phi=True),
        column("raw", json(), null=True, phi=True),
        column("before", json(), null=True, phi=True),
        column("after", json(), null=True, phi=True),
        column("match_score", sa.Integer(), null=True),
        column("match_reasons", json(), default=sa.text("'[]'"), phi=True),
        column("decided_by", guid(), refers="users", null=True),
        column("decided_at", instant(), null=True),
        *stamps(),
        choice("action", "INSERT UPDATE END SKIP QUARANTINE"),
        check("line_not_below_1", "CAST(line AS NUMERIC) >= 1"),
        check(
            "reason_when_quarantined", "NOT ((action IS NOT NULL AND action IN ('QUARANTINE'))) OR reason IS NOT NULL"
        ),
    )
    index("ix_roster_import_rows_decided_by", "roster_import_rows", "decided_by")
    index("ix_roster_import_rows_roster_import_id_action", "roster_import_rows", "roster_import_id", "action")
    index("ix_roster_import_rows_table_name_row_id", "roster_import_rows", "table_name", "row_id")
    table(
        "source_links",
        column("id", guid(), key="given"),
        column("source", sa.String(100)),
        column("kind", sa.String(40)),
        column("sourced_id", sa.String(255), phi=True),
        column("table_name", sa.String(63)),
        column("row_id", guid(), phi=True),
        column("student_id", guid(), refers="students", null=True, phi=True),
        column("school_id", guid(), refers="schools", null=True),
        column("content_hash", sa.String(64), null=True),
        column("last_import_id", guid(), refers="roster_imports", null=True),
        column("date_last_modified", instant(), null=True),
        *stamps(),
        *deletion(),
    )
    index("ix_source_links_last_import_id", "source_links", "last_import_id")
    index("ix_source_links_school_id", "source_links", "school_id")
    index("ix_source_links_student_id", "source_links", "student_id")
    index("ix_source_links_table_name_row_id", "source_links", "table_name", "row_id")
    index(
        "uq_source_links_source_kind_sourced_id",
        "source_links",
        "source",
        "kind",
        "sourced_id",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "sis_sync_conflicts",
        column("id", guid(), key="given"),
        column("session_id", guid()),
        column("student_id", guid(), refers="students", phi=True),
        column("field", sa.String(100), phi=True),
        column("local_value", json(), phi=True),
        column("sis_value", json(), phi=True),
        column("resolution", sa.String(40), null=True),
        column("resolved_at", instant(), null=True),
        column("resolved_by", guid(), refers="users", null=True),
        *stamps(),
        *deletion(),
        choice("resolution", "KEEP_LOCAL KEEP_SIS"),
        check("resolved_at_when_resolved", "NOT (resolution IS NOT NULL) OR resolved_at IS NOT NULL"),
        check("resolved_by_when_resolved", "NOT (resolved_at IS NOT NULL) OR resolved_by IS NOT NULL"),
    )
    index("ix_sis_sync_conflicts_created_at", "sis_sync_conflicts", "created_at")
    index("ix_sis_sync_conflicts_field", "sis_sync_conflicts", "field")
    index("ix_sis_sync_conflicts_resolution", "sis_sync_conflicts", "resolution")
    index("ix_sis_sync_conflicts_resolved_at", "sis_sync_conflicts", "resolved_at")
    index("ix_sis_sync_conflicts_resolved_by", "sis_sync_conflicts", "resolved_by")
    index("ix_sis_sync_conflicts_session_id", "sis_sync_conflicts", "session_id")
    index("ix_sis_sync_conflicts_student_id", "sis_sync_conflicts", "student_id")
    table(
        "sync_conflicts",
        column("id", guid(), key="given"),
        column("queue_item_id", guid()),
        column("entity_type", sa.String(40)),
        column("entity_id", guid()),
        column("client_version", json(), phi=True),
        column("server_version", json(), phi=True),
        column("resolution", sa.String(40), null=True),
        column("resolved_at", instant(), null=True),
        column("resolved_by", guid(), refers="users", null=True),
        column("merged_data", json(), null=True, phi=True),
        column("status", sa.String(40), default="PENDING"),
        column("kind", sa.String(40)),
        column("table_name", sa.String(63)),
        column("base_values", json(), null=True, phi=True),
        column("fields", json(), default=sa.text("'[]'")),
        column("merge_group", sa.String(63), null=True),
        column("student_id", guid(), refers="students", null=True, phi=True),
        column("school_id", guid(), refers="schools", null=True),
        column("other_entity_id", guid(), null=True),
        column("is_safety", sa.Boolean(), default=sa.false()),
        column("device_id", guid(), null=True),
        column("author_id", guid(), refers="users", null=True),
        column("authored_at", instant(), null=True),
        column("server_author_id", guid(), refers="users", null=True),
        column("server_changed_at", instant(), null=True),
        column("resolution_note", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        choice(
            "entity_type",
            "ACADEMIC_SESSION ACADEMIC_TRANSCRIPT ALERT_RULE ALLERGY ANALYTICS_REPORT APPOINTMENT APPOINTMENT_REMINDER APPOINTMENT_WAITLIST ATTACHMENT AUDIT_LOG BACKUP_LOG BUDGET_CATEGORY BUDGET_TRANSACTION CALENDAR_DAY CHRONIC_CONDITION CLINICAL_NOTE CLINICAL_PROTOCOL CLINICAL_TASK CLINIC_VISIT COMPLIANCE_CHECKLIST_ITEM COMPLIANCE_REPORT COMPLIANCE_VIOLATION CONFIGURATION_HISTORY CONSENT_FORM CONSENT_REQUEST CONSENT_SIGNATURE CONTACT CONTACT_ATTEMPT CONTROLLED_COUNT DATA_RETENTION_POLICY DEVICE_TOKEN DISTRICT DRUG_CATALOG DRUG_INTERACTION EMERGENCY_BROADCAST EMERGENCY_CONTACT FOLLOW_UP_ACTION FOLLOW_UP_APPOINTMENT GROWTH_TRACKING HEALTH_METRIC_SNAPSHOT HEALTH_RECORD HEALTH_SCREENING IMMUNIZATION INCIDENT_REPORT INTEGRATION_CONFIG INTEGRATION_LOG INVENTORY_ITEM INVENTORY_LOT INVENTORY_TRANSACTION IP_RESTRICTION LAB_RESULTS LICENSE LOGIN_ATTEMPT MAINTENANCE_LOG MEDICAL_HISTORY MEDICATION MEDICATION_LOG MENTAL_HEALTH_RECORD MESSAGE MESSAGE_DELIVERY MESSAGE_TEMPLATE PERFORMANCE_METRIC PHI_DISCLOSURE PHI_DISCLOSURE_AUDIT POLICY_ACKNOWLEDGMENT POLICY_DOCUMENT PRESCRIPTION PURCHASE_ORDER PURCHASE_ORDER_ITEM PUSH_NOTIFICATION REMEDIATION_ACTION REPORT_EXECUTION REPORT_SCHEDULE REPORT_TEMPLATE ROLE_GRANT ROSTER_IMPORT ROSTER_IMPORT_ROW SCHOOL SEALED_KEY SECURITY_INCIDENT SIGNATURE SIS_SYNC_CONFLICT SOURCE_LINK STANDING_ORDER STUDENT STUDENT_DRUG_ALLERGY STUDENT_ENROLLMENT STUDENT_MEDICATION SUPPLIER SYNC_CONFLICT SYNC_SESSION SYSTEM_CONFIG THREAT_DETECTION TRAINING_COMPLETION TRAINING_MODULE TREATMENT_PLAN USER USER_KEY VACCINATION VENDOR VISIT_EVENT VITAL_SIGNS WEBHOOK WITNESS_STATEMENT",
        ),
        choice(
            "kind",
            "FIELD GROUP DELETE_VS_EDIT EDIT_VS_DELETE UNIQUE ORPHAN DIVERGED POSSIBLE_DUPLICATE FORK SIGN_VS_EDIT AUTHOR_INACTIVE",
        ),
        choice("resolution", "CLIENT_WINS SERVER_WINS NEWEST_WINS MERGE MANUAL"),
        check(
            "resolution_when_resolved",
            "NOT ((status IS NOT NULL AND status IN ('RESOLVED'))) OR resolution IS NOT NULL",
        ),
        check(
            "resolved_at_when_resolved",
            "NOT ((status IS NOT NULL AND status IN ('RESOLVED'))) OR resolved_at IS NOT NULL",
        ),
        check("resolved_by_when_resolved", "NOT (resolved_at IS NOT NULL) OR resolved_by IS NOT NULL"),
        choice("status", "PENDING RESOLVED DEFERRED"),
    )
    index("ix_sync_conflicts_author_id", "sync_conflicts", "author_id")
    index("ix_sync_conflicts_entity_id", "sync_conflicts", "entity_id")
    index("ix_sync_conflicts_entity_type", "sync_conflicts", "entity_type")
    index("ix_sync_conflicts_queue_item_id", "sync_conflicts", "queue_item_id")
    index("ix_sync_conflicts_resolved_by", "sync_conflicts", "resolved_by")
    index("ix_sync_conflicts_school_id", "sync_conflicts", "school_id")
    index("ix_sync_conflicts_server_author_id", "sync_conflicts", "server_author_id")
    index("ix_sync_conflicts_status", "sync_conflicts", "status")
    index("ix_sync_conflicts_student_id_status", "sync_conflicts", "student_id", "status")
    index("ix_sync_conflicts_table_name_entity_id", "sync_conflicts", "table_name", "entity_id")
    table(
        "sync_sessions",
        column("id", guid(), key="given"),
        column("config_id", guid(), refers="integration_configs", null=True),
        column("started_at", instant()),
        column("completed_at", instant(), null=True),
        column("status", sa.String(40), default="PENDING"),
        column("direction", sa.String(40)),
        column("stats", json()),
        column("entities", json(), default=sa.text("'[]'")),
        column("records_processed", sa.Integer(), default="0"),
        column("records_successful", sa.Integer(), default="0"),
        column("records_failed", sa.Integer(), default="0"),
        column("triggered_by", guid(), refers="users", null=True),
        column("completion_message", sa.Text(), null=True),
        column("triggered_by_name", sa.String(50), null=True),
        column("kind", sa.String(40), default="WORKSTATION"),
        column("device_id", guid()),
        column("session_seq", sa.BigInteger(), null=True),
        column("incarnation", sa.Integer(), default="1"),
        column("epoch", guid(), null=True),
        column("scopes", json(), default=sa.text("'[]'")),
        column("phase", sa.String(40), null=True),
        column("pushed", sa.Integer(), default="0"),
        column("pulled", sa.Integer(), default="0"),
        column("conflicts", sa.Integer(), default="0"),
        column("held", sa.Integer(), default="0"),
        column("rejected", sa.Integer(), default="0"),
        column("bytes_sent", sa.BigInteger(), default="0"),
        column("bytes_received", sa.BigInteger(), default="0"),
        column("last_error", sa.Text(), null=True),
        column("clock_skew_ms", sa.BigInteger(), null=True),
        *stamps(),
        check("bytes_received_not_below_0", "CAST(bytes_received AS NUMERIC) >= 0"),
        check("bytes_sent_not_below_0", "CAST(bytes_sent AS NUMERIC) >= 0"),
        check("completed_at_after_started_at", "completed_at >= started_at"),
        check("config_id_when_with_a_sis", "NOT ((kind IS NOT NULL AND kind IN ('SIS'))) OR config_id IS NOT NULL"),
        check("conflicts_not_below_0", "CAST(conflicts AS NUMERIC) >= 0"),
        choice("direction", "PULL PUSH BIDIRECTIONAL"),
        check("held_not_below_0", "CAST(held AS NUMERIC) >= 0"),
        choice("kind", "WORKSTATION SIS"),
        check("pulled_not_below_0", "CAST(pulled AS NUMERIC) >= 0"),
        check("pushed_not_below_0", "CAST(pushed AS NUMERIC) >= 0"),
        check("records_failed_not_below_0", "CAST(records_failed AS NUMERIC) >= 0"),
        check("records_processed_not_below_0", "CAST(records_processed AS NUMERIC) >= 0"),
        check("records_successful_not_below_0", "CAST(records_successful AS NUMERIC) >= 0"),
        check("rejected_not_below_0", "CAST(rejected AS NUMERIC) >= 0"),
        choice("status", "PENDING IN_PROGRESS COMPLETED PARTIAL FAILED CANCELLED"),
        check("triggered_by_somehow_given", "(triggered_by IS NOT NULL OR triggered_by_name IS NOT NULL)"),
    )
    index("ix_sync_sessions_completed_at", "sync_sessions", "completed_at")
    index("ix_sync_sessions_config_id", "sync_sessions", "config_id")
    index("ix_sync_sessions_created_at", "sync_sessions", "created_at")
    index("ix_sync_sessions_direction", "sync_sessions", "direction")
    index("ix_sync_sessions_started_at", "sync_sessions", "started_at")
    index("ix_sync_sessions_status", "sync_sessions", "status")
    index("ix_sync_sessions_triggered_by", "sync_sessions", "triggered_by")
    table(
        "suppliers",
        column("id", guid(), key="given"),
        column("name", sa.String(255)),
        column("contact_name", sa.String(255), null=True),
        column("email", sa.String(255), null=True),
        column("phone", sa.String(50), null=True),
        column("address", sa.Text(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("vendor_id", guid(), refers="vendors", null=True),
        column("item_number", sa.String(100), null=True),
        *stamps(),
        *deletion(),
    )
    index("ix_suppliers_vendor_id", "suppliers", "vendor_id")
    table(
        "threat_detections",
        column("id", guid(), key="given"),
        column("threat_type", sa.String(100)),
        column("severity", sa.String(40)),
        column("source", sa.String(255)),
        column("details", json()),
        column("is_resolved", sa.Boolean(), default=sa.false()),
        column("resolved_at", instant(), null=True),
        column("resolved_by", guid(), refers="users", null=True),
        column("device_id", guid()),
        column("security_incident_id", guid(), refers="security_incidents", null=True),
        column("detected_at", instant()),
        *stamps(),
        check("resolved_at_after_detected_at", "resolved_at >= detected_at"),
        check("resolved_at_when_resolved", "NOT (is_resolved) OR resolved_at IS NOT NULL"),
        choice("severity", "LOW MEDIUM HIGH CRITICAL"),
    )
    index("ix_threat_detections_is_resolved", "threat_detections", "is_resolved")
    index("ix_threat_detections_resolved_by", "threat_detections", "resolved_by")
    index("ix_threat_detections_security_incident_id", "threat_detections", "security_incident_id")
    index("ix_threat_detections_severity", "threat_detections", "severity")
    index("ix_threat_detections_threat_type", "threat_detections", "threat_type")
    table(
        "training_completions",
        column("id", guid(), key="given"),
        column("training_module_id", guid(), refers="training_modules"),
        column("user_id", guid(), refers="users"),
        column("completed_on", sa.Date()),
        column("expires_on", sa.Date(), null=True),
        column("module_version", sa.String(20)),
        column("score", sa.Integer(), null=True),
        column("recorded_by", guid(), refers="users"),
        column("medication_id", guid(), refers="medications", null=True),
        column("supersedes_id", guid(), refers="training_completions", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check("expires_on_after_completed_on", "expires_on >= completed_on"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
    )
    index("ix_training_completions_medication_id", "training_completions", "medication_id")
    index("ix_training_completions_recorded_by", "training_completions", "recorded_by")
    index("ix_training_completions_supersedes_id", "training_completions", "supersedes_id")
    index("ix_training_completions_training_module_id", "training_completions", "training_module_id")
    index("ix_training_completions_user_id_training_module_id", "training_completions", "user_id", "training_module_id")
    table(
        "standing_orders",
        column("id", guid(), key="given"),
        column("school_id", guid(), refers="schools", null=True),
        column("name", sa.String(200)),
        column("medication_id", guid(), refers="medications"),
        column("emergency", sa.Boolean(), default=sa.false()),
        column("indications", json(), default=sa.text("'[]'")),
        column("instructions", sa.Text(), null=True),
        column("dose_amount", exact(12, 4), null=True),
        column("dose_unit", sa.String(40), null=True),
        column("dose_per_kg", exact(12, 4), null=True),
        column("max_dose_amount", exact(12, 4), null=True),
        column("route", sa.String(40)),
        column("min_interval_minutes", sa.Integer(), null=True),
        column("max_per_day", sa.Integer(), null=True),
        column("max_per_year", sa.Integer(), null=True),
        column("min_age_months", sa.Integer(), null=True),
        column("effect_check_minutes", sa.Integer(), null=True),
        column("consent_required", sa.Boolean(), default=sa.true()),
        column("prescribed_by", guid(), refers="users", null=True),
        column("prescribed_by_name", sa.String(255), null=True),
        column("starts_on", sa.Date()),
        column("ends_on", sa.Date(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("protocol_id", guid(), refers="clinical_protocols", null=True),
        *stamps(),
        *deletion(),
        check("dose_amount_above_0", "CAST(dose_amount AS NUMERIC) > 0"),
        check("dose_amount_with_dose_unit", "(dose_amount IS NULL) = (dose_unit IS NULL)"),
        check("dose_per_kg_above_0", "CAST(dose_per_kg AS NUMERIC) > 0"),
        choice(
            "dose_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("effect_check_minutes_not_below_1", "CAST(effect_check_minutes AS NUMERIC) >= 1"),
        check("ends_on_after_starts_on", "ends_on >= starts_on"),
        check("max_dose_amount_above_0", "CAST(max_dose_amount AS NUMERIC) > 0"),
        check("max_per_day_not_below_1", "CAST(max_per_day AS NUMERIC) >= 1"),
        check("max_per_year_not_below_1", "CAST(max_per_year AS NUMERIC) >= 1"),
        check("min_age_months_not_below_0", "CAST(min_age_months AS NUMERIC) >= 0"),
        check("min_interval_minutes_not_below_0", "CAST(min_interval_minutes AS NUMERIC) >= 0"),
        check("prescribed_by_somehow_given", "(prescribed_by IS NOT NULL OR prescribed_by_name IS NOT NULL)"),
        choice(
            "route",
            "INTRAMUSCULAR SUBCUTANEOUS INTRADERMAL ORAL INTRANASAL INTRAVENOUS OTHER SUBLINGUAL BUCCAL INHALED NEBULIZED TOPICAL TRANSDERMAL RECTAL OPHTHALMIC OTIC GASTROSTOMY",
        ),
    )
    index("ix_standing_orders_medication_id", "standing_orders", "medication_id")
    index("ix_standing_orders_prescribed_by", "standing_orders", "prescribed_by")
    index("ix_standing_orders_protocol_id", "standing_orders", "protocol_id")
    index("ix_standing_orders_school_id", "standing_orders", "school_id")
    table(
        "visit_events",
        column("id", guid(), key="given"),
        column("visit_id", guid(), refers="clinic_visits", phi=True),
        column("student_id", guid(), refers="students", phi=True),
        column("kind", sa.String(40), phi=True),
        column("occurred_at", instant(), phi=True),
        column("zone_offset_minutes", sa.Integer()),
        column("performed_by", guid(), refers="users", null=True),
        column("performed_by_name", sa.String(255), null=True),
        column("note", sa.Text(), null=True, phi=True),
        column("details", json(), default=sa.text("'{}'"), phi=True),
        column("supersedes_id", guid(), refers="visit_events", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        choice(
            "kind",
            "CHECKED_IN TRIAGED NURSE_CALLED ASSESSED INTERVENTION MEDICATION PARENT_CALLED REST_STARTED REST_ENDED REFERRED NOTE CHECKED_OUT REOPENED",
        ),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check("performed_by_somehow_given", "(performed_by IS NOT NULL OR performed_by_name IS NOT NULL)"),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_visit_events_performed_by", "visit_events", "performed_by")
    index("ix_visit_events_student_id", "visit_events", "student_id")
    index("ix_visit_events_supersedes_id", "visit_events", "supersedes_id")
    index("ix_visit_events_visit_id_occurred_at", "visit_events", "visit_id", "occurred_at")
    table(
        "clinical_notes",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("type", sa.String(40), default="GENERAL"),
        column("title", sa.String(255), phi=True),
        column("content", sa.Text(), phi=True),
        column("subjective", sa.Text(), null=True, phi=True),
        column("objective", sa.Text(), null=True, phi=True),
        column("assessment", sa.Text(), null=True, phi=True),
        column("plan", sa.Text(), null=True, phi=True),
        column("tags", json(), null=True, phi=True),
        column("is_confidential", sa.Boolean(), default=sa.false()),
        column("is_signed", sa.Boolean(), default=sa.false()),
        column("amended", sa.Boolean(), default=sa.false()),
        column("co_reviewed_by", guid(), refers="users", null=True),
        column("co_reviewed_at", instant(), null=True),
        column("occurred_at", instant(), null=True, phi=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="clinical_notes", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("co_reviewed_by_when_co_reviewed", "NOT (co_reviewed_at IS NOT NULL) OR co_reviewed_by IS NOT NULL"),
        check("signed_at_when_signed", "NOT (is_signed) OR signed_at IS NOT NULL"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        check("signed_row_says_so", "NOT (signed_at IS NOT NULL) OR is_signed"),
        choice("type", "GENERAL SOAP PROGRESS DISCHARGE FOLLOW_UP TELEPHONE NURSING MEDICATION INCIDENT"),
    )
    index("ix_clinical_notes_amends_id", "clinical_notes", "amends_id")
    index("ix_clinical_notes_co_reviewed_by", "clinical_notes", "co_reviewed_by")
    index("ix_clinical_notes_created_by", "clinical_notes", "created_by")
    index("ix_clinical_notes_signed_by", "clinical_notes", "signed_by")
    index("ix_clinical_notes_student_id_type", "clinical_notes", "student_id", "type")
    index("ix_clinical_notes_visit_id", "clinical_notes", "visit_id")
    table(
        "follow_up_appointments",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("original_visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("scheduled_by", guid(), refers="users"),
        column("scheduled_date", instant(), phi=True),
        column("duration_minutes", sa.Integer(), default="30"),
        column("reason", sa.Text(), phi=True),
        column("type", sa.String(100), phi=True),
        column("status", sa.String(40), default="SCHEDULED"),
        column("assigned_to", guid(), refers="users", null=True),
        column("reminder_sent", sa.Boolean(), default=sa.false()),
        column("reminder_sent_at", instant(), null=True),
        column("confirmed_at", instant(), null=True),
        column("completed_visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("completed_at", instant(), null=True),
        column("cancelled_at", instant(), null=True),
        column("cancellation_reason", sa.Text(), null=True, phi=True),
        column("rescheduled_from_id", guid(), refers="follow_up_appointments", null=True),
        column("rescheduled_to_id", guid(), refers="follow_up_appointments", null=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("priority", sa.String(40), default="MEDIUM"),
        *stamps(),
        *deletion(),
        check(
            "cancellation_reason_when_cancelled",
            "NOT ((status IS NOT NULL AND status IN ('CANCELLED'))) OR cancellation_reason IS NOT NULL",
        ),
        check(
            "cancelled_at_when_cancelled",
            "NOT ((status IS NOT NULL AND status IN ('CANCELLED'))) OR cancelled_at IS NOT NULL",
        ),
        check(
            "completed_at_when_completed",
            "NOT ((status IS NOT NULL AND status IN ('COMPLETED'))) OR completed_at IS NOT NULL",
        ),
        check(
            "confirmed_at_when_confirmed",
            "NOT ((status IS NOT NULL AND status IN ('CONFIRMED'))) OR confirmed_at IS NOT NULL",
        ),
        check("duration_minutes_in_range", "CAST(duration_minutes AS NUMERIC) BETWEEN 5 AND 480"),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        check("reminder_sent_at_when_reminded", "NOT (reminder_sent) OR reminder_sent_at IS NOT NULL"),
        check("rescheduled_from_id_not_id", "rescheduled_from_id <> id"),
        check("rescheduled_to_id_not_id", "rescheduled_to_id <> id"),
        choice("status", "SCHEDULED REMINDED CONFIRMED COMPLETED MISSED CANCELLED RESCHEDULED"),
    )
    index("ix_follow_up_appointments_assigned_to", "follow_up_appointments", "assigned_to")
    index("ix_follow_up_appointments_completed_visit_id", "follow_up_appointments", "completed_visit_id")
    index("ix_follow_up_appointments_original_visit_id", "follow_up_appointments", "original_visit_id")
    index("ix_follow_up_appointments_rescheduled_from_id", "follow_up_appointments", "rescheduled_from_id")
    index("ix_follow_up_appointments_rescheduled_to_id", "follow_up_appointments", "rescheduled_to_id")
    index("ix_follow_up_appointments_scheduled_by", "follow_up_appointments", "scheduled_by")
    index("ix_follow_up_appointments_scheduled_date", "follow_up_appointments", "scheduled_date")
    index("ix_follow_up_appointments_status", "follow_up_appointments", "status")
    index("ix_follow_up_appointments_student_id_status", "follow_up_appointments", "student_id", "status")
    table(
        "message_deliveries",
        column("id", guid(), key="given"),
        column("recipient_type", sa.String(40)),
        column("recipient_id", guid(), phi=True),
        column("channel", sa.String(40)),
        column("status", sa.String(40)),
        column("contact_info", sa.String(500), null=True, phi=True),
        column("sent_at", instant(), null=True),
        column("delivered_at", instant(), null=True),
        column("failure_reason", sa.Text(), null=True),
        column("external_id", sa.String(255), null=True),
        column("message_id", guid(), refers="messages"),
        *stamps(),
        *deletion(),
        choice("channel", "EMAIL SMS PUSH VOICE"),
        check("delivered_at_after_sent_at", "delivered_at >= sent_at"),
        check(
            "failure_reason_when_failed",
            "NOT ((status IS NOT NULL AND status IN ('FAILED', 'BOUNCED'))) OR failure_reason IS NOT NULL",
        ),
        choice("recipient_type", "NURSE PARENT GUARDIAN EMERGENCY_CONTACT STUDENT STAFF ADMINISTRATOR"),
        choice("status", "PENDING SENT DELIVERED FAILED BOUNCED"),
    )
    index("ix_message_deliveries_channel", "message_deliveries", "channel")
    index("ix_message_deliveries_external_id", "message_deliveries", "external_id")
    index("ix_message_deliveries_message_id", "message_deliveries", "message_id")
    index("ix_message_deliveries_recipient_id", "message_deliveries", "recipient_id")
    index("ix_message_deliveries_recipient_type", "message_deliveries", "recipient_type")
    index("ix_message_deliveries_status", "message_deliveries", "status")
    table(
        "consent_signatures",
        column("id", guid(), key="given"),
        column("consent_form_id", guid(), refers="consent_forms"),
        column("student_id", guid(), refers="students", phi=True),
        column("signed_by", sa.String(255), phi=True),
        column("relationship", sa.String(100), phi=True),
        column("signature_data", sa.Text(), null=True, phi=True),
        column("ip_address", sa.String(45), null=True),
        column("signed_at", instant()),
        column("withdrawn_at", instant(), null=True),
        column("withdrawn_by", sa.String(255), null=True, phi=True),
        column("decision", sa.String(40), default="GRANTED", phi=True),
        column("capacity", sa.String(40), phi=True),
        column("signer_contact_id", guid(), refers="contacts", null=True, phi=True),
        column("signer_identity_evidence", sa.String(255), null=True, phi=True),
        column("form_version", sa.String(20)),
        column("text_hash", sa.String(64)),
        column("language", sa.String(10), default="en"),
        column("method", sa.String(40)),
        column("strokes_attachment_id", guid(), refers="attachments", null=True, phi=True),
        column("image_attachment_id", guid(), refers="attachments", null=True, phi=True),
        column("pdf_attachment_id", guid(), refers="attachments", null=True, phi=True),
        column("pdf_hash", sa.String(64), null=True),
        column("recorded_by", guid(), refers="users"),
        column("recorded_at", instant()),
        column("zone_offset_minutes", sa.Integer()),
        column("effective_from", sa.Date()),
        column("expires_on", sa.Date(), null=True),
        column("conditions", sa.Text(), null=True, phi=True),
        column("withdrawal_reason", sa.Text(), null=True, phi=True),
        column("supersedes_id", guid(), refers="consent_signatures", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        choice("capacity", "GUARDIAN STUDENT_18 MINOR_BY_RULE"),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("decision", "GRANTED REFUSED WITHDRAWN"),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check("expires_on_after_effective_from", "expires_on >= effective_from"),
        choice("method", "PEN PAPER ELECTRONIC PHONE"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "no_withdrawn_at_when_not_withdrawn",
            "NOT (NOT ((decision IS NOT NULL AND decision IN ('WITHDRAWN')))) OR withdrawn_at IS NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
        check(
            "supersedes_id_when_withdrawn",
            "NOT ((decision IS NOT NULL AND decision IN ('WITHDRAWN'))) OR supersedes_id IS NOT NULL",
        ),
        check("text_hash_not_too_short", "length(text_hash) >= 64"),
        check("withdrawn_at_after_signed_at", "withdrawn_at >= signed_at"),
        check(
            "withdrawn_at_when_withdrawn",
            "NOT ((decision IS NOT NULL AND decision IN ('WITHDRAWN'))) OR withdrawn_at IS NOT NULL",
        ),
        check(
            "withdrawn_by_when_withdrawn",
            "NOT ((decision IS NOT NULL AND decision IN ('WITHDRAWN'))) OR withdrawn_by IS NOT NULL",
        ),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_consent_signatures_consent_form_id", "consent_signatures", "consent_form_id")
    index("ix_consent_signatures_image_attachment_id", "consent_signatures", "image_attachment_id")
    index("ix_consent_signatures_pdf_attachment_id", "consent_signatures", "pdf_attachment_id")
    index("ix_consent_signatures_recorded_by", "consent_signatures", "recorded_by")
    index("ix_consent_signatures_signer_contact_id", "consent_signatures", "signer_contact_id")
    index("ix_consent_signatures_strokes_attachment_id", "consent_signatures", "strokes_attachment_id")
    index("ix_consent_signatures_student_id_consent_form_id", "consent_signatures", "student_id", "consent_form_id")
    index("ix_consent_signatures_supersedes_id", "consent_signatures", "supersedes_id")
    table(
        "phi_disclosure_audits",
        column("id", guid(), key="given"),
        column("disclosure_id", guid(), refers="phi_disclosures"),
        column("action", sa.String(50)),
        column("changes", json(), null=True, phi=True),
        column("performed_by", guid(), refers="users"),
        column("ip_address", sa.String(45), null=True),
        column("user_agent", sa.Text(), null=True),
        column("device_id", guid()),
        column("occurred_at", instant()),
        *stamps(),
    )
    index("ix_phi_disclosure_audits_disclosure_id", "phi_disclosure_audits", "disclosure_id")
    index("ix_phi_disclosure_audits_performed_by", "phi_disclosure_audits", "performed_by")
    table(
        "allergies",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("allergen", sa.String(255), phi=True),
        column("allergy_type", sa.String(40), default="OTHER", phi=True),
        column("severity", sa.String(40), phi=True),
        column("symptoms", sa.Text(), null=True, phi=True),
        column("reactions", json(), null=True, phi=True),
        column("treatment", sa.Text(), null=True, phi=True),
        column("emergency_protocol", sa.Text(), null=True, phi=True),
        column("onset_date", instant(), null=True, phi=True),
        column("diagnosed_date", instant(), null=True, phi=True),
        column("diagnosed_by", guid(), refers="users", null=True, phi=True),
        column("diagnosed_by_name", sa.String(255), null=True, phi=True),
        column("verified", sa.Boolean(), default=sa.false()),
        column("verified_by", guid(), refers="users", null=True),
        column("verification_date", instant(), null=True),
        column("active", sa.Boolean(), default=sa.true()),
        column("notes", sa.Text(), null=True, phi=True),
        column("epi_pen_required", sa.Boolean(), default=sa.false(), phi=True),
        column("epi_pen_location", sa.String(255), null=True, phi=True),
        column("epi_pen_expiration", instant(), null=True, phi=True),
        column("health_record_id", guid(), refers="health_records", null=True, phi=True),
        column("ingredient_code", sa.String(50), null=True, phi=True),
        column("inactive_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("allergen_not_too_short", "length(allergen) >= 1"),
        choice("allergy_type", "FOOD MEDICATION ENVIRONMENTAL INSECT LATEX OTHER"),
        check(
            "diagnosed_by_somehow_given",
            "NOT (diagnosed_date IS NOT NULL) OR (diagnosed_by IS NOT NULL OR diagnosed_by_name IS NOT NULL)",
        ),
        check("diagnosed_date_after_onset_date", "diagnosed_date >= onset_date"),
        check("inactive_reason_when_inactive", "NOT (NOT (active)) OR inactive_reason IS NOT NULL"),
        choice("severity", "MILD MODERATE SEVERE LIFE_THREATENING"),
        check("verification_date_when_verified", "NOT (verified) OR verification_date IS NOT NULL"),
        check("verified_by_when_verified", "NOT (verified) OR verified_by IS NOT NULL"),
    )
    index("ix_allergies_allergy_type_severity", "allergies", "allergy_type", "severity")
    index("ix_allergies_diagnosed_by", "allergies", "diagnosed_by")
    index("ix_allergies_epi_pen_expiration", "allergies", "epi_pen_expiration")
    index("ix_allergies_health_record_id", "allergies", "health_record_id")
    index("ix_allergies_student_id_active", "allergies", "student_id", "active")
    index("ix_allergies_verified_by", "allergies", "verified_by")
    table(
        "chronic_conditions",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("health_record_id", guid(), refers="health_records", null=True, phi=True),
        column("condition", sa.String(200), phi=True),
        column("icd_code", sa.String(20), null=True, phi=True),
        column("diagnosed_date", sa.Date(), phi=True),
        column("diagnosed_by", guid(), refers="users", null=True, phi=True),
        column("diagnosed_by_name", sa.String(255), null=True, phi=True),
        column("status", sa.String(40), default="ACTIVE", phi=True),
        column("severity", sa.String(40), null=True, phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("care_plan", sa.Text(), null=True, phi=True),
        column("medications", json(), default=sa.text("'[]'"), phi=True),
        column("restrictions", json(), default=sa.text("'[]'"), phi=True),
        column("triggers", json(), default=sa.text("'[]'"), phi=True),
        column("accommodations", json(), default=sa.text("'[]'"), phi=True),
        column("emergency_protocol", sa.Text(), null=True, phi=True),
        column("last_review_date", sa.Date(), null=True, phi=True),
        column("next_review_date", sa.Date(), null=True, phi=True),
        column("requires_iep", sa.Boolean(), default=sa.false(), phi=True),
        column("requires_504", sa.Boolean(), default=sa.false(), phi=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("contraindicated_ingredients", json(), default=sa.text("'[]'"), phi=True),
        *stamps(),
        *deletion(),
        check("diagnosed_by_somehow_given", "(diagnosed_by IS NOT NULL OR diagnosed_by_name IS NOT NULL)"),
        check("last_review_date_after_diagnosed_date", "last_review_date >= diagnosed_date"),
        check("next_review_date_after_last_review_date", "next_review_date >= last_review_date"),
        check("resolved_is_inactive", "NOT ((status IS NOT NULL AND status IN ('RESOLVED'))) OR NOT (is_active)"),
        choice("severity", "MILD MODERATE SEVERE CRITICAL"),
        choice("status", "ACTIVE MANAGED RESOLVED MONITORING"),
    )
    index("ix_chronic_conditions_diagnosed_by", "chronic_conditions", "diagnosed_by")
    index("ix_chronic_conditions_health_record_id", "chronic_conditions", "health_record_id")
    index("ix_chronic_conditions_is_active", "chronic_conditions", "is_active")
    index("ix_chronic_conditions_next_review_date", "chronic_conditions", "next_review_date")
    index("ix_chronic_conditions_requires_504", "chronic_conditions", "requires_504")
    index("ix_chronic_conditions_requires_iep", "chronic_conditions", "requires_iep")
    index("ix_chronic_conditions_status_is_active", "chronic_conditions", "status", "is_active")
    index("ix_chronic_conditions_student_id_is_active", "chronic_conditions", "student_id", "is_active")
    table(
        "incident_reports",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("reported_by_id", guid(), refers="users"),
        column("type", sa.String(40), phi=True),
        column("severity", sa.String(40), phi=True),
        column("description", sa.Text(), phi=True),
        column("location", sa.String(255), phi=True),
        column("witnesses", json(), default=sa.text("'[]'"), phi=True),
        column("actions_taken", sa.Text(), phi=True),
        column("parent_notified", sa.Boolean(), default=sa.false()),
        column("parent_notification_method", sa.String(255), null=True),
        column("parent_notified_at", instant(), null=True),
        column("parent_notified_by", guid(), refers="users", null=True),
        column("follow_up_required", sa.Boolean(), default=sa.false()),
        column("follow_up_notes", sa.Text(), null=True, phi=True),
        column("attachments", json(), default=sa.text("'[]'"), phi=True),
        column("evidence_photos", json(), default=sa.text("'[]'"), phi=True),
        column("evidence_videos", json(), default=sa.text("'[]'"), phi=True),
        column("insurance_claim_number", sa.String(255), null=True, phi=True),
        column("insurance_claim_status", sa.String(40), null=True, phi=True),
        column("legal_compliance_status", sa.String(40), default="PENDING"),
        column("occurred_at", instant(), phi=True),
        column("zone_offset_minutes", sa.Integer()),
        column("school_id", guid(), refers="schools", null=True),
        column("visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("reviewed_by", guid(), refers="users", null=True),
        column("reviewed_at", instant(), null=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="incident_reports", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        choice("insurance_claim_status", "NOT_FILED FILED PENDING APPROVED DENIED CLOSED"),
        choice("legal_compliance_status", "PENDING COMPLIANT NON_COMPLIANT UNDER_REVIEW"),
        check("parent_notified_at_after_occurred_at", "parent_notified_at >= occurred_at"),
        check("parent_notified_at_when_parent_notified", "NOT (parent_notified) OR parent_notified_at IS NOT NULL"),
        check("parent_notified_by_when_parent_notified", "NOT (parent_notified) OR parent_notified_by IS NOT NULL"),
        check("reviewed_by_when_reviewed", "NOT (reviewed_at IS NOT NULL) OR reviewed_by IS NOT NULL"),
        choice("severity", "LOW MEDIUM HIGH CRITICAL"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        choice(
            "type",
            "INJURY ILLNESS BEHAVIORAL MEDICATION_ERROR ALLERGIC_REACTION EMERGENCY OTHER CONTROLLED_DISCREPANCY",
        ),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_incident_reports_amends_id", "incident_reports", "amends_id")
    index("ix_incident_reports_parent_notified_by", "incident_reports", "parent_notified_by")
    index("ix_incident_reports_reported_by_id", "incident_reports", "reported_by_id")
    index("ix_incident_reports_reviewed_by", "incident_reports", "reviewed_by")
    index("ix_incident_reports_school_id", "incident_reports", "school_id")
    index("ix_incident_reports_severity", "incident_reports", "severity")
    index("ix_incident_reports_signed_by", "incident_reports", "signed_by")
    index("ix_incident_reports_student_id", "incident_reports", "student_id")
    index("ix_incident_reports_type_occurred_at", "incident_reports", "type", "occurred_at")
    index("ix_incident_reports_visit_id", "incident_reports", "visit_id")
    table(
        "appointment_reminders",
        column("id", guid(), key="given"),
        column("appointment_id", guid(), refers="appointments"),
        column("type", sa.String(40)),
        column("scheduled_for", instant()),
        column("status", sa.String(40), default="SCHEDULED"),
        column("sent_at", instant(), null=True),
        column("failure_reason", sa.Text(), null=True),
        column("message", sa.Text(), phi=True),
        *stamps(),
        *deletion(),
        check(
            "failure_reason_when_failed",
            "NOT ((status IS NOT NULL AND status IN ('FAILED'))) OR failure_reason IS NOT NULL",
        ),
        check("sent_at_when_sent", "NOT ((status IS NOT NULL AND status IN ('SENT'))) OR sent_at IS NOT NULL"),
        choice("status", "SCHEDULED SENT FAILED CANCELLED"),
        choice("type", "EMAIL SMS PUSH VOICE"),
    )
    index("ix_appointment_reminders_appointment_id", "appointment_reminders", "appointment_id")
    index("ix_appointment_reminders_scheduled_for", "appointment_reminders", "scheduled_for")
    index("ix_appointment_reminders_status", "appointment_reminders", "status")
    table(
        "immunizations",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("vaccine_name", sa.String(255), phi=True),
        column("vaccine_code", sa.String(50), null=True, phi=True),
        column("administered_date", instant(), phi=True),
        column("expiration_date", instant(), null=True, phi=True),
        column("dosage", sa.String(50), null=True, phi=True),
        column("site", sa.String(50), null=True, phi=True),
        column("route", sa.String(50), null=True, phi=True),
        column("manufacturer", sa.String(255), null=True, phi=True),
        column("lot_number", sa.String(100), null=True, phi=True),
        column("administered_by", guid(), refers="users", null=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("administered_by_name", sa.String(255), null=True, phi=True),
        column("source", sa.String(40), phi=True),
        column("source_detail", sa.Text(), null=True, phi=True),
        column("date_precision", sa.String(40), default="DAY", phi=True),
        column("cvx_code", sa.String(10), null=True, phi=True),
        column("mvx_code", sa.String(10), null=True, phi=True),
        column("document_id", guid(), refers="attachments", null=True, phi=True),
        column("recorded_by", guid(), refers="users"),
        column("supersedes_id", guid(), refers="immunizations", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("date_precision", "DAY MONTH YEAR UNKNOWN"),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        choice("source", "PARENT_RECORD REGISTRY FORMER_SCHOOL PROVIDER OTHER"),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
    )
    index("ix_immunizations_administered_by", "immunizations", "administered_by")
    index("ix_immunizations_administered_date", "immunizations", "administered_date")
    index("ix_immunizations_document_id", "immunizations", "document_id")
    index("ix_immunizations_recorded_by", "immunizations", "recorded_by")
    index("ix_immunizations_student_id", "immunizations", "student_id")
    index("ix_immunizations_supersedes_id", "immunizations", "supersedes_id")
    index("ix_immunizations_vaccine_name", "immunizations", "vaccine_name")
    table(
        "vital_signs",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("measurement_date", instant(), phi=True),
        column("temperature", exact(5, 2), null=True, phi=True),
        column("temperature_unit", sa.String(40), null=True, default="[degF]"),
        column("heart_rate", sa.Integer(), null=True, phi=True),
        column("respiratory_rate", sa.Integer(), null=True, phi=True),
        column("blood_pressure_systolic", sa.Integer(), null=True, phi=True),
        column("blood_pressure_diastolic", sa.Integer(), null=True, phi=True),
        column("oxygen_saturation", exact(5, 2), null=True, phi=True),
        column("weight", exact(7, 2), null=True, phi=True),
        column("weight_unit", sa.String(40), null=True, default="[lb_av]"),
        column("height", exact(7, 2), null=True, phi=True),
        column("height_unit", sa.String(40), null=True, default="[in_i]"),
        column("bmi", exact(6, 2), null=True, phi=True),
        column("pain", sa.Integer(), null=True, phi=True),
        column("is_abnormal", sa.Boolean(), default=sa.false(), phi=True),
        column("abnormal_flags", json(), null=True, phi=True),
        column("measured_by", guid(), refers="users", null=True),
        column("measured_by_name", sa.String(255), null=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("zone_offset_minutes", sa.Integer()),
        column("blood_glucose", exact(6, 2), null=True, phi=True),
        column("blood_glucose_unit", sa.String(40), null=True),
        column("peak_flow", sa.Integer(), null=True, phi=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="vital_signs", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("blood_glucose_above_0", "CAST(blood_glucose AS NUMERIC) > 0"),
        choice("blood_glucose_unit", "mg/dL mmol/L"),
        check("blood_glucose_with_blood_glucose_unit", "(blood_glucose IS NULL) = (blood_glucose_unit IS NULL)"),
        check("blood_pressure_diastolic_in_range", "CAST(blood_pressure_diastolic AS NUMERIC) BETWEEN 10 AND 250"),
        check(
            "blood_pressure_diastolic_not_above_blood_pressure_systolic",
            "CAST(blood_pressure_diastolic AS NUMERIC) <= CAST(blood_pressure_systolic AS NUMERIC)",
        ),
        check("blood_pressure_systolic_in_range", "CAST(blood_pressure_systolic AS NUMERIC) BETWEEN 30 AND 300"),
        check(
            "blood_pressure_systolic_with_blood_pressure_diastolic",
            "(blood_pressure_systolic IS NULL) = (blood_pressure_diastolic IS NULL)",
        ),
        check("bmi_above_0", "CAST(bmi AS NUMERIC) > 0"),
        check("heart_rate_in_range", "CAST(heart_rate AS NUMERIC) BETWEEN 10 AND 350"),
        check("height_above_0", "CAST(height AS NUMERIC) > 0"),
        choice("height_unit", "[in_i] cm"),
        check("height_unit_when_measured", "NOT (height IS NOT NULL) OR height_unit IS NOT NULL"),
        check("measured_by_somehow_given", "(measured_by IS NOT NULL OR measured_by_name IS NOT NULL)"),
        check("oxygen_saturation_in_range", "CAST(oxygen_saturation AS NUMERIC) BETWEEN 1 AND 100"),
        check("pain_in_range", "CAST(pain AS NUMERIC) BETWEEN 0 AND 10"),
        check("peak_flow_above_0", "CAST(peak_flow AS NUMERIC) > 0"),
        check("respiratory_rate_in_range", "CAST(respiratory_rate AS NUMERIC) BETWEEN 1 AND 150"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        check("temperature_in_range", "CAST(temperature AS NUMERIC) BETWEEN 20 AND 120"),
        choice("temperature_unit", "[degF] Cel"),
        check("temperature_unit_when_measured", "NOT (temperature IS NOT NULL) OR temperature_unit IS NOT NULL"),
        check("weight_above_0", "CAST(weight AS NUMERIC) > 0"),
        choice("weight_unit", "[lb_av] kg"),
        check("weight_unit_when_measured", "NOT (weight IS NOT NULL) OR weight_unit IS NOT NULL"),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_vital_signs_amends_id", "vital_signs", "amends_id")
    index("ix_vital_signs_is_abnormal", "vital_signs", "is_abnormal")
    index("ix_vital_signs_measured_by", "vital_signs", "measured_by")
    index("ix_vital_signs_measurement_date", "vital_signs", "measurement_date")
    index("ix_vital_signs_signed_by", "vital_signs", "signed_by")
    index("ix_vital_signs_student_id", "vital_signs", "student_id")
    index("ix_vital_signs_visit_id", "vital_signs", "visit_id")
    table(
        "inventory_items",
        column("id", guid(), key="given"),
        column("name", sa.String(255)),
        column("category", sa.String(255)),
        column("description", sa.Text(), null=True),
        column("sku", sa.String(255), null=True),
        column("supplier", sa.String(255), null=True),
        column("unit_cost", exact(10, 2), null=True),
        column("reorder_level", sa.Integer()),
        column("reorder_quantity", sa.Integer()),
        column("location", sa.String(255), null=True),
        column("notes", sa.Text(), null=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("school_id", guid(), refers="schools", null=True),
        column("supplier_id", guid(), refers="suppliers", null=True),
        column("medication_id", guid(), refers="medications", null=True),
        column("unit", sa.String(40), default="{each}"),
        column("is_controlled", sa.Boolean(), default=sa.false()),
        column("currency", sa.String(40), default="USD"),
        *stamps(),
        *deletion(),
        choice("currency", "USD"),
        check("reorder_level_not_below_0", "CAST(reorder_level AS NUMERIC) >= 0"),
        check("reorder_quantity_not_below_0", "CAST(reorder_quantity AS NUMERIC) >= 0"),
        choice(
            "unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("unit_cost_not_below_0", "CAST(unit_cost AS NUMERIC) >= 0"),
    )
    index("ix_inventory_items_category", "inventory_items", "category")
    index("ix_inventory_items_is_active", "inventory_items", "is_active")
    index("ix_inventory_items_medication_id", "inventory_items", "medication_id")
    index("ix_inventory_items_name", "inventory_items", "name")
    index("ix_inventory_items_reorder_level", "inventory_items", "reorder_level")
    index("ix_inventory_items_school_id", "inventory_items", "school_id")
    index("ix_inventory_items_supplier", "inventory_items", "supplier")
    index("ix_inventory_items_supplier_id", "inventory_items", "supplier_id")
    index(
        "uq_inventory_items_sku", "inventory_items", "sku", unique=True, where="deleted_at IS NULL AND sku IS NOT NULL"
    )
    table(
        "prescriptions",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("treatment_plan_id", guid(), refers="treatment_plans", null=True, phi=True),
        column("prescribed_by", guid(), refers="users", null=True),
        column("prescribed_by_name", sa.String(255), null=True),
        column("drug_name", sa.String(255), phi=True),
        column("drug_code", sa.String(100), null=True, phi=True),
        column("dosage", sa.String(100), phi=True),
        column("frequency", sa.String(100), phi=True),
        column("route", sa.String(40), phi=True),
        column("quantity", sa.Integer(), phi=True),
        column("quantity_filled", sa.Integer(), default="0", phi=True),
        column("refills_authorized", sa.Integer(), default="0", phi=True),
        column("refills_used", sa.Integer(), default="0", phi=True),
        column("start_date", sa.Date(), phi=True),
        column("end_date", sa.Date(), null=True, phi=True),
        column("instructions", sa.Text(), null=True, phi=True),
        column("status", sa.String(40), default="PENDING", phi=True),
        column("pharmacy_name", sa.String(255), null=True, phi=True),
        column("filled_date", instant(), null=True, phi=True),
        column("picked_up_date", instant(), null=True, phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("drug_catalog_id", guid(), refers="drug_catalog", null=True, phi=True),
        column("quantity_unit", sa.String(40), default="{each}", phi=True),
        column("dose_amount", exact(12, 4), null=True, phi=True),
        column("dose_unit", sa.String(40), null=True, phi=True),
        column("prescription_number", sa.String(255), null=True, phi=True),
        column("document_id", guid(), refers="attachments", null=True, phi=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="prescriptions", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("dose_amount_above_0", "CAST(dose_amount AS NUMERIC) > 0"),
        check("dose_amount_with_dose_unit", "(dose_amount IS NULL) = (dose_unit IS NULL)"),
        choice(
            "dose_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("end_date_after_start_date", "end_date >= start_date"),
        check("picked_up_date_after_filled_date", "picked_up_date >= filled_date"),
        check("prescribed_by_somehow_given", "(prescribed_by IS NOT NULL OR prescribed_by_name IS NOT NULL)"),
        check("quantity_filled_not_above_quantity", "CAST(quantity_filled AS NUMERIC) <= CAST(quantity AS NUMERIC)"),
        check("quantity_filled_not_below_0", "CAST(quantity_filled AS NUMERIC) >= 0"),
        check("quantity_not_below_1", "CAST(quantity AS NUMERIC) >= 1"),
        choice(
            "quantity_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("refills_authorized_not_below_0", "CAST(refills_authorized AS NUMERIC) >= 0"),
        check(
            "refills_used_not_above_refills_authorized",
            "CAST(refills_used AS NUMERIC) <= CAST(refills_authorized AS NUMERIC)",
        ),
        check("refills_used_not_below_0", "CAST(refills_used AS NUMERIC) >= 0"),
        choice(
            "route",
            "INTRAMUSCULAR SUBCUTANEOUS INTRADERMAL ORAL INTRANASAL INTRAVENOUS OTHER SUBLINGUAL BUCCAL INHALED NEBULIZED TOPICAL TRANSDERMAL RECTAL OPHTHALMIC OTIC GASTROSTOMY",
        ),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        choice("status", "PENDING SENT FILLED PARTIALLY_FILLED PICKED_UP CANCELLED EXPIRED"),
    )
    index("ix_prescriptions_amends_id", "prescriptions", "amends_id")
    index("ix_prescriptions_document_id", "prescriptions", "document_id")
    index("ix_prescriptions_drug_catalog_id", "prescriptions", "drug_catalog_id")
    index("ix_prescriptions_prescribed_by", "prescriptions", "prescribed_by")
    index("ix_prescriptions_signed_by", "prescriptions", "signed_by")
    index("ix_prescriptions_status", "prescriptions", "status")
    index("ix_prescriptions_student_id_status", "prescriptions", "student_id", "status")
    index("ix_prescriptions_treatment_plan_id", "prescriptions", "treatment_plan_id")
    index("ix_prescriptions_visit_id", "prescriptions", "visit_id")
    table(
        "report_executions",
        column("id", guid(), key="given"),
        column("schedule_id", guid(), refers="report_schedules", null=True),
        column("report_type", sa.String(40)),
        column("output_format", sa.String(40)),
        column("parameters", json(), null=True),
        column("status", sa.String(40), default="PENDING"),
        column("file_path", sa.String(500), null=True),
        column("download_url", sa.String(500), null=True),
        column("file_size", sa.BigInteger(), null=True),
        column("record_count", sa.Integer(), null=True),
        column("execution_time_ms", sa.Integer(), null=True),
        column("error", sa.Text(), null=True),
        column("executed_by", guid(), refers="users", null=True),
        column("started_at", instant()),
        column("completed_at", instant(), null=True),
        column("expires_at", instant(), null=True),
        column("device_id", guid()),
        column("school_id", guid(), refers="schools", null=True),
        *stamps(),
        check("completed_at_after_started_at", "completed_at >= started_at"),
        check("error_when_failed", "NOT ((status IS NOT NULL AND status IN ('FAILED'))) OR error IS NOT NULL"),
        check("execution_time_ms_not_below_0", "CAST(execution_time_ms AS NUMERIC) >= 0"),
        check("expires_at_after_started_at", "expires_at >= started_at"),
        check("file_size_not_below_0", "CAST(file_size AS NUMERIC) >= 0"),
        choice("output_format", "PDF CSV EXCEL JSON HTML"),
        check("record_count_not_below_0", "CAST(record_count AS NUMERIC) >= 0"),
        choice(
            "report_type",
            "HEALTH_TRENDS MEDICATION_USAGE INCIDENT_STATISTICS ATTENDANCE_CORRELATION COMPLIANCE DASHBOARD PERFORMANCE CUSTOM",
        ),
        choice("status", "PENDING GENERATING COMPLETED FAILED CANCELLED"),
    )
    index("ix_report_executions_executed_by", "report_executions", "executed_by")
    index("ix_report_executions_schedule_id", "report_executions", "schedule_id")
    index("ix_report_executions_school_id", "report_executions", "school_id")
    table(
        "consent_requests",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("consent_form_id", guid(), refers="consent_forms"),
        column("contact_id", guid(), refers="contacts", null=True, phi=True),
        column("channel", sa.String(40), null=True),
        column("status", sa.String(40), default="DRAFT"),
        column("sent_at", instant(), null=True),
        column("due_on", sa.Date(), null=True),
        column("answered_at", instant(), null=True),
        column("decline_reason", sa.Text(), null=True, phi=True),
        column("consent_signature_id", guid(), refers="consent_signatures", null=True, phi=True),
        column("requested_by", guid(), refers="users"),
        *stamps(),
        *deletion(),
        check("answered_at_after_sent_at", "answered_at >= sent_at"),
        choice("channel", "EMAIL SMS PUSH VOICE"),
        check(
            "consent_signature_id_when_signed",
            "NOT ((status IS NOT NULL AND status IN ('SIGNED'))) OR consent_signature_id IS NOT NULL",
        ),
        check(
            "sent_at_when_sent",
            "NOT ((status IS NOT NULL AND status IN ('SENT', 'SIGNED', 'DECLINED'))) OR sent_at IS NOT NULL",
        ),
        choice("status", "DRAFT SENT SIGNED DECLINED EXPIRED CANCELLED"),
    )
    index("ix_consent_requests_consent_form_id", "consent_requests", "consent_form_id")
    index("ix_consent_requests_consent_signature_id", "consent_requests", "consent_signature_id")
    index("ix_consent_requests_contact_id", "consent_requests", "contact_id")
    index("ix_consent_requests_requested_by", "consent_requests", "requested_by")
    index("ix_consent_requests_student_id_status", "consent_requests", "student_id", "status")
    index(
        "uq_consent_requests_student_id_consent_form_id",
        "consent_requests",
        "student_id",
        "consent_form_id",
        unique=True,
        where="deleted_at IS NULL AND status IN ('DRAFT', 'SENT')",
    )
    table(
        "follow_up_actions",
        column("id", guid(), key="given"),
        column("incident_report_id", guid(), refers="incident_reports"),
        column("action", sa.Text(), phi=True),
        column("due_date", instant()),
        column("priority", sa.String(40), default="MEDIUM"),
        column("status", sa.String(40), default="PENDING"),
        column("assigned_to", guid(), refers="users", null=True),
        column("completed_at", instant(), null=True),
        column("completed_by", guid(), refers="users", null=True),
        column("notes", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check(
            "completed_at_when_completed",
            "NOT ((status IS NOT NULL AND status IN ('COMPLETED'))) OR completed_at IS NOT NULL",
        ),
        check("completed_by_when_completed", "NOT (completed_at IS NOT NULL) OR completed_by IS NOT NULL"),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        choice("status", "PENDING IN_PROGRESS COMPLETED CANCELLED"),
    )
    index("ix_follow_up_actions_assigned_to_status", "follow_up_actions", "assigned_to", "status")
    index("ix_follow_up_actions_completed_by", "follow_up_actions", "completed_by")
    index("ix_follow_up_actions_due_date_status", "follow_up_actions", "due_date", "status")
    index("ix_follow_up_actions_incident_report_id_status", "follow_up_actions", "incident_report_id", "status")
    index("ix_follow_up_actions_priority", "follow_up_actions", "priority")
    index("ix_follow_up_actions_status", "follow_up_actions", "status")
    table(
        "witness_statements",
        column("id", guid(), key="given"),
        column("incident_report_id", guid(), refers="incident_reports"),
        column("witness_name", sa.String(255), phi=True),
        column("witness_type", sa.String(40)),
        column("witness_contact", sa.String(255), null=True, phi=True),
        column("statement", sa.Text(), phi=True),
        column("verified", sa.Boolean(), default=sa.false()),
        column("verified_by", guid(), refers="users", null=True),
        column("verified_at", instant(), null=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="witness_statements", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        check("verified_at_when_verified", "NOT (verified) OR verified_at IS NOT NULL"),
        check("verified_by_when_verified", "NOT (verified) OR verified_by IS NOT NULL"),
        choice("witness_type", "STAFF STUDENT PARENT GUARDIAN VISITOR OTHER"),
    )
    index("ix_witness_statements_amends_id", "witness_statements", "amends_id")
    index("ix_witness_statements_incident_report_id_verified", "witness_statements", "incident_report_id", "verified")
    index("ix_witness_statements_signed_by", "witness_statements", "signed_by")
    index("ix_witness_statements_verified", "witness_statements", "verified")
    index("ix_witness_statements_verified_by", "witness_statements", "verified_by")
    table(
        "growth_tracking",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("measurement_date", instant(), phi=True),
        column("height", exact(7, 2), null=True, phi=True),
        column("height_unit", sa.String(40), null=True, default="[in_i]"),
        column("weight", exact(7, 2), null=True, phi=True),
        column("weight_unit", sa.String(40), null=True, default="[lb_av]"),
        column("bmi", exact(6, 2), null=True, phi=True),
        column("percentile_height", exact(5, 2), null=True, phi=True),
        column("percentile_weight", exact(5, 2), null=True, phi=True),
        column("percentile_bmi", exact(5, 2), null=True, phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("measured_by", guid(), refers="users"),
        column("vital_signs_id", guid(), refers="vital_signs", null=True, phi=True),
        column("zone_offset_minutes", sa.Integer()),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="growth_tracking", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("bmi_above_0", "CAST(bmi AS NUMERIC) > 0"),
        check("height_above_0", "CAST(height AS NUMERIC) > 0"),
        choice("height_unit", "[in_i] cm"),
        check("height_unit_when_measured", "NOT (height IS NOT NULL) OR height_unit IS NOT NULL"),
        check("percentile_bmi_in_range", "CAST(percentile_bmi AS NUMERIC) BETWEEN 0 AND 100"),
        check("percentile_height_in_range", "CAST(percentile_height AS NUMERIC) BETWEEN 0 AND 100"),
        check("percentile_weight_in_range", "CAST(percentile_weight AS NUMERIC) BETWEEN 0 AND 100"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        check("something_measured", "(height IS NOT NULL OR weight IS NOT NULL)"),
        check("weight_above_0", "CAST(weight AS NUMERIC) > 0"),
        choice("weight_unit", "[lb_av] kg"),
        check("weight_unit_when_measured", "NOT (weight IS NOT NULL) OR weight_unit IS NOT NULL"),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_growth_tracking_amends_id", "growth_tracking", "amends_id")
    index("ix_growth_tracking_measured_by", "growth_tracking", "measured_by")
    index("ix_growth_tracking_measurement_date", "growth_tracking", "measurement_date")
    index("ix_growth_tracking_signed_by", "growth_tracking", "signed_by")
    index("ix_growth_tracking_student_id", "growth_tracking", "student_id")
    index("ix_growth_tracking_vital_signs_id", "growth_tracking", "vital_signs_id")
    table(
        "medical_history",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("record_type", sa.String(40), phi=True),
        column("condition", sa.String(255), phi=True),
        column("diagnosis_code", sa.String(255), null=True, phi=True),
        column("diagnosis_date", instant(), null=True, phi=True),
        column("resolved_date", instant(), null=True, phi=True),
        column("is_active", sa.Boolean(), default=sa.true(), phi=True),
        column("severity", sa.String(40), null=True, phi=True),
        column("category", sa.String(40), null=True, phi=True),
        column("treatment", sa.Text(), null=True, phi=True),
        column("medication", sa.Text(), null=True, phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("is_family_history", sa.Boolean(), default=sa.false(), phi=True),
        column("family_relation", sa.String(40), null=True, phi=True),
        column("is_critical", sa.Boolean(), default=sa.false(), phi=True),
        column("requires_monitoring", sa.Boolean(), default=sa.false(), phi=True),
        column("allergy_id", guid(), refers="allergies", null=True, phi=True),
        column("chronic_condition_id", guid(), refers="chronic_conditions", null=True, phi=True),
        *stamps(),
        *deletion(),
        check(
            "allergy_id_when_allergy_entry",
            "NOT ((record_type IS NOT NULL AND record_type IN ('ALLERGY'))) OR allergy_id IS NOT NULL",
        ),
        choice("category", "CHRONIC ACUTE GENETIC INFECTIOUS AUTOIMMUNE OTHER"),
        check(
            "critical_or_chronic_is_monitored",
            "NOT ((is_critical OR (category IS NOT NULL AND category IN ('CHRONIC')))) OR requires_monitoring",
        ),
        check(
            "critical_severity_is_critical", "NOT ((severity IS NOT NULL AND severity IN ('CRITICAL'))) OR is_critical"
        ),
        choice("family_relation", "MOTHER FATHER SIBLING GRANDPARENT AUNT UNCLE COUSIN OTHER"),
        check("family_relation_when_family_history", "NOT (is_family_history) OR family_relation IS NOT NULL"),
        check("no_family_relation_when_not_family_history", "NOT (NOT (is_family_history)) OR family_relation IS NULL"),
        choice("record_type", "CONDITION ALLERGY SURGERY HOSPITALIZATION FAMILY_HISTORY OTHER"),
        check("resolved_date_after_diagnosis_date", "resolved_date >= diagnosis_date"),
        check("resolved_date_when_inactive", "NOT (NOT (is_active)) OR resolved_date IS NOT NULL"),
        choice("severity", "MILD MODERATE SEVERE CRITICAL"),
    )
    index("ix_medical_history_allergy_id", "medical_history", "allergy_id")
    index("ix_medical_history_chronic_condition_id", "medical_history", "chronic_condition_id")
    index("ix_medical_history_diagnosis_date", "medical_history", "diagnosis_date")
    index("ix_medical_history_is_active", "medical_history", "is_active")
    index("ix_medical_history_is_critical", "medical_history", "is_critical")
    index("ix_medical_history_is_family_history", "medical_history", "is_family_history")
    index("ix_medical_history_record_type", "medical_history", "record_type")
    index("ix_medical_history_requires_monitoring", "medical_history", "requires_monitoring")
    index("ix_medical_history_student_id", "medical_history", "student_id")
    table(
        "maintenance_logs",
        column("id", guid(), key="given"),
        column("inventory_item_id", guid(), refers="inventory_items"),
        column("type", sa.String(40)),
        column("description", sa.Text()),
        column("performed_by_id", guid(), refers="users", null=True),
        column("performed_by_id_name", sa.String(255), null=True),
        column("cost", exact(10, 2), null=True),
        column("next_maintenance_date", instant(), null=True),
        column("vendor", sa.String(255), null=True),
        column("notes", sa.Text(), null=True),
        column("school_id", guid(), refers="schools", null=True),
        column("vendor_id", guid(), refers="vendors", null=True),
        column("currency", sa.String(40), default="USD"),
        column("performed_at", instant()),
        column("supersedes_id", guid(), refers="maintenance_logs", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        check("cost_not_below_0", "CAST(cost AS NUMERIC) >= 0"),
        choice("currency", "USD"),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check("next_maintenance_date_after_performed_at", "next_maintenance_date >= performed_at"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check("performed_by_id_somehow_given", "(performed_by_id IS NOT NULL OR performed_by_id_name IS NOT NULL)"),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
        choice("type", "CALIBRATION REPAIR INSPECTION CLEANING REPLACEMENT UPGRADE"),
    )
    index("ix_maintenance_logs_inventory_item_id", "maintenance_logs", "inventory_item_id")
    index("ix_maintenance_logs_next_maintenance_date", "maintenance_logs", "next_maintenance_date")
    index("ix_maintenance_logs_performed_by_id", "maintenance_logs", "performed_by_id")
    index("ix_maintenance_logs_school_id", "maintenance_logs", "school_id")
    index("ix_maintenance_logs_supersedes_id", "maintenance_logs", "supersedes_id")
    index("ix_maintenance_logs_type", "maintenance_logs", "type")
    index("ix_maintenance_logs_vendor_id", "maintenance_logs", "vendor_id")
    table(
        "purchase_order_items",
        column("id", guid(), key="given"),
        column("purchase_order_id", guid(), refers="purchase_orders"),
        column("inventory_item_id", guid(), refers="inventory_items"),
        column("quantity", sa.Integer()),
        column("unit_cost", exact(10, 2)),
        column("total_cost", exact(12, 2)),
        column("quantity_received", sa.Integer(), default="0"),
        column("currency", sa.String(40), default="USD"),
        *stamps(),
        *deletion(),
        choice("currency", "USD"),
        check("quantity_not_below_1", "CAST(quantity AS NUMERIC) >= 1"),
        check(
            "quantity_received_not_above_quantity", "CAST(quantity_received AS NUMERIC) <= CAST(quantity AS NUMERIC)"
        ),
        check("quantity_received_not_below_0", "CAST(quantity_received AS NUMERIC) >= 0"),
        check(
            "total_cost_is_product",
            "round(CAST(total_cost AS NUMERIC) * 10000) = round(CAST(quantity AS NUMERIC) * CAST(unit_cost AS NUMERIC) * 10000)",
        ),
        check("unit_cost_not_below_0", "CAST(unit_cost AS NUMERIC) >= 0"),
    )
    index("ix_purchase_order_items_inventory_item_id", "purchase_order_items", "inventory_item_id")
    index("ix_purchase_order_items_purchase_order_id", "purchase_order_items", "purchase_order_id")
    table(
        "student_medications",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("medication_id", guid(), refers="medications", phi=True),
        column("dosage", sa.String(255), phi=True),
        column("frequency", sa.String(255), phi=True),
        column("route", sa.String(40), phi=True),
        column("instructions", sa.Text(), null=True, phi=True),
        column("start_date", instant(), phi=True),
        column("end_date", instant(), null=True, phi=True),
        column("is_active", sa.Boolean(), default=sa.true()),
        column("prescribed_by", guid(), refers="users", null=True, phi=True),
        column("prescribed_by_name", sa.String(255), null=True, phi=True),
        column("prescription_number", sa.String(255), null=True, phi=True),
        column("refills_remaining", sa.Integer(), null=True, default="0", phi=True),
        column("root_id", guid()),
        column("version", sa.Integer(), default="1"),
        column("previous_version_id", guid(), refers="student_medications", null=True, phi=True),
        column("status", sa.String(40), default="DRAFT", phi=True),
        column("status_reason", sa.Text(), null=True, phi=True),
        column("status_changed_at", instant(), null=True),
        column("status_changed_by", guid(), refers="users", null=True),
        column("activated_at", instant(), null=True),
        column("activated_by", guid(), refers="users", null=True),
        column("prescription_id", guid(), refers="prescriptions", null=True, phi=True),
        column("consent_signature_id", guid(), refers="consent_signatures", null=True, phi=True),
        column("standing_order_id", guid(), refers="standing_orders", null=True),
        column("prescriber_phone", sa.String(20), null=True, phi=True),
        column("prescriber_npi", sa.String(20), null=True, phi=True),
        column("dose_amount", exact(12, 4), phi=True),
        column("dose_unit", sa.String(40), phi=True),
        column("form_count", exact(8, 3), null=True, phi=True),
        column("form_unit", sa.String(40), null=True, phi=True),
        column("strength_amount", exact(12, 4), null=True, phi=True),
        column("strength_unit", sa.String(40), null=True, phi=True),
        column("half_tablet_allowed", sa.Boolean(), default=sa.false(), phi=True),
        column("weight_based", sa.Boolean(), default=sa.false(), phi=True),
        column("dose_per_kg", exact(12, 4), null=True, phi=True),
        column("weight_kg", exact(7, 2), null=True, phi=True),
        column("schedule_kind", sa.String(40), phi=True),
        column("times_of_day", json(), default=sa.text("'[]'"), phi=True),
        column("days_of_week", json(), default=sa.text("'[]'"), phi=True),
        column("window_before_minutes", sa.Integer(), null=True, phi=True),
        column("window_after_minutes", sa.Integer(), null=True, phi=True),
        column("prn_min_interval_minutes", sa.Integer(), null=True, phi=True),
        column("prn_max_per_day", sa.Integer(), null=True, phi=True),
        column("prn_indications", json(), default=sa.text("'[]'"), phi=True),
        column("prn_precheck", sa.Text(), null=True, phi=True),
        column("effect_check_minutes", sa.Integer(), null=True, phi=True),
        column("is_controlled", sa.Boolean(), default=sa.false(), phi=True),
        column("requires_witness", sa.Boolean(), default=sa.false(), phi=True),
        column("emergency", sa.Boolean(), default=sa.false(), phi=True),
        column("self_carry", sa.Boolean(), default=sa.false(), phi=True),
        column("delegation_allowed", sa.Boolean(), default=sa.true(), phi=True),
        column("first_dose_given_elsewhere", sa.Boolean(), default=sa.false(), phi=True),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="student_medications", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check(
            "activated_at_when_active",
            "NOT ((status IS NOT NULL AND status IN ('ACTIVE'))) OR activated_at IS NOT NULL",
        ),
        check("activated_by_when_activated", "NOT (activated_at IS NOT NULL) OR activated_by IS NOT NULL"),
        check("active_order_says_so", "NOT ((status IS NOT NULL AND status IN ('ACTIVE'))) OR is_active"),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        check("dose_amount_above_0", "CAST(dose_amount AS NUMERIC) > 0"),
        check("dose_per_kg_above_0", "CAST(dose_per_kg AS NUMERIC) > 0"),
        check("dose_per_kg_when_weight_based", "NOT (weight_based) OR dose_per_kg IS NOT NULL"),
        choice(
            "dose_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("effect_check_minutes_not_below_1", "CAST(effect_check_minutes AS NUMERIC) >= 1"),
        check("end_date_after_start_date", "end_date >= start_date"),
        check("form_count_above_0", "CAST(form_count AS NUMERIC) > 0"),
        check("form_count_with_form_unit", "(form_count IS NULL) = (form_unit IS NULL)"),
        choice(
            "form_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("prescribed_by_somehow_given", "(prescribed_by IS NOT NULL OR prescribed_by_name IS NOT NULL)"),
        check("prn_max_per_day_not_below_1", "CAST(prn_max_per_day AS NUMERIC) >= 1"),
        check(
            "prn_max_per_day_when_as_needed",
            "NOT ((schedule_kind IS NOT NULL AND schedule_kind IN ('PRN'))) OR prn_max_per_day IS NOT NULL",
        ),
        check("prn_min_interval_minutes_not_below_0", "CAST(prn_min_interval_minutes AS NUMERIC) >= 0"),
        check(
            "prn_min_interval_minutes_when_as_needed",
            "NOT ((schedule_kind IS NOT NULL AND schedule_kind IN ('PRN'))) OR prn_min_interval_minutes IS NOT NULL",
        ),
        check("refills_remaining_not_below_0", "CAST(refills_remaining AS NUMERIC) >= 0"),
        choice(
            "route",
            "INTRAMUSCULAR SUBCUTANEOUS INTRADERMAL ORAL INTRANASAL INTRAVENOUS OTHER SUBLINGUAL BUCCAL INHALED NEBULIZED TOPICAL TRANSDERMAL RECTAL OPHTHALMIC OTIC GASTROSTOMY",
        ),
        choice("schedule_kind", "SCHEDULED PRN"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        choice("status", "DRAFT ACTIVE ON_HOLD DISCONTINUED COMPLETED"),
        check(
            "status_reason_when_stopped",
            "NOT ((status IS NOT NULL AND status IN ('ON_HOLD', 'DISCONTINUED'))) OR status_reason IS NOT NULL",
        ),
        check("strength_amount_above_0", "CAST(strength_amount AS NUMERIC) > 0"),
        check("strength_amount_with_strength_unit", "(strength_amount IS NULL) = (strength_unit IS NULL)"),
        choice(
            "strength_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("version_not_below_1", "CAST(version AS NUMERIC) >= 1"),
        check("weight_kg_above_0", "CAST(weight_kg AS NUMERIC) > 0"),
        check("weight_kg_when_weight_based", "NOT (weight_based) OR weight_kg IS NOT NULL"),
        check("window_after_minutes_not_below_0", "CAST(window_after_minutes AS NUMERIC) >= 0"),
        check("window_before_minutes_not_below_0", "CAST(window_before_minutes AS NUMERIC) >= 0"),
        check("witness_stays_with_controlled", "NOT (is_controlled) OR requires_witness"),
    )
    index("ix_student_medications_activated_by", "student_medications", "activated_by")
    index("ix_student_medications_amends_id", "student_medications", "amends_id")
    index("ix_student_medications_consent_signature_id", "student_medications", "consent_signature_id")
    index("ix_student_medications_created_by", "student_medications", "created_by")
    index("ix_student_medications_end_date", "student_medications", "end_date")
    index("ix_student_medications_is_active", "student_medications", "is_active")
    index("ix_student_medications_medication_id", "student_medications", "medication_id")
    index("ix_student_medications_prescribed_by", "student_medications", "prescribed_by")
    index("ix_student_medications_prescription_id", "student_medications", "prescription_id")
    index("ix_student_medications_previous_version_id", "student_medications", "previous_version_id")
    index("ix_student_medications_root_id", "student_medications", "root_id")
    index("ix_student_medications_signed_by", "student_medications", "signed_by")
    index("ix_student_medications_standing_order_id", "student_medications", "standing_order_id")
    index("ix_student_medications_start_date", "student_medications", "start_date")
    index("ix_student_medications_status_changed_by", "student_medications", "status_changed_by")
    index("ix_student_medications_student_id_is_active", "student_medications", "student_id", "is_active")
    index(
        "uq_student_medications_root_id_version",
        "student_medications",
        "root_id",
        "version",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "mental_health_records",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("record_type", sa.String(40), phi=True),
        column("record_date", instant(), phi=True),
        column("counselor_id", guid(), refers="users", null=True),
        column("therapist_id", guid(), refers="contacts", null=True, phi=True),
        column("psychiatrist_id", guid(), refers="contacts", null=True, phi=True),
        column("title", sa.LargeBinary(), phi=True),
        column("session_notes", sa.LargeBinary(), phi=True),
        column("assessment", sa.LargeBinary(), null=True, phi=True),
        column("diagnosis", sa.LargeBinary(), null=True, phi=True),
        column("diagnosis_code", sa.LargeBinary(), null=True, phi=True),
        column("treatment_plan", sa.LargeBinary(), null=True, phi=True),
        column("risk_level", sa.String(40), default="NONE", phi=True),
        column("risk_factors", sa.LargeBinary(), null=True, phi=True),
        column("protective_factors", sa.LargeBinary(), null=True, phi=True),
        column("interventions", sa.LargeBinary(), null=True, phi=True),
        column("follow_up_required", sa.Boolean(), default=sa.false(), phi=True),
        column("follow_up_date", instant(), null=True, phi=True),
        column("follow_up_completed", sa.Boolean(), default=sa.false()),
        column("referral_to", sa.LargeBinary(), null=True, phi=True),
        column("referral_reason", sa.LargeBinary(), null=True, phi=True),
        column("confidentiality_level", sa.String(40), default="STANDARD"),
        column("parent_notified", sa.Boolean(), default=sa.false()),
        column("parent_notification_date", instant(), null=True),
        column("attachments", json(), default=sa.text("'[]'"), phi=True),
        column("metadata", sa.LargeBinary(), null=True, phi=True),
        column("access_log", json(), default=sa.text("'[]'")),
        column("consent_signature_id", guid(), refers="consent_signatures", null=True, phi=True),
        column("zone_offset_minutes", sa.Integer()),
        column("signed_at", instant(), null=True),
        column("signed_by", guid(), refers="users", null=True),
        column("amends_id", guid(), refers="mental_health_records", null=True),
        column("amendment_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        *deletion(),
        check("amendment_reason_when_amending", "NOT (amends_id IS NOT NULL) OR amendment_reason IS NOT NULL"),
        choice("confidentiality_level", "STANDARD ENHANCED MAXIMUM"),
        check("follow_up_date_when_follow_up_required", "NOT (follow_up_required) OR follow_up_date IS NOT NULL"),
        check(
            "parent_notification_date_when_parent_notified",
            "NOT (parent_notified) OR parent_notification_date IS NOT NULL",
        ),
        choice(
            "record_type",
            "ASSESSMENT COUNSELING_SESSION CRISIS_INTERVENTION THERAPY_SESSION PSYCHIATRIC_EVALUATION SCREENING FOLLOW_UP REFERRAL PROGRESS_NOTE",
        ),
        choice("risk_level", "NONE LOW MODERATE HIGH CRITICAL"),
        check("signed_by_when_signed", "NOT (signed_at IS NOT NULL) OR signed_by IS NOT NULL"),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_mental_health_records_amends_id", "mental_health_records", "amends_id")
    index("ix_mental_health_records_consent_signature_id", "mental_health_records", "consent_signature_id")
    index("ix_mental_health_records_counselor_id", "mental_health_records", "counselor_id")
    index(
        "ix_mental_health_records_follow_up_required_follow_up_date",
        "mental_health_records",
        "follow_up_required",
        "follow_up_date",
    )
    index("ix_mental_health_records_psychiatrist_id", "mental_health_records", "psychiatrist_id")
    index("ix_mental_health_records_record_date", "mental_health_records", "record_date")
    index("ix_mental_health_records_record_type", "mental_health_records", "record_type")
    index("ix_mental_health_records_risk_level", "mental_health_records", "risk_level")
    index("ix_mental_health_records_signed_by", "mental_health_records", "signed_by")
    index("ix_mental_health_records_student_id_record_date", "mental_health_records", "student_id", "record_date")
    index("ix_mental_health_records_therapist_id", "mental_health_records", "therapist_id")
    table(
        "student_drug_allergies",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("drug_id", guid(), refers="drug_catalog", phi=True),
        column("allergy_type", sa.String(40), phi=True),
        column("reaction", sa.Text(), phi=True),
        column("severity", sa.String(40), phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("diagnosed_date", instant(), null=True, phi=True),
        column("diagnosed_by", guid(), refers="users", null=True, phi=True),
        column("diagnosed_by_name", sa.String(255), null=True, phi=True),
        column("allergy_id", guid(), refers="allergies", phi=True),
        column("ingredient_code", sa.String(50), null=True, phi=True),
        *stamps(),
        *deletion(),
        choice("allergy_type", "FOOD MEDICATION ENVIRONMENTAL INSECT LATEX OTHER"),
        check(
            "diagnosed_by_somehow_given",
            "NOT (diagnosed_date IS NOT NULL) OR (diagnosed_by IS NOT NULL OR diagnosed_by_name IS NOT NULL)",
        ),
        choice("severity", "MILD MODERATE SEVERE LIFE_THREATENING"),
    )
    index("ix_student_drug_allergies_allergy_id", "student_drug_allergies", "allergy_id")
    index("ix_student_drug_allergies_diagnosed_by", "student_drug_allergies", "diagnosed_by")
    index("ix_student_drug_allergies_drug_id", "student_drug_allergies", "drug_id")
    index("ix_student_drug_allergies_severity", "student_drug_allergies", "severity")
    index("ix_student_drug_allergies_student_id", "student_drug_allergies", "student_id")
    index(
        "uq_student_drug_allergies_student_id_drug_id",
        "student_drug_allergies",
        "student_id",
        "drug_id",
        unique=True,
        where="deleted_at IS NULL",
    )
    table(
        "inventory_lots",
        column("id", guid(), key="given"),
        column("inventory_item_id", guid(), refers="inventory_items"),
        column("school_id", guid(), refers="schools", null=True),
        column("medication_id", guid(), refers="medications", null=True),
        column("student_id", guid(), refers="students", null=True, phi=True),
        column("lot_number", sa.String(100)),
        column("expires_on", sa.Date(), null=True),
        column("expiry_unknown_reason", sa.Text(), null=True),
        column("ndc", sa.String(255), null=True),
        column("unit", sa.String(40)),
        column("pack_size", exact(12, 3), null=True),
        column("is_controlled", sa.Boolean(), default=sa.false()),
        column("is_estimate", sa.Boolean(), default=sa.false()),
        column("status", sa.String(40), default="AVAILABLE"),
        column("quarantine_reason", sa.Text(), null=True),
        column("received_on", sa.Date()),
        column("opened_on", sa.Date(), null=True),
        column("funding", sa.String(40), null=True),
        *stamps(),
        *deletion(),
        check("expires_on_somehow_given", "(expires_on IS NOT NULL OR expiry_unknown_reason IS NOT NULL)"),
        check("opened_on_after_received_on", "opened_on >= received_on"),
        check("pack_size_above_0", "CAST(pack_size AS NUMERIC) > 0"),
        check(
            "quarantine_reason_when_quarantined",
            "NOT ((status IS NOT NULL AND status IN ('QUARANTINED', 'RECALLED'))) OR quarantine_reason IS NOT NULL",
        ),
        check("school_id_when_students_own", "NOT (student_id IS NOT NULL) OR school_id IS NOT NULL"),
        choice("status", "AVAILABLE QUARANTINED DEPLETED RECALLED DISPOSED"),
        choice(
            "unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
    )
    index("ix_inventory_lots_expires_on", "inventory_lots", "expires_on")
    index("ix_inventory_lots_inventory_item_id_expires_on", "inventory_lots", "inventory_item_id", "expires_on")
    index("ix_inventory_lots_medication_id", "inventory_lots", "medication_id")
    index("ix_inventory_lots_school_id", "inventory_lots", "school_id")
    index("ix_inventory_lots_student_id", "inventory_lots", "student_id")
    table(
        "inventory_transactions",
        column("id", guid(), key="given"),
        column("inventory_item_id", guid(), refers="inventory_items"),
        column("type", sa.String(40)),
        column("quantity", exact(12, 3)),
        column("unit_cost", exact(10, 2), null=True),
        column("reason", sa.String(255), null=True),
        column("batch_number", sa.String(255), null=True),
        column("expiration_date", instant(), null=True),
        column("performed_by_id", guid(), refers="users"),
        column("notes", sa.Text(), null=True),
        column("school_id", guid(), refers="schools", null=True),
        column("lot_id", guid(), refers="inventory_lots", null=True),
        column("location", sa.String(255), default="CLINIC"),
        column("unit", sa.String(40), default="{each}"),
        column("currency", sa.String(40), default="USD"),
        column("occurred_at", instant()),
        column("zone_offset_minutes", sa.Integer()),
        column("is_controlled", sa.Boolean(), default=sa.false()),
        column("witness_id", guid(), refers="users", null=True),
        column("witness_name", sa.String(200), null=True),
        column("witness_signature_id", guid(), refers="signatures", null=True),
        column("count_before", exact(12, 3), null=True),
        column("count_after", exact(12, 3), null=True),
        column("is_estimate", sa.Boolean(), default=sa.false()),
        column("transfer_id", guid(), null=True),
        column("purchase_order_item_id", guid(), refers="purchase_order_items", null=True),
        column("disposal_method", sa.String(255), null=True),
        column("device_id", guid(), null=True),
        column("supersedes_id", guid(), refers="inventory_transactions", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        check("count_after_not_below_0", "CAST(count_after AS NUMERIC) >= 0"),
        check("count_before_not_below_0", "CAST(count_before AS NUMERIC) >= 0"),
        choice("currency", "USD"),
        check(
            "disposal_method_when_disposed",
            "NOT ((type IS NOT NULL AND type IN ('DISPOSAL'))) OR disposal_method IS NOT NULL",
        ),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "quantity_negative",
            "NOT (((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')) AND (type IS NOT NULL AND type IN ('USAGE', 'DISPOSAL', 'WASTE', 'RETURN')))) OR CAST(quantity AS NUMERIC) < 0",
        ),
        check(
            "quantity_not_zero",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(quantity AS NUMERIC) <> 0",
        ),
        check(
            "quantity_positive",
            "NOT (((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')) AND (type IS NOT NULL AND type IN ('PURCHASE', 'RECEIPT')))) OR CAST(quantity AS NUMERIC) > 0",
        ),
        check(
            "reason_when_adjusted",
            "NOT ((type IS NOT NULL AND type IN ('ADJUSTMENT', 'COUNT_ADJUSTMENT', 'DISPOSAL', 'WASTE'))) OR reason IS NOT NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
        check(
            "transfer_id_when_transferred",
            "NOT ((type IS NOT NULL AND type IN ('TRANSFER'))) OR transfer_id IS NOT NULL",
        ),
        choice("type", "PURCHASE USAGE ADJUSTMENT TRANSFER RETURN DISPOSAL RECEIPT COUNT_ADJUSTMENT WASTE"),
        choice(
            "unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("unit_cost_not_below_0", "CAST(unit_cost AS NUMERIC) >= 0"),
        check("witness_id_not_performed_by_id", "witness_id <> performed_by_id"),
        check(
            "witness_id_somehow_given",
            "NOT ((is_controlled AND (type IS NOT NULL AND type IN ('ADJUSTMENT', 'COUNT_ADJUSTMENT', 'DISPOSAL', 'WASTE', 'RETURN', 'RECEIPT')))) OR (witness_id IS NOT NULL OR witness_name IS NOT NULL)",
        ),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_inventory_transactions_created_at", "inventory_transactions", "created_at")
    index("ix_inventory_transactions_inventory_item_id", "inventory_transactions", "inventory_item_id")
    index("ix_inventory_transactions_lot_id", "inventory_transactions", "lot_id")
    index("ix_inventory_transactions_performed_by_id", "inventory_transactions", "performed_by_id")
    index("ix_inventory_transactions_purchase_order_item_id", "inventory_transactions", "purchase_order_item_id")
    index("ix_inventory_transactions_school_id", "inventory_transactions", "school_id")
    index("ix_inventory_transactions_supersedes_id", "inventory_transactions", "supersedes_id")
    index("ix_inventory_transactions_transfer_id", "inventory_transactions", "transfer_id")
    index("ix_inventory_transactions_type", "inventory_transactions", "type")
    index("ix_inventory_transactions_witness_id", "inventory_transactions", "witness_id")
    index("ix_inventory_transactions_witness_signature_id", "inventory_transactions", "witness_signature_id")
    table(
        "stock_balances",
        column("id", guid(), key="given"),
        column("inventory_item_id", guid(), refers="inventory_items"),
        column("lot_id", guid(), refers="inventory_lots", null=True),
        column("location", sa.String(255)),
        column("school_id", guid(), refers="schools", null=True),
        column("quantity", exact(14, 3)),
        column("unit", sa.String(40)),
        column("is_controlled", sa.Boolean(), default=sa.false()),
        column("shortfall_accepted", sa.Boolean(), default=sa.false()),
        column("updated_at", instant()),
        check(
            "quantity_not_negative",
            "NOT ((is_controlled AND NOT (shortfall_accepted))) OR CAST(quantity AS NUMERIC) >= 0",
        ),
        choice(
            "unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
    )
    index("ix_stock_balances_inventory_item_id", "stock_balances", "inventory_item_id")
    index("ix_stock_balances_lot_id", "stock_balances", "lot_id")
    index("ix_stock_balances_school_id", "stock_balances", "school_id")
    index(
        "uq_stock_balances_inventory_item_id_location",
        "stock_balances",
        "inventory_item_id",
        "location",
        unique=True,
        where="lot_id IS NULL",
    )
    index(
        "uq_stock_balances_inventory_item_id_lot_id_location",
        "stock_balances",
        "inventory_item_id",
        "lot_id",
        "location",
        unique=True,
        where="lot_id IS NOT NULL",
    )
    table(
        "medication_logs",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("medication_id", guid(), refers="medications", phi=True),
        column("dosage", exact(12, 4), phi=True),
        column("dosage_unit", sa.String(40), phi=True),
        column("route", sa.String(40), phi=True),
        column("administered_at", instant(), phi=True),
        column("administered_by", guid(), refers="users", null=True),
        column("administered_by_name", sa.String(255), null=True, phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("was_given", sa.Boolean(), default=sa.false(), phi=True),
        column("reason_not_given", sa.Text(), null=True, phi=True),
        column("student_medication_id", guid(), refers="student_medications", null=True, phi=True),
        column("order_root_id", guid(), null=True, phi=True),
        column("order_version", sa.Integer(), null=True, phi=True),
        column("standing_order_id", guid(), refers="standing_orders", null=True),
        column("visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("school_id", guid(), refers="schools", null=True),
        column("scheduled_for", instant(), null=True, phi=True),
        column("slot_key", sa.String(80), null=True, phi=True),
        column("outcome", sa.String(40), phi=True),
        column("reason_code", sa.String(40), null=True, phi=True),
        column("form_count", exact(8, 3), null=True, phi=True),
        column("form_unit", sa.String(40), null=True, phi=True),
        column("recorded_at", instant()),
        column("zone_offset_minutes", sa.Integer()),
        column("clock_skew_seconds", sa.Integer(), null=True),
        column("source", sa.String(40), default="DESK"),
        column("device_id", guid()),
        column("witnessed_by", guid(), refers="users", null=True),
        column("witness_signature_id", guid(), refers="signatures", null=True),
        column("lot_id", guid(), refers="inventory_lots", null=True),
        column("stock_transaction_id", guid(), refers="inventory_transactions", null=True),
        column("expected_count", exact(12, 3), null=True, phi=True),
        column("counted", exact(12, 3), null=True, phi=True),
        column("count_is_estimate", sa.Boolean(), default=sa.false()),
        column("indication", sa.Text(), null=True, phi=True),
        column("precheck_result", sa.Text(), null=True, phi=True),
        column("override_rule", sa.String(40), null=True),
        column("override_reason", sa.Text(), null=True, phi=True),
        column("override_prescriber_contact", sa.Text(), null=True, phi=True),
        column("override_by", guid(), refers="users", null=True),
        column("override_second_id", guid(), refers="users", null=True),
        column("advisories", json(), default=sa.text("'[]'"), phi=True),
        column("identity_checked", json(), default=sa.text("'[]'")),
        column("effect_due_at", instant(), null=True, phi=True),
        column("lease_expired", sa.Boolean(), default=sa.false()),
        column("supersedes_id", guid(), refers="medication_logs", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check("administered_by_somehow_given", "(administered_by IS NOT NULL OR administered_by_name IS NOT NULL)"),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        check("counted_not_below_0", "CAST(counted AS NUMERIC) >= 0"),
        check("dosage_not_below_0", "CAST(dosage AS NUMERIC) >= 0"),
        choice(
            "dosage_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("effect_due_at_after_administered_at", "effect_due_at >= administered_at"),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check("form_count_not_below_0", "CAST(form_count AS NUMERIC) >= 0"),
        check("form_count_with_form_unit", "(form_count IS NULL) = (form_unit IS NULL)"),
        choice(
            "form_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("given_says_so", "NOT ((outcome IS NOT NULL AND outcome IN ('GIVEN', 'VOMITED'))) OR was_given"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "not_given_says_so",
            "NOT (NOT ((outcome IS NOT NULL AND outcome IN ('GIVEN', 'VOMITED')))) OR NOT (was_given)",
        ),
        choice("outcome", "GIVEN REFUSED ABSENT HELD NOT_AVAILABLE SELF_CARRIED WASTED VOMITED MISSED"),
        check("override_by_when_overridden", "NOT (override_rule IS NOT NULL) OR override_by IS NOT NULL"),
        check("override_reason_when_overridden", "NOT (override_rule IS NOT NULL) OR override_reason IS NOT NULL"),
        choice("override_rule", "M2 M3 M4 M5 M6 M8 M9 M13 D22"),
        check("override_second_id_not_override_by", "override_second_id <> override_by"),
        choice(
            "reason_code",
            "ABSENT FIELD_TRIP REFUSED NO_SUPPLY HELD_BY_NURSE NO_SHOW EARLY_DISMISSAL ORDER_PROBLEM OTHER",
        ),
        check(
            "reason_code_when_not_given",
            "NOT ((outcome IS NOT NULL AND outcome IN ('REFUSED', 'ABSENT', 'HELD', 'NOT_AVAILABLE', 'MISSED'))) OR reason_code IS NOT NULL",
        ),
        check(
            "reason_not_given_when_not_given",
            "NOT ((outcome IS NOT NULL AND outcome IN ('REFUSED', 'HELD', 'NOT_AVAILABLE', 'WASTED', 'MISSED'))) OR reason_not_given IS NOT NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        choice(
            "route",
            "INTRAMUSCULAR SUBCUTANEOUS INTRADERMAL ORAL INTRANASAL INTRAVENOUS OTHER SUBLINGUAL BUCCAL INHALED NEBULIZED TOPICAL TRANSDERMAL RECTAL OPHTHALMIC OTIC GASTROSTOMY",
        ),
        check("scheduled_for_with_slot_key", "(scheduled_for IS NULL) = (slot_key IS NULL)"),
        choice("source", "DESK PAPER HOME_REPORTED IMPORTED"),
        check(
            "student_medication_id_somehow_given",
            "NOT ((source IS NOT NULL AND source IN ('DESK'))) OR (student_medication_id IS NOT NULL OR standing_order_id IS NOT NULL)",
        ),
        check(
            "student_medication_id_with_order_root_id_order_version",
            "(student_medication_id IS NULL) = (order_root_id IS NULL) AND (student_medication_id IS NULL) = (order_version IS NULL)",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
        check("witnessed_by_not_administered_by", "witnessed_by <> administered_by"),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_medication_logs_administered_at", "medication_logs", "administered_at")
    index("ix_medication_logs_administered_by", "medication_logs", "administered_by")
    index("ix_medication_logs_lot_id", "medication_logs", "lot_id")
    index("ix_medication_logs_medication_id", "medication_logs", "medication_id")
    index("ix_medication_logs_order_root_id_scheduled_for", "medication_logs", "order_root_id", "scheduled_for")
    index("ix_medication_logs_override_by", "medication_logs", "override_by")
    index("ix_medication_logs_override_second_id", "medication_logs", "override_second_id")
    index("ix_medication_logs_school_id", "medication_logs", "school_id")
    index("ix_medication_logs_standing_order_id", "medication_logs", "standing_order_id")
    index("ix_medication_logs_stock_transaction_id", "medication_logs", "stock_transaction_id")
    index("ix_medication_logs_student_id_administered_at", "medication_logs", "student_id", "administered_at")
    index("ix_medication_logs_student_id_medication_id", "medication_logs", "student_id", "medication_id")
    index("ix_medication_logs_student_medication_id", "medication_logs", "student_medication_id")
    index("ix_medication_logs_supersedes_id", "medication_logs", "supersedes_id")
    index("ix_medication_logs_visit_id", "medication_logs", "visit_id")
    index("ix_medication_logs_witness_signature_id", "medication_logs", "witness_signature_id")
    index("ix_medication_logs_witnessed_by", "medication_logs", "witnessed_by")
    index(
        "uq_medication_logs_order_root_id_slot_key_device_id_revision",
        "medication_logs",
        "order_root_id",
        "slot_key",
        "device_id",
        "revision",
        unique=True,
        where="outcome = 'GIVEN' AND slot_key IS NOT NULL AND order_root_id IS NOT NULL",
    )
    table(
        "controlled_counts",
        column("id", guid(), key="given"),
        column("lot_id", guid(), refers="inventory_lots"),
        column("school_id", guid(), refers="schools", null=True),
        column("location", sa.String(255), default="CLINIC"),
        column("kind", sa.String(40)),
        column("counted", exact(12, 3)),
        column("expected", exact(12, 3)),
        column("unit", sa.String(40)),
        column("is_estimate", sa.Boolean(), default=sa.false()),
        column("is_discrepancy", sa.Boolean(), default=sa.false()),
        column("discrepancy_reason", sa.Text(), null=True),
        column("counted_by", guid(), refers="users"),
        column("counter_signature_id", guid(), refers="signatures", null=True),
        column("witness_id", guid(), refers="users", null=True),
        column("witness_name", sa.String(200), null=True),
        column("witness_signature_id", guid(), refers="signatures", null=True),
        column("counted_at", instant()),
        column("zone_offset_minutes", sa.Integer()),
        column("adjustment_id", guid(), refers="inventory_transactions", null=True),
        column("incident_report_id", guid(), refers="incident_reports", null=True, phi=True),
        column("supersedes_id", guid(), refers="controlled_counts", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        check("counted_not_below_0", "CAST(counted AS NUMERIC) >= 0"),
        check("discrepancy_reason_when_discrepancy", "NOT (is_discrepancy) OR discrepancy_reason IS NOT NULL"),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        choice("kind", "RECEIPT DOSE WEEKLY AFTER_ABSENCE RECOUNT HANDOVER YEAR_END"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
        choice(
            "unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("witness_id_not_counted_by", "witness_id <> counted_by"),
        check(
            "witness_id_somehow_given",
            "NOT (NOT ((kind IS NOT NULL AND kind IN ('DOSE')))) OR (witness_id IS NOT NULL OR witness_name IS NOT NULL)",
        ),
        check(
            "witness_signed",
            "NOT (witness_id IS NOT NULL) OR (witness_signature_id IS NOT NULL OR witness_name IS NOT NULL)",
        ),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_controlled_counts_adjustment_id", "controlled_counts", "adjustment_id")
    index("ix_controlled_counts_counted_by", "controlled_counts", "counted_by")
    index("ix_controlled_counts_counter_signature_id", "controlled_counts", "counter_signature_id")
    index("ix_controlled_counts_incident_report_id", "controlled_counts", "incident_report_id")
    index("ix_controlled_counts_lot_id_counted_at", "controlled_counts", "lot_id", "counted_at")
    index("ix_controlled_counts_school_id", "controlled_counts", "school_id")
    index("ix_controlled_counts_supersedes_id", "controlled_counts", "supersedes_id")
    index("ix_controlled_counts_witness_id", "controlled_counts", "witness_id")
    index("ix_controlled_counts_witness_signature_id", "controlled_counts", "witness_signature_id")
    table(
        "vaccinations",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("health_record_id", guid(), refers="health_records", null=True, phi=True),
        column("vaccine_name", sa.String(200), phi=True),
        column("vaccine_type", sa.String(40), null=True, phi=True),
        column("manufacturer", sa.String(100), null=True, phi=True),
        column("lot_number", sa.String(50), null=True, phi=True),
        column("cvx_code", sa.String(10), null=True, phi=True),
        column("ndc_code", sa.String(20), null=True, phi=True),
        column("dose_number", sa.Integer(), null=True, phi=True),
        column("total_doses", sa.Integer(), null=True, phi=True),
        column("series_complete", sa.Boolean(), default=sa.false(), phi=True),
        column("administration_date", instant(), phi=True),
        column("administered_by", guid(), refers="users", null=True, phi=True),
        column("administered_by_name", sa.String(255), null=True, phi=True),
        column("administered_by_role", sa.String(50), null=True),
        column("facility", sa.String(200), null=True, phi=True),
        column("site_of_administration", sa.String(40), null=True, phi=True),
        column("route_of_administration", sa.String(40), null=True, phi=True),
        column("dosage_amount", exact(8, 3), null=True, phi=True),
        column("expiration_date", sa.Date(), null=True, phi=True),
        column("next_due_date", sa.Date(), null=True, phi=True),
        column("reactions", sa.Text(), null=True, phi=True),
        column("adverse_events", json(), null=True, phi=True),
        column("exemption_status", sa.Boolean(), default=sa.false(), phi=True),
        column("exemption_reason", sa.Text(), null=True, phi=True),
        column("exemption_document", sa.String(500), null=True, phi=True),
        column("compliance_status", sa.String(40), default="COMPLIANT", phi=True),
        column("vfc_eligibility", sa.Boolean(), default=sa.false(), phi=True),
        column("vis_provided", sa.Boolean(), default=sa.false()),
        column("vis_date", sa.Date(), null=True),
        column("consent_obtained", sa.Boolean(), default=sa.false()),
        column("consent_by", sa.String(200), null=True, phi=True),
        column("notes", sa.Text(), null=True, phi=True),
        column("deleted_at", instant(), null=True),
        column("dosage_unit", sa.String(40), null=True, phi=True),
        column("administered_by_title", sa.String(100), null=True),
        column("administered_by_address", sa.Text(), null=True),
        column("mvx_code", sa.String(10), null=True, phi=True),
        column("lot_id", guid(), refers="inventory_lots", null=True),
        column("stock_transaction_id", guid(), refers="inventory_transactions", null=True),
        column("visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("school_id", guid(), refers="schools", null=True),
        column("consent_signature_id", guid(), refers="consent_signatures", null=True, phi=True),
        column("vis_edition", sa.String(50), null=True),
        column("vfc_code", sa.String(40), null=True, phi=True),
        column("screening_answers", json(), null=True, phi=True),
        column("observation_minutes", sa.Integer(), null=True),
        column("observation_ended_at", instant(), null=True),
        column("vaers_prompted", sa.Boolean(), default=sa.false()),
        column("exemption_kind", sa.String(40), null=True, phi=True),
        column("exemption_attachment_id", guid(), refers="attachments", null=True, phi=True),
        column("exemption_expires_on", sa.Date(), null=True, phi=True),
        column("recorded_at", instant()),
        column("zone_offset_minutes", sa.Integer()),
        column("supersedes_id", guid(), refers="vaccinations", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        check(
            "administered_by_somehow_given",
            "NOT (NOT (exemption_status)) OR (administered_by IS NOT NULL OR administered_by_name IS NOT NULL)",
        ),
        choice("compliance_status", "COMPLIANT OVERDUE PARTIALLY_COMPLIANT EXEMPT NON_COMPLIANT"),
        check(
            "consent_names_its_giver",
            "NOT (consent_obtained) OR (consent_by IS NOT NULL OR consent_signature_id IS NOT NULL)",
        ),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        check("dosage_amount_above_0", "CAST(dosage_amount AS NUMERIC) > 0"),
        check("dosage_amount_when_given", "NOT (NOT (exemption_status)) OR dosage_amount IS NOT NULL"),
        check("dosage_amount_with_dosage_unit", "(dosage_amount IS NULL) = (dosage_unit IS NULL)"),
        choice(
            "dosage_unit",
            "mg ug g mL L [iU] meq mmol {tablet} {capsule} {puff} [drp] {spray} {patch} {suppository} {application} {dose} {each}",
        ),
        check("dose_number_not_above_total_doses", "CAST(dose_number AS NUMERIC) <= CAST(total_doses AS NUMERIC)"),
        check("dose_number_not_below_1", "CAST(dose_number AS NUMERIC) >= 1"),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        choice("exemption_kind", "MEDICAL RELIGIOUS PERSONAL"),
        check("exemption_kind_when_exempt", "NOT (exemption_status) OR exemption_kind IS NOT NULL"),
        check("exemption_reason_when_exempt", "NOT (exemption_status) OR exemption_reason IS NOT NULL"),
        check("expiration_date_when_given", "NOT (NOT (exemption_status)) OR expiration_date IS NOT NULL"),
        check("lot_number_when_given", "NOT (NOT (exemption_status)) OR lot_number IS NOT NULL"),
        check("manufacturer_when_given", "NOT (NOT (exemption_status)) OR manufacturer IS NOT NULL"),
        check("no_deleted_at_when_append_only", "deleted_at IS NULL"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        check("observation_minutes_not_below_0", "CAST(observation_minutes AS NUMERIC) >= 0"),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        choice(
            "route_of_administration",
            "INTRAMUSCULAR SUBCUTANEOUS INTRADERMAL ORAL INTRANASAL INTRAVENOUS OTHER SUBLINGUAL BUCCAL INHALED NEBULIZED TOPICAL TRANSDERMAL RECTAL OPHTHALMIC OTIC GASTROSTOMY",
        ),
        check(
            "route_of_administration_when_given", "NOT (NOT (exemption_status)) OR route_of_administration IS NOT NULL"
        ),
        check("screening_answers_when_given", "NOT (NOT (exemption_status)) OR screening_answers IS NOT NULL"),
        choice(
            "site_of_administration",
            "ARM_LEFT ARM_RIGHT THIGH_LEFT THIGH_RIGHT DELTOID_LEFT DELTOID_RIGHT BUTTOCK_LEFT BUTTOCK_RIGHT ORAL NASAL OTHER",
        ),
        check(
            "site_of_administration_when_given", "NOT (NOT (exemption_status)) OR site_of_administration IS NOT NULL"
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
        check("total_doses_not_below_1", "CAST(total_doses AS NUMERIC) >= 1"),
        choice(
            "vaccine_type",
            "COVID_19 FLU MEASLES MUMPS RUBELLA MMR POLIO HEPATITIS_A HEPATITIS_B VARICELLA TETANUS DIPHTHERIA PERTUSSIS TDAP DTAP HIB PNEUMOCOCCAL ROTAVIRUS MENINGOCOCCAL HPV OTHER",
        ),
        choice("vfc_code", "NOT_ELIGIBLE MEDICAID UNINSURED UNDERINSURED AMERICAN_INDIAN STATE_SPECIFIC UNKNOWN"),
        check("vfc_code_when_given", "NOT (NOT (exemption_status)) OR vfc_code IS NOT NULL"),
        check("vis_date_when_vis_provided", "NOT (vis_provided) OR vis_date IS NOT NULL"),
        check("vis_edition_when_vis_provided", "NOT (vis_provided) OR vis_edition IS NOT NULL"),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_vaccinations_administered_by", "vaccinations", "administered_by")
    index("ix_vaccinations_administration_date", "vaccinations", "administration_date")
    index("ix_vaccinations_compliance_status", "vaccinations", "compliance_status")
    index("ix_vaccinations_consent_signature_id", "vaccinations", "consent_signature_id")
    index("ix_vaccinations_exemption_attachment_id", "vaccinations", "exemption_attachment_id")
    index("ix_vaccinations_expiration_date", "vaccinations", "expiration_date")
    index("ix_vaccinations_health_record_id", "vaccinations", "health_record_id")
    index("ix_vaccinations_lot_id", "vaccinations", "lot_id")
    index("ix_vaccinations_next_due_date", "vaccinations", "next_due_date")
    index("ix_vaccinations_school_id", "vaccinations", "school_id")
    index("ix_vaccinations_stock_transaction_id", "vaccinations", "stock_transaction_id")
    index("ix_vaccinations_student_id_administration_date", "vaccinations", "student_id", "administration_date")
    index("ix_vaccinations_supersedes_id", "vaccinations", "supersedes_id")
    index("ix_vaccinations_vaccine_type_compliance_status", "vaccinations", "vaccine_type", "compliance_status")
    index("ix_vaccinations_visit_id", "vaccinations", "visit_id")
    table(
        "clinical_tasks",
        column("id", guid(), key="given"),
        column("kind", sa.String(40)),
        column("title", sa.String(200), phi=True),
        column("student_id", guid(), refers="students", null=True, phi=True),
        column("school_id", guid(), refers="schools", null=True),
        column("subject_table", sa.String(63), null=True),
        column("subject_id", guid(), null=True, phi=True),
        column("medication_log_id", guid(), refers="medication_logs", null=True, phi=True),
        column("due_at", instant(), null=True, phi=True),
        column("priority", sa.String(40), default="MEDIUM"),
        column("assigned_to", guid(), refers="users", null=True),
        column("status", sa.String(40), default="OPEN"),
        column("done_at", instant(), null=True),
        column("done_by", guid(), refers="users", null=True),
        column("effect", sa.String(40), null=True, phi=True),
        column("result_note", sa.Text(), null=True, phi=True),
        column("details", json(), default=sa.text("'{}'"), phi=True),
        *stamps(),
        *deletion(),
        check(
            "done_at_when_finished",
            "NOT ((status IS NOT NULL AND status IN ('DONE', 'CANCELLED'))) OR done_at IS NOT NULL",
        ),
        check("done_by_when_finished", "NOT (done_at IS NOT NULL) OR done_by IS NOT NULL"),
        choice("effect", "RELIEVED IMPROVED UNCHANGED WORSE"),
        choice(
            "kind",
            "EFFECT_CHECK PARENT_CONTACT PRESCRIBER_CONTACT CO_REVIEW ORDER_EXPIRING CONSENT_EXPIRING STOCK_LOW RECOUNT OBSERVATION LEASE_REVIEW DUPLICATE_DOSE IMPORT_REVIEW FOLLOW_UP",
        ),
        choice("priority", "LOW MEDIUM HIGH URGENT"),
        check(
            "result_note_when_cancelled",
            "NOT ((status IS NOT NULL AND status IN ('CANCELLED'))) OR result_note IS NOT NULL",
        ),
        choice("status", "OPEN IN_PROGRESS DONE CANCELLED"),
        check("student_id_somehow_given", "(student_id IS NOT NULL OR school_id IS NOT NULL)"),
        check("subject_table_with_subject_id", "(subject_table IS NULL) = (subject_id IS NULL)"),
    )
    index("ix_clinical_tasks_assigned_to", "clinical_tasks", "assigned_to")
    index("ix_clinical_tasks_done_by", "clinical_tasks", "done_by")
    index("ix_clinical_tasks_medication_log_id", "clinical_tasks", "medication_log_id")
    index("ix_clinical_tasks_school_id_status_due_at", "clinical_tasks", "school_id", "status", "due_at")
    index("ix_clinical_tasks_student_id_status", "clinical_tasks", "student_id", "status")
    index("ix_clinical_tasks_subject_table_subject_id", "clinical_tasks", "subject_table", "subject_id")
    table(
        "dose_slots",
        column("order_root_id", guid(), key="given"),
        column("slot_key", sa.String(80), key="given"),
        column("medication_log_id", guid(), refers="medication_logs"),
        side="desk",
    )
    index("ix_dose_slots_medication_log_id", "dose_slots", "medication_log_id", side="desk")
    table(
        "contact_attempts",
        column("id", guid(), key="given"),
        column("student_id", guid(), refers="students", phi=True),
        column("visit_id", guid(), refers="clinic_visits", null=True, phi=True),
        column("incident_report_id", guid(), refers="incident_reports", null=True, phi=True),
        column("clinical_task_id", guid(), refers="clinical_tasks", null=True, phi=True),
        column("contact_id", guid(), refers="contacts", null=True, phi=True),
        column("contact_name", sa.String(255), null=True, phi=True),
        column("address_used", sa.String(255), null=True, phi=True),
        column("channel", sa.String(40)),
        column("outcome", sa.String(40), phi=True),
        column("occurred_at", instant(), phi=True),
        column("zone_offset_minutes", sa.Integer()),
        column("made_by", guid(), refers="users"),
        column("note", sa.Text(), null=True, phi=True),
        column("supersedes_id", guid(), refers="contact_attempts", null=True),
        column("revision", sa.Integer(), default="1"),
        column("entry_kind", sa.String(40), default="ORIGINAL"),
        column("correction_reason", sa.Text(), null=True, phi=True),
        *stamps(),
        choice("channel", "EMAIL SMS PUSH VOICE"),
        check("contact_id_somehow_given", "(contact_id IS NOT NULL OR contact_name IS NOT NULL)"),
        check(
            "correction_reason_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR correction_reason IS NOT NULL",
        ),
        choice("entry_kind", "ORIGINAL CORRECTION WITHDRAWN"),
        check(
            "no_supersedes_id_when_original",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR supersedes_id IS NULL",
        ),
        choice("outcome", "REACHED LEFT_MESSAGE NO_ANSWER WRONG_NUMBER DECLINED"),
        check(
            "revision_in_range",
            "NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL'))) OR CAST(revision AS NUMERIC) BETWEEN 1 AND 1",
        ),
        check(
            "revision_not_below_2",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR CAST(revision AS NUMERIC) >= 2",
        ),
        check(
            "supersedes_id_when_superseding",
            "NOT (NOT ((entry_kind IS NOT NULL AND entry_kind IN ('ORIGINAL')))) OR supersedes_id IS NOT NULL",
        ),
        check("zone_offset_minutes_in_range", "CAST(zone_offset_minutes AS NUMERIC) BETWEEN -840 AND 840"),
    )
    index("ix_contact_attempts_clinical_task_id", "contact_attempts", "clinical_task_id")
    index("ix_contact_attempts_contact_id", "contact_attempts", "contact_id")
    index("ix_contact_attempts_incident_report_id", "contact_attempts", "incident_report_id")
    index("ix_contact_attempts_made_by", "contact_attempts", "made_by")
    index("ix_contact_attempts_student_id_occurred_at", "contact_attempts", "student_id", "occurred_at")
    index("ix_contact_attempts_supersedes_id", "contact_attempts", "supersedes_id")
    index("ix_contact_attempts_visit_id", "contact_attempts", "visit_id")
