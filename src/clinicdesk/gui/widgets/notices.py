"""Banners under the top bar and toasts at the bottom left, with the list behind them (ux-spec 3, F8)."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, GAP_6, RADIUS_CARD
from clinicdesk.gui.widgets.buttons import Button, IconButton, LinkText
from clinicdesk.gui.widgets.focus_sight import focus_in_sight, keep_in_sight
from clinicdesk.gui.widgets.layout import Strut, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr

TOAST_SECONDS = 8
MOST_TOASTS = 3
_SHARE_OF_HEIGHT = 3
"""Toasts take at most a third of the content; an older one leaves before its time rather."""

MOST_NOTIFICATIONS = 200

SHAPES = {
    Tone.NEUTRAL: Shape.INFO,
    Tone.INFO: Shape.INFO,
    Tone.SUCCESS: Shape.DONE,
    Tone.WARNING: Shape.PLAN,
    Tone.DANGER: Shape.PLAN,
    Tone.CONTROLLED: Shape.CONTROLLED,
}


class Banner(QWidget):
    """A state of the system: shape, bold cause, plain remedy, one action. 44 high, 56 with two lines.

    The same part is the soft or hard stop inside a card (`line=False`).
    """

    acted = Signal()

    def __init__(
        self,
        object_name: str,
        tone: Tone,
        cause: str,
        remedy: str = "",
        action: str = "",
        *,
        shortcut: str = "",
        two_lines: bool = False,
        line: bool = True,
    ) -> None:
        super().__init__()
        self._tone = tone
        self._line = line
        self._mark = Mark(SHAPES[tone], tone.text)
        self._cause = Label(cause, TextKind.LABEL, tone.text if two_lines else Role.TEXT)
        self._remedy = Paragraph(remedy, TextKind.CAPTION if two_lines else TextKind.BODY, Role.TEXT)
        self.action = Button(action, f"{object_name}.action", shortcut=shortcut, size="head")
        reveal(self.action, bool(action))
        self.action.clicked.connect(self.acted)
        strut = Strut(44 if two_lines else 32, 2 if two_lines else 1)
        outer = row(
            strut,
            self._mark,
            gap=GAP_3,
            margins=((GAP_6 if line else GAP_4) - GAP_3, 6, GAP_4 if not line else GAP_6, 6),
        )
        if two_lines:
            outer.addLayout(column(self._cause, self._remedy, gap=0), 1)
        else:
            outer.addWidget(self._cause)
            outer.addWidget(self._remedy, 1, Qt.AlignmentFlag.AlignVCenter)
        outer.addWidget(self.action, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(outer)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        name(self, object_name, f"{cause}. {remedy}")

    def add_action(self, action: Button) -> None:
        """Another thing that can be done, before the first one."""
        outer = self.layout()
        assert isinstance(outer, QHBoxLayout)
        outer.insertWidget(outer.count() - 1, action, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_words(self, cause: str, remedy: str = "") -> None:
        self._cause.setText(cause)
        self._remedy.set_text(remedy)
        self.setAccessibleName(f"{cause}. {remedy}")

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour(self._tone.fill))
        if self._line:
            paint.hairline(painter, self.rect(), Role.BORDER)


class BannerStrip(QWidget):
    """Banners in order of weight; each has a key, so a state shows once and can be taken away."""

    def __init__(self) -> None:
        super().__init__()
        name(self, "bannerStrip", tr("System messages"))
        self._lines = column(gap=0)
        self.setLayout(self._lines)
        self._shown: dict[str, Banner] = {}
        self.hide()

    def show_banner(self, key: str, banner: Banner, *, assertive: bool = False) -> Banner:
        self.take_away(key)
        self._shown[key] = banner
        self._lines.addWidget(banner)
        reveal(self, True)
        announce(self, banner.accessibleName(), assertive=assertive)
        return banner

    def banner(self, key: str) -> Banner | None:
        return self._shown.get(key)

    def take_away(self, key: str) -> None:
        banner = self._shown.pop(key, None)
        if banner is not None:
            self._lines.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        reveal(self, bool(self._shown))


@dataclass(frozen=True, slots=True)
class Note:
    """One message: what a toast said, kept in the notification list."""

    words: str
    tone: Tone
    at: dt.datetime


class Toast(QWidget):
    """Shape, sentence, one ghost action, close. Its clock stands while the pointer or the focus is on it."""

    closed = Signal()

    def __init__(self, note: Note, action: str = "", run: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._note = note
        self._run = run
        self._kept_by: set[str] = set()
        name(self, "toast", note.words)
        self.setProperty("ring", RADIUS_CARD)
        self.action = LinkText(action, "toast.action")
        reveal(self.action, bool(action))
        self.action.clicked.connect(self._on_action)
        self.close_button = IconButton("cross", tr("Dismiss"), "toast.close")
        self.close_button.clicked.connect(self.dismiss)
        words = Paragraph(note.words, TextKind.BODY, least_width=200)
        line = row(Mark(SHAPES[note.tone], note.tone.text, 18), gap=GAP_3, margins=(GAP_4, GAP_2, GAP_2, GAP_2))
        line.addWidget(words, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.action)
        line.addWidget(self.close_button)
        self.setLayout(line)
        self._timer = QTimer(self, singleShot=True, interval=TOAST_SECONDS * 1000)
        self._timer.timeout.connect(self.dismiss)
        self._timer.start()
        for part in (self, self.action, self.close_button):
            part.installEventFilter(self)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(min(max(hint.width(), 320), theme().width(560)), max(hint.height(), theme().height(52)))

    def dismiss(self) -> None:
        self._timer.stop()
        self.closed.emit()

    @property
    def note(self) -> Note:
        return self._note

    def again(self) -> None:
        """The same was said once more: the clock begins anew."""
        if not self._kept_by:
            self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        super().keyPressEvent(event)

    def is_paused(self) -> bool:
        return not self._timer.isActive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Enter if watched is self:
                self._kept_by.add("pointer")
            case QEvent.Type.Leave if watched is self:
                self._kept_by.discard("pointer")
            case QEvent.Type.FocusIn:
                self._kept_by.add("focus")
            case QEvent.Type.FocusOut:
                self._kept_by.discard("focus")
            case _:
                return False
        if self._kept_by:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        fill, border = look.colour(Role.RAISED), look.colour(Role.BORDER_CONTROL)
        paint.rounded(QPainter(self), self.rect(), RADIUS_CARD, fill=fill, border=border)

    def _on_action(self) -> None:
        if self._run is not None:
            self._run()
        self.dismiss()


class ToastStack(QWidget):
    """At most three toasts in a band of their own at the foot of the content, the newest below (ux-spec 3).

    The content makes room for the band, so that a toast covers nothing: not what is typed, nor its heading, nor a
    button; what had the focus stays in sight. Older ones leave and stay in the list.
    """

    noted = Signal()

    def __init__(self, host: QWidget, now: Callable[[], dt.datetime]) -> None:
        super().__init__(host)
        self._host = host
        self.setObjectName("toasts")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._now = now
        self._notes: deque[Note] = deque(maxlen=MOST_NOTIFICATIONS)
        self._toasts: list[Toast] = []
        host.installEventFilter(self)
        theme().changed.connect(self._place)
        self.hide()

    def show_toast(
        self, words: str, tone: Tone = Tone.SUCCESS, action: str = "", run: Callable[[], None] | None = None
    ) -> Toast:
        note = Note(words, tone, self._now())
        self._notes.appendleft(note)
        same = next((toast for toast in self._toasts if not action and toast.note.words == words), None)
        if same is not None:
            same.again()
            announce(self, words)
            self.noted.emit()
            return same
        toast = Toast(note, action, run)
        toast.closed.connect(self._on_closed)
        self._toasts.append(toast)
        toast.setParent(self)
        toast.show()
        self._place()
        announce(self, words)
        self.noted.emit()
        return toast

    def notes(self) -> tuple[Note, ...]:
        return tuple(self._notes)

    def toasts(self) -> tuple[Toast, ...]:
        return tuple(self._toasts)

    def clear(self) -> None:
        """Forget everything: on lock nothing of the last person may stay."""
        for toast in tuple(self._toasts):
            self._remove(toast)
        self._notes.clear()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _on_closed(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast):
            self._remove(toast)
            self._place()

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()

    def _place(self) -> None:
        """Bottom left, 16 in and 16 up, one above another; the band is as tall as they are."""
        most = self._host.height() // _SHARE_OF_HEIGHT
        while len(self._toasts) > 1 and (len(self._toasts) > MOST_TOASTS or self._tall() > most):
            self._remove(self._toasts[0])
        seen = focus_in_sight(self._host)
        grows = self._tall() > (self.height() if self.isVisibleTo(self._host) else 0)
        self.setFixedHeight(self._tall())
        reveal(self, bool(self._toasts))
        top = GAP_2
        for toast in self._toasts:
            size = self._size(toast)
            toast.setGeometry(QRect(QPoint(GAP_4, top), size))
            top += size.height() + GAP_2
        if grows and seen is not None:
            # After the content had its new size.
            QTimer.singleShot(0, self, lambda: keep_in_sight(seen))

    def _tall(self) -> int:
        sizes = [self._size(toast).height() for toast in self._toasts]
        return GAP_2 + sum(sizes) + GAP_2 * (len(sizes) - 1) + GAP_4 if sizes else 0

    def _size(self, toast: Toast) -> QSize:
        wide = max(1, min(toast.sizeHint().width(), self._host.width() - 2 * GAP_4))
        return QSize(wide, max(toast.sizeHint().height(), toast.heightForWidth(wide)))
