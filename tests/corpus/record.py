"""Records an entry of the corpus from the real engine: `python -m tests.corpus.record tests/data/corpus/protocol-1`.

Run once, when a protocol or schema is released; an entry is never written again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import tempfile
from pathlib import Path

import msgspec
from sqlcipher3 import dbapi2 as sqlcipher
from tests.corpus.recording import (
    DESK,
    DISTRICT,
    FACTS,
    KEY,
    MESSAGES,
    PROBE,
    SESSION,
    Facts,
    Recorder,
    described_messages,
    district_rows,
    export_plain,
    write_packed,
    write_session,
)
from tests.support.databases import DISTRICT_SCHEMA, TEST_KEY, district_template, in_database
from tests.support.district import Town
from tests.support.sync_rows import a_visit, an_allergy, another_nurse, vitals
from tests.support.workstation import Workstation, open_workstation

from clinicdesk.server.database import Database
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.storage import migrate
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.throwaway import throwaway_postgres
from clinicdesk.sync import protocol as p
from clinicdesk.sync.base_copies import BaseCopies


def record(folder: Path) -> None:
    """Live a few days at a desk, stop before its next session, keep everything, then record that session."""
    folder.mkdir(parents=True, exist_ok=True)
    with throwaway_postgres() as uri, tempfile.TemporaryDirectory() as work:
        database = Database(in_database(uri, district_template(uri)), DISTRICT_SCHEMA, connections=4)
        with contextlib.closing(database):
            town = Town.found(database)
            desk = open_workstation(Path(work) / "desk", town, town.ann, town.oak)
            away = _live(town, desk, open_workstation(Path(work) / "other", town, town.ann, town.oak))
            facts = _keep(folder, Path(work), town, desk, away)
            recorder = Recorder(desk.direct())
            desk.sync(recorder)
            desk.sync(recorder)
            assert desk.last is not None
            assert desk.last.equal is True
            write_session(folder / SESSION, recorder.exchanged)
            asked = {one.path.removeprefix("/v1/") for one in recorder.exchanged}
            assert asked == {"session", "outcomes", "push", "pull", "digests", "rows"}, asked
            outcomes = {
                item["mutation_id"]: (item["state"], msgspec.json.decode(item["outcome"] or b"{}").get("reason"))
                for item in desk.queue()
                if item["mutation_id"] in facts.outcomes
            }
            facts = msgspec.structs.replace(facts, outcomes=outcomes)
            (folder / FACTS).write_bytes(msgspec.json.format(msgspec.json.encode(facts), indent=1) + b"\n")
            write_packed(folder / MESSAGES, msgspec.json.encode(described_messages(), order="sorted"))


def _live(town: Town, desk: Workstation, other: Workstation) -> str:
    """Work that goes in, clashes, waits and is sent back; then a day offline. The nurse whose account ended."""
    cora = another_nurse(town)
    desk.sync()
    other.sync()
    visit, allergy = desk.insert(a_visit(town)), desk.insert(an_allergy(town))
    second, readings = desk.insert(an_allergy(town, allergen="Milk")), desk.insert(vitals(town, heart_rate=88))
    desk.sync()
    other.sync()
    other.update("vital_signs", readings, heart_rate=90)
    other.sync()
    desk.update("vital_signs", readings, heart_rate=92)
    desk.update("students", town.students["iris"], grade="7")
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        writes.update("users", cora, {"is_active": False})
        writes.close()
    held = desk.insert(a_visit(town, notes="by Cora"), who=cora)
    desk.sync()
    assert [item["entity_id"] for item in desk.queue("HELD")] == [town.students["iris"], held]
    assert len(desk.conflicts()) == 1
    # The other desk goes on.
    other.sync()
    other.update("allergies", allergy, severity="MODERATE", notes="Seen by Dr. Example")
    other.update("allergies", second, notes="Lactose only")
    other.insert(a_visit(town, "jack", notes="From the other desk"))
    other.sync()
    # This one is offline.
    town.clock.advance(dt.timedelta(hours=20))
    desk.insert(a_visit(town, notes="Zo\u00eb: 37,9 \u00b0C \U0001f912, \u201erest\u201c"))
    desk.update("clinic_visits", visit, notes="Rested an hour", disposition=None)
    desk.update("allergies", allergy, severity="LIFE_THREATENING", treatment="Epinephrine")
    desk.update("students", town.students["jack"], grade="6")
    desk.delete("allergies", second, reason="entered for another child")
    desk.insert(an_allergy(town, "jack", allergen="Latex"), a_visit(town, "jack", notes="With the allergy"))
    # One row of this desk differs without a word, so that the session has digests and rows.
    with desk.store.apply(SYNC_APPLIES) as work:
        session, jack = work.session.connection(), town.students["jack"]
        copies = BaseCopies(session)
        known, values = copies.of("students", [jack])[jack], copies.values("students", [jack])[jack]
        copies.expect([known.anchor])
        copies.put("students", jack, known.version, {**values, "last_name": "Simple"}, known.anchor, known)
        copies.flush()
        session.exec_driver_sql("UPDATE students SET last_name = 'Simple' WHERE id = ?", (jack,))
    return cora


def _keep(folder: Path, work: Path, town: Town, desk: Workstation, away: str) -> Facts:
    """The desk's file and the district's rows at this moment."""
    with desk.store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    export_plain(desk.folder / "clinic.db", TEST_KEY, work / "plain.db")
    write_packed(folder / DESK, (work / "plain.db").read_bytes())
    _probe(folder / PROBE)
    with town.database.owning() as connection:
        rows = district_rows(connection)
    write_packed(folder / DISTRICT, msgspec.json.encode(rows))
    queued = [item for item in desk.queue() if item["state"] in {"PENDING", "IN_FLIGHT", "HELD", "REJECTED"}]
    engine = town.database.engine()
    revision = migrate.current(engine)
    engine.dispose()
    nonce = (desk.folder / "session-nonce").read_text()
    return Facts(
        p.PROTOCOL,
        p.SCHEMA,
        migrate.current(desk.store._engine) or "",
        revision or "",
        town.clock.now().isoformat(),
        desk.device,
        desk.user,
        away,
        nonce,
        desk.peer.incarnation,
        town.oak,
        town.elm,
        town.district,
        town.students,
        [
            (item["table_name"], item["entity_id"], item["state"], msgspec.json.decode(item["changes"]))
            for item in queued
        ],
        [conflict["id"] for conflict in desk.conflicts()],
        {item["mutation_id"]: ("", None) for item in queued},
    )


def _probe(file: Path) -> None:
    """A tiny file in the cipher's format of this release."""
    file.unlink(missing_ok=True)
    connection = sqlcipher.connect(str(file), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    connection.execute("PRAGMA cipher_page_size = 4096")
    connection.execute("CREATE TABLE said (word TEXT NOT NULL)")
    connection.execute("INSERT INTO said VALUES ('protocol 1')")
    connection.close()


if __name__ == "__main__":
    record(Path(sys.argv[1]))
