"""The entry card: everything that a dose given here needs, in two rows of fields (I14)."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QWidget

from clinicdesk.gui.screens.immunizations.arranging import FieldGrid
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.widgets.buttons import Button, Kind, LinkText
from clinicdesk.gui.widgets.cards import Card, SectionHead
from clinicdesk.gui.widgets.fields import Choice, Field, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import STRETCH, box, column
from clinicdesk.gui.widgets.naming import announce, reveal
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.immunizations.entry import (
    ROUTE_WORDS,
    ROUTES,
    SITE_WORDS,
    SITES,
    VFC_WORDS,
    DoseEntry,
    date_echo,
    lots_offered,
    vaccine_choices,
)
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter
from clinicdesk.presentation.immunizations.state import ImmunizationState
from clinicdesk.services.immunization_values import VaccineConsent

_ORDER = (
    "vaccine", "lot", "date", "expiry", "maker", "site", "route", "amount", "edition", "vfc", "consent_by", "lifts",
    "why",
)  # fmt: skip
_ROWS = (
    (("vaccine", 8), ("lot", 7), ("date", 4), ("expiry", 5)),
    (("maker", 5), ("site", 6), ("route", 4), ("amount", 4), ("edition", 5)),
)
_FUNDING, _CONSENT = 9, 15


class LotField(TypeAhead):
    """A lot as typed or scanned; Down opens the list of what is in stock."""

    picked = Signal()

    def offer(self, lots: tuple[str, ...]) -> None:
        self.set_choices(lots)
        self.completer().activated.connect(self._on_activated)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and not event.modifiers():
            self.completer().setCompletionPrefix("" if not self.text() else self.text())
            self.completer().complete()
            return
        super().keyPressEvent(event)

    def _on_activated(self, _words: str) -> None:
        self.picked.emit()


class EntryCard(Card):
    """Draws the entry of an `ImmunizationState`."""

    def __init__(self, presenter: ImmunizationPresenter) -> None:
        self.save = Button(
            tr("Save dose"), "immunizations.save", kind=Kind.PRIMARY, shortcut="Ctrl+Return", size="head"
        )
        self.leave = LinkText(tr("Leave the correction"), "immunizations.leaveCorrection")
        self._head = SectionHead(tr("Record a dose"), tr("or scan a lot"), self.leave, self.save, height=44)
        super().__init__(self._head)
        self._presenter = presenter
        self._drawing = False
        self._lots: tuple[str, ...] | None = None
        self._unread: set[str] = set()
        self.save.clicked.connect(self._on_save)
        self.leave.clicked.connect(presenter.leave_correction)
        self.leave.hide()
        self.fields: dict[str, Field] = {}
        self._build()

    def draw(self, state: ImmunizationState) -> None:
        self._drawing = True
        self._draw_head(state)
        self._offer(state)
        self._show(state.entry)
        consent = state.history.consent if state.history is not None else VaccineConsent()
        self._draw_consent(consent)
        told = {**dict(state.warnings), **dict(state.problems)}
        for name in ("lifts", "why"):
            reveal(self.fields[name], name in told or bool(getattr(state.entry, name)))
        if state.needs_reason:
            reveal(self.fields["lifts"], True)
        reveal(self.fields["why"], state.entry.corrects is not None)
        for name, part in self.fields.items():
            part.set_error(_joined(state, name))
        today = state.history.today if state.history is not None else None
        self.fields["date"].set_echo(date_echo(state.entry, today) if today is not None else "")
        asked = _joined(state, "screening")
        rest = " ".join(words for words in (asked, _joined(state, "")) if words)
        self.problem.set_text(rest)
        reveal(self.problem, bool(rest))
        if rest:
            announce(self, rest)
        self.save.set_available(tr("Being saved…") if state.busy else "")
        self._drawing = False

    def focus_first(self) -> None:
        self.vaccine.setFocus(Qt.FocusReason.TabFocusReason)

    def focus_empty(self) -> bool:
        """Go to the first field that still lacks something; false when all of them have it."""
        entry = self._presenter.state.entry
        for name in _ORDER:
            field = self.fields[name]
            if not str(getattr(entry, name)).strip() and field.isVisibleTo(self) and field.editor.isEnabled():
                field.editor.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def take_over(self) -> None:
        """What stands in a field that was not left yet counts too."""
        self._on_vaccine()
        self._on_lot()

    def focus_problem(self, state: ImmunizationState) -> bool:
        """Go to the first field that must be put right; false where it is not one of these."""
        named = {name for name, _ in state.problems}
        for name in _ORDER:
            if name in named:
                self.fields[name].editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def _build(self) -> None:
        self.vaccine = TypeAhead("immunizations.vaccine", "", vaccine_choices())
        self.vaccine.textEdited.connect(partial(self._on_typed, "vaccine"))
        self.vaccine.left.connect(self._on_vaccine)
        self.vaccine.returnPressed.connect(self._on_vaccine)
        self.lot = LotField("immunizations.lot", "", placeholder=tr("scan, type or ↓"))
        self.lot.textEdited.connect(partial(self._on_typed, "lot"))
        self.lot.left.connect(self._on_lot)
        self.lot.returnPressed.connect(self._on_lot)
        self.lot.picked.connect(self._on_lot)
        self._texts = {
            "date": TextEditor("immunizations.date"),
            "maker": TextEditor("immunizations.maker"),
            "expiry": TextEditor("immunizations.expiry", placeholder=tr("06/2027")),
            "amount": TextEditor("immunizations.amount", unit="mL"),
            "edition": TextEditor("immunizations.edition"),
            "consent_by": TextEditor("immunizations.consent", placeholder=tr("who, on paper")),
            "lifts": TextEditor("immunizations.reason"),
            "why": TextEditor("immunizations.why"),
        }
        for name, editor in self._texts.items():
            editor.textEdited.connect(partial(self._presenter.type, name))
        self._choices = {
            "site": Choice("immunizations.site", "", [(key, tr(SITE_WORDS[key])) for key in SITES]),
            "route": Choice("immunizations.route", "", [(key, tr(ROUTE_WORDS[key])) for key in ROUTES]),
            "vfc": Choice("immunizations.funding", "", [(key, tr(words)) for key, words in VFC_WORDS.items()]),
        }
        for name, choice in self._choices.items():
            # A long word in the list must not widen the form: the list itself is as wide as it needs.
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(4)
            choice.picked.connect(partial(self._presenter.type, name))
        editors: dict[str, QWidget] = {"vaccine": self.vaccine, "lot": self.lot, **self._texts, **self._choices}
        words = {
            "vaccine": tr("Vaccine"),
            "lot": tr("Lot"),
            "date": tr("Date"),
            "maker": tr("Maker"),
            "expiry": tr("Expires"),
            "site": tr("Site"),
            "route": tr("Route"),
            "amount": tr("Dose"),
            "edition": tr("Info sheet"),
            "vfc": tr("Funding"),
            "consent_by": tr("Consent"),
            "lifts": tr("Reason for giving it all the same"),
            "why": tr("Why is this entry corrected?"),
        }
        self.fields = {name: Field(words[name], editors[name], caption=True) for name in words}
        # A consent on record takes the place of the field: nothing is typed over it.
        self.consent = Paragraph("", TextKind.BODY, Role.SUCCESS, least_width=120)
        self._held = box(column(Label(tr("Consent"), TextKind.CAPTION_STRONG), self.consent, STRETCH, gap=4))
        consent = box(column(self.fields["consent_by"], self._held, gap=0))
        rows: list[list[tuple[QWidget, int]]] = [[(self.fields[name], share) for name, share in line] for line in _ROWS]
        rows.append([(self.fields["vfc"], _FUNDING), (consent, _CONSENT)])
        self.body.addWidget(FieldGrid(rows, rows_from=560))
        for name in ("lifts", "why"):
            self.body.addWidget(self.fields[name])
            self.fields[name].hide()
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.body.addStretch(1)

    def _draw_head(self, state: ImmunizationState) -> None:
        corrects = state.entry.corrects is not None
        self._head.title.setText(tr("Correct a dose") if corrects else tr("Record a dose"))
        note = tr("or scan a lot")
        if corrects:
            note = ""
        elif state.draft_at is not None:
            note = tr("draft kept {time}", time=formats().time(state.draft_at))
        self._head.set_note(note)
        self.save.set_text(tr("Save correction") if corrects else tr("Save dose"))
        reveal(self.leave, corrects)

    def _offer(self, state: ImmunizationState) -> None:
        history = state.history
        lots = lots_offered(history.lots, state.entry.product, history.today) if history is not None else ()
        if lots != self._lots:
            self._lots = lots
            self.lot.offer(lots)

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

    def _draw_consent(self, consent: VaccineConsent) -> None:
        held = consent.signature_id is not None
        words = ""
        if held and consent.on is not None:
            words = tr("On record: {name}, {date}", name=consent.by, date=formats().date(consent.on))
        elif consent.shut:
            words = tr("The consent for vaccines was refused or withdrawn: no dose may be given.")
        self.consent.set_text(words)
        self.consent.set_role(Role.DANGER if consent.shut else Role.SUCCESS)
        reveal(self._held, bool(words))
        reveal(self.fields["consent_by"], not words)

    def _on_save(self) -> None:
        self.take_over()
        self._presenter.save()

    def _on_typed(self, name: str, text: str) -> None:
        """Every letter is kept at once; what it stands for is asked when the field is left."""
        self._unread.add(name)
        self._presenter.type(name, text)

    def _on_vaccine(self) -> None:
        text = self.vaccine.text()
        if not self._drawing and ("vaccine" in self._unread or text != self._presenter.state.entry.vaccine):
            self._unread.discard("vaccine")
            self._presenter.choose_vaccine(text)

    def _on_lot(self) -> None:
        text = self.lot.text()
        if not self._drawing and ("lot" in self._unread or text != self._presenter.state.entry.lot):
            self._unread.discard("lot")
            self._presenter.type_lot(text)


def _joined(state: ImmunizationState, name: str) -> str:
    """Every sentence about one field, each once."""
    found = (words for field, words in (*state.problems, *state.warnings) if field == name)
    return " ".join(dict.fromkeys(found))
