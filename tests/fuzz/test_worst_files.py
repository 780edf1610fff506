"""The worst that can come to the routes for files, each once over the real wire (s10, T14, T17)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.fuzz.sealed_files import NOBODYS, SIZE, FileTarget
from tests.fuzz.target import CLOCK, Signer, Target, forget_peak, peak, resident

from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, sign_request
from clinicdesk.server.device_scopes import revoke
from clinicdesk.sync import protocol as p


@pytest.fixture(scope="module")
def files(target: Target) -> FileTarget:
    return FileTarget.of(target)


@pytest.fixture
def unchanged(files: FileTarget) -> Iterator[FileTarget]:
    """Whatever the test sends, no row but bookkeeping is another afterwards."""
    before = files.target.rows()
    yield files
    assert files.target.rows() == before


def test_t14_a_hundred_megabytes_of_a_file_are_refused_and_not_kept(unchanged: FileTarget) -> None:
    """As one range or as a file that claims to be so large; what comes behind the limit is thrown away."""
    process, path = unchanged.target.process, p.FILE_PATH + unchanged.half
    forget_peak(process)
    idle = resident(process)
    headers = {"Content-Type": p.FILE_TYPE, "Content-Length": str(1_600 << 16)}
    assert unchanged.send("PUT", path, headers, (bytes(1 << 16) for _ in range(1_600))).code == "too_large"
    huge = {"Content-Range": f"bytes 0-9/{100 << 20}"}
    assert unchanged.ask("PUT", unchanged.half, huge, bytes(10)).code == "too_large"
    assert peak(process) - idle < 30 << 20
    assert "too_large" in unchanged.target.audited()


def test_t17_forged_replayed_and_foreign_requests_for_files_leave_only_a_word_in_the_trail(
    unchanged: FileTarget,
) -> None:
    target, half, far = unchanged.target, unchanged.half, unchanged.elsewhere
    signer = target.devices[5]
    forger = Signer(signer.desk, KeyPairs.generate())
    asked = {"Range": "bytes=0-99"}
    place = f"bytes {SIZE // 2}-{SIZE // 2 + 9}/{SIZE}"
    last = f"bytes {SIZE - 10}-{SIZE - 1}/{SIZE}"
    path = p.FILE_PATH + unchanged.whole
    once = sign_request(
        HttpRequest("GET", path, asked, b""), key_id=signer.desk.device, key=signer.keys.signing_key(), now=CLOCK.now()
    )
    assert unchanged.send("GET", path, once, b"").status == 206
    codes = {
        "replayed": unchanged.send("GET", path, once, b""),
        "another key": unchanged.ask("PUT", half, {"Content-Range": place}, bytes(10), by=forger),
        "another place": unchanged.ask(
            "PUT", half, {"Content-Range": place}, bytes(10), altered={"Content-Range": f"bytes 0-9/{SIZE}"}
        ),
        "another range": unchanged.ask("GET", unchanged.whole, asked, altered={"Range": "bytes=100-199"}),
        "unsigned": unchanged.ask("GET", unchanged.whole, asked, altered={"Signature": None}),
        "another school's": unchanged.ask("GET", far, asked),
        "another school's, brought": unchanged.ask("PUT", far, {"Content-Range": f"bytes 0-9/{SIZE}"}, bytes(10)),
        "whether it is there": unchanged.ask("HEAD", far),
        "nobody's": unchanged.ask("HEAD", NOBODYS),
        "no such name": unchanged.ask("HEAD", half[:-1]),
        "half of one": unchanged.ask("GET", half, asked),
        "behind its end": unchanged.ask("GET", unchanged.whole, {"Range": f"bytes={SIZE}-{SIZE + 9}"}),
        "longer than it says": unchanged.ask("PUT", half, {"Content-Range": place}, bytes(11)),
        "not the next": unchanged.ask("PUT", half, {"Content-Range": last}, bytes(10)),
    }
    assert {name: told.code for name, told in codes.items()} == {
        "replayed": "replayed",
        "another key": "bad_signature",
        "another place": "bad_signature",
        "another range": "bad_signature",
        "unsigned": "bad_signature",
        "another school's": "scope",
        "another school's, brought": "scope",
        "whether it is there": "scope",
        "nobody's": "scope",
        "no such name": "bad_body",
        "half of one": "no_such_file",
        "behind its end": "other_place",
        "longer than it says": "bad_body",
        "not the next": "other_place",
    }
    assert {"replayed", "bad_signature", "scope", "bad_body"} <= target.audited()


def test_t17_a_revoked_device_fetches_nothing_and_brings_only_what_it_wrote(files: FileTarget) -> None:
    target = files.target
    signer = target.devices[6]
    revoke(target.town.database, target.town.clock, signer.desk.device)
    before = target.rows()
    assert files.ask("GET", files.whole, {"Range": "bytes=0-99"}, by=signer).code == "revoked"
    assert files.ask("HEAD", files.whole, by=signer).code == "scope"
    assert files.ask("PUT", files.half, {"Content-Range": f"bytes 0-9/{SIZE}"}, bytes(10), by=signer).code == "scope"
    assert target.rows() == before
    assert "revoked" in target.audited()
