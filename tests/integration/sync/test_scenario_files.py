"""Attachments travel by the hash of their sealed bytes, range by range, beside the rows (scenario 10)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from tests.integration.sync.conftest import NewDesk, postgres_uri
from tests.support.databases import DISTRICT_SCHEMA, empty_district_uri
from tests.support.delivery import Delivery
from tests.support.district import Town
from tests.support.restoring import backups_of
from tests.support.served import ServedTown, give_keys, served
from tests.support.sync_files import CutFiles, DirectFiles, Scan, folder_of, notes, scan_paper, shown
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.security import tls
from clinicdesk.security.attachments import LARGEST_SEALED_BYTES
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, sign_request
from clinicdesk.server import office
from clinicdesk.server.database import Database
from clinicdesk.server.erasure import Erasing
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.files import PARTIAL_LIFE, Files
from clinicdesk.server.house import House, Settings
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.review import person_named
from clinicdesk.server.upkeep import keep_up
from clinicdesk.sync import files as file_round
from clinicdesk.sync.errors import RefusedError, RevokedError
from clinicdesk.sync.file_line import HttpsFiles
from clinicdesk.sync.protocol import FILE_TYPE, ErrorCode
from clinicdesk.sync.status import read_status

__all__ = ["empty_district_uri", "postgres_uri"]


@pytest.fixture
def wire(town: Town, tmp_path: Path) -> Iterator[ServedTown]:
    with served(town, tmp_path / "server") as running:
        yield running


@pytest.fixture
def desks(new_desk: NewDesk, town: Town) -> tuple[Workstation, Workstation]:
    """Two desks at Oak that reach the district's files without the network, synced once."""
    made = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    for desk in made:
        desk.files = DirectFiles(desk, town)
        desk.sync()
    return made


def over_https(wire: ServedTown, desk: Workstation) -> KeyPairs:
    keys = KeyPairs.generate()
    give_keys(wire.town, desk.device, keys)
    line = wire.line(desk.device, keys, wire.town.clock)
    desk.line, desk.files = line, HttpsFiles(line)
    return keys


def direct(desk: Workstation) -> DirectFiles:
    assert isinstance(desk.files, DirectFiles)
    return desk.files


def stored(town: Town, name: str) -> tuple[int, int, bool]:
    """What the district holds of a file: bytes in pieces, bytes counted, and whether it is whole."""
    ((pieces, received, whole),) = town.query(
        "SELECT coalesce((SELECT sum(length(content)) FROM attachment_pieces WHERE content_hash = %s), 0),"
        " coalesce(max(received_bytes), 0), coalesce(bool_or(completed_at IS NOT NULL), false)"
        " FROM attachment_contents WHERE content_hash = %s",
        name,
        name,
    )
    return int(pieces), int(received), bool(whole)


def files_of(town: Town) -> Files:
    return Files(town.database, town.clock, town.exchange.district)


def test_scenario_10_a_file_cut_inside_a_range_goes_on_behind_its_last_byte_also_after_a_restart_of_both_sides(
    town: Town, tmp_path: Path, new_desk: NewDesk
) -> None:
    ann, other = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    with served(town, tmp_path / "first") as wire:
        for desk in (ann, other):
            over_https(wire, desk)
            desk.sync()
        scan = scan_paper(ann, town, 900_000)
        size = folder_of(ann).size(scan.name)
        assert isinstance(ann.files, HttpsFiles)
        ann.files = CutFiles(ann.files, at=2, arrives=False)
        ann.sync()
        first = file_round.FIRST_RANGE
        assert stored(town, scan.name) == (first, first, False)
        # Half a range on the wire: the body is not the one that was signed, and nothing of it is kept.
        assert half_a_range(wire, ann, scan, size).status == 400
        assert stored(town, scan.name) == (first, first, False)
        other.sync()
        assert shown(other, scan) is None
        assert other.rows("SELECT id FROM attachments") == [{"id": scan.key}]
    ann.reopen()
    with served(town, tmp_path / "second") as wire:
        for desk in (ann, other):
            over_https(wire, desk)
        totals = ann.sync()
        assert totals.files_sent == 1
        assert size - first <= totals.sent_bytes < size - first + 10_000
        assert stored(town, scan.name) == (size, size, True)
        assert isinstance(other.files, HttpsFiles)
        other.files = CutFiles(other.files, at=2)
        other.sync()
        assert folder_of(other).arrived(scan.name) == first
        other.reopen()
        over_https(wire, other)
        totals = other.sync()
    assert totals.received_bytes < size - first + 10_000
    assert shown(other, scan) == scan.plain
    assert notes(other) == {scan.name: (False, True, True)}
    assert_nothing_lost(town, ann, other)
    assert_equal_to_district(ann, other)


def half_a_range(wire: ServedTown, desk: Workstation, scan: Scan, size: int) -> urllib3.BaseHTTPResponse:
    keys = KeyPairs.generate()
    give_keys(wire.town, desk.device, keys)
    start = file_round.FIRST_RANGE
    content = folder_of(desk).read(scan.name, start, start)
    path = f"/v1/attachments/{scan.name}"
    plain = {"Content-Type": FILE_TYPE, "Content-Range": f"bytes {start}-{2 * start - 1}/{size}"}
    signed = sign_request(
        HttpRequest("PUT", path, plain, content),
        key_id=desk.device,
        key=keys.signing_key(),
        now=wire.town.clock.now(),
    )
    host, port = wire.host.split(":")
    context = tls.client_context(wire.pem, [wire.pin])
    with urllib3.HTTPSConnectionPool(host, int(port), ssl_context=context, retries=False) as pool:
        moved = pool.request(
            "PUT", path, body=content, headers=signed | {"Content-Range": f"bytes 0-{start - 1}/{size}"}
        )
        assert moved.status == 401
        return pool.request("PUT", path, body=content[: start // 2], headers=signed)


def test_scenario_10_what_is_sent_twice_is_there_once(town: Town, desks: tuple[Workstation, Workstation]) -> None:
    ann, other = desks
    scan = scan_paper(ann, town, 300_000)
    name, size = scan.name, folder_of(ann).size(scan.name)
    # The answer to the last range is lost: everything arrived, and the desk does not know it.
    ann.files = CutFiles(direct(ann), at=2)
    ann.sync()
    assert stored(town, name) == (size, size, True)
    assert notes(ann)[name] == (True, True, False)
    ann.files = DirectFiles(ann, town)
    ann.sync()
    assert (direct(ann).ranges, notes(ann)[name]) == ([], (True, True, True))
    whole = folder_of(ann).read(name, 0, size)
    again = files_of(town).take(ann.peer.known(), name, 0, size, whole)
    assert (again.received, again.size, stored(town, name)) == (size, size, (size, size, True))
    # A second row that speaks of the same bytes brings no second copy of them.
    other.sync()
    with other.write() as session:
        session.connection().exec_driver_sql("UPDATE attachments SET file_name = 'again.pdf'")
    other.sync()
    ann.sync()
    assert len(town.query("SELECT content_hash FROM attachment_contents")) == 1
    assert [folder_of(desk).holds(name) for desk in desks] == [True, True]
    assert_equal_to_district(ann, other)


def test_scenario_10_rows_come_first_and_a_session_gives_files_only_so_much(
    town: Town, desks: tuple[Workstation, Workstation], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, other = desks
    scans = [scan_paper(ann, town, 300_000) for _ in range(3)]
    visit = ann.insert(a_visit(town))
    monkeypatch.setattr(file_round, "MOST_BYTES", 300_000)
    ann.sync()
    assert town.rows("clinic_visits", visit) is not None
    assert [stored(town, scan.name)[2] for scan in scans].count(True) == 1
    monkeypatch.undo()

    class SavesMeanwhile(DirectFiles):
        """The nurse saves a visit while the first range is on its way."""

        def send(self, name: str, start: int, size: int, content: bytes) -> file_round.Standing:
            standing = super().send(name, start, size, content)
            if len(self.ranges) == 1:
                ann.insert(a_visit(town, notes="meanwhile"))
            return standing

    ann.files = SavesMeanwhile(ann, town)
    ann.sync()
    assert (len(direct(ann).ranges), len(ann.queue("PENDING"))) == (1, 1)
    ann.sync()
    assert ann.queue("PENDING") == []
    assert all(stored(town, scan.name)[2] for scan in scans)
    other.sync()
    assert [shown(other, scan) for scan in scans] == [scan.plain for scan in scans]


def test_scenario_10_a_desk_says_what_is_not_here_yet_and_asks_again(
    town: Town, desks: tuple[Workstation, Workstation]
) -> None:
    ann, other = desks
    ann.files = None
    scans = [scan_paper(ann, town, 10_000) for _ in range(file_round.MOST_IN_VAIN + 2)]
    ann.sync()
    other.sync()
    assert all(shown(other, scan) is None for scan in scans)
    assert len(notes(other)) == file_round.MOST_IN_VAIN
    for desk, counts in ((ann, (len(scans), 0)), (other, (0, len(scans)))):
        with desk.store.read() as session:
            found = read_status(session)
        assert (found.files_to_send, found.files_missing) == counts
    assert set(notes(other).values()) == {(False, False, False)}
    assert town.query("SELECT 1 FROM audit_logs WHERE action = 'DENIED'") == []
    ann.files = DirectFiles(ann, town)
    ann.sync()
    other.sync()
    assert [shown(other, scan) for scan in scans] == [scan.plain for scan in scans]
    # Gone from the folder, or damaged there: it is noted when it is missed, and comes again.
    folder_of(other).drop(scans[0].name)
    with other.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE attachment_files SET here = 0 WHERE content_hash = ?", (scans[0].name,)
        )
    other.sync()
    assert shown(other, scans[0]) == scans[0].plain


def test_scenario_10_t17_files_of_other_schools_are_neither_given_nor_taken_nor_named(
    town: Town, desks: tuple[Workstation, Workstation], new_desk: NewDesk
) -> None:
    ann, _other = desks
    scan = scan_paper(ann, town, 10_000)
    ann.sync()
    elm = new_desk(town.ben, town.elm)
    files, content = DirectFiles(elm, town), folder_of(ann).read(scan.name, 0, 10_000)
    for name in (scan.name, "0" * 64):
        for ask in (
            lambda name=name: files.fetch(name, 0, 1_000),
            lambda name=name: files.standing(name),
            lambda name=name: files.send(name, 0, 20_000, content),
        ):
            with pytest.raises(RefusedError) as caught:
                ask()
            assert caught.value.params == {"reason": "scope"}
    assert stored(town, "0" * 64) == (0, 0, False)
    with pytest.raises(RefusedRequestError) as refused:
        files_of(town).take(ann.peer.known(), scan.name, 0, LARGEST_SEALED_BYTES + 1, content)
    assert (refused.value.reason, refused.value.details) == (ErrorCode.TOO_LARGE, {"limit": LARGEST_SEALED_BYTES})


def test_scenario_10_bytes_that_are_not_the_file_are_never_shown(
    town: Town, desks: tuple[Workstation, Workstation]
) -> None:
    ann, other = desks
    ann.files = None
    scan = scan_paper(ann, town, 300_000)
    size = folder_of(ann).size(scan.name)
    ann.sync()
    files = files_of(town)
    # Somebody at the same school begins with other bytes, and with another size.
    assert files.take(other.peer.known(), scan.name, 0, size + 7, b"x" * 1_000).received == 1_000
    assert files.take(other.peer.known(), scan.name, 0, size, b"x" * 70_000).received == 70_000
    ann.files = DirectFiles(ann, town)
    ann.sync()
    assert stored(town, scan.name) == (size, size, True)
    assert files.give(other.peer.known(), scan.name, 0, size)[0] == folder_of(ann).read(scan.name, 0, size)
    # The copy of a desk rots on its disk before the district has it: it is not sent for the real one.
    rotten = scan_paper(ann, town, 100_000)
    with (ann.folder / "attachments" / rotten.name).open("r+b") as file:
        file.seek(50_000)
        file.write(b"rot")
    ann.sync()
    assert stored(town, rotten.name) == (0, 0, False)
    assert notes(ann)[rotten.name] == (True, True, False)


def test_scenario_10_a_file_nobody_else_has_holds_back_the_purge_of_its_student(
    town: Town, desks: tuple[Workstation, Workstation]
) -> None:
    ann, _other = desks
    ann.files = None
    scan = scan_paper(ann, town, 10_000)
    ann.sync()
    to_elm(town, "iris")
    ann.sync()
    assert ann.rows("SELECT id FROM attachments") == [{"id": scan.key}]
    ann.files = DirectFiles(ann, town)
    ann.sync()
    assert stored(town, scan.name)[2]
    ann.sync()
    assert ann.rows("SELECT id FROM attachments") == []
    assert not folder_of(ann).holds(scan.name)
    assert notes(ann) == {}
    assert_equal_to_district(ann)


def to_elm(town: Town, name: str) -> None:
    """The student changes school at the district."""
    student = town.students[name]
    ((enrolment,),) = town.query("SELECT id::text FROM student_enrollments WHERE student_id = %s", student)
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        writes.update("student_enrollments", enrolment, {"school_id": town.elm})
        writes.close()


def test_scenario_60_the_law_takes_files_from_the_district_and_from_every_desk(
    town: Town, desks: tuple[Workstation, Workstation]
) -> None:
    ann, _other = desks
    kept, erased = scan_paper(ann, town, 10_000, student="jack"), scan_paper(ann, town, 10_000)
    for desk in desks:
        desk.sync()
    with town.database.owning() as connection:
        person = person_named(connection, town.dora)
    Erasing(town.database, town.clock, town.district).erase("attachments", erased.key, person=person, reference="R-9")
    assert [stored(town, scan.name)[2] for scan in (kept, erased)] == [True, False]
    for desk in desks:
        desk.sync()
        assert [folder_of(desk).holds(scan.name) for scan in (kept, erased)] == [True, False]
        assert desk.rows("SELECT id FROM attachments") == [{"id": kept.key}]
    # What was only begun and given up goes with the years, what a row speaks of stays.
    begun = scan_paper(ann, town, 300_000)
    ann.files = CutFiles(direct(ann), at=1)
    ann.sync()
    town.clock.advance(PARTIAL_LIFE * 2)
    keep_up(town.database, town.district, town.clock)
    assert [stored(town, scan.name)[1] > 0 for scan in (kept, begun)] == [True, False]
    ann.files = DirectFiles(ann, town)
    ann.sync()
    assert stored(town, begun.name)[2]


def test_scenario_17_a_restored_district_has_the_files_of_its_backup_and_gets_the_later_ones_again(
    town: Town, desks: tuple[Workstation, Workstation], postgres_uri: str, new_desk: NewDesk
) -> None:
    ann, other = desks
    early = scan_paper(ann, town, 10_000)
    ann.sync()
    with backups_of(town, postgres_uri) as backups:
        restore = backups.keep()
        late = scan_paper(ann, town, 300_000)
        for desk in desks:
            desk.sync()
        restore()
        assert [stored(town, scan.name)[2] for scan in (early, late)] == [True, False]
        for desk in (ann, ann, other):
            desk.sync()
        assert [stored(town, scan.name)[2] for scan in (early, late)] == [True, True]
        third = new_desk(town.ann, town.oak)
        third.files = DirectFiles(third, town)
        third.sync()
        assert [shown(third, scan) for scan in (early, late)] == [early.plain, late.plain]
        assert office.verify(town.database) == []


def test_scenario_19_a_backup_brought_into_an_empty_database_has_the_files(
    town: Town, desks: tuple[Workstation, Workstation], empty_district_uri: str, tmp_path: Path
) -> None:
    ann, other = desks
    scan = scan_paper(ann, town, 300_000)
    ann.sync()
    house = House(tmp_path, Settings(DISTRICT_SCHEMA, "127.0.0.1:1", []))
    office.back_up(house, town.database, tmp_path / "district.dump")
    with contextlib.closing(Database(empty_district_uri, DISTRICT_SCHEMA)) as moved:
        office.restore(moved, tmp_path / "district.dump")
        files = Files(moved, town.clock, town.exchange.district)
        whole = folder_of(ann).read(scan.name, 0, 1 << 20)
        assert files.give(other.peer.known(), scan.name, 0, 1 << 20) == (whole, len(whole))


def test_scenario_43_a_revoked_desk_hands_in_its_files_and_gets_none(
    town: Town, desks: tuple[Workstation, Workstation]
) -> None:
    ann, other = desks
    theirs = scan_paper(other, town, 10_000)
    other.sync()
    mine = scan_paper(ann, town, 10_000)
    with town.database.owning() as connection:
        connection.execute("UPDATE devices SET status = 'REVOKED' WHERE id = %s", (ann.device,))
    with pytest.raises(RevokedError):
        ann.sync()
    assert stored(town, mine.name)[2]
    assert town.rows("attachments", mine.key) is None
    with pytest.raises(RefusedRequestError) as refused:
        files_of(town).give(ann.peer.known(), theirs.name, 0, 1_000)
    assert refused.value.reason is ErrorCode.REVOKED
    with pytest.raises(RefusedError):
        direct(ann).send(theirs.name, 0, 10, b"x")


def test_scenario_10_a_whole_suite_of_files_survives_every_request_doubled(
    town: Town, desks: tuple[Workstation, Workstation]
) -> None:
    ann, other = desks
    town.delivery = Delivery.TWICE

    class Twice(DirectFiles):
        """Each range arrives twice."""

        def send(self, name: str, start: int, size: int, content: bytes) -> file_round.Standing:
            super().send(name, start, size, content)
            return super().send(name, start, size, content)

    ann.files = Twice(ann, town)
    scan = scan_paper(ann, town, 700_000)
    ann.sync()
    other.sync()
    size = folder_of(ann).size(scan.name)
    assert stored(town, scan.name) == (size, size, True)
    assert shown(other, scan) == scan.plain
