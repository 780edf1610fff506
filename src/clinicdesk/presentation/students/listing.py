"""The students screen: a list that follows the typing, its reach, and the way into a chart."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import parse_date
from clinicdesk.i18n import plural, sentence, tr
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.shell import Navigator
from clinicdesk.presentation.students.trail import SearchTrail
from clinicdesk.services.search import FoundStudent, Reach, Search, SearchAnswer
from clinicdesk.services.students import Alike, NewStudent, Registered, Students

_KEY = "students.search"


@dataclass(frozen=True, slots=True)
class ListState:
    """What the students screen shows. `failure` is a sentence, `alike` the people a new one could be."""

    query: str = ""
    reach: Reach = Reach.SCHOOL
    answer: SearchAnswer | None = None
    busy: bool = False
    failure: str = ""
    field_errors: tuple[tuple[str, str], ...] = ()
    alike: tuple[Alike, ...] = ()
    may_register: bool = False

    @property
    def active(self) -> tuple[FoundStudent, ...]:
        return tuple(one for one in self.answer.students if one.is_active) if self.answer else ()

    @property
    def inactive(self) -> tuple[FoundStudent, ...]:
        return tuple(one for one in self.answer.students if not one.is_active) if self.answer else ()

    @property
    def words(self) -> str:
        """What the list is, in a sentence."""
        if not self.query.strip():
            return tr("Type a name, an ID or a birth date.")
        if self.answer is None:
            return ""
        return plural("{count} match", "{count} matches", len(self.answer.students))


class StudentOrder:
    """The list from which charts are opened, so that "[" and "]" walk along it."""

    def __init__(self) -> None:
        self.students: tuple[uuid.UUID, ...] = ()

    def beside(self, student: uuid.UUID, by: int) -> uuid.UUID | None:
        if student not in self.students:
            return None
        at = self.students.index(student) + by
        return self.students[at] if 0 <= at < len(self.students) else None


class ListPresenter:
    """Decides what the students screen shows. `on_change` draws a state."""

    def __init__(
        self,
        search: Search,
        students: Students,
        trail: SearchTrail,
        runner: Runner,
        navigator: Navigator,
        order: StudentOrder,
        today: Callable[[], dt.date],
        *,
        may_register: bool,
    ) -> None:
        self._search = search
        self._students = students
        self._trail = trail
        self._runner = runner
        self._navigator = navigator
        self._order = order
        self._today = today
        self._state = ListState(may_register=may_register)
        self.on_change: Callable[[ListState], None] | None = None

    @property
    def state(self) -> ListState:
        return self._state

    def type(self, query: str) -> None:
        """The query as it now stands; the newest answer wins."""
        if not query.strip():
            self._set(replace(self._state, query=query, answer=None, busy=False, failure=""))
            return
        self._set(replace(self._state, query=query, busy=True, failure=""))
        reach = self._state.reach
        self._runner.run(
            lambda: self._search.students(query, reach=reach), done=self._on_found, failed=self._on_failed, key=_KEY
        )

    def look_in(self, reach: Reach) -> None:
        """This school, or everywhere the person may look; the wider search is on record as such."""
        self._state = replace(self._state, reach=reach)
        self.type(self._state.query)

    def open(self, student: uuid.UUID) -> None:
        """Open a chart; of two who share a name the chart first asks for a second look (M1)."""
        self._order.students = tuple(one.id for one in (*self._state.active, *self._state.inactive))
        self._navigator.navigate("students.chart", student_id=str(student))

    def open_first(self) -> None:
        found = (*self._state.active, *self._state.inactive)
        if found:
            self.open(found[0].id)

    def new_visit(self, student: uuid.UUID) -> None:
        """A new visit; of two who share a name the chart first asks for a second look (M1)."""
        if any(one.id == student and one.same_name for one in (*self._state.active, *self._state.inactive)):
            self.open(student)
        else:
            self._navigator.navigate("visits.visit", student_id=str(student))

    def register(
        self,
        *,
        first_name: str,
        last_name: str,
        born: str,
        grade: str,
        preferred_name: str = "",
        although_alike: bool = False,
    ) -> None:
        """Put somebody on record whom the roster does not have; wrong entries are shown at their field."""
        try:
            birth_date = parse_date(born, self._today(), field="birth_date")
            new = NewStudent(
                first_name=first_name,
                last_name=last_name,
                birth_date=birth_date,
                grade=grade,
                preferred_name=preferred_name or None,
            )
        except InvalidValueError as problem:
            self._on_refused(problem)
            return
        self._set(replace(self._state, busy=True, field_errors=(), failure=""))
        self._runner.run(
            lambda: self._students.register(new, although_alike=although_alike),
            done=self._on_registered,
            failed=self._on_refused,
        )

    def forget_entry(self) -> None:
        """The registration sheet was closed."""
        self._set(replace(self._state, field_errors=(), alike=(), failure=""))

    def _on_found(self, answer: SearchAnswer) -> None:
        self._trail.answered(answer)
        self._set(replace(self._state, answer=answer, busy=False))

    def _on_failed(self, error: Exception) -> None:
        self._set(replace(self._state, busy=False, failure=sentence(error)))

    def _on_registered(self, outcome: Registered) -> None:
        self._set(replace(self._state, busy=False, alike=outcome.alike))
        if outcome.student_id is not None:
            self._navigator.navigate("students.chart", student_id=str(outcome.student_id))

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, InvalidValueError):
            self._set(replace(self._state, busy=False, field_errors=((error.field, sentence(error)),)))
        else:
            self._set(replace(self._state, busy=False, failure=sentence(error)))

    def _set(self, state: ListState) -> None:
        self._state = state
        if self.on_change is not None:
            self.on_change(state)
