"""Who came in? A name typed, a list, and a second look at one of a same-name pair (T3, M1)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.visits.ports import SearchService
from clinicdesk.presentation.visits.state import Asking
from clinicdesk.services.search import FoundStudent, SearchAnswer


class WhoCame:
    """Follows the typing while nobody is chosen. `now` gives the question as it stands, `show` puts a new one."""

    def __init__(
        self,
        search: SearchService,
        runner: Runner,
        now: Callable[[], Asking | None],
        show: Callable[[Asking], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._search = search
        self._runner = runner
        self._now = now
        self._show = show
        self._failed = failed
        self._answer: SearchAnswer | None = None

    def look_for(self, query: str) -> None:
        """Search while somebody types the name."""
        asking = self._now()
        if asking is None:
            return
        self._show(Asking(query=query, found=asking.found if query.strip() else ()))
        if query.strip():
            self._runner.run(
                lambda: self._search.widened(query), done=self._on_found, failed=self._failed, key="visit.who"
            )

    def chosen(self, student: FoundStudent) -> uuid.UUID | None:
        """The student, with the search on record; None while photo and birth date are to be looked at first."""
        asking = self._now()
        if asking is None:
            return None
        if student.same_name and asking.sure != student.id:
            self._show(replace(asking, sure=student.id))
            return None
        answer = self._answer
        if answer is not None:
            self._runner.run(lambda: self._search.used(answer, (student.id,)), failed=self._failed)
        return student.id

    def _on_found(self, answer: SearchAnswer) -> None:
        self._answer = answer
        asking = self._now()
        if asking is not None and asking.query == answer.query:
            self._show(replace(asking, found=answer.students))
