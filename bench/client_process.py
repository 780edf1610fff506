"""Many workstations in one process, each with its own encrypted file, keys and TLS connection, all at once.

Standard input: one line that says which workstations, then one line that says go. Standard output: one line when all
stand ready, one with what became of them. The end of the input closes them.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from bench.district_process import Place, Ready
from bench.workstation import Workstation, open_new
from clinicdesk.core.collector import spare_what_is_loaded
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.sync.errors import BusyError


class Seat(msgspec.Struct):
    """One workstation: its device, the private keys of it, and its school."""

    device: str
    keys: bytes
    place: Place


class Crowd(msgspec.Struct):
    """The workstations of this process, what each has to send, and how many may be busy at once."""

    folder: str
    ready: Ready
    seats: list[Seat]
    edits: int
    threads: int


class Done(msgspec.Struct):
    """Seconds from go to the end of each workstation's session, and the statuses of answers that refused it."""

    seconds: list[float]
    refusals: list[int]
    without_retry_after: int


def _seated(crowd: Crowd, seat: Seat) -> Workstation:
    folder = Path(crowd.folder) / seat.device
    keys = KeyPairs(bytearray(seat.keys))
    desk = open_new(folder, crowd.ready, seat.device, keys, [seat.place])
    _until_through(desk)
    if crowd.edits:
        desk.write_visits(crowd.edits)
        _until_through(desk)
        desk.edit_visits(crowd.edits)
    else:
        # The rows of the sessions themselves go with the next one.
        _until_through(desk)
    desk.carried.refusals.clear()
    desk.dial_anew()
    return desk


def _until_through(desk: Workstation) -> None:
    """Sync until nothing waits; who was told to come again more often than the line has patience begins anew."""
    chance = random.Random(desk.device)
    while True:
        try:
            desk.sync(equal=None)
        except BusyError as busy:
            time.sleep(float(busy.params.get("seconds") or 1) * (1 + chance.random() / 2))
        else:
            return


def main() -> None:
    crowd = msgspec.json.decode(sys.stdin.readline(), type=Crowd)
    spare_what_is_loaded()
    with ThreadPoolExecutor(4) as few:
        desks = list(few.map(lambda seat: _seated(crowd, seat), crowd.seats))
    _say({"ready": len(desks)})
    sys.stdin.readline()
    began = time.perf_counter()

    def run(desk: Workstation) -> float:
        _until_through(desk)
        return time.perf_counter() - began

    threading.stack_size(512 << 10)
    with ThreadPoolExecutor(crowd.threads) as many:
        seconds = list(many.map(run, desks))
    refusals = [refusal for desk in desks for refusal in desk.carried.refusals]
    _say(Done(seconds, [refusal.status for refusal in refusals], sum(not refusal.retry_after for refusal in refusals)))
    # Closing a database costs as much as a session, and those of other processes may still be at theirs.
    sys.stdin.read()
    for desk in desks:
        desk.close()


def _say(answer: object) -> None:
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
