"""Tests against the specifications, collected where those lie beside the project (D63)."""

from __future__ import annotations

from pathlib import Path

SPECIFICATIONS = Path(__file__).resolve().parents[3] / "shared"

collect_ignore_glob = [] if SPECIFICATIONS.is_dir() else ["test_*.py"]


def pytest_report_header() -> str:
    found = "collected" if SPECIFICATIONS.is_dir() else "left out: the specifications are not beside the project"
    return f"acceptance tests: {found}"
