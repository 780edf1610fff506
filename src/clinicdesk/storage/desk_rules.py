"""Triggers of single tables on the workstation: the audit trail, dose slots and stock balances (D1, D44)."""

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

from __future__ import annotations

from collections.abc import Iterator

from clinicdesk.storage.capture import BY_A_PERSON, MODE, Trigger, new_id_sql, refusal

# Counts are kept as text; a sum is made in whole thousandths, for SQLite would add binary fractions.
_THOUSANDTHS = "CAST(round(CAST({value} AS REAL) * 1000) AS INTEGER)"
_PLAIN = (
    "(CASE WHEN ({sum}) < 0 THEN '-' ELSE '' END"
    " || rtrim(rtrim(printf('%d.%03d', abs({sum}) / 1000, abs({sum}) % 1000), '0'), '.'))"
)


def rule_triggers() -> Iterator[Trigger]:
    yield from _audit()
    yield from _dose_slots()
    yield from _stock_balances()


def _audit() -> Iterator[Trigger]:
    """Nobody changes an audit row; the retention job alone removes one."""
    yield Trigger(
        "audit_update",
        "CREATE TRIGGER audit_update BEFORE UPDATE ON audit_logs\n"
        f"BEGIN\n  SELECT {refusal('audit_immutable', 'audit_logs')};\nEND",
    )
    yield Trigger(
        "audit_delete",
        f"CREATE TRIGGER audit_delete BEFORE DELETE ON audit_logs\nWHEN {MODE} <> 'RETENTION'\n"
        f"BEGIN\n  SELECT {refusal('audit_immutable', 'audit_logs')};\nEND",
    )


# The slot of the new row and that of the row it supersedes: a correction may move a dose.
_TOUCHED_SLOTS = (
    "SELECT order_root_id, slot_key FROM medication_logs"
    " WHERE id IN (NEW.id, NEW.supersedes_id) AND order_root_id IS NOT NULL AND slot_key IS NOT NULL"
)


def _dose_slots() -> Iterator[Trigger]:
    """`dose_slots` names the current log row of a slot; one that was withdrawn leaves its slot free."""
    yield Trigger(
        "dose_slot_taken",
        "CREATE TRIGGER dose_slot_taken BEFORE INSERT ON medication_logs\n"
        f"WHEN {BY_A_PERSON} AND NEW.slot_key IS NOT NULL AND NEW.outcome = 'GIVEN' AND NEW.entry_kind <> 'WITHDRAWN'\n"
        "BEGIN\n"
        f"  SELECT {refusal('dose_slot_taken', 'medication_logs')}\n"
        "  WHERE EXISTS (\n"
        "    SELECT 1 FROM dose_slots s JOIN medication_logs l ON l.id = s.medication_log_id\n"
        "    WHERE s.order_root_id = NEW.order_root_id AND s.slot_key = NEW.slot_key\n"
        "      AND l.outcome = 'GIVEN' AND l.id IS NOT NEW.supersedes_id);\n"
        "END",
    )
    yield Trigger(
        "dose_slot_insert",
        "CREATE TRIGGER dose_slot_insert AFTER INSERT ON medication_logs\n"
        "WHEN NEW.slot_key IS NOT NULL OR NEW.supersedes_id IS NOT NULL\n"
        "BEGIN\n"
        f"  DELETE FROM dose_slots WHERE (order_root_id, slot_key) IN ({_TOUCHED_SLOTS});\n"
        "  INSERT INTO dose_slots (order_root_id, slot_key, medication_log_id)\n"
        "  SELECT t.order_root_id, t.slot_key, (\n"
        "    SELECT l.id FROM medication_logs l\n"
        "    WHERE l.order_root_id = t.order_root_id AND l.slot_key = t.slot_key AND l.entry_kind <> 'WITHDRAWN'\n"
        "      AND NOT EXISTS (SELECT 1 FROM medication_logs n WHERE n.supersedes_id = l.id)\n"
        "    ORDER BY l.outcome = 'GIVEN' DESC, l.revision DESC, l.id LIMIT 1) AS head\n"
        f"  FROM (SELECT DISTINCT * FROM ({_TOUCHED_SLOTS})) t WHERE head IS NOT NULL;\n"
        "END",
    )
    yield Trigger(
        "dose_slot_delete",
        "CREATE TRIGGER dose_slot_delete BEFORE DELETE ON medication_logs\n"
        "BEGIN\n  DELETE FROM dose_slots WHERE medication_log_id = OLD.id;\nEND",
    )


_SAME_PLACE = "inventory_item_id = NEW.inventory_item_id AND lot_id IS NEW.lot_id AND location = NEW.location"


def _stock_balances() -> Iterator[Trigger]:
    """The balance of a lot at a place; a person cannot take more of a controlled drug than there is (D44)."""
    total = f"{_THOUSANDTHS.format(value='quantity')} + {_THOUSANDTHS.format(value='NEW.quantity')}"
    controlled = (
        "(NEW.is_controlled OR coalesce((SELECT is_controlled FROM inventory_items"
        " WHERE id = NEW.inventory_item_id), 0))"
    )
    yield Trigger(
        "stock_balance_insert",
        "CREATE TRIGGER stock_balance_insert AFTER INSERT ON inventory_transactions\n"
        "BEGIN\n"
        "  INSERT INTO stock_balances (id, inventory_item_id, lot_id, location, school_id, quantity, unit,"
        " is_controlled, updated_at)\n"
        f"  SELECT {new_id_sql()}, NEW.inventory_item_id, NEW.lot_id, NEW.location, NEW.school_id, '0', NEW.unit,"
        f" {controlled}, w.written_at\n"
        f"  FROM work_context w WHERE NOT EXISTS (SELECT 1 FROM stock_balances WHERE {_SAME_PLACE});\n"
        f"  SELECT {refusal('negative_controlled_balance', 'inventory_transactions')} FROM stock_balances\n"
        f"  WHERE {_SAME_PLACE} AND {BY_A_PERSON} AND is_controlled AND CAST(NEW.quantity AS NUMERIC) < 0"
        f" AND {total} < 0;\n"
        f"  UPDATE stock_balances SET quantity = {_PLAIN.format(sum=total)},\n"
        f"    shortfall_accepted = shortfall_accepted OR (is_controlled AND {total} < 0),\n"
        "    updated_at = (SELECT written_at FROM work_context)\n"
        f"  WHERE {_SAME_PLACE};\n"
        "END",
    )
