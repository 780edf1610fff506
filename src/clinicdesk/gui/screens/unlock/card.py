"""The locked card: clock, site, due count, staff tiles, PIN or password (mockup 08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QLineEdit, QSizePolicy, QWidget

from clinicdesk.core.clock import Clock
from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.icons.portraits import initials
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import GAP_1, GAP_2, GAP_3, GAP_4, GAP_6, GAP_8, RADIUS_FIELD
from clinicdesk.gui.widgets.buttons import Button, KeyCap, Kind, LinkText
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.content import ContentArea
from clinicdesk.gui.widgets.fields import Choice, Field, PasswordField, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, FixedColumn, FlowLayout, box, clear, column, extend, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.gui.widgets.pin import PinField
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import Language, formats, language, tr
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.unlock import SigningIn, StaffTile, UnlockPresenter, UnlockState

CARD_WIDTH = 360


def _zone(name: str) -> dt.tzinfo:
    # Imported here: the machine's own zone needs no database of zones, and looking for one costs 5 ms of the start.
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


class PersonTile(QAbstractButton):
    """A person who can sign in: initials, name, role; selection fill and check when chosen; 48 high."""

    def __init__(self, tile: StaffTile) -> None:
        super().__init__()
        self._tile = tile
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name(self, f"unlock.person.{tile.user_name}", f"{tile.name}, {tile.role}" if tile.role else tile.name)

    @property
    def tile(self) -> StaffTile:
        return self._tile

    def sizeHint(self) -> QSize:
        return QSize(theme().width(312), theme().height(48, 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        rect, on = QRectF(self.rect()), self.isChecked()
        fill = Role.SELECTION if on else Role.SUNKEN if self.underMouse() else Role.SURFACE
        border = look.colour(Role.ACCENT if on else Role.BORDER)
        paint.rounded(painter, rect, RADIUS_FIELD, fill=look.colour(fill), border=border)
        middle = rect.center().y()
        spot = QRectF(12, middle - 16, 32, 32)
        paint.rounded(painter, spot, RADIUS_FIELD, fill=look.colour(Role.SURFACE if on else Role.SUNKEN))
        paint.text(painter, spot, initials(self._tile.name), TextKind.CAPTION_STRONG, Role.TEXT, paint.Centre)
        line = look.line(TextKind.BODY)
        words = QRectF(56, middle - (line if self._tile.role else line / 2), rect.width() - 56 - 40, line)
        paint.text(painter, words, self._tile.name, TextKind.LABEL if on else TextKind.BODY, elide=True)
        words.translate(0, line)
        paint.text(painter, words, self._tile.role, TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True)
        if on:
            icons.paint(painter, "check", QRectF(rect.right() - 32, middle - 9, 18, 18), look.colour(Role.ACCENT))


class DueNotice(QWidget):
    """How many doses wait, as a number only; 40 high."""

    def __init__(self) -> None:
        super().__init__()
        self._words = Label("", TextKind.LABEL, Role.WARNING)
        self._late = Label("", TextKind.CAPTION_STRONG, Role.WARNING)
        mark = Mark(Shape.OVERDUE, Role.WARNING, 18)
        self.setLayout(row(mark, self._words, STRETCH, self._late, gap=GAP_2, margins=(GAP_3, 6, GAP_3, 6)))

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return QSize(least.width(), max(least.height(), 40))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(self.minimumSizeHint())

    def show_counts(self, words: str, due: int, late: int) -> None:
        self._words.setText(words)
        self._late.setText(tr("{count} late", count=late) if late else "")
        self.setAccessibleName(words)
        reveal(self, due > 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint.rounded(QPainter(self), self.rect(), RADIUS_FIELD, fill=theme().colour(Role.WARNING_BG))


class UnlockView(QWidget):
    """The whole locked window. `opened` gets the desk; `language_picked` is for the owner."""

    language_picked = Signal(str)

    def __init__(
        self,
        service: SigningIn,
        runner: Runner,
        clock: Clock,
        opened: Callable[[object], None],
        *,
        zone: str = "",
        second_instance: bool = False,
    ) -> None:
        super().__init__()
        name(self, "unlock", tr("Locked"))
        self._clock = clock
        self._zone = _zone(zone) if zone else None
        self._tiles: list[PersonTile] = []
        self._group = QButtonGroup(self)
        self._presenter = UnlockPresenter(service, runner, clock, self._show, opened, second_instance=second_instance)
        self._typed = ""
        self._said_wait = 0
        self._typed_s = 0.0
        self._build()
        self._timer = QTimer(self, interval=250)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()
        self._people(self._presenter.state)
        self._show(self._presenter.state)
        self._on_tick()

    @property
    def presenter(self) -> UnlockPresenter:
        return self._presenter

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down choose the person from every stop of the card, a typed name from where no letter is text."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._tiles:
            by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if by is not None:
                self._step(by)
                return True
            if watched is not self.password.line and event.text().isalpha():
                self._on_letter(event.text())
                return True
        return super().eventFilter(watched, event)

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.warnings = column(gap=0)
        middle = column(self._clock_part(), GAP_4 + 2, self._card_part(), gap=0)
        frame = FixedColumn(CARD_WIDTH, middle)
        inner = column(
            self._head_part(), STRETCH, row(STRETCH, frame, STRETCH), STRETCH, STRETCH, self._foot_part(), gap=GAP_4
        )
        inner.setContentsMargins(GAP_8, GAP_6, GAP_8, GAP_6)
        outer = column(self.warnings, ContentArea(box(inner)), gap=0)
        outer.setStretch(1, 1)
        self.setLayout(outer)

    def _head_part(self) -> QWidget:
        brand = row(Mark("school", Role.ACCENT, 20), Label("clinicdesk", TextKind.LABEL), gap=GAP_2)
        self.languages = Choice("unlock.language", tr("Language"), [("en", "English"), ("es", "Español")])
        self.languages.choose("es" if language() is Language.SPANISH else "en")
        self.languages.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.languages.picked.connect(self.language_picked)
        line = row(gap=GAP_2)
        line.addLayout(brand)
        line.addStretch(1)
        line.addWidget(Mark("globe", Role.TEXT_SECONDARY, 18))
        line.addWidget(self.languages)
        return box(line)

    def _clock_part(self) -> QWidget:
        self._time = Label("", TextKind.CLOCK)
        self._day = Label("", TextKind.BODY, Role.TEXT_SECONDARY)
        for label in (self._time, self._day):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        return box(column(self._time, self._day, gap=2))

    def _card_part(self) -> QWidget:
        card = Card(margins=(23, 19, 23, 23), body=column(gap=0))
        self._site = Paragraph("", TextKind.TITLE)
        self._place = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self._due = DueNotice()
        self._who = Label(tr("Who are you?"), TextKind.LABEL)
        self._hint = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        who = row(self._who, gap=4)
        who.addWidget(self._hint, 1)
        extend(who, KeyCap("Up"), KeyCap("Down"))
        self._who_row = box(who)
        self._tile_box = column(gap=GAP_2)
        self.other = LinkText(tr("Someone else…"), "unlock.other")
        self.user_name = TextEditor("unlock.name", tr("User name"))
        self._name_field = Field(tr("User name"), self.user_name)
        self.password = PasswordField(tr("Password"), "unlock.password")
        self.pin = PinField("unlock.pin")
        self.use_password = LinkText(tr("Use password"), "unlock.usePassword")
        self._wait = Label("", TextKind.BODY, Role.WARNING)
        self.enter = Button(tr("Unlock"), "unlock.enter", kind=Kind.PRIMARY, shortcut="Return", size="large")
        self.other.clicked.connect(self._presenter.choose_other)
        self.use_password.clicked.connect(self._on_use_password)
        self.password.line.installEventFilter(self)
        self.pin.line.installEventFilter(self)
        self.pin.entered.connect(self._on_submit)
        self.user_name.returnPressed.connect(self._on_submit)
        self.password.entered.connect(self._on_submit)
        self.enter.clicked.connect(self._on_submit)
        action = row(self._wait, self.use_password, STRETCH, self.enter, gap=GAP_2)
        extend(
            card.body,
            column(self._site, self._place, gap=0),
            GAP_4,
            column(
                self._due,
                GAP_1,
                self._who_row,
                self._tile_box,
                row(self.other, STRETCH),
                self._name_field,
                gap=GAP_2,
            ),
            GAP_4,
            self.pin,
            self.password,
            GAP_4,
            action,
        )
        return card

    def _foot_part(self) -> QWidget:
        self._sync = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._lease = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._drafts = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._version = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._sync_mark = Mark("cloud-check", Role.TEXT_SECONDARY, 18)
        self._lease_mark = Mark("key", Role.TEXT_SECONDARY, 18)
        parts = (
            box(row(self._sync_mark, self._sync, gap=GAP_2)),
            box(row(self._lease_mark, self._lease, gap=GAP_2)),
            self._drafts,
            self._version,
        )
        self._foot = QWidget()
        flow = FlowLayout(self._foot, GAP_6)
        for part in parts:
            flow.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self._foot.setSizePolicy(policy)
        return self._foot

    # -- showing -----------------------------------------------------------------------------------------------

    def _people(self, state: UnlockState) -> None:
        for tile in state.standing.people:
            made = PersonTile(tile)
            made.clicked.connect(self._on_tile)
            made.installEventFilter(self)
            self._group.addButton(made)
            self._tiles.append(made)
            self._tile_box.addWidget(made)

    def _show(self, state: UnlockState) -> None:
        standing = state.standing
        self._site.set_text(standing.site)
        self._place.set_text(standing.place)
        reveal(self._place, bool(standing.place))
        self._due.show_counts(state.due_words, standing.due, standing.late)
        reveal(self._who_row, bool(self._tiles))
        reveal(self.other, bool(self._tiles) and not state.typed_name)
        reveal(self._name_field, state.typed_name)
        self._group.setExclusive(False)
        for tile in self._tiles:
            tile.setChecked(tile.tile.user_name == state.chosen)
        self._group.setExclusive(True)
        quick = state.quick
        held = self.pin.line.hasFocus() or self.password.line.hasFocus()
        if quick is not None:
            self.pin.set_until(tr("quick unlock until {time}", time=formats().time(self._local(quick.until))))
        self._hint.setText(tr("choose with") if quick is None else tr("type a name or"))
        reveal(self.pin, quick is not None)
        reveal(self.password, quick is None)
        reveal(self.use_password, quick is not None and not state.busy)
        self.pin.set_error(state.message if quick is not None else "")
        self.password.set_error(state.message if quick is None else "")
        words = state.wait_words if state.wait_s else tr("Opening…") if state.busy else ""
        self._wait.setText(words)
        reveal(self._wait, bool(words))
        self._announce_wait(state)
        self.enter.setEnabled(state.can_try)
        self.password.line.setReadOnly(state.busy)
        self.pin.line.setReadOnly(state.busy)
        self.setFocusProxy(self.secret)
        if held and not self.secret.hasFocus():
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
        self._sync.setText(standing.sync_words)
        reveal(self._sync_mark, bool(standing.sync_words))
        self._lease.setText(standing.lease_words)
        reveal(self._lease_mark, bool(standing.lease_words))
        self._drafts.setText(tr("Your work is kept: {count} waiting", count=standing.drafts) if standing.drafts else "")
        self._version.setText(tr("Version {version}", version=standing.version) if standing.version else "")
        self._show_warnings(state)

    @property
    def secret(self) -> QLineEdit:
        """Where the person types now: the PIN, or the password."""
        return self.password.line if self._presenter.state.quick is None else self.pin.line

    def _announce_wait(self, state: UnlockState) -> None:
        """A screen reader hears when the wait begins, each ten seconds, and when it is over (ux-spec 7.1)."""
        said, self._said_wait = self._said_wait, state.wait_s
        if state.wait_s > said or (state.wait_s and state.wait_s % 10 == 0 and state.wait_s != said):
            announce(self._wait, state.wait_words)
        elif said and not state.wait_s:
            announce(self._wait, tr("You can try again now."))

    def _local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self._zone)

    def _show_warnings(self, state: UnlockState) -> None:
        wanted = [(warning.key, warning.cause, warning.remedy, warning.serious) for warning in state.standing.warnings]
        if state.second_instance:
            cause = tr("ClinicDesk is already open on this workstation")
            wanted.insert(0, ("second", cause, tr("Go to the other window, or close it first."), True))
        if self.property("shownWarnings") == str(wanted):
            return
        self.setProperty("shownWarnings", str(wanted))
        clear(self.warnings)
        for key, cause, remedy, serious in wanted:
            tone = Tone.DANGER if serious else Tone.WARNING
            self.warnings.addWidget(Banner(f"unlock.warning.{key}", tone, cause, remedy))

    def _step(self, by: int) -> None:
        names = [tile.tile.user_name for tile in self._tiles]
        chosen = self._presenter.state.chosen
        at = names.index(chosen) if chosen in names else -1
        self._presenter.choose(names[(at + by) % len(names)])
        self._to_secret()
        announce(self, self._tiles[(at + by) % len(names)].accessibleName())

    def _on_letter(self, letter: str) -> None:
        """Letters within a second of each other are one name."""
        now = self._clock.monotonic()
        self._typed = letter if now - self._typed_s > 1 else self._typed + letter
        self._typed_s = now
        found = self._presenter.choose_typed(self._typed)
        for tile in self._tiles:
            if tile.tile.user_name == found:
                tile.setFocus(Qt.FocusReason.OtherFocusReason)
                announce(self, tile.accessibleName())

    def _on_tile(self) -> None:
        tile = self.sender()
        if isinstance(tile, PersonTile):
            self._presenter.choose(tile.tile.user_name)
            self._to_secret()

    def _on_use_password(self) -> None:
        self._presenter.prefer_password()
        self._to_secret()

    def _to_secret(self) -> None:
        self.pin.clear()
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_submit(self) -> None:
        state = self._presenter.state
        if state.quick is not None:
            pin = self.pin.text()
            if state.can_try:
                self.pin.clear()
            self._presenter.submit_pin(pin)
        else:
            user_name = self.user_name.text() if state.typed_name else state.chosen
            password = self.password.text()
            if state.can_try:
                self.password.clear()
            self._presenter.submit(user_name, password)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_tick(self) -> None:
        now = self._local(self._clock.now())
        write = formats()
        self._time.setText(write.time(now))
        self._day.setText(f"{write.date_full(now.date())}, {now.tzname() or ''}")
        self._presenter.tick()
