"""Mutation testing of the merge: `python -m tests.mutation.mutation`. Each survivor has its committed reason (D1-D3).

mutmut changes one operator, word or number of `domain/merge.py` at a time; the unit tests of the merge have to fail.
A change that they do not notice must stand in `survivors.toml` with the reason why no test could, and at most 3 % may.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import json
import os
import shutil
import signal
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

_CODES = "exit_code_by_key"
_VERDICTS = _KILLED | {0, 5, 33}
"""Those, and of mutants that survived: their tests passed, or there were none."""

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
    """What a run found; not `complete` where mutants were left when its time was up."""

    mutants: int
    survivors: Sequence[Change]
    complete: bool = True

    def problems(self, reasons: dict[Change, str]) -> list[str]:
        """Why this run is not good enough; nothing where it is."""
        unknown = [change for change in self.survivors if change not in reasons]
        problems = [f"survives without a reason: {one.function}: {one.was!r} -> {one.becomes!r}" for one in unknown]
        if not self.complete:
            return problems
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


def run(most_seconds: float | None = None) -> Finding:
    """Mutate a copy of the sources; nothing of the checkout is touched. What is not judged in time is left."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(CHECKOUT / "src", place / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for name in (*TESTS, *BESIDE):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, place / name)
        (place / "pyproject.toml").write_text(_CONFIGURATION)
        told, in_time = _mutmut(place, most_seconds)
        try:
            found: dict[str, int | None] = json.loads((place / "mutants" / f"{MERGE}.meta").read_text())[_CODES]
            mutated = (place / "mutants" / MERGE).read_text()
        except (FileNotFoundError, json.JSONDecodeError) as error:
            if not in_time:
                return Finding(0, [], complete=False)
            raise RuntimeError(f"mutmut did not run:\n{told[-2_000:]}") from error
    judged = {name: code for name, code in found.items() if code in _VERDICTS}
    undecided = sorted(name for name in found.keys() - judged.keys() if in_time or found[name] is not None)
    if undecided or not found:
        raise RuntimeError(f"no verdict on {undecided or 'any mutant'}:\n{told[-2_000:]}")
    survivors = [name for name, code in judged.items() if code not in _KILLED]
    changes = sorted(_change(mutated, name.rpartition(".")[2]) for name in survivors)
    return Finding(len(judged), changes, complete=len(judged) == len(found))


def _mutmut(place: Path, most_seconds: float | None) -> tuple[str, bool]:
    """What it said, and whether it came to its end."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1)]
    with (place / "said").open("w+") as said:
        running = subprocess.Popen(
            command, cwd=place, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            running.wait(most_seconds)
        except subprocess.TimeoutExpired:
            in_time = False
        else:
            in_time = True
        finally:
            # Its workers too: each is of the same session.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        said.seek(0)
        return said.read(), in_time


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, help="judge what can be judged in this time; else all")
    finding = run(parser.parse_args().seconds)
    rest = "" if finding.complete else "; the others were left, the time was up"
    print(f"{finding.mutants} mutants of the merge, {len(finding.survivors)} survive{rest}")
    for one in finding.survivors:
        print(f"  {one.function}: {one.was!r} -> {one.becomes!r}")
    problems = finding.problems(reasons())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
