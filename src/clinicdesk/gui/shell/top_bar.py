"""The top bar: school, search, sync chip, clock with zone, user, lock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from clinicdesk.core.clock import Clock
from clinicdesk.gui import icons
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD, RAIL, TOP_BAR
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.cards import Separator, Surface
from clinicdesk.gui.widgets.layout import column
from clinicdesk.gui.widgets.naming import name, reveal
from clinicdesk.gui.widgets.people import Face, Portrait
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.shell import SignedIn, SyncChip

_LONGEST_SCHOOL = 400


class _Plain(QAbstractButton):
    """A flat button that a subclass paints; hover fills it with `sunken`."""

    def __init__(self, object_name: str, accessible: str) -> None:
        super().__init__()
        self._brief = False
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name(self, object_name, accessible)

    def set_brief(self, brief: bool) -> None:
        """Icons alone, where the window is narrow or the text large."""
        self._brief = brief
        self.setToolTip(self.accessibleName() if brief else "")
        self.updateGeometry()
        self.update()


class SchoolButton(_Plain):
    """Which school this desk works for; opens the switcher. A long name takes the room there is before it is cut."""

    def __init__(self, school: str, district: str) -> None:
        super().__init__("topBar.school", tr("School: {school}", school=school))
        self._school = school
        self._district = district
        self._narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_narrow(self, narrow: bool) -> None:
        """No wider than the rail below it."""
        self._narrow = narrow
        self.updateGeometry()

    def set_brief(self, brief: bool) -> None:
        super().set_brief(brief)
        self.setToolTip(f"{self._school}\n{self._district}" if brief or self._narrow else "")

    def sizeHint(self) -> QSize:
        look = theme()
        rail = min(look.width(RAIL - 12), RAIL + 72)
        needed = (
            36
            + 24
            + max(look.text_width(TextKind.LABEL, self._school), look.text_width(TextKind.CAPTION, self._district))
        )
        wide = rail if self._narrow else min(max(rail, needed), look.width(_LONGEST_SCHOOL))
        return QSize(64 if self._brief else wide, look.height(44, 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.underMouse():
            paint.rounded(painter, rect, RADIUS_FIELD, fill=look.colour(Role.SUNKEN))
        middle = rect.center().y()
        icons.paint(painter, "school", QRectF(8, middle - 10, 20, 20), look.colour(Role.ACCENT))
        icons.paint(
            painter, "chevron-down", QRectF(rect.right() - 17, middle - 8, 16, 16), look.colour(Role.TEXT_SECONDARY)
        )
        if self._brief:
            return
        line = look.line(TextKind.BODY)
        area = QRectF(36, middle - line, rect.width() - 36 - 20, line)
        paint.text(painter, area, self._school, TextKind.LABEL, elide=True)
        area.translate(0, line)
        paint.text(painter, area, self._district, TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True)


class SearchButton(_Plain):
    """The global search field: it opens the palette, where the typing happens."""

    def __init__(self) -> None:
        super().__init__("topBar.search", tr("Find a student, lot or command"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(theme().width(400))

    def sizeHint(self) -> QSize:
        return QSize(theme().width(400), theme().control_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, theme().control_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        border, fill = look.colour(Role.BORDER_CONTROL), look.colour(Role.SURFACE if look.dark else Role.BG)
        paint.rounded(painter, rect, RADIUS_FIELD, fill=fill, border=border)
        middle = rect.center().y()
        secondary = look.colour(Role.TEXT_SECONDARY)
        icons.paint(painter, "search", QRectF(10, middle - 9, 18, 18), secondary)
        right = rect.right() - 10
        if look.look.key_caps:
            keys = ("Ctrl", "K")
            right -= paint.keys_width(look, keys)
            paint.key_caps(painter, right, middle, keys, colour=secondary, border=look.colour(Role.BORDER))
        words = QRectF(38, 0, right - 46, rect.height())
        paint.text(painter, words, self.accessibleName(), TextKind.BODY, Role.TEXT_SECONDARY, elide=True)


class SyncButton(_Plain):
    """How the desk stands with the district; warning fill when someone must act."""

    def __init__(self) -> None:
        super().__init__("topBar.sync", tr("Sync"))
        self._chip = SyncChip("")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_chip(self, chip: SyncChip) -> None:
        self._chip = chip
        self.setAccessibleName(tr("Sync: {words}", words=chip.words))
        self.setAccessibleDescription(". ".join(chip.details))
        self._tell()
        self.updateGeometry()
        self.update()

    def set_brief(self, brief: bool) -> None:
        super().set_brief(brief)
        self._tell()

    def _tell(self) -> None:
        """Where somebody points: the words, and what stands behind them."""
        lines = (self._chip.words, *self._chip.details)
        self.setToolTip("\n".join(lines) if self._brief or self._chip.details else "")

    def sizeHint(self) -> QSize:
        look = theme()
        words = 0 if self._brief else look.text_width(TextKind.CAPTION_STRONG, self._chip.words) + 12
        return QSize(words + 40, look.height(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, chip = theme(), self._chip
        painter = QPainter(self)
        rect = QRectF(self.rect())
        tone = Tone.WARNING if chip.act else Tone.NEUTRAL
        fill = look.colour(tone.fill if chip.act else Role.SUNKEN if self.underMouse() else Role.SURFACE)
        border = look.colour(tone.text if chip.act else Role.BORDER)
        paint.rounded(painter, rect, RADIUS_FIELD, fill=fill, border=border)
        icon = "cloud-off" if chip.offline else "sync" if chip.act else "cloud-check"
        icons.paint(painter, icon, QRectF(11, rect.center().y() - 9, 18, 18), look.colour(tone.text))
        if self._brief:
            return
        words = rect.adjusted(38, 0, -8, 0)
        paint.text(painter, words, chip.words, TextKind.CAPTION_STRONG if chip.act else TextKind.CAPTION, tone.text)


class ClockWidget(QWidget):
    """Time, zone and day; repainted when the minute changes."""

    def __init__(self, clock: Clock, zone: str) -> None:
        super().__init__()
        self._clock = clock
        self._zone = ZoneInfo(zone) if zone else None
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self._on_second)
        self._timer.start()
        self._shown = ""
        self._brief = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._on_second()

    def set_brief(self, brief: bool) -> None:
        self._brief = brief
        self.updateGeometry()
        self.update()

    def local(self) -> dt.datetime:
        return self._clock.now().astimezone(self._zone)

    def sizeHint(self) -> QSize:
        look = theme()
        time, rest = self._words()
        wide = look.text_width(TextKind.LABEL, time) + 8 + look.text_width(TextKind.BODY, rest)
        return QSize(wide + 2, look.height(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        time, rest = self._words()
        paint.text(painter, self.rect(), time, TextKind.LABEL)
        beside = self.rect().adjusted(look.text_width(TextKind.LABEL, time) + 8, 0, 0, 0)
        paint.text(painter, beside, rest, TextKind.BODY, Role.TEXT_SECONDARY)

    def _words(self) -> tuple[str, str]:
        now = self.local()
        write = formats()
        zone = now.tzname() or ""
        return write.time(now), zone if self._brief else f"{zone} · {write.weekday_short(now.date())}"

    def _on_second(self) -> None:
        words = " ".join(self._words())
        if words != self._shown:
            self._shown = words
            self.setAccessibleName(words)
            self.updateGeometry()
            self.update()


class UserButton(_Plain):
    """Who is signed in; opens the menu with the looks, the own profile and switching users."""

    def __init__(self, person: SignedIn) -> None:
        words = tr("{name}, {role}", name=person.user_name, role=person.role_words)
        super().__init__("topBar.user", words)
        self._face = Portrait(Face(name=person.user_name), 32, fill=Role.SELECTION)
        self._name = Label(person.user_name, TextKind.BODY_MEDIUM)
        self._role = Label(person.role_words, TextKind.CAPTION, Role.TEXT_SECONDARY)
        line = QHBoxLayout(self)
        line.setContentsMargins(4, 2, 6, 2)
        line.setSpacing(8)
        line.addWidget(self._face)
        self._words = QWidget()
        self._words.setLayout(column(self._name, self._role, gap=0))
        line.addWidget(self._words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_brief(self, brief: bool) -> None:
        super().set_brief(brief)
        reveal(self._words, not brief)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.underMouse():
            paint.rounded(QPainter(self), self.rect(), RADIUS_FIELD, fill=theme().colour(Role.SUNKEN))


class TopBar(Surface):
    """56 high; the search field starts at the content's left margin."""

    searched = Signal()
    locked = Signal()

    def __init__(self, person: SignedIn, clock: Clock) -> None:
        super().__init__(Role.SURFACE, ("bottom",))
        name(self, "topBar", tr("Top bar"))
        self.school = SchoolButton(person.school, person.district)
        self.search = SearchButton()
        self.sync = SyncButton()
        self.clock = ClockWidget(clock, person.zone)
        self.user = UserButton(person)
        self.lock = Button(tr("Lock"), "topBar.lock", icon="lock", shortcut="Ctrl+L", size="head")
        self.search.clicked.connect(self.searched)
        self.lock.clicked.connect(self.locked)
        divider = Separator(upright=True, role=Role.BORDER)
        divider.setFixedHeight(24)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 16, 1)
        line.setSpacing(0)
        line.addWidget(self.school)
        line.addSpacing(24)
        line.addWidget(self.search, 100)
        line.addSpacing(16)
        line.addStretch(1)
        line.addWidget(self.sync)
        line.addSpacing(16)
        line.addWidget(self.clock)
        line.addSpacing(16)
        line.addWidget(divider)
        line.addSpacing(12)
        line.addWidget(self.user)
        line.addSpacing(12)
        line.addWidget(self.lock)
        self._fit()
        theme().changed.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_way()

    def _give_way(self) -> None:
        """Words go until the rest fits: user and day, the lock, a long school's end, the sync chip, the school."""
        layout = self.layout()
        assert layout is not None
        self.search.setMaximumWidth(theme().width(400))
        for level in range(6):
            self.user.set_brief(level >= 1)
            self.clock.set_brief(level >= 1)
            self.lock.set_text("" if level >= 2 else tr("Lock"), tr("Lock"))
            self.school.set_narrow(level >= 3)
            self.sync.set_brief(level >= 4)
            self.school.set_brief(level >= 5)
            layout.invalidate()
            if layout.minimumSize().width() <= self.width():
                return

    def _fit(self) -> None:
        self._give_way()
        # The parts take the new letters after this; what they need then is what counts.
        QTimer.singleShot(0, self, self._give_way)
        self.setFixedHeight(theme().height(TOP_BAR, 2))
