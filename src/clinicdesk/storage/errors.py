"""What can go wrong between the program and its database file, as the callers see it."""

from __future__ import annotations

from clinicdesk.core.errors import ClinicDeskError, WorldError


class DatabaseUnreadableError(WorldError):
    """The file cannot be read: wrong key or damage. The slot's AEAD tells the two apart (`security-spec.md` 2.1)."""

    code = "database_unreadable"


class DatabaseMissingError(DatabaseUnreadableError):
    """There is no file where the database should be."""

    code = "database_missing"


class DatabaseExistsError(WorldError):
    """A new database was asked for where a file stands already."""

    code = "database_exists"


class DiskFullError(WorldError):
    """No room on the disk: nothing of the transaction was written (F4)."""

    code = "disk_full"


class DatabaseBusyError(WorldError):
    """Another writer held the database for longer than the busy time-out."""

    code = "database_busy"


class DatabaseReadOnlyError(WorldError):
    """The file, its folder or this connection does not take writes (F5)."""

    code = "database_read_only"


class DatabaseClosedError(WorldError):
    """The desk locked while this work ran or before it began: the database is closed and its key gone."""

    code = "database_closed"


class DatabaseTooNewError(WorldError):
    """A newer program has upgraded this database; this one must not touch it (F30)."""

    code = "database_too_new"


class UnsafeLibraryError(WorldError):
    """The linked SQLite is older than the release that fixed WAL-reset corruption."""

    code = "unsafe_library"


class WriteRuleError(ClinicDeskError):
    """The database refused a write that breaks one of its own rules. `rule` is the stable name of the rule.

    Rules: `no_context` (D6), `physical_delete`, `append_only` (D1), `signed_row` (D2), `key_change`,
    `dose_slot_taken` (D1), `negative_controlled_balance` (D44), `audit_immutable`.
    """

    code = "write_rule"

    def __init__(self, rule: str, table: str) -> None:
        super().__init__(rule=rule, table=table)
        self.rule = rule
        self.table = table


class WorkContextError(ClinicDeskError):
    """A unit of work was opened inside another one of the same thread, or a context was left behind (D6)."""

    code = "work_context"


class UnauditedWriteError(ClinicDeskError):
    """A unit of work changed synced rows and asked for no audit row; it was rolled back (D34)."""

    code = "unaudited_write"
