"""What a shared command answers where no screen gives it a meaning: a reason, in the palette and at its key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clinicdesk.i18n import tr
from clinicdesk.presentation.commands import Reason
from clinicdesk.presentation.shell import Keys


def _no_student() -> str:
    return tr("Open a student first.")


WITHOUT_SCREEN: Mapping[str, Reason] = MappingProxyType(
    {
        Keys.GIVE_MEDICATION: _no_student,
        Keys.RECORD_IMMUNIZATION: _no_student,
        Keys.EMERGENCY_CARD: _no_student,
        Keys.PREVIOUS_STUDENT: lambda: tr("There is no list of students here."),
        Keys.NEXT_STUDENT: lambda: tr("There is no list of students here."),
        Keys.PRIMARY: lambda: tr("There is nothing to save here."),
        Keys.SAVE_DRAFT: lambda: tr("There is no draft here."),
        Keys.PRINT: lambda: tr("There is nothing to print here."),
        Keys.REDO: lambda: tr("There is nothing to redo."),
        Keys.START_911: lambda: tr("Open the visit first."),
        Keys.CONFIRM_TEMPLATE: lambda: tr("Open the visit first."),
        Keys.PASTE_HISTORY: lambda: tr("Open the immunizations of a student first."),
    }
)
