"""The sheets that open beside a chart: what is added, corrected and ended, each kept until it is saved."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial

from clinicdesk.gui.screens.students import entry_sheets as sheets
from clinicdesk.gui.screens.students.scan_sheet import ScanSheet
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.i18n import tr
from clinicdesk.presentation.students.chart import ChartPresenter, ChartState
from clinicdesk.presentation.students.entries import TypedAllergy, TypedCondition
from clinicdesk.services.contacts import ContactEntry
from clinicdesk.services.student_values import AllergyOnRecord, ConditionOnRecord, ContactOnRecord

Typed = Mapping[str, str | bool]
_FIELDS = {
    "diagnosed_date": "diagnosed_on",
    "diagnosed_by_name": "diagnosed_by",
    "next_review_date": "next_review",
    "phone_number": "phone",
    "preferred_name": "name",
    "inactive_reason": "reason",
}


class ChartSheets:
    """One sheet at a time. What was typed and not saved is there again when the same sheet is opened (ux-spec 1.4)."""

    def __init__(self, shell: ShellContext, presenter: ChartPresenter) -> None:
        self._shell = shell
        self._presenter = presenter
        self._sheet: sheets.EntrySheet | None = None
        self._key: tuple[object, ...] = ()
        self._saved = 0
        self._typed: dict[tuple[object, ...], Typed] = {}

    @property
    def open(self) -> bool:
        return self._sheet is not None

    def draw(self, state: ChartState) -> None:
        """Errors at their fields; a sheet that was saved goes."""
        if self._sheet is None:
            return
        if state.saved > self._saved:
            self._sheet = None
            self._typed.pop(self._key, None)
            self._shell.close_sheet()
            self._shell.toast(tr("Saved"))
            return
        self._sheet.show_problems(state.field_errors, state.failure, _FIELDS)

    # Allergies

    def add_allergy(self) -> None:
        self._show(tr("Add an allergy"), sheets.allergy_sheet(), self._on_new_allergy, "allergy")

    def amend_allergy(self, known: AllergyOnRecord) -> None:
        sheet = sheets.allergy_sheet(known)
        sheet.ended.connect(partial(self.end_allergy, known))
        self._show(known.allergen, sheet, partial(self._on_allergy, known), "allergy", known)

    def end_allergy(self, known: AllergyOnRecord) -> None:
        plain = tr("The allergy stays readable with this reason. Doses are no longer checked against it.")
        sheet = sheets.ending_sheet(tr("End this allergy"), tr("End allergy"), plain)
        self._show(known.allergen, sheet, partial(self._on_allergy_ended, known.id), "allergy.end", known.id)

    def state_none_known(self) -> None:
        self._show(tr("No known allergies"), sheets.none_known_sheet(), self._on_none_known, "none")

    # Conditions

    def add_condition(self) -> None:
        self._show(tr("Add a condition"), sheets.condition_sheet(), self._on_new_condition, "condition")

    def amend_condition(self, known: ConditionOnRecord) -> None:
        sheet = sheets.condition_sheet(known)
        sheet.ended.connect(partial(self.end_condition, known))
        self._show(known.condition, sheet, partial(self._on_condition, known), "condition", known)

    def end_condition(self, known: ConditionOnRecord) -> None:
        plain = tr("The condition stays readable. Its plans are no longer shown, and the reason is on record.")
        sheet = sheets.ending_sheet(tr("End this condition"), tr("End condition"), plain)
        self._show(known.condition, sheet, partial(self._on_condition_ended, known.id), "condition.end", known.id)

    # Contacts and the name

    def add_contact(self) -> None:
        self._show(tr("Add a contact"), sheets.contact_sheet(), self._on_new_contact, "contact")

    def amend_contact(self, known: ContactOnRecord) -> None:
        sheet = sheets.contact_sheet(known)
        ends = self._presenter.entries.end_contact if known.is_active else self._presenter.entries.resume_contact
        sheet.ended.connect(partial(ends, known.id))
        self._show(known.name, sheet, partial(self._on_contact, known), "contact", known)

    def change_name(self) -> None:
        facts = self._presenter.state.facts
        if facts is not None:
            sheet = sheets.name_sheet(facts.name.preferred or "")
            self._show(tr("Preferred name"), sheet, self._on_name, "name", facts.name)

    # Papers

    def add_scan(self) -> None:
        self._show(tr("Add a scanned paper"), ScanSheet(), self._on_new_scan, "scan")

    # Restricted notes

    def break_glass(self) -> None:
        plain = tr("The opening is on record with your name and this reason, and is reviewed.")
        sheet = sheets.ending_sheet(tr("Emergency access"), tr("Open restricted notes"), plain)
        self._show(tr("Emergency access"), sheet, self._on_glass, "glass")

    def let_go(self) -> None:
        """What the sheet asked for is here: it goes with what was typed."""
        self._sheet = None
        self._typed.pop(self._key, None)

    # What was typed

    def _show(self, title: str, sheet: sheets.EntrySheet, save: Callable[[Typed], None], *key: object) -> None:
        self._presenter.forget_entry()
        self._shell.open_sheet(title, sheet, width=380)
        self._sheet, self._saved = sheet, self._presenter.state.saved
        self._key = (self._presenter.state.student, *key)
        if self._key in self._typed:
            sheet.fill(self._typed[self._key])
        sheet.submitted.connect(save)
        sheet.left.connect(partial(self._on_left, sheet))

    def _on_left(self, sheet: sheets.EntrySheet) -> None:
        if self._sheet is sheet:
            self._typed[self._key] = sheet.values()
            self._sheet = None

    def _on_new_allergy(self, typed: Typed) -> None:
        self._presenter.entries.add_allergy(_allergy(typed))

    def _on_allergy(self, known: AllergyOnRecord, typed: Typed) -> None:
        self._presenter.entries.amend_allergy(known, _allergy(typed))

    def _on_allergy_ended(self, allergy: uuid.UUID, typed: Typed) -> None:
        self._presenter.entries.end_allergy(allergy, str(typed["reason"]))

    def _on_none_known(self, typed: Typed) -> None:
        self._presenter.entries.state_none_known(str(typed["informant"]))

    def _on_new_condition(self, typed: Typed) -> None:
        self._presenter.entries.add_condition(_condition(typed))

    def _on_condition(self, known: ConditionOnRecord, typed: Typed) -> None:
        self._presenter.entries.amend_condition(known, _condition(typed))

    def _on_condition_ended(self, condition: uuid.UUID, typed: Typed) -> None:
        self._presenter.entries.end_condition(condition, str(typed["reason"]))

    def _on_new_contact(self, typed: Typed) -> None:
        self._presenter.entries.add_contact(_contact(typed))

    def _on_contact(self, known: ContactOnRecord, typed: Typed) -> None:
        self._presenter.entries.amend_contact(known, _contact(typed))

    def _on_glass(self, typed: Typed) -> None:
        self._presenter.break_glass(str(typed["reason"]))

    def _on_new_scan(self, typed: Typed) -> None:
        self._presenter.papers.add(str(typed["file"]), str(typed["title"]))

    def _on_name(self, typed: Typed) -> None:
        self._presenter.entries.call_by(str(typed["name"]))


def _allergy(typed: Typed) -> TypedAllergy:
    return TypedAllergy(
        allergen=str(typed["allergen"]),
        kind=str(typed["kind"]),
        severity=str(typed["severity"]),
        reactions=str(typed["reactions"]),
        verified=bool(typed["verified"]),
    )


def _condition(typed: Typed) -> TypedCondition:
    return TypedCondition(**{key: str(value) for key, value in typed.items()})


def _contact(typed: Typed) -> ContactEntry:
    words = {key: value for key, value in typed.items() if isinstance(value, str)}
    return ContactEntry(
        first_name=words["first_name"],
        last_name=words["last_name"],
        relationship=words["relationship"],
        phone=words["phone"],
        email=_kept(words["email"]),
        language=_kept(words["language"]),
        may_pick_up=bool(typed["may_pick_up"]),
        may_consent=bool(typed["may_consent"]),
        rests_on=words["rests_on"],
        custody_limits=_kept(words["custody_limits"]),
        notes=_kept(words["notes"]),
    )


def _kept(text: str) -> str | None:
    return text if text.strip() else None
