"""The sheets of the students screens: few fields, errors under them, the verb on the button, Esc to leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.fields import Choice, Field, NoteEditor, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.students.words import (
    LANGUAGES,
    RELATIONS,
    language_words,
    relation_words,
    severity_words,
)
from clinicdesk.services.student_values import AllergyOnRecord, ConditionOnRecord, ContactOnRecord
from clinicdesk.services.students import Alike

Entry = TextEditor | NoteEditor | Choice | Tick
_ALLERGY_KINDS = (
    ("FOOD", "Food"),
    ("MEDICATION", "Medicine"),
    ("INSECT", "Insect"),
    ("LATEX", "Latex"),
    ("ENVIRONMENTAL", "Environment"),
    ("OTHER", "Other"),
)
_ALLERGY_SEVERITIES = ("LIFE_THREATENING", "SEVERE", "MODERATE", "MILD")
_CONDITION_SEVERITIES = (
    ("", "Not stated"),
    ("MILD", "Mild"),
    ("MODERATE", "Moderate"),
    ("SEVERE", "Severe"),
    ("CRITICAL", "Critical"),
)
GRADES = ("PK", "KG", *(str(grade) for grade in range(1, 13)))


class EntrySheet(QWidget):
    """Fields by name; `submitted` carries what they hold. Ctrl+Enter submits from any of them.

    `ending` is the verb of a second button, which ends what the sheet shows.
    """

    submitted = Signal(object)
    ended = Signal()
    left = Signal()

    def __init__(
        self,
        object_name: str,
        spoken: str,
        verb: str,
        fields: Sequence[tuple[str, Field | Tick]],
        *,
        ending: str = "",
    ) -> None:
        super().__init__()
        name(self, object_name, spoken)
        self.fields = dict(fields)
        self.verb = Button(verb, f"{object_name}.submit", kind=Kind.PRIMARY, shortcut="Ctrl+Return")
        self.problem = Paragraph("", TextKind.BODY, Role.DANGER)
        self.extra = column(gap=GAP_2)
        inner = column(*self.fields.values(), gap=GAP_3, margins=(20, GAP_4, 20, GAP_4))
        inner.addLayout(self.extra)
        inner.addWidget(self.problem)
        inner.addWidget(box(row(self.verb, STRETCH)))
        if ending:
            self.end = Button(ending, f"{object_name}.end", kind=Kind.DANGER)
            self.end.clicked.connect(self.ended)
            inner.addWidget(box(row(self.end, STRETCH)))
        inner.addStretch(1)
        self.setLayout(column(scrolling(box(inner), f"{object_name}.scroll", spoken), gap=0))
        self.verb.clicked.connect(self.submit)

    def values(self) -> dict[str, str | bool]:
        return {key: _value(part) for key, part in self.fields.items()}

    def fill(self, values: Mapping[str, str | bool]) -> None:
        """Put into the fields what is on record, or what was typed before."""
        for key, value in values.items():
            _put(self.fields[key], value)

    def submit(self) -> None:
        self.submitted.emit(self.values())

    def show_problems(self, errors: Sequence[tuple[str, str]], failure: str, names: Mapping[str, str]) -> None:
        """Errors at their fields, by the name the service gives a field; others in one line above the button."""
        for part in self.fields.values():
            if isinstance(part, Field):
                part.set_error("")
        rest = [failure] if failure else []
        for field, words in errors:
            at = self.fields.get(names.get(field, field))
            if isinstance(at, Field):
                at.set_error(words)
                at.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                rest.append(words)
        self.problem.set_text(" ".join(rest))

    def closed(self) -> None:
        """The frame took the sheet away."""
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.submit()
            return
        super().keyPressEvent(event)


def _value(part: Field | Tick) -> str | bool:
    if isinstance(part, Tick):
        return part.isChecked()
    match part.editor:
        case TextEditor():
            return part.editor.text()
        case NoteEditor():
            return part.editor.toPlainText()
        case Choice():
            return part.editor.chosen()
    return ""


def _put(part: Field | Tick, value: str | bool) -> None:
    if isinstance(part, Tick):
        part.setChecked(bool(value))
        return
    match part.editor:
        case TextEditor():
            part.editor.setText(str(value))
        case NoteEditor():
            part.editor.setPlainText(str(value))
        case Choice():
            if part.editor.findData(value) < 0:
                part.editor.addItem(str(value), value)
            part.editor.choose(str(value))


def _text(sheet: str, key: str, label: str, *, required: bool = False, hint: str = "") -> tuple[str, Field]:
    return key, Field(label, TextEditor(f"{sheet}.{key}", placeholder=hint), required=required)


def _note(sheet: str, key: str, label: str) -> tuple[str, Field]:
    return key, Field(label, NoteEditor(f"{sheet}.{key}", label, lines=3))


def _choice(sheet: str, key: str, label: str, choices: Sequence[tuple[str, str]]) -> tuple[str, Field]:
    return key, Field(label, Choice(f"{sheet}.{key}", label, choices))


def allergy_sheet(known: AllergyOnRecord | None = None) -> EntrySheet:
    """To add an allergy, or to correct one that is on record."""
    sheet = "allergySheet"
    severities = [(code, severity_words(code)[0]) for code in _ALLERGY_SEVERITIES]
    made = EntrySheet(
        sheet,
        tr("Add an allergy") if known is None else tr("Correct an allergy"),
        tr("Add allergy") if known is None else tr("Save allergy"),
        [
            _text(sheet, "allergen", tr("Allergic to"), required=True),
            _choice(sheet, "severity", tr("Severity"), severities),
            _choice(sheet, "kind", tr("Kind"), [(code, tr(words)) for code, words in _ALLERGY_KINDS]),
            _text(sheet, "reactions", tr("Reactions"), hint=tr("hives, throat swelling")),
            ("verified", Tick(tr("Confirmed by a physician's paper"), f"{sheet}.verified")),
        ],
        ending="" if known is None else tr("End this allergy…"),
    )
    if known is not None:
        made.fill(
            {
                "allergen": known.allergen,
                "severity": known.severity,
                "kind": known.kind,
                "reactions": ", ".join(known.reactions),
                "verified": known.verified,
            }
        )
    return made


def ending_sheet(spoken: str, verb: str, plain: str) -> EntrySheet:
    """Why something on record does not hold any more; the entry stays readable with it."""
    sheet = "endingSheet"
    made = EntrySheet(sheet, spoken, verb, [_text(sheet, "reason", tr("Reason"), required=True)])
    made.extra.addWidget(Paragraph(plain, TextKind.CAPTION, Role.TEXT_SECONDARY))
    return made


def none_known_sheet() -> EntrySheet:
    sheet = "noneKnownSheet"
    informant = _text(sheet, "informant", tr("Who was asked"), required=True, hint=tr("mother, by phone"))
    return EntrySheet(sheet, tr("No known allergies"), tr("State that none is known"), [informant])


def condition_sheet(known: ConditionOnRecord | None = None) -> EntrySheet:
    """To add a condition, or to correct one that is on record."""
    sheet = "conditionSheet"
    made = EntrySheet(
        sheet,
        tr("Add a condition") if known is None else tr("Correct a condition"),
        tr("Add condition") if known is None else tr("Save condition"),
        [
            _text(sheet, "condition", tr("Condition"), required=True),
            _text(sheet, "diagnosed_on", tr("Diagnosed on"), required=True, hint="3/4/2024"),
            _text(sheet, "diagnosed_by", tr("Diagnosed by"), required=True),
            _choice(sheet, "severity", tr("Severity"), [(code, tr(words)) for code, words in _CONDITION_SEVERITIES]),
            _note(sheet, "emergency_protocol", tr("Emergency plan")),
            _note(sheet, "care_plan", tr("Care plan")),
            _text(sheet, "triggers", tr("Triggers"), hint=tr("cold air, dust")),
            _text(sheet, "restrictions", tr("Restrictions"), hint=tr("no running outside below 40 °F")),
            _text(sheet, "next_review", tr("Next review"), hint="1/10/2027"),
        ],
        ending="" if known is None else tr("End this condition…"),
    )
    if known is not None:
        made.fill(
            {
                "condition": known.condition,
                "diagnosed_on": _typed_day(known.diagnosed_on),
                "diagnosed_by": known.diagnosed_by,
                "severity": known.severity,
                "emergency_protocol": known.emergency_protocol,
                "care_plan": known.care_plan,
                "triggers": ", ".join(known.triggers),
                "restrictions": ", ".join(known.restrictions),
                "next_review": _typed_day(known.next_review) if known.next_review is not None else "",
            }
        )
    return made


def contact_sheet(known: ContactOnRecord | None = None) -> EntrySheet:
    """To add a contact, or to correct one and state her rights (D42)."""
    sheet = "contactSheet"
    relations = [(code, relation_words(code)) for code in RELATIONS]
    languages = [("", tr("Not stated")), *((code, language_words(code)) for code in LANGUAGES)]
    ending = "" if known is None else tr("Call no more") if known.is_active else tr("Call again")
    made = EntrySheet(
        sheet,
        tr("Add a contact") if known is None else tr("Correct a contact"),
        tr("Add contact") if known is None else tr("Save contact"),
        [
            _text(sheet, "first_name", tr("First name"), required=True),
            _text(sheet, "last_name", tr("Last name")),
            _choice(sheet, "relationship", tr("Relation"), relations),
            _text(sheet, "phone", tr("Phone"), required=True),
            _text(sheet, "email", tr("Email")),
            _choice(sheet, "language", tr("Language"), languages),
            ("may_pick_up", Tick(tr("May pick up"), f"{sheet}.may_pick_up")),
            ("may_consent", Tick(tr("May consent for the student"), f"{sheet}.may_consent")),
            _text(sheet, "rests_on", tr("The right or the lifted limit rests on"), hint=tr("birth certificate seen")),
            _note(sheet, "custody_limits", tr("Limits of custody")),
            _text(sheet, "notes", tr("What a caller should know")),
        ],
        ending=ending,
    )
    if known is not None:
        made.fill(
            {
                "first_name": known.first_name,
                "last_name": known.last_name,
                "relationship": known.relationship,
                "phone": known.phone,
                "email": known.email,
                "language": known.language,
                "may_pick_up": known.may_pick_up,
                "may_consent": known.may_consent,
                "custody_limits": known.custody_limits,
                "notes": known.notes,
            }
        )
    return made


def _typed_day(day: dt.date) -> str:
    """A date as a nurse types it."""
    return f"{day.month}/{day.day}/{day.year}"


def name_sheet(current: str) -> EntrySheet:
    sheet = "nameSheet"
    key, field = _text(sheet, "name", tr("Goes by"))
    if isinstance(field.editor, TextEditor):
        field.editor.setText(current)
    return EntrySheet(sheet, tr("Preferred name"), tr("Save name"), [(key, field)])


class RegisterSheet(EntrySheet):
    """A student whom the roster has not brought; those who could be the same are shown before she is written."""

    picked = Signal(object)

    def __init__(self) -> None:
        sheet = "registerSheet"
        super().__init__(
            sheet,
            tr("Register a student"),
            tr("Register provisionally"),
            [
                _text(sheet, "first_name", tr("Legal first name"), required=True),
                _text(sheet, "last_name", tr("Last name"), required=True),
                _text(sheet, "preferred_name", tr("Goes by")),
                _text(sheet, "born", tr("Date of birth"), required=True, hint="3/4/2017"),
                _choice(sheet, "grade", tr("Grade"), [(grade, grade) for grade in GRADES]),
            ],
        )
        self.although_alike = False

    def show_alike(self, alike: Sequence[Alike]) -> None:
        """The people it could be: open one of them, or say that she is another person."""
        clear(self.extra)
        self.although_alike = bool(alike)
        if not alike:
            return
        self.extra.addWidget(Paragraph(tr("Is it one of these?"), TextKind.LABEL, Role.WARNING))
        for one in alike:
            words = f"{one.student.name.shown}, {formats().date(one.student.birth_date)}"
            button = Button(words, f"registerSheet.alike.{one.student.id}")
            button.clicked.connect(self._picker(one))
            self.extra.addWidget(button)
        self.verb.set_text(tr("She is another person: register"))

    def _picker(self, one: Alike) -> Callable[[], None]:
        def run() -> None:
            self.picked.emit(one.student.id)

        return run
