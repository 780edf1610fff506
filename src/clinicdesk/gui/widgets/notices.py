"""Banners under the top bar and the line of toasts at the bottom, with the list behind them (ux-spec 3, F8)."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import GAP_1, GAP_2, GAP_3, GAP_4, GAP_6, LEAST_TARGET, RADIUS_CARD, RING_GAP
from clinicdesk.gui.widgets.buttons import Button, IconButton, LinkText
from clinicdesk.gui.widgets.cards import Surface
from clinicdesk.gui.widgets.layout import Strut, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr

TOAST_SECONDS = 8
MOST_TOASTS = 3
_ONE_LINE = "n" * 60
"""Where a sentence of this length has no room beside its action, toasts have two lines of smaller letters."""

_BESIDE = 220
"""Room for the mark, an action and the way to put a toast away."""

_INSIDE = 2
"""What a toast is taller than its letters and its buttons."""

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
        self._words = Paragraph(note.words, TextKind.BODY, least_width=0)
        line = row(Mark(SHAPES[note.tone], note.tone.text, 18), gap=GAP_3, margins=(GAP_3, 0, GAP_1, 0))
        line.addWidget(self._words, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.action)
        line.addWidget(self.close_button)
        self.setLayout(line)
        self._timer = QTimer(self, singleShot=True, interval=TOAST_SECONDS * 1000)
        self._timer.timeout.connect(self.dismiss)
        self._timer.start()
        for part in (self, self.action, self.close_button):
            part.installEventFilter(self)

    def wanted_width(self) -> int:
        """What the sentence takes on one line, with everything beside it."""
        return self.beside() + theme().text_width(self._words.kind, self._note.words) + 2

    def beside(self) -> int:
        """Width of everything but the sentence."""
        line = self.layout()
        assert line is not None
        return line.sizeHint().width() - self._words.sizeHint().width()

    def set_kind(self, kind: TextKind) -> None:
        self._words.set_kind(kind)

    def put(self, area: QRect) -> None:
        """Have this place. A sentence that is longer ends in dots; the tool tip and the list have it whole."""
        words, kind = self._note.words, self._words.kind
        room = area.width() - self.beside()
        lines = max(1, (area.height() - _INSIDE) // theme().line(kind))
        shown = words
        while shown and paint.wrapped_height(shown, kind, room) > lines * theme().line(kind):
            shown = f"{shown.removesuffix('…').rstrip()[:-1]}…" if len(shown) > 1 else ""
        self._words.set_text(shown)
        self.setToolTip("" if shown == words else words)
        self.setGeometry(area)

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


class ToastLine(Surface):
    """The foot of the frame, always there: toasts come and go in it side by side, the newest at the right (ux-spec 3).

    So a toast covers nothing and moves nothing, whatever is typed, read or pointed at above. At most three stand;
    where there is no room for them an older one leaves, and stays in the list.
    """

    noted = Signal()

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        super().__init__(Role.SURFACE, ("top",))
        name(self, "toasts", tr("Messages"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._now = now
        self._notes: deque[Note] = deque(maxlen=MOST_NOTIFICATIONS)
        self._toasts: list[Toast] = []
        theme().changed.connect(self._place)
        self._place()

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
        toast.setParent(self)
        toast.set_kind(self._kind())
        self._add(toast)
        toast.show()
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _on_closed(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast):
            self._remove(toast)

    def _remove(self, toast: Toast) -> None:
        """The others stay where they are: somebody may be about to press one."""
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()

    def _add(self, toast: Toast) -> None:
        """At the right of the others; they move only where there is no room for it else."""
        left = max((one.geometry().right() + 1 + GAP_2 for one in self._toasts), default=GAP_4)
        self._toasts.append(toast)
        if len(self._toasts) <= MOST_TOASTS and left + toast.wanted_width() <= self.width() - GAP_4:
            toast.put(QRect(left, self._top(), toast.wanted_width(), self._tall()))
        else:
            self._place()

    def _place(self) -> None:
        """As tall as the letters need, whether a toast stands or not; all of them from the left."""
        self.setFixedHeight(self._top() + self._tall() + RING_GAP)
        for toast in self._toasts:
            toast.set_kind(self._kind())
        room = max(1, self.width() - 2 * GAP_4)
        wide = {toast: min(room, toast.wanted_width()) for toast in self._toasts}
        while len(self._toasts) > 1 and (
            len(self._toasts) > MOST_TOASTS or sum(wide[one] + GAP_2 for one in self._toasts) - GAP_2 > room
        ):
            # What somebody points at stays, if that is possible; the newest always does.
            self._remove(next((one for one in self._toasts[:-1] if not one.is_paused()), self._toasts[0]))
        left = GAP_4
        for toast in self._toasts:
            toast.put(QRect(left, self._top(), wide[toast], self._tall()))
            left += wide[toast] + GAP_2

    def _kind(self) -> TextKind:
        return TextKind.BODY if self._lines() == 1 else TextKind.CAPTION

    def _lines(self) -> int:
        look = theme()
        return 1 if look.text_width(TextKind.BODY, _ONE_LINE) + look.width(_BESIDE) <= self.width() else 2

    def _tall(self) -> int:
        return max(theme().height(LEAST_TARGET), self._lines() * theme().line(self._kind())) + _INSIDE

    def _top(self) -> int:
        return 1 + RING_GAP
