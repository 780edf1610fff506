"""Synced tables that no act of a simulated person writes, each with its reason."""

from __future__ import annotations

UNWRITTEN = {
    "audit_logs": "the unit of work writes them, with every act",
    "sync_sessions": "each session writes its own",
    "health_metric_snapshots": "made from others by the program, and by nobody's hand",
}
