"""`clinicdesk-district serve` ends in order, and leaves nothing running behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DISTRICT = "import sys; from clinicdesk.bootstrap.district import main; sys.exit(main())"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new district on an embedded PostgreSQL."""
    folder = tmp_path_factory.mktemp("stopping")
    with open(os.devnull, "wb") as nowhere:
        subprocess.run(
            [
                sys.executable, "-c", DISTRICT, "init", "--name", "Test district", "--admin", "ada@example.org",
                "--invite", str(folder / "first.txt"), "--embedded", str(folder / "server"),
                "--code-fd", str(nowhere.fileno()),
            ],
            stdout=subprocess.PIPE,
            check=True,
            pass_fds=(nowhere.fileno(),),
            timeout=120,
        )  # fmt: skip
    return folder / "server"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_takes_its_postgresql_with_it(server: Path, told: signal.Signals) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-c", DISTRICT, "serve", "--embedded", str(server)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert serving.stdout is not None
    assert serving.stderr is not None
    assert "url" in serving.stdout.readline()
    assert (server / "postgres" / "postmaster.pid").exists()
    serving.send_signal(told)
    status = serving.wait(60)
    complaints = serving.stderr.read()
    serving.stdout.close()
    serving.stderr.close()
    assert (status, complaints) == (0, "")
    assert not (server / "postgres" / "postmaster.pid").exists()
