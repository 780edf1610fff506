"""History, rail by role, privacy, idle time and scanner bursts, without a window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.domain.permissions import Act
from clinicdesk.presentation.input_watch import Burst, Idle, IdleClock
from clinicdesk.presentation.runner import ImmediateRunner, Progress
from clinicdesk.presentation.shell import RAIL, History, Route, masked, rail_for


def test_going_somewhere_new_drops_what_lay_ahead() -> None:
    history = History()
    for screen in ("today", "students", "sync"):
        history.go(Route(screen))
    assert history.back() == Route("students")
    history.go(Route("forms"))
    assert not history.can_go_forward
    assert history.back() == Route("students")
    assert history.forward() == Route("forms")


def test_the_same_place_twice_is_one_step() -> None:
    history = History()
    history.go(Route("today"))
    history.go(Route("today", {}))
    assert not history.can_go_back


@given(st.lists(st.sampled_from(["today", "students", "sync", "back", "forward"]), max_size=40))
def test_history_never_loses_its_place(moves: list[str]) -> None:
    history = History(longest=5)
    history.go(Route("admin"))
    for move in moves:
        if move == "back":
            history.back()
        elif move == "forward":
            history.forward()
        else:
            history.go(Route(move))
        assert history.current is not None


def test_the_rail_holds_what_exists_and_the_role_may_use() -> None:
    everything = [place.id for place in RAIL]
    aide = rail_for(lambda act: act != Act.VIEW_USERS, everything)
    assert "admin" not in [place.id for place in aide]
    assert [place.id for place in rail_for(lambda _act: True, ["today", "students.chart"])] == ["today", "students"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Siobhán O'Brien", "S. O."), ("José Ángel Ñúñez-Villaseñor", "J. Á. Ñ. V."), ("Zoë", "Z.")],
)
def test_privacy_mode_leaves_initials(name: str, shown: str) -> None:
    assert masked(name, private=True) == shown
    assert masked(name, private=False) == name


def test_idle_warns_thirty_seconds_before_the_lock() -> None:
    clock = IdleClock(300)
    clock.touch(1000)
    assert clock.state(1269) is Idle.ACTIVE
    assert clock.state(1270) is Idle.WARN
    assert clock.left_s(1280) == 20
    assert clock.state(1300) is Idle.LOCK
    clock.touch(1299)
    assert clock.state(1300) is Idle.ACTIVE


def _burst(letters: str, gap: float, end_gap: float) -> str | None:
    burst = Burst()
    now = 0.0
    for letter in letters:
        now += gap
        if burst.holding and burst.broken(now):
            burst.release()
        burst.key(letter, now)
    return burst.end(now + end_gap)


@pytest.mark.parametrize(
    ("letters", "gap", "end_gap", "scan"),
    [
        ("ABC123", 0.034, 0.034, "ABC123"),
        ("ABC12", 0.002, 0.002, None),
        ("ABC123", 0.036, 0.002, None),
        ("ABC123", 0.002, 0.050, None),
    ],
)
def test_a_scan_is_six_characters_within_35_ms_each(letters: str, gap: float, end_gap: float, scan: str | None) -> None:
    assert _burst(letters, gap, end_gap) == scan


def test_work_at_once_has_the_runners_manners() -> None:
    answers: list[int] = []
    failures: list[Exception] = []
    seen: list[tuple[int, int, str]] = []
    runner = ImmediateRunner()

    def count(progress: Progress) -> int:
        progress.report(1, 2, "rows")
        return 0 if progress.cancelled else 2

    runner.run(lambda: 1, done=answers.append)
    runner.run_long(count, progress=lambda done, total, words: seen.append((done, total, words)), done=answers.append)
    runner.run(lambda: 1 // 0, failed=failures.append)
    assert answers == [1, 2]
    assert seen == [(1, 2, "rows")]
    assert isinstance(failures[0], ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        runner.run(lambda: 1 // 0)
