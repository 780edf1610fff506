"""Keys that name a row of one of several tables: which column tells the table, checked in code (concern 37)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from clinicdesk.models.enums import ConfigScope, MessageRecipientType
from clinicdesk.models.registry import entity_types, model_of, synced_tables, tables_in_key_order


@dataclass(frozen=True, slots=True)
class NamedRow:
    """The column `key` of `table` holds the id of a row whose table the word in `kind` tells.

    Without `tables`, the word is a table's name. Words that name no single table are left out of it.
    """

    table: str
    key: str
    kind: str
    tables: Mapping[str, str] = field(default_factory=dict)

    def target(self, values: Mapping[str, object]) -> str | None:
        """The table that the row's word names; None without a key, or where the word names no single table.

        Raises:
            KeyError: the word is no synced table.
        """
        if values.get(self.key) is None or values.get(self.kind) is None:
            return None
        word = str(values[self.kind])
        if self.tables:
            return self.tables.get(word)
        if word not in synced_tables():
            raise KeyError(word)
        return word


def _entities() -> dict[str, str]:
    return {word.value: table for word, table in entity_types().items()}


def _model_names() -> dict[str, str]:
    return {model_of(table).__name__: table for table in tables_in_key_order()}


NAMED_ROWS: tuple[NamedRow, ...] = (
    NamedRow("audit_logs", "entity_id", "entity_type", MappingProxyType(_model_names())),
    NamedRow("sync_states", "entity_id", "entity_type", MappingProxyType(_model_names())),
    NamedRow("sync_queue_items", "entity_id", "entity_type", MappingProxyType(_entities())),
    NamedRow("sync_conflicts", "entity_id", "entity_type", MappingProxyType(_entities())),
    NamedRow("signatures", "row_id", "table_name"),
    NamedRow("attachments", "subject_id", "subject_table"),
    NamedRow("clinical_tasks", "subject_id", "subject_table"),
    NamedRow("source_links", "row_id", "table_name"),
    NamedRow("roster_import_rows", "row_id", "table_name"),
    NamedRow(
        "message_deliveries",
        "recipient_id",
        "recipient_type",
        MappingProxyType(
            {
                MessageRecipientType.NURSE: "users",
                MessageRecipientType.STAFF: "users",
                MessageRecipientType.ADMINISTRATOR: "users",
                MessageRecipientType.STUDENT: "students",
                MessageRecipientType.PARENT: "contacts",
                MessageRecipientType.GUARDIAN: "contacts",
                MessageRecipientType.EMERGENCY_CONTACT: "emergency_contacts",
            }
        ),
    ),
    NamedRow(
        "system_configurations",
        "applies_to_id",
        "scope",
        MappingProxyType({ConfigScope.SCHOOL: "schools", ConfigScope.USER: "users"}),
    ),
)
"""`contacts.relation_to` names a student or a user, whichever has the id; `budget_transactions.reference_id` may be
a number from outside."""
