"""A second program on the same profile is told so, and a dead one keeps nobody out (F12)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from clinicdesk.core.paths import ProfilePaths
from clinicdesk.i18n import Language, sentence, use
from clinicdesk.storage.profile_lock import ProfileInUseError, ProfileLock

HOLDER = """
import sys
from pathlib import Path
from clinicdesk.storage.profile_lock import ProfileLock
lock = ProfileLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def paths(tmp_path: Path) -> ProfilePaths:
    return ProfilePaths(tmp_path / "profile")


def held_by_another(path: Path) -> subprocess.Popen[str]:
    """Another program that holds the profile until it is ended."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == "True"
    return other


def ended(other: subprocess.Popen[str]) -> None:
    other.kill()
    other.communicate()


def test_f12_a_second_instance_is_refused_in_a_sentence_that_names_the_remedy(paths: ProfilePaths) -> None:
    other = held_by_another(paths.lock)
    try:
        with pytest.raises(ProfileInUseError) as refused:
            ProfileLock(paths.lock).require()
        use(Language.ENGLISH)
        assert "already open" in sentence(refused.value)
        assert "close it first" in sentence(refused.value)
    finally:
        ended(other)


def test_f12_a_command_beside_an_open_window_says_so_and_touches_nothing(paths: ProfilePaths, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("whatever it is\n")
    other = held_by_another(paths.lock)
    try:
        before = sorted(paths.root.iterdir())
        asked = ["sync", "--user", "ada", "--profile", str(paths.root), "--password-file", str(secret)]
        done = subprocess.run(
            [sys.executable, "-m", "clinicdesk", *asked], capture_output=True, text=True, check=False, timeout=120
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert "already open" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert sorted(paths.root.iterdir()) == before
    finally:
        ended(other)


def test_f12_a_program_that_was_killed_keeps_nobody_out(paths: ProfilePaths) -> None:
    ended(held_by_another(paths.lock))
    lock = ProfileLock(paths.lock)
    assert lock.take()
    lock.release()
