"""Slow work stays off the window's thread, and its answers come back to it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from tests.support.qt import Sink, settle, until

from clinicdesk.gui.runtime import LastResort, TaskRunner, UiWatchdog
from clinicdesk.presentation.runner import Progress


@pytest.fixture
def runner(sink: Sink, qapp: QObject) -> Iterator[TaskRunner]:
    made = TaskRunner(sink)
    yield made
    assert made.close()


class Desk(QObject):
    """A receiver that can be destroyed while work runs."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[tuple[object, bool]] = []

    def on_done(self, answer: object) -> None:
        self.answers.append((answer, QThread.currentThread() is self.thread()))


def test_work_runs_elsewhere_and_the_answer_comes_back_here(runner: TaskRunner) -> None:
    desk = Desk()
    runner.run(threading.get_ident, done=desk.on_done)
    until(lambda: bool(desk.answers))
    [(where, back)] = desk.answers
    assert where != threading.get_ident()
    assert back


def test_the_latest_call_of_a_key_wins(runner: TaskRunner) -> None:
    answers: list[str] = []
    gate = threading.Event()
    runner.run(lambda: (gate.wait(2), "first")[1], done=answers.append, key="search")
    runner.run(lambda: "second", done=answers.append, key="search")
    gate.set()
    until(lambda: not runner.busy() and bool(answers))
    settle()
    assert answers == ["second"]


def test_a_failure_reaches_whoever_asked(runner: TaskRunner, sink: Sink) -> None:
    failures: list[Exception] = []
    runner.run(lambda: 1 // 0, failed=failures.append)
    until(lambda: bool(failures))
    assert isinstance(failures[0], ZeroDivisionError)
    assert sink.errors == []


def test_a_failure_nobody_takes_goes_to_the_sink(runner: TaskRunner, sink: Sink) -> None:
    runner.run(lambda: 1 // 0)
    until(lambda: bool(sink.errors))
    assert isinstance(sink.errors[0], ZeroDivisionError)


def test_a_cancelled_task_says_nothing_more(runner: TaskRunner) -> None:
    answers: list[int] = []
    gate = threading.Event()
    task = runner.run(lambda: (gate.wait(2) and 1) or 0, done=answers.append)
    task.cancel()
    gate.set()
    assert runner.close()
    settle()
    assert answers == []


def test_a_destroyed_screen_is_not_called(runner: TaskRunner) -> None:
    desk = Desk()
    gate = threading.Event()
    runner.run(lambda: gate.wait(2), done=desk.on_done)
    shiboken6.delete(desk)
    gate.set()
    until(lambda: not runner.busy())
    assert desk.answers == []


def test_long_work_reports_and_can_be_stopped(runner: TaskRunner) -> None:
    seen: list[tuple[int, int, str]] = []
    stopped = threading.Event()

    def count(progress: Progress) -> None:
        for n in range(1000):
            if progress.cancelled:
                stopped.set()
                return
            progress.report(n, 1000, "rows")
            time.sleep(0.002)

    task = runner.run_long(count, progress=lambda done, total, words: seen.append((done, total, words)))
    until(lambda: len(seen) > 3)
    task.cancel()
    until(stopped.is_set)
    reported = len(seen)
    settle()
    assert len(seen) == reported
    assert seen[0] == (0, 1000, "rows")


def test_the_watchdog_sees_a_blocked_window(qapp: QObject) -> None:
    watchdog = UiWatchdog()
    watchdog.start()
    settle()
    time.sleep(0.12)
    settle()
    assert [block for block in watchdog.stop() if block > 100]


def test_slow_work_does_not_block_the_window(runner: TaskRunner) -> None:
    watchdog = UiWatchdog()
    answers: list[object] = []
    watchdog.start()
    runner.run(lambda: time.sleep(0.3), done=answers.append)
    until(lambda: bool(answers))
    assert [block for block in watchdog.stop() if block > 100] == []


def test_our_own_mistakes_reach_the_sink_with_a_support_code(sink: Sink) -> None:
    codes: list[str] = []

    def keep(error: BaseException, code: str) -> None:
        sink(error, code)
        codes.append(code)

    before = sys.excepthook
    handler = LastResort(keep)
    handler.install()
    try:
        sys.excepthook(ValueError, ValueError("x"), None)
    finally:
        handler.remove()
    assert sys.excepthook is before
    assert isinstance(sink.errors[0], ValueError)
    assert len(codes[0]) == 8
