"""Settings travel like any other row: of the whole program, of the district, and of one school (concern 48)."""

from __future__ import annotations

import uuid
from pathlib import Path

from tests.integration.sync.conftest import NewDesk
from tests.support.databases import TEST_KEY
from tests.support.district import Town
from tests.support.workstation import assert_equal_to_district, assert_nothing_lost

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import SystemConfig
from clinicdesk.models.enums import ConfigScope
from clinicdesk.storage import migrate
from clinicdesk.storage.engine import create_engine_on_new_file


def test_a_setting_of_every_scope_reaches_every_desk_and_stays_whose_it_is(town: Town, new_desk: NewDesk) -> None:
    office, nurse = new_desk(town.dora, everything=True), new_desk(town.ann, town.oak)
    for desk in (office, nurse):
        desk.sync()
    whose = {
        ConfigScope.SYSTEM: None,
        ConfigScope.DISTRICT: None,
        ConfigScope.SCHOOL: town.oak,
        ConfigScope.USER: town.ann,
    }
    for scope, owner in whose.items():
        target = None if owner is None else uuid.UUID(owner)
        office.insert(SystemConfig(key="doses.grace_minutes", value=scope.value, scope=scope, applies_to_id=target))
    for desk in (office, nurse):
        assert desk.sync().rejected == 0
    found = nurse.rows("SELECT scope, applies_to_id, value, scope_id FROM system_configurations")
    assert {row["scope"]: row["applies_to_id"] for row in found} == {
        scope.value: owner for scope, owner in whose.items()
    }
    assert {row["scope_id"] for row in found} == {town.district}
    assert all(row["value"] == row["scope"] for row in found)
    assert_equal_to_district(office, nurse)
    assert_nothing_lost(town, office, nurse)


def test_settings_of_an_older_file_and_their_history_stay(tmp_path: Path) -> None:
    engine = create_engine_on_new_file(tmp_path / "older.db", TEST_KEY)
    migrate.upgrade(engine, "0006")
    stamps = {"created_at": "2026-03-02T15:00:00.000000Z", "updated_at": "2026-03-02T15:00:00.000000Z"}
    school, of_all, of_school, who = (str(new_id()) for _ in range(4))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO work_context (id, mode, tx_id, purpose, written_at) VALUES (1, 'APPLY', ?, 'SYNC', ?)",
            (str(new_id()), stamps["created_at"]),
        )
        for key, scope, whose in ((of_all, "SYSTEM", None), (of_school, "SCHOOL", school)):
            connection.exec_driver_sql(
                "INSERT INTO system_configurations (id, key, value, scope, scope_id, created_at, updated_at)"
                " VALUES (?, 'doses.grace_minutes', '30', ?, ?, ?, ?)",
                (key, scope, whose, *stamps.values()),
            )
        connection.exec_driver_sql(
            "INSERT INTO users (id, email, first_name, last_name, role, created_at, updated_at)"
            " VALUES (?, 'dora@example.org', 'Dora', 'Example', 'DISTRICT_ADMIN', ?, ?)",
            (who, *stamps.values()),
        )
        connection.exec_driver_sql(
            "INSERT INTO configuration_history (id, config_key, new_value, changed_by, configuration_id, created_at,"
            " updated_at) VALUES (?, 'doses.grace_minutes', '30', ?, ?, ?, ?)",
            (str(new_id()), who, of_school, *stamps.values()),
        )
        connection.exec_driver_sql("DELETE FROM work_context")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT id, applies_to_id, value FROM system_configurations").all()
        named = connection.exec_driver_sql(
            "SELECT c.id FROM configuration_history h JOIN system_configurations c ON c.id = h.configuration_id"
        ).all()
    assert {tuple(row) for row in found} == {(of_all, None, "30"), (of_school, school, "30")}
    assert [tuple(row) for row in named] == [(of_school,)]
    engine.dispose()
