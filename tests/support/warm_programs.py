"""Our programs without the wait for their modules: each command is a process of its own, forked from one that stands.

A command loads modules for more than a second and then works for a tenth of one. Here a process that has loaded them
does nothing else than to fork: what is forked takes words, streams and descriptors as if it had just been started.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn

PROGRAMS = {"clinicdesk": "clinicdesk.__main__", "clinicdesk-district": "clinicdesk.bootstrap.district"}
LOADED = ("clinicdesk.bootstrap.command_line", "clinicdesk.bootstrap.demonstration", "clinicdesk.bootstrap.programs")
PATIENCE_SECONDS = 300.0
_MOST = 1 << 20


@dataclass
class WarmPrograms:
    """Asks for one command at a time."""

    _line: socket.socket
    _one_by_one: threading.Lock = field(default_factory=threading.Lock)

    def run(self, program: str, words: Sequence[str], fds: Sequence[int] = ()) -> subprocess.CompletedProcess[str]:
        """As `subprocess.run` with captured output; `fds` keep their numbers."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, self._one_by_one:
            asked = json.dumps({"program": program, "words": list(words), "fds": list(fds)}).encode()
            socket.send_fds(self._line, [asked], [out.fileno(), err.fileno(), *fds])
            status = int(self._line.recv(_MOST))
            return subprocess.CompletedProcess([program, *words], status, _text(out), _text(err))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@contextmanager
def warm_programs() -> Iterator[WarmPrograms]:
    """They end with the block."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with here:
        here.settimeout(PATIENCE_SECONDS)
        with there:
            started = subprocess.Popen(
                [sys.executable, "-m", "tests.support.warm_programs", str(there.fileno())],
                pass_fds=(there.fileno(),),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        with started:
            assert here.recv(_MOST) == b"ready"
            yield WarmPrograms(here)
            here.shutdown(socket.SHUT_RDWR)


def _serve(line: socket.socket) -> None:
    for name in (*PROGRAMS.values(), *LOADED):
        __import__(name)
    line.send(b"ready")
    while True:
        asked, received, _flags, _address = socket.recv_fds(line, _MOST, 16)
        if not asked:
            return
        child = os.fork()
        if child == 0:
            line.close()
            _become(json.loads(asked), received)
        for number in received:
            os.close(number)
        _pid, status = os.waitpid(child, 0)
        line.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(asked: dict[str, Any], received: Sequence[int]) -> NoReturn:
    """What the interpreter does around `main`."""
    for number, wanted in zip(received, [1, 2, *asked["fds"]], strict=True):
        os.dup2(number, wanted)
    sys.argv[:] = [asked["program"], *asked["words"]]
    status = 1
    try:
        status = sys.modules[PROGRAMS[asked["program"]]].main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as own:
        _serve(own)
