"""A district's log grows for years; nobody reads all of it but who pulls all of it, and then once."""

from __future__ import annotations

from tests.support.district import Town

from clinicdesk.server.database import Connection
from clinicdesk.server.pull import page
from clinicdesk.server.sessions import opening
from clinicdesk.sync.protocol import SCHEMA, PullRequest, SessionOpen, SessionState

_YEARS = 20_000


def _with_years_of_log(town: Town) -> None:
    with town.database.owning() as connection:
        connection.execute("UPDATE change_log SET seq = seq + %s", (_YEARS,))
        connection.execute("UPDATE sync_commits SET seq = seq + %s", (_YEARS,))
        connection.execute("UPDATE server_state SET last_seq = last_seq + %s", (_YEARS,))
        connection.execute(
            "INSERT INTO change_log (seq, scope_id, table_name, row_id, operation, row_version)"
            " SELECT n, %s, 'clinic_visits', gen_random_uuid(), 'UPSERT', 1 FROM generate_series(1, %s) n",
            (town.oak, _YEARS),
        )
    with town.database.owning() as connection:
        connection.execute("ANALYZE change_log")


def _plan_for_any_value(connection: Connection) -> None:
    """Every statement of this transaction, as one that is prepared has it."""
    connection.prepare_threshold = 0
    connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")


def _entries_read(connection: Connection) -> int:
    """Entries of the log that this connection has looked at lately."""
    found = connection.execute(
        "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'change_log'"
        " AND schemaname = current_schema()"
    ).fetchone()
    assert found is not None
    return int(found[0])


def test_a_workstation_with_nothing_to_do_does_not_make_the_district_read_its_log(town: Town) -> None:
    """Also with a plan that was made for any sequence number, as one of a prepared statement is."""
    desk = town.desk(town.ann, town.oak)
    _with_years_of_log(town)
    desk.pull()
    device, district = desk.known(), town.exchange.district
    request = SessionOpen(desk.device, 1, 1, SCHEMA, "test", desk.user, cursors=dict(desk.cursors))
    with town.database.reading("ALL") as connection:
        _plan_for_any_value(connection)
        before = _entries_read(connection)
        reply = opening(connection, request, device, district, SessionState.CONTINUE, desk.device, town.clock.now())
        for scope, token in desk.cursors.items():
            assert page(connection, PullRequest([scope], token), desk.device, [scope], district.key).complete
        assert {scope.scope for scope in reply.scopes} == set(desk.cursors)
        assert not any(scope.changed for scope in reply.scopes)
        assert _entries_read(connection) - before < 1_000


def test_a_page_in_the_middle_of_a_first_pull_reads_as_much_of_the_log_as_it_takes(town: Town) -> None:
    """A first pull of a million rows takes hundreds of pages; counted and sorted for each, it would take for ever."""
    desk = town.desk(town.ann, town.oak)
    _with_years_of_log(town)
    device, key, scopes = desk.device, town.exchange.district.key, [town.district, town.oak]
    with town.database.reading("ALL") as connection:
        _plan_for_any_value(connection)
        first = page(connection, PullRequest(scopes, None, 100), device, scopes, key)
        counted = _entries_read(connection)
        second = page(connection, PullRequest(scopes, first.cursor, 100), device, scopes, key)
        read = _entries_read(connection) - counted
    assert first.remaining > second.remaining > _YEARS - 1_000
    assert first.remaining - second.remaining == 100
    assert read < 1_000
