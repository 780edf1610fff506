"""Order entry: what is typed for a new order, read and checked under its fields, drafted and activated (M2, M3)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError, WorldError
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.entry.numbers import parse_decimal, parse_whole
from clinicdesk.domain.entry.when import Facing, parse_date, parse_time
from clinicdesk.domain.medication.orders import PreCheck, Route
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.medications.order_state import (
    OrderState,
    Part,
    as_draft,
    student_in,
    student_label,
    subject_of,
    with_draft,
)
from clinicdesk.presentation.medications.words import Local
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.orders import ConsentChoice, FormularyEntry, NewOrder, OrderOnFile, Orders
from clinicdesk.services.search import FoundStudent, Search

T = TypeVar("T")


_OF_COLUMN = {
    "student_id": Part.STUDENT,
    "medication_id": Part.MEDICINE,
    "form_count": Part.COUNT,
    "dose_amount": Part.COUNT,
    "route": Part.ROUTE,
    "times_of_day": Part.TIMES,
    "prn_min_interval_minutes": Part.INTERVAL,
    "prn_max_per_day": Part.PER_DAY,
    "prn_indications": Part.INDICATIONS,
    "prescribed_by_name": Part.PRESCRIBER,
    "prescriber_phone": Part.PHONE,
    "start_date": Part.START,
    "end_date": Part.END,
    "consent_signature_id": Part.CONSENT,
    "instructions": Part.NOTE,
}


class OrderPresenter:
    """One new order at a time, and the drafts of the student that wait to be put in force."""

    def __init__(
        self,
        orders: Orders,
        search: Search,
        runner: Runner,
        today: Callable[[], dt.date],
        now: Callable[[], dt.datetime],
        local: Local,
    ) -> None:
        self._orders = orders
        self._search = search
        self._runner = runner
        self.today = today
        self._now = now
        self.local = local
        self._subject = subject_of(None)
        self._typed = False
        self.state = OrderState()
        self.on_change: Callable[[OrderState], None] = lambda _state: None
        self.on_saved: Callable[[str], None] = lambda _words: None

    @property
    def begun(self) -> bool:
        """Whether somebody has typed into the form already."""
        own = {part: words for part, words in self.state.text.items() if words.strip()}
        return bool(own.keys() - {Part.STUDENT, Part.START, Part.CONSENT})

    def load(self, student_id: uuid.UUID | None = None) -> None:
        """The form, with what was typed into it and never written; for a student when one is named."""
        self.keep()
        self._subject, self._typed = subject_of(student_id), False
        subject = self._subject
        self._set(OrderState(text=self._fresh()))

        def read() -> tuple[tuple[FormularyEntry, ...], FoundStudent | None, Mapping[str, Any] | None]:
            draft = self._orders.typed(subject)
            wanted = student_id or (student_in(draft) if draft is not None else None)
            found = () if wanted is None else self._search.by_ids([wanted])
            return self._orders.formulary(), found[0] if found else None, draft

        def done(answer: tuple[tuple[FormularyEntry, ...], FoundStudent | None, Mapping[str, Any] | None]) -> None:
            formulary, student, draft = answer
            state = replace(self.state, formulary=formulary)
            self.state = state if draft is None else with_draft(state, draft)
            if student is not None:
                self.choose_student(student)
            self._change(loaded=True)

        self._runner.run(read, done=done, failed=self._unread, key="order")

    @property
    def unsaved(self) -> bool:
        """Whether words were typed that no draft holds yet."""
        return self._typed

    def keep(self) -> None:
        """Keep what was typed, sealed for its author (within a second of the last key)."""
        if not self._typed or not self.state.loaded:
            return
        if not self.begun:
            self._drop()
            return
        self._typed = False
        subject, content, at = self._subject, as_draft(self.state, self._now()), self._now()

        def done(_none: None) -> None:
            if subject == self._subject:
                self._change(kept_at=at)

        self._runner.run(lambda: self._orders.keep_typed(subject, content), done=done, failed=self._refused)

    def leave(self) -> None:
        """The desk locks or the person goes elsewhere: written before the runner's work is dropped."""
        if not self._typed or not self.state.loaded:
            return
        try:
            if self.begun:
                self._orders.keep_typed(self._subject, as_draft(self.state, self._now()))
            else:
                self._orders.drop_typed(self._subject)
        except (WorldError, PermissionDeniedError) as error:
            self._refused(error)
            return
        self._typed = False

    def clear(self) -> Callable[[], None]:
        """Throw away what was typed; what is handed back brings it all again (ux-spec 1.3)."""
        before, subject = self.state, self._subject

        def again() -> None:
            if subject == self._subject:
                self._typed = True
                self._set(before)

        self._drop()
        self._set(OrderState(formulary=before.formulary, text=self._fresh(), loaded=True, found=before.found))
        if before.student is not None:
            self.choose_student(before.student)
        return again

    def find(self, query: str) -> None:
        """Look students up while their name is typed; a whole label takes the student."""
        self.set_text(Part.STUDENT, query)
        chosen = next((one for one in self.state.found if student_label(one) == query), None)
        if chosen is not None:
            self.choose_student(chosen)
            return
        self._change(student=None, consents=(), orders=())
        if len(query.strip()) < 2:
            return

        def done(found: tuple[FoundStudent, ...]) -> None:
            self._change(found=found)

        self._runner.run(lambda: self._search.students(query).students, done=done, failed=self._refused, key="find")

    def choose_student(self, student: FoundStudent) -> None:
        """Take the student; the consents and orders on file are read."""
        text = {**self.state.text, Part.STUDENT: student_label(student)}
        text.pop(Part.CONSENT, None)
        self._change(student=student, text=text, errors=_without(self.state.errors, Part.STUDENT))
        self._read_file(student.id)

    def set_text(self, part: Part, words: str) -> None:
        text = {**self.state.text, part: words}
        self._typed = True
        medicine = self.state.medicine
        self._change(text=text, errors=_without(self.state.errors, part), message="")
        chosen = self.state.medicine
        if part is Part.MEDICINE and chosen is not None and chosen != medicine and chosen.route is not None:
            self._change(text={**self.state.text, Part.ROUTE: chosen.route.value})

    def set_prn(self, *, prn: bool) -> None:
        """As needed, or at times of the day; never both."""
        gone = (Part.TIMES, Part.INTERVAL, Part.PER_DAY, Part.INDICATIONS)
        self._typed = True
        self._change(prn=prn, errors=_without(self.state.errors, *gone))

    def set_given_elsewhere(self, *, given: bool) -> None:
        """The first dose of this drug was given outside school."""
        self._typed = True
        self._change(given_elsewhere=given)

    def set_half_tablet(self, *, allowed: bool) -> None:
        self._typed = True
        self._change(half_tablet=allowed)

    def set_precheck(self, check: PreCheck, *, asked: bool) -> None:
        """Whether this must be known before each as-needed dose."""
        self._typed = True
        self._change(prechecks=self.state.prechecks | {check} if asked else self.state.prechecks - {check})

    def save_draft(self) -> None:
        """Write the order down; nothing is given by it yet."""
        self._write(activate=False)

    def activate(self) -> None:
        """Write the order down and put it in force, signed by the person at the desk."""
        self._write(activate=True)

    def activate_draft(self, order_id: uuid.UUID) -> None:
        """Put a draft on file in force."""
        if self.state.busy:
            return
        self._change(busy=True, message="")
        self._runner.run(
            lambda: self._orders.activate(order_id), done=lambda _none: self._activated(), failed=self._refused
        )

    def new_order(self) -> NewOrder | None:
        """The order as the services take it; None where fields have errors, which are shown."""
        state, errors = self.state, dict[Part, str]()
        words = {part: state.text.get(part, "").strip() for part in Part}

        def read(part: Part, parse: Callable[[str], T]) -> T | None:
            try:
                return parse(words[part])
            except InvalidValueError as problem:
                errors[part] = sentence(problem)
                return None

        def not_known(part: Part) -> None:
            errors[part] = sentence(InvalidValueError(part.value, "unknown" if words[part] else "missing"))

        count = read(Part.COUNT, lambda text: parse_decimal(text, "form_count"))
        if count is not None and count <= 0:
            errors[Part.COUNT] = sentence(InvalidValueError("form_count", "not_positive"))
        start = read(Part.START, lambda text: parse_date(text, self.today(), Facing.FUTURE, "start_date"))
        end = read(Part.END, lambda text: parse_date(text, self.today(), Facing.FUTURE, "end_date"))
        if start is not None and end is not None and end < start:
            errors[Part.END] = sentence(InvalidValueError("end_date", "wrong_order"))
        times: tuple[dt.time, ...] | None = ()
        interval: Decimal | None = None
        per_day: int | None = None
        if state.prn:
            interval = read(Part.INTERVAL, lambda text: parse_decimal(text, "prn_min_interval_minutes"))
            per_day = read(Part.PER_DAY, lambda text: parse_whole(text, "prn_max_per_day"))
            if not words[Part.INDICATIONS]:
                not_known(Part.INDICATIONS)
        else:
            times = read(Part.TIMES, _times)
        if not words[Part.PRESCRIBER]:
            not_known(Part.PRESCRIBER)
        if state.student is None:
            not_known(Part.STUDENT)
        if state.medicine is None:
            not_known(Part.MEDICINE)
        if not words[Part.ROUTE]:
            not_known(Part.ROUTE)
        self._change(errors=errors)
        if errors or state.student is None or state.medicine is None or count is None or start is None:
            return None
        return NewOrder(
            student_id=state.student.id,
            medication_id=state.medicine.id,
            form_count=count,
            start=start,
            end=end,
            prescriber=words[Part.PRESCRIBER],
            prescriber_phone=words[Part.PHONE],
            route=Route(words[Part.ROUTE]),
            times=times or (),
            prn_interval_minutes=None if interval is None else int(interval * 60),
            prn_per_day=per_day,
            indications=_listed(words[Part.INDICATIONS]) if state.prn else (),
            prechecks=state.prechecks if state.prn else frozenset(),
            instructions=words[Part.NOTE],
            consent_id=uuid.UUID(words[Part.CONSENT]) if words[Part.CONSENT] else None,
            half_tablet_allowed=state.half_tablet,
            given_elsewhere=state.given_elsewhere,
        )

    def _write(self, *, activate: bool) -> None:
        new = None if self.state.busy else self.new_order()
        if new is None:
            return
        self._change(busy=True, message="")

        def work() -> uuid.UUID:
            return self._orders.write(new)

        def done(order_id: uuid.UUID) -> None:
            # From here on it is a draft on file: whatever follows, it is not written a second time.
            self._drop()
            self._cleared()
            if activate:
                self.activate_draft(order_id)
            else:
                self.on_saved(tr("Saved as a draft. No dose is given by it before it is activated."))

        self._runner.run(work, done=done, failed=self._refused)

    def _fresh(self) -> dict[Part, str]:
        return {Part.START: f"{self.today():%Y-%m-%d}"}

    def _drop(self) -> None:
        """The words are an order now, or were thrown away."""
        self._typed = False
        subject = self._subject
        self._runner.run(lambda: self._orders.drop_typed(subject), failed=self._refused)

    def _activated(self) -> None:
        self._change(busy=False)
        if self.state.student is not None:
            self._read_file(self.state.student.id)
        self.on_saved(tr("The order is in force."))

    def _cleared(self) -> None:
        """An empty form for the same student, whose file is read again."""
        before = self.state
        kept = {Part.STUDENT: before.text.get(Part.STUDENT, ""), Part.START: before.text.get(Part.START, "")}
        self._set(
            OrderState(
                student=before.student,
                found=before.found,
                formulary=before.formulary,
                consents=before.consents,
                text=kept,
                loaded=True,
            )
        )
        if before.student is not None:
            self._read_file(before.student.id)

    def _read_file(self, student: uuid.UUID) -> None:
        def done(file: tuple[tuple[ConsentChoice, ...], tuple[OrderOnFile, ...]]) -> None:
            if self.state.student is not None and self.state.student.id == student:
                consents, orders = file
                signed = [one for one in consents if one.state is ConsentState.SIGNED]
                text = dict(self.state.text)
                if len(signed) == 1 and not text.get(Part.CONSENT):
                    text[Part.CONSENT] = str(signed[0].id)
                self._change(consents=consents, orders=orders, text=text)

        self._runner.run(
            lambda: (self._orders.consents(student), self._orders.of_student(student)),
            done=done,
            failed=self._refused,
            key="order.file",
        )

    def _refused(self, error: Exception) -> None:
        if isinstance(error, InvalidValueError) and (part := _OF_COLUMN.get(error.field)) is not None:
            self._change(busy=False, errors={**self.state.errors, part: sentence(error)})
        else:
            self._change(busy=False, message=sentence(error))

    def _unread(self, error: Exception) -> None:
        self._change(failure=sentence(error))

    def _change(self, **changes: object) -> None:
        self._set(replace(self.state, **changes))  # type: ignore[arg-type]  # named by the callers above

    def _set(self, state: OrderState) -> None:
        self.state = state
        self.on_change(state)


def _times(text: str) -> tuple[dt.time, ...]:
    typed = text.replace(",", " ").replace(";", " ").split()
    if not typed:
        raise InvalidValueError("times_of_day", "missing")
    times = tuple(sorted(parse_time(one, "times_of_day") for one in typed))
    if len(set(times)) != len(times):
        raise InvalidValueError("times_of_day", "duplicate")
    return times


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _without(errors: Mapping[Part, str], *parts: Part) -> dict[Part, str]:
    return {part: words for part, words in errors.items() if part not in parts}
