"""The visit screen: student header, open visits, three columns, and the bar with what is signed (mockup 03)."""

from __future__ import annotations

import uuid

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QWidget

from clinicdesk.gui.screens.people import face_of, tags_of
from clinicdesk.gui.screens.visits.arrival import ArrivalPanel
from clinicdesk.gui.screens.visits.asking import AskingPanel
from clinicdesk.gui.screens.visits.columns import VisitColumns
from clinicdesk.gui.screens.visits.findings import FindingsPanel
from clinicdesk.gui.screens.visits.leaving import LeavingPanel
from clinicdesk.gui.screens.visits.tabs import VisitTabs
from clinicdesk.gui.theme import Role, TextKind, Tone, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_6
from clinicdesk.gui.widgets.buttons import Button, KeyCap, Kind, LinkText
from clinicdesk.gui.widgets.cards import Surface
from clinicdesk.gui.widgets.choices import Finding, Tick
from clinicdesk.gui.widgets.layout import FlowLayout, box, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.gui.widgets.people import StudentHeader, StudentIdentity
from clinicdesk.gui.widgets.states import EmptyState, Skeleton
from clinicdesk.gui.widgets.tabs import TabStrip
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import clinical, formats, tr
from clinicdesk.presentation.students.words import badges, detail_words, legal_words, shown
from clinicdesk.presentation.visits.form import RESTING, VisitForm
from clinicdesk.presentation.visits.state import VisitState
from clinicdesk.presentation.visits.tabs import tabs_of
from clinicdesk.services.student_values import BadgeKind

AUTOSAVE_MS = 700
"""After the last key; with the write itself a draft is kept within a second (ux-spec 1.4)."""
_LEAST_FORM = 200
_SIGN_WORDS = {
    "RETURN_TO_CLASS": "Sign, back to class",
    "SENT_HOME": "Sign and send home",
    "EMERGENCY_TRANSPORT": "Sign, ER or 911",
    RESTING: "Save, rest in clinic",
}


class VisitView(QWidget):
    """Draws a `VisitState`; what the person does comes out as signals of the panels and of the bar."""

    sign_wanted = Signal()
    save_wanted = Signal()
    confirm_wanted = Signal()
    amend_wanted = Signal()
    review_wanted = Signal()
    chart_wanted = Signal()
    version_wanted = Signal()
    unamend_wanted = Signal()
    tab_picked = Signal(object)
    autosave_due = Signal()

    def __init__(self) -> None:
        super().__init__()
        name(self, "visit", tr("Visit"))
        self._form: VisitForm | None = None
        self.private = False
        self._autosave = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(self.autosave_due)
        self.arrival, self.findings, self.leaving = ArrivalPanel(), FindingsPanel(), LeavingPanel()
        self.asking = AskingPanel()
        self.chart = Button(tr("Open chart"), "visit.openChart")
        self.chart.clicked.connect(self.chart_wanted)
        self.header = StudentHeader(StudentIdentity("", "", "", ""), self.chart)
        self.tabs = VisitTabs()
        self.tabs.picked.connect(self._on_tab)
        hint = row(KeyCap("["), KeyCap("]"), Label(tr("switch visit"), TextKind.CAPTION, Role.TEXT_SECONDARY), gap=4)
        self.strip = TabStrip(self.tabs, box(hint))
        self.problem = Banner("visit.problem", Tone.DANGER, "", two_lines=True)
        self.problem.hide()
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._denied = EmptyState("", object_name="visit.denied")
        self._loading = Skeleton(6, photo=True)
        self._page = self._form_page()
        for page in (self.asking, self._loading, self._denied, self._page):
            self._pages.addWidget(page)

    def draw(self, state: VisitState) -> None:
        if state.asking is not None:
            self.asking.draw(state, private=self.private)
            self._pages.setCurrentWidget(self.asking)
            return
        if state.denied or (state.sheet is None and state.problem):
            self._denied.words.set_text(state.denied or state.problem)
            self._pages.setCurrentWidget(self._denied)
            return
        if state.sheet is None:
            self._pages.setCurrentWidget(self._loading)
            return
        self._pages.setCurrentWidget(self._page)
        self.header.set_identity(_identity(state, private=self.private))
        self._draw_tabs(state)
        self.arrival.draw(state)
        self.findings.draw(state)
        self.leaving.draw(state)
        self._draw_bar(state)
        self.problem.setVisible(bool(state.problem))
        if state.problem:
            self.problem.set_words(tr("Not saved yet"), state.problem)
            announce(self.problem, state.problem, assertive=True)
        if self._form != state.form:
            self._form = state.form
            self._autosave.start()

    def go_to(self, place: str) -> None:
        """Put the focus where the work goes on."""
        target = self._place(place)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(target, QLineEdit):
                target.selectAll()

    def stop_autosave(self) -> None:
        self._autosave.stop()

    def _place(self, place: str) -> QWidget | None:
        kind, _, key = place.partition(".")
        match kind:
            case "who":
                return self.asking.who
            case "complaints":
                return self.arrival.complaint
            case "came" | "check_in_time":
                return self.arrival.came
            case "vital" if key in self.findings.vitals:
                return self.findings.vitals[key].editor
            case "field" if key in self.findings.questions:
                return self.findings.questions[key].editor
            case "reason" if key in self.findings.reasons:
                return self.findings.reasons[key]
            case "disposition":
                return self.leaving.tiles.tile("RETURN_TO_CLASS")
            case "disposition_reason":
                return self.leaving.reason
            case "left" | "check_out_time":
                return self.leaving.left
            case "follow_up_on":
                return self.leaving.follow_up_on
            case _:
                return None

    def _form_page(self) -> QWidget:
        columns = VisitColumns(self.arrival, self.findings, self.leaving)
        body = scrolling(columns, "visit.scroll", tr("Visit"))
        # With large letters in a small window the page scrolls; the form is what it is there for.
        body.setMinimumHeight(theme().height(_LEAST_FORM))
        page = column(self.header, self.strip, self.problem, body, gap=0)
        page.setStretch(3, 1)
        page.addWidget(self._bar())
        return box(page)

    def _bar(self) -> QWidget:
        bar = Surface(Role.SURFACE, ("top",))
        mark = Tick("", "visit.untouchedMark", finding=Finding.TEMPLATE)
        mark.setAccessibleName(tr("from template, not confirmed"))
        mark.setEnabled(False)
        mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._mark = mark
        self.untouched = Label("", TextKind.LABEL)
        self._will = Label(tr("will be signed as shown"), TextKind.BODY, Role.TEXT_SECONDARY, elide=True)
        self.confirm = LinkText(tr("Confirm all"), "visit.confirmAll", shortcut="Ctrl+Shift+A")
        self.confirm.clicked.connect(self.confirm_wanted)
        self.version = LinkText(tr("Earlier version"), "visit.version")
        self.version.clicked.connect(self.version_wanted)
        self.unamend = Button(tr("Leave as signed"), "visit.leaveAsSigned")
        self.unamend.clicked.connect(self.unamend_wanted)
        self.save = Button(tr("Save draft"), "visit.save", shortcut="Ctrl+S")
        self.save.clicked.connect(self.save_wanted)
        self.review = Button(tr("Reviewed"), "visit.coReview", icon="check")
        self.review.clicked.connect(self.review_wanted)
        self.amend = Button(tr("Amend"), "visit.amend", icon="pen")
        self.amend.clicked.connect(self.amend_wanted)
        self.sign = Button(tr("Sign"), "visit.sign", kind=Kind.PRIMARY, shortcut="Ctrl+Return")
        self.sign.clicked.connect(self.sign_wanted)
        line = row(mark, self.untouched, self._will, gap=GAP_2, margins=(GAP_6, GAP_2, GAP_6, GAP_2))
        line.setStretchFactor(self._will, 1)
        # Where neither words nor template are to be told, the free room is no button's; large text wraps them.
        line.addStretch(1)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        for button in (self.confirm, self.version, self.unamend, self.save, self.review, self.amend, self.sign):
            flow.addWidget(button)
        line.addWidget(buttons)
        bar.setLayout(line)
        bar.setMinimumHeight(theme().height(60))
        return bar

    def _draw_tabs(self, state: VisitState) -> None:
        current = "" if state.visit_id is None else str(state.visit_id)
        self.tabs.show_tabs(tabs_of(state, private=self.private), current, private=self.private)
        self.strip.setVisible(state.sheet is not None)

    def _draw_bar(self, state: VisitState) -> None:
        untouched = state.form.untouched if state.editable else 0
        for part in (self._mark, self.untouched, self.confirm):
            part.setVisible(untouched > 0)
        self._will.setVisible(untouched > 0 or state.signed)
        if untouched:
            code = "visit.from_template.one" if untouched == 1 else "visit.from_template.other"
            self.untouched.setText(clinical(code, count=untouched))
            self._will.setText(tr("will be signed as shown"))
        elif state.signed and state.sheet is not None and state.sheet.signed_at is not None:
            at = state.sheet.signed_at.astimezone(state.now.tzinfo)
            when = f"{formats().date_short(at.date())}, {formats().time(at)}"
            words = tr("Signed {when} by {who}", when=when, who=state.sheet.signed_by)
            if state.sheet.superseded:
                words = tr("Earlier version: {words}", words=words)
            elif state.sheet.amendment_reason:
                words = f"{words} · {tr('Amended: {reason}', reason=state.sheet.amendment_reason)}"
            self._will.setText(words)
        sheet = state.sheet
        self.version.setVisible(sheet is not None and state.signed and (sheet.superseded or sheet.amends is not None))
        self.version.set_text(tr("Newest version") if sheet is not None and sheet.superseded else tr("Earlier version"))
        self.save.setVisible(not state.signed)
        self.unamend.setVisible(state.amending)
        self.amend.setVisible(state.sheet is not None and state.sheet.may_amend and not state.amending)
        self.review.setVisible(state.sheet is not None and state.sheet.awaits_co_review and state.sheet.may_amend)
        self.sign.setVisible(state.editable)
        words = "Amend visit" if state.amending else _SIGN_WORDS.get(state.form.disposition, "Sign")
        if self.sign.text() != tr(words):
            self.sign.set_text(tr(words))
        self.sign.set_available(tr("Working…") if state.busy else "")

    def _on_tab(self, key: str) -> None:
        if key:
            self.tab_picked.emit(uuid.UUID(key))


def _identity(state: VisitState, *, private: bool) -> StudentIdentity:
    sheet = state.sheet
    assert sheet is not None
    student = sheet.student
    tags = [*tags_of(badges(sheet.badges))]
    if sheet.visit_of_week is not None:
        tags.append(Tag(tr("Visit {count} this week", count=sheet.visit_of_week), Tone.WARNING))
    if not any(one.kind in {BadgeKind.PLAN, BadgeKind.CARE_PLAN} for one in sheet.badges):
        tags.append(Tag(tr("No action plan on file")))
    return StudentIdentity(
        student_id=face_of(student.id, student.name, student.photo, private=private).person,
        preferred_name=shown(student.name, private=private),
        birth_and_age=formats().birth_and_age(student.birth_date, state.now.date()),
        details=detail_words(student, state.now.tzinfo),
        legal_name="" if private else legal_words(student.name),
        badges=tuple(tags),
    )
