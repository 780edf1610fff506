"""The grid of old doses: lines as on the paper record, read while they are typed (I15, T7)."""

from __future__ import annotations

from dataclasses import replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.historic import parse_historic_text
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import plural, sentence, tr
from clinicdesk.presentation.immunizations.owner import Owner
from clinicdesk.presentation.immunizations.state import OldDoses, Sheet
from clinicdesk.presentation.immunizations.words import kept_words
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.immunization_values import Recorded
from clinicdesk.services.immunizations import Immunizations


class OldDoseGrid:
    """What cannot be read is named, never guessed; what stands on record is told before anything is kept."""

    def __init__(self, owner: Owner, service: Immunizations, runner: Runner) -> None:
        self._owner = owner
        self._service = service
        self._runner = runner

    def show(self) -> None:
        if self._owner.state.may(Act.RECORD_OUTSIDE_DOSE):
            self._owner.set(sheet=Sheet.OLD, sheet_problems=())

    def type(self, text: str) -> None:
        """The lines as they are typed or pasted."""
        if text != self._owner.state.old.text:
            self._owner.touched()
            self._owner.set(old=self.read(replace(self._owner.state.old, text=text)))

    def choose_source(self, source: str) -> None:
        self._owner.touched()
        self._owner.set(old=replace(self._owner.state.old, source=source))

    def type_detail(self, text: str) -> None:
        """Which registry, which school: as it stands on the paper."""
        self._owner.touched()
        self._owner.set(old=replace(self._owner.state.old, detail=text))

    def save(self) -> None:
        """Keep what was read; those on record already are left out and told."""
        history, old = self._owner.state.history, self._owner.state.old
        if history is None or not old.doses or self._owner.state.busy:
            return
        if old.problem or old.bad:
            words = plural("{count} date cannot be read.", "{count} dates cannot be read.", old.bad)
            self._owner.set(old=replace(old, problem=old.problem or words))
            return
        self._owner.set(busy=True)
        self._runner.run(
            lambda: self._service.record_reported(history.student.id, old.source, old.doses, old.detail),
            done=self._on_kept,
            failed=self._on_failed,
        )

    def read(self, old: OldDoses) -> OldDoses:
        """What the text says, against what stands on record."""
        history = self._owner.state.history
        if history is None:
            return old
        known = tuple(line.mark for line in history.doses)
        try:
            lines = parse_historic_text(old.text, history.today, history.student.birth_date)
        except InvalidValueError as error:
            problem = tr("Line {line}: {what}", line=error.params.get("line", 1), what=sentence(error))
            return replace(old, lines=(), known=known, problem=problem)
        return replace(old, lines=lines, known=known, problem="")

    def _on_kept(self, recorded: Recorded) -> None:
        words = plural("{count} old dose recorded", "{count} old doses recorded", len(recorded.ids))
        if recorded.known:
            known = plural("{count} was on record already", "{count} were on record already", len(recorded.known))
            words = f"{words}. {known}."
        self._owner.touched()
        self._owner.set(old=OldDoses(), sheet=None, busy=False)
        self._owner.keep_draft()
        self._owner.done(words, recorded)

    def _on_failed(self, error: Exception) -> None:
        self._owner.set(old=replace(self._owner.state.old, problem=kept_words(error)), busy=False)
