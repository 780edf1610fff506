"""Who begins waits while others are served, comes in turn, and never for ever (s57)."""

from __future__ import annotations

import asyncio

import pytest

from clinicdesk.server import door as doors
from clinicdesk.server.door import Door
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.sync.protocol import ErrorCode


class _Visitor:
    """A request that stays inside until it is told to leave."""

    def __init__(self, door: Door, name: str, came: list[str], *, begins: bool) -> None:
        self._leave = asyncio.Event()
        self.task = asyncio.create_task(self._visit(door, name, came, begins))

    async def _visit(self, door: Door, name: str, came: list[str], begins: bool) -> None:
        async with door.passed(begins=begins):
            came.append(name)
            await self._leave.wait()

    async def leaves(self) -> None:
        self._leave.set()
        await self.task


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def nobody_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "LET_IN_SECONDS", 3_600.0)


@pytest.mark.usefixtures("nobody_by_time")
def test_scenario_57_who_begins_waits_until_one_of_those_who_are_served_is_through() -> None:
    async def scene() -> None:
        door, came = Door(at_work=2), list[str]()
        served = [_Visitor(door, name, came, begins=False) for name in ("push", "pull")]
        await _settled()
        first = _Visitor(door, "first", came, begins=True)
        second = _Visitor(door, "second", came, begins=True)
        under_way = _Visitor(door, "another push", came, begins=False)
        await _settled()
        assert came == ["push", "pull", "another push"]
        await served[0].leaves()
        await _settled()
        assert came[3:] == []
        await under_way.leaves()
        await _settled()
        assert came[3:] == ["first"]
        await served[1].leaves()
        await _settled()
        assert came[3:] == ["first", "second"]
        await first.leaves()
        await second.leaves()

    asyncio.run(scene())


def test_however_long_others_are_served_everybody_comes_in_by_and_by() -> None:
    async def scene() -> None:
        door, came = Door(at_work=1), list[str]()
        forever = _Visitor(door, "a long pull", came, begins=False)
        await _settled()
        waiting = [_Visitor(door, str(at), came, begins=True) for at in range(3)]
        async with asyncio.timeout(10):
            while len(came) < 4:
                await asyncio.sleep(0.01)
        assert came == ["a long pull", "0", "1", "2"]
        for visitor in (forever, *waiting):
            await visitor.leaves()

    asyncio.run(scene())


@pytest.mark.usefixtures("nobody_by_time")
def test_scenario_57_who_waited_long_enough_is_told_when_to_come_again_and_keeps_nobody_back() -> None:
    async def scene() -> None:
        door, came = Door(at_work=1, longest_wait=0.05), list[str]()
        inside = _Visitor(door, "inside", came, begins=False)
        await _settled()
        tired = _Visitor(door, "tired", came, begins=True)
        with pytest.raises(RefusedRequestError) as refused:
            await tired.task
        assert refused.value.reason is ErrorCode.BUSY
        assert 2 <= int(str(refused.value.details["seconds"])) <= 6
        patient = _Visitor(door, "patient", came, begins=True)
        await _settled()
        await inside.leaves()
        await _settled()
        assert came == ["inside", "patient"]
        await patient.leaves()

    asyncio.run(scene())


@pytest.mark.usefixtures("nobody_by_time")
def test_a_line_that_is_too_long_takes_nobody_more() -> None:
    async def scene() -> None:
        door, came = Door(at_work=1, most_waiting=1), list[str]()
        inside = _Visitor(door, "inside", came, begins=False)
        await _settled()
        waits = _Visitor(door, "waits", came, begins=True)
        await _settled()
        turned_away = _Visitor(door, "turned away", came, begins=True)
        with pytest.raises(RefusedRequestError):
            await turned_away.task
        await inside.leaves()
        await waits.leaves()
        assert came == ["inside", "waits"]

    asyncio.run(scene())
