"""T13: another process of the same account cannot read our memory (D63: without root's privileges)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

WITHOUT_PRIVILEGES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs")

VICTIM = """
import sys
from clinicdesk.security.process_hardening import harden_process
measures = harden_process() if sys.argv[1] == "hardened" else ()
import resource
print(",".join(measures), *resource.getrlimit(resource.RLIMIT_CORE), flush=True)
sys.stdin.read()
"""

ATTACKER = """
import sys
try:
    open(f"/proc/{sys.argv[1]}/mem", "rb").close()
    print("read")
except PermissionError:
    print("refused")
"""


def attack(kind: str) -> tuple[str, str]:
    command = [*WITHOUT_PRIVILEGES, sys.executable, "-c"]
    environment = {**os.environ, "PYTHONPATH": "src"}
    with subprocess.Popen(
        [*command, VICTIM, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as victim:
        assert victim.stdout is not None
        said = victim.stdout.readline().strip()
        attacker = subprocess.run(
            [*command, ATTACKER, str(victim.pid)], capture_output=True, text=True, check=True, env=environment
        )
    return said, attacker.stdout.strip()


@pytest.mark.parametrize(("kind", "outcome"), [("plain", "read"), ("hardened", "refused")])
def test_t13_memory_is_closed_to_other_programs_of_the_account(kind: str, outcome: str) -> None:
    assert attack(kind)[1] == outcome


def test_t13_no_core_file_is_written() -> None:
    assert attack("hardened")[0] == "no_core_files,not_dumpable 0 0"
