"""Mutation testing of the merge: `python -m tests.mutation.mutation`. Each survivor has its committed reason (D1-D3).

mutmut changes one operator, word or number of `domain/merge.py` at a time; the unit tests of the merge have to fail.
A change that they do not notice must stand in `survivors.toml` with the reason why no test could, and at most 3 % may.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SURVIVORS = Path(__file__).with_name("survivors.toml")
MERGE = Path("src/clinicdesk/domain/merge.py")
TESTS = (
    "tests/unit/domain/test_merge.py",
    "tests/unit/domain/test_merge_safety.py",
    "tests/unit/domain/test_merge_edges.py",
)
BESIDE = ("tests/conftest.py", "tests/support/delivery.py")
MOST_SURVIVORS = 0.03

_KILLED = frozenset({1, 3, -24, 24, 152, 255, 36})
"""mutmut's exit codes of a mutant whose tests failed, or ran for ever."""

_SURVIVED, _NO_TESTS = 0, frozenset({5, 33})

_CONFIGURATION = f"""
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["{MERGE}"]
pytest_add_cli_args_test_selection = {json.dumps(TESTS)}
pytest_add_cli_args = ["-q", "-p", "no:randomly"]

[tool.pytest.ini_options]
pythonpath = ["src", "."]
addopts = "--import-mode=importlib -p no:cacheprovider"
"""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One mutant: the line of a function, and what it became."""

    function: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run found."""

    mutants: int
    survivors: Sequence[Change]

    def problems(self, reasons: dict[Change, str]) -> list[str]:
        """Why this run is not good enough; nothing where it is."""
        unknown = [change for change in self.survivors if change not in reasons]
        problems = [f"survives without a reason: {one.function}: {one.was!r} -> {one.becomes!r}" for one in unknown]
        if len(self.survivors) > MOST_SURVIVORS * self.mutants:
            problems.append(f"{len(self.survivors)} of {self.mutants} survive, more than {MOST_SURVIVORS:.0%}")
        problems += [
            f"killed by now, take it off the list: {one.function}: {one.was!r} -> {one.becomes!r}"
            for one in sorted(reasons.keys() - set(self.survivors))
        ]
        return problems


def reasons() -> dict[Change, str]:
    """The survivors that are known, each with its reason."""
    listed = tomllib.loads(SURVIVORS.read_text()).get("survivor", [])
    return {Change(one["function"], one["was"], one["becomes"]): one["reason"] for one in listed}


def run() -> Finding:
    """Mutate a copy of the sources; nothing of the checkout is touched."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(CHECKOUT / "src", place / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for name in (*TESTS, *BESIDE):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, place / name)
        (place / "pyproject.toml").write_text(_CONFIGURATION)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1)],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        codes = place / "mutants" / f"{MERGE}.meta"
        if not codes.exists():
            raise RuntimeError(f"mutmut did not run:\n{done.stdout[-2_000:]}\n{done.stderr[-2_000:]}")
        found: dict[str, int | None] = json.loads(codes.read_text())["exit_code_by_key"]
        mutated = (place / "mutants" / MERGE).read_text()
    undecided = sorted(name for name, code in found.items() if code not in {*_KILLED, _SURVIVED, *_NO_TESTS})
    if undecided or not found:
        raise RuntimeError(f"no verdict on {undecided or 'any mutant'}:\n{done.stdout[-2_000:]}")
    survivors = [name for name, code in found.items() if code not in _KILLED]
    return Finding(len(found), sorted(_change(mutated, name.rpartition(".")[2]) for name in survivors))


def _change(mutated: str, name: str) -> Change:
    """The mutant as the lines of its function that differ from the original's."""
    function = name.partition("__mutmut_")[0]
    before, after = (_body(mutated, one) for one in (f"{function}__mutmut_orig", name))
    lines = [line for line in difflib.ndiff(before, after) if line[:2] in {"- ", "+ "}]
    was = " ".join(line[2:].strip() for line in lines if line.startswith("- "))
    becomes = " ".join(line[2:].strip() for line in lines if line.startswith("+ "))
    return Change(function.removeprefix("x_"), was, becomes)


def _body(text: str, name: str) -> list[str]:
    lines = text.splitlines()
    start = next(index for index, line in enumerate(lines) if line.lstrip().startswith(f"def {name}("))
    indent = len(lines[start]) - len(lines[start].lstrip())
    body = []
    for line in lines[start + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent and not line.lstrip().startswith(")"):
            break
        body.append(line)
    return body


def main() -> int:
    """Run, say what survived, and fail where that is not accounted for."""
    finding = run()
    print(f"{finding.mutants} mutants of the merge, {len(finding.survivors)} survive")
    for one in finding.survivors:
        print(f"  {one.function}: {one.was!r} -> {one.becomes!r}")
    problems = finding.problems(reasons())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
