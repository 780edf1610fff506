"""What a person fills in on the visit screen: complaint, template, findings, vitals, disposition (ux-spec 7.4)."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from clinicdesk.core.clock import Clock
from clinicdesk.domain.visit_templates import TEMPLATES, VisitDisposition
from clinicdesk.presentation.visits import judging
from clinicdesk.presentation.visits.filling import all_confirmed, touched, with_complaint, with_danger, with_template
from clinicdesk.presentation.visits.form import FIELD_OF, VisitForm, template_for
from clinicdesk.presentation.visits.phrases import expanded
from clinicdesk.presentation.visits.ports import Listener
from clinicdesk.presentation.visits.state import VisitState


class FormInHand(ABC):
    """The form of one visit while it is filled in; what was typed is marked, whoever goes on with it keeps it."""

    def __init__(self, clock: Clock, zone: ZoneInfo, listener: Listener) -> None:
        self._clock = clock
        self._zone = zone
        self._to = listener
        self._changed = False
        self._state = VisitState(now=clock.now())

    @property
    def state(self) -> VisitState:
        return self._state

    def change(self, **values: Any) -> None:
        """Text or choices of the form, as typed."""
        if not self._state.editable:
            return
        self._changed = True
        self._set(form=replace(self._state.form, **values))

    def _fill(self, form: VisitForm) -> None:
        if self._state.editable:
            self._changed = True
            self._set(form=form)

    def set_vital(self, key: str, text: str) -> None:
        self.change(vitals={**self._state.form.vitals, key: text})

    def set_field(self, key: str, text: str) -> None:
        self.change(fields={**self._state.form.fields, key: text})

    def set_reason(self, code: str, text: str) -> None:
        self.change(reasons={**self._state.form.reasons, code: text})

    def check_fields(self) -> None:
        """A field was left: show what cannot be kept, never while typing (ux-spec 4)."""
        kept = {key: words for key, words in self._state.errors.items() if key not in FIELD_OF.values()}
        self._set(errors={**kept, **judging.field_problems(self._state.form)})

    def add_complaint(self, words: str) -> None:
        """The first complaint brings its template and checks the student in (D2)."""
        form = self._state.form
        filled = with_complaint(form, words)
        if filled is None or not self._state.editable:
            return
        self.change(complaints=filled.complaints)
        if not form.complaints:
            self.pick_template(template_for(filled.complaints[0]))
            self._check_in()
        self._to.focus(self._first_place())

    def remove_complaint(self, key: str) -> None:
        self.change(complaints=tuple(one for one in self._state.form.complaints if one != key))

    def pick_template(self, template: str) -> None:
        self._fill(with_template(self._state.form, template))

    def touch(self, key: str, *, found: bool) -> None:
        """A person confirmed an expected finding, or did not find it."""
        self._fill(touched(self._state.form, key, found=found))

    def set_danger(self, key: str, *, found: bool) -> None:
        self._fill(with_danger(self._state.form, key, found=found))

    def set_interventions(self, keys: tuple[str, ...]) -> None:
        self.change(interventions=keys)

    def set_note(self, text: str) -> str:
        """The note, with a finished `.phrase` written out; returns the text that stands now."""
        full = expanded(text)
        self.change(note=full)
        return full

    def confirm_all(self) -> None:
        """Every finding of the template that nobody touched is confirmed (Ctrl+Shift+A)."""
        self._fill(all_confirmed(self._state.form))

    def dispose(self, disposition: str) -> None:
        self.change(disposition=disposition)
        if disposition == VisitDisposition.OTHER:
            self._to.focus("disposition_reason")

    def tick(self) -> None:
        """The clock moved: minutes and the 911 timer."""
        self._set(now=self._here())

    @abstractmethod
    def _check_in(self) -> None:
        """The first complaint stands: the student is here (D2)."""

    def _here(self) -> dt.datetime:
        return self._clock.now().astimezone(self._zone)

    def _first_place(self) -> str:
        """Where work goes on after the complaint: the first required measurement, else the temperature."""
        template = TEMPLATES.get(self._state.form.template)
        required = template.required_vitals if template is not None else ()
        return f"vital.{FIELD_OF[required[0]]}" if required else "vital.temperature"

    def _set(self, **values: Any) -> None:
        state = replace(self._state, **values)
        if state.sheet is not None:
            today = state.now.astimezone(self._zone).date()
            state = replace(
                state,
                echoes=judging.echoes(state.form, state.sheet, today),
                flags=judging.flags(state.form),
                questioned=judging.questioned(state.form),
            )
        self._state = state
        self._draw()

    def _draw(self) -> None:
        self._to.draw(self._state)
