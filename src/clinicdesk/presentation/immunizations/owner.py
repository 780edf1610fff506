"""What the side sheets of the immunization screen need of its presenter."""

from __future__ import annotations

from typing import Any, Protocol

from clinicdesk.presentation.immunizations.entry import DoseEntry
from clinicdesk.presentation.immunizations.state import ImmunizationState
from clinicdesk.services.immunization_values import Recorded


class Owner(Protocol):
    """One state for the whole screen; whoever changes it says so here."""

    state: ImmunizationState

    def set(self, **changes: Any) -> None: ...
    def touched(self) -> None: ...
    def keep_draft(self) -> None: ...
    def done(self, words: str, recorded: Recorded) -> None: ...
    def begin_correction(self, entry: DoseEntry) -> None: ...
