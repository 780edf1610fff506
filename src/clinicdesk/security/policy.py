"""The managed policy file of the district's IT (D31), read so that no mistake in it loosens anything (F37)."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinicdesk.security.kdf_limits import (
    DEFAULT_ITERATIONS,
    DEFAULT_MEMORY_KIB,
    ITERATIONS_CEILING,
    ITERATIONS_FLOOR,
    MEMORY_CEILING_KIB,
    MEMORY_FLOOR_KIB,
)

if TYPE_CHECKING:
    from clinicdesk.security.derivation import KdfParameters

MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """What IT may set for a machine; the defaults are the safe values."""

    allow_file_secret: bool = False
    file_secret_folder: str | None = None
    idle_lock_minutes: int = 5
    session_hours: int = 12
    quick_unlock_pin: bool = True
    hide_user_names: bool = False
    kdf_memory_kib: int = DEFAULT_MEMORY_KIB
    kdf_iterations: int = DEFAULT_ITERATIONS

    def kdf_parameters(self) -> KdfParameters:
        # Imported here: the locked card reads the policy and is painted before anything of cryptography is loaded.
        from clinicdesk.security.derivation import KdfParameters

        return KdfParameters(memory_kib=self.kdf_memory_kib, iterations=self.kdf_iterations)


SAFE_DEFAULTS = ManagedPolicy()

# Everything outside these limits falls back to the safe default of its key.
_LIMITS = {
    "idle_lock_minutes": (1, 15),
    "session_hours": (1, 12),
    "kdf_memory_kib": (MEMORY_FLOOR_KIB, MEMORY_CEILING_KIB),
    "kdf_iterations": (ITERATIONS_FLOOR, ITERATIONS_CEILING),
}


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """One thing in the policy file that was not followed. `problem` is a stable word; `key` names the entry.

    Whole file: unreadable, too_large, not_json, not_an_object, newer_version, writable_by_others.
    One entry: unknown, wrong_type, out_of_range, duplicate, not_absolute.
    """

    problem: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """The policy in force and what was wrong with its file; each problem is audited.

    `stand_in`: the file was named on the command line, which the window says in a permanent banner (D31).
    """

    policy: ManagedPolicy
    stand_in: bool = False
    problems: tuple[PolicyProblem, ...] = ()


def system_policy_path() -> Path:
    """Where IT puts the file."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "ClinicDesk" / "policy.json"
    return Path("/etc/clinicdesk/policy.json")


def load_policy(stand_in: Path | None = None, system: Path | None = None) -> LoadedPolicy:
    """Read the file given by `--managed-policy`, else the machine's; an absent machine file means the defaults."""
    path = stand_in or system or system_policy_path()
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
            mode = os.fstat(file.fileno()).st_mode
    except FileNotFoundError:
        missing = () if stand_in is None else (PolicyProblem("unreadable"),)
        return LoadedPolicy(SAFE_DEFAULTS, stand_in is not None, missing)
    except OSError:
        return LoadedPolicy(SAFE_DEFAULTS, stand_in is not None, (PolicyProblem("unreadable"),))
    if os.name == "posix" and stat.S_IMODE(mode) & stat.S_IWOTH:
        return LoadedPolicy(SAFE_DEFAULTS, stand_in is not None, (PolicyProblem("writable_by_others"),))
    policy, problems = parse_policy(content)
    return LoadedPolicy(policy, stand_in is not None, problems)


def parse_policy(content: bytes) -> tuple[ManagedPolicy, tuple[PolicyProblem, ...]]:
    """The policy in `content`; a file that cannot be read as a whole gives the safe defaults."""
    if len(content) > MOST_BYTES:
        return SAFE_DEFAULTS, (PolicyProblem("too_large"),)
    duplicates: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for key, value in pairs:
            if key in entries:
                duplicates.append(key)
            entries[key] = value
        return entries

    try:
        found = json.loads(content.decode("utf-8-sig"), object_pairs_hook=collect)
    except (ValueError, RecursionError):
        return SAFE_DEFAULTS, (PolicyProblem("not_json"),)
    if not isinstance(found, dict):
        return SAFE_DEFAULTS, (PolicyProblem("not_an_object"),)
    if found.pop("version", 1) != 1:
        return SAFE_DEFAULTS, (PolicyProblem("newer_version", "version"),)
    return _checked(found, duplicates)


def _checked(found: dict[str, Any], duplicates: list[str]) -> tuple[ManagedPolicy, tuple[PolicyProblem, ...]]:
    known = {field.name for field in fields(ManagedPolicy)}
    problems = [PolicyProblem("duplicate", key) for key in duplicates]
    accepted: dict[str, Any] = {}
    for key, value in found.items():
        problem = "unknown" if key not in known else _problem_of(key, value)
        if problem is not None:
            problems.append(PolicyProblem(problem, key))
        elif key not in duplicates:
            accepted[key] = value
    return replace(SAFE_DEFAULTS, **accepted), tuple(problems)


def _problem_of(key: str, value: object) -> str | None:
    if key == "file_secret_folder":
        if not isinstance(value, str):
            return "wrong_type"
        return None if Path(value).is_absolute() else "not_absolute"
    if key in _LIMITS:
        if not isinstance(value, int) or isinstance(value, bool):
            return "wrong_type"
        lowest, highest = _LIMITS[key]
        return None if lowest <= value <= highest else "out_of_range"
    return None if isinstance(value, bool) else "wrong_type"
