"""The entry card: everything that a dose given here needs, in two rows and one line of questions (I14)."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from clinicdesk.domain.vaccines import SCREENING
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_2
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card, SectionHead, Separator
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.fields import Choice, Field, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import STRETCH, row
from clinicdesk.gui.widgets.naming import announce, reveal
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.immunizations.entry import ROUTE_WORDS, ROUTES, SITE_WORDS, SITES, VFC_WORDS, DoseEntry
from clinicdesk.presentation.immunizations.presenter import (
    ImmunizationPresenter,
    ImmunizationState,
    vaccine_choices,
)
from clinicdesk.services.immunization_values import VaccineConsent


class EntryCard(Card):
    """Draws the entry of an `ImmunizationState`."""

    def __init__(self, presenter: ImmunizationPresenter) -> None:
        self.save = Button(
            tr("Save dose"), "immunizations.save", kind=Kind.PRIMARY, shortcut="Ctrl+Return", size="head"
        )
        super().__init__(SectionHead(tr("Record a dose"), tr("or scan a lot"), self.save, height=44))
        self._presenter = presenter
        self._drawing = False
        self.save.clicked.connect(self._on_save)
        self.fields: dict[str, Field] = {}
        self._build()

    def draw(self, state: ImmunizationState) -> None:
        self._drawing = True
        entry = state.entry
        self._show(entry)
        consent = state.history.consent if state.history is not None else VaccineConsent()
        self._draw_consent(consent)
        problems = dict(state.problems)
        for name, part in self.fields.items():
            part.set_error(problems.pop(name, ""))
        asked = problems.pop("screening", "")
        rest = " ".join(words for words in (asked, *problems.values()) if words)
        self.problem.set_text(rest)
        reveal(self.problem, bool(rest))
        if rest:
            announce(self, rest)
        reveal(self.fields["lifts"], state.needs_reason or bool(entry.lifts))
        self.save.set_available(tr("Being saved…") if state.busy else "")
        self._drawing = False

    def focus_first(self) -> None:
        self.vaccine.setFocus(Qt.FocusReason.TabFocusReason)

    def take_over(self) -> None:
        """What stands in a field that was not left yet counts too."""
        self._on_vaccine()
        self._on_lot()

    def focus_problem(self, state: ImmunizationState) -> None:
        """The first field that must be put right."""
        for name, _ in state.problems:
            if name == "screening":
                self.clear.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            if name in self.fields:
                self.fields[name].editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _build(self) -> None:
        self.vaccine = TypeAhead("immunizations.vaccine", "", vaccine_choices())
        self.vaccine.left.connect(self._on_vaccine)
        self.vaccine.returnPressed.connect(self._on_vaccine)
        self.lot = TextEditor("immunizations.lot")
        self.lot.left.connect(self._on_lot)
        self.lot.returnPressed.connect(self._on_lot)
        self._texts = {
            "date": TextEditor("immunizations.date"),
            "maker": TextEditor("immunizations.maker"),
            "expiry": TextEditor("immunizations.expiry", placeholder=tr("06/2027")),
            "amount": TextEditor("immunizations.amount", unit="mL"),
            "edition": TextEditor("immunizations.edition"),
            "consent_by": TextEditor("immunizations.consent", placeholder=tr("who, on paper")),
            "lifts": TextEditor("immunizations.reason"),
        }
        for name, editor in self._texts.items():
            editor.textEdited.connect(partial(self._presenter.type, name))
        self._choices = {
            "site": Choice("immunizations.site", "", [(key, tr(SITE_WORDS[key])) for key in SITES]),
            "route": Choice("immunizations.route", "", [(key, tr(ROUTE_WORDS[key])) for key in ROUTES]),
            "vfc": Choice("immunizations.funding", "", [(key, tr(words)) for key, words in VFC_WORDS.items()]),
        }
        for name, choice in self._choices.items():
            choice.picked.connect(partial(self._presenter.type, name))
        editors: dict[str, QWidget] = {"vaccine": self.vaccine, "lot": self.lot, **self._texts, **self._choices}
        words = {
            "vaccine": tr("Vaccine"),
            "date": tr("Date"),
            "lot": tr("Lot"),
            "maker": tr("Maker"),
            "expiry": tr("Expires"),
            "site": tr("Site"),
            "route": tr("Route"),
            "amount": tr("Dose"),
            "edition": tr("Info sheet edition"),
            "vfc": tr("Funding"),
            "consent_by": tr("Consent"),
            "lifts": tr("Reason for giving it all the same"),
        }
        self.fields = {name: Field(words[name], editors[name], caption=True) for name in words}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(GAP_2)
        for at, name in enumerate(("vaccine", "lot", "date", "maker", "expiry", "site")):
            grid.addWidget(self.fields[name], 0, at)
        for at, name in enumerate(("edition", "vfc", "consent_by", "amount", "route")):
            grid.addWidget(self.fields[name], 1, at)
        for at in range(6):
            grid.setColumnStretch(at, 1)
        self.consent = Label("", TextKind.CAPTION, Role.SUCCESS)
        self.body.addLayout(grid)
        self.body.addWidget(self.consent)
        self.body.addWidget(Separator())
        self.clear = Button(tr("All five clear"), "immunizations.allClear", icon="check", size="head")
        self.clear.clicked.connect(self._presenter.screen_all_clear)
        self.screening = Label("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.body.addLayout(row(Label(tr("Screening questions"), TextKind.LABEL), self.screening, STRETCH, self.clear))
        self.ticks: dict[str, Tick] = {}
        questions = QGridLayout()
        questions.setContentsMargins(0, 0, 0, 0)
        questions.setSpacing(4)
        for at, (key, question) in enumerate(SCREENING):
            tick = Tick(tr(question), f"immunizations.screening.{key}")
            tick.clicked.connect(partial(self._on_tick, key))
            self.ticks[key] = tick
            questions.addWidget(tick, at // 2, at % 2)
        self.body.addLayout(questions)
        self.body.addWidget(self.fields["lifts"])
        self.fields["lifts"].hide()
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.body.addWidget(self.problem)

    def _show(self, entry: DoseEntry) -> None:
        for editor, text in ((self.vaccine, entry.vaccine), (self.lot, entry.lot)):
            if editor.text() != text:
                editor.setText(text)
        for name, field in self._texts.items():
            text = str(getattr(entry, name))
            if field.text() != text:
                field.setText(text)
        for name, choice in self._choices.items():
            choice.choose(str(getattr(entry, name)))
        for key, tick in self.ticks.items():
            tick.setChecked(entry.screening.get(key, False))
        answered = sum(1 for key in self.ticks if key in entry.screening)
        yes = sum(entry.screening.values())
        words = tr("tick what is answered with yes")
        if answered == len(self.ticks):
            words = tr("5 of 5 clear") if not yes else tr("{count} answered with yes", count=yes)
        self.screening.setText(words)
        self.screening.set_role(Role.SUCCESS if answered == len(self.ticks) and not yes else Role.TEXT_SECONDARY)

    def _draw_consent(self, consent: VaccineConsent) -> None:
        held = consent.signature_id is not None
        words = ""
        if held and consent.on is not None:
            words = tr("Consent on record: {name}, {date}", name=consent.by, date=formats().date(consent.on))
        elif consent.shut:
            words = tr("The consent for vaccines was refused or withdrawn: no dose may be given.")
        self.consent.setText(words)
        self.consent.set_role(Role.DANGER if consent.shut else Role.SUCCESS)
        reveal(self.consent, bool(words))
        self.fields["consent_by"].editor.setEnabled(not held and not consent.shut)

    def _on_save(self) -> None:
        self.take_over()
        self._presenter.save()

    def _on_vaccine(self) -> None:
        text = self.vaccine.text()
        if not self._drawing and text != self._presenter.state.entry.vaccine:
            self._presenter.choose_vaccine(text)

    def _on_lot(self) -> None:
        text = self.lot.text()
        if not self._drawing and text != self._presenter.state.entry.lot:
            self._presenter.type_lot(text)

    def _on_tick(self, key: str, on: bool) -> None:
        """A tick is a yes; the questions that stay without one are answered with no."""
        if not self._presenter.state.entry.screening:
            self._presenter.screen_all_clear()
        self._presenter.screen(key, yes=on)
