"""States that every view shows: empty, loading, error, no permission (ux-spec 5)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QStackedLayout, QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_6
from clinicdesk.gui.widgets.buttons import Button, Kind, LinkText
from clinicdesk.gui.widgets.layout import STRETCH, Part, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr

SKELETON_AFTER_MS = 150
PROGRESS_AFTER_MS = 2000


class Mark(QWidget):
    """A status shape or line icon as a picture; the words beside it carry the meaning."""

    def __init__(self, icon: str, role: Role = Role.TEXT_SECONDARY, side: int = 20) -> None:
        super().__init__()
        self._icon = icon
        self._role = role
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_mark(self, icon: str, role: Role) -> None:
        self._icon = icon
        self._role = role
        self.update()

    def sizeHint(self) -> QSize:
        side = max(self._side, round(self._side * theme().look.text_scale))
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        icons.paint(QPainter(self), self._icon, QRectF(self.rect()), theme().colour(self._role))


class EmptyState(QWidget):
    """One sentence, one primary action with its shortcut."""

    acted = Signal()

    def __init__(self, words: str, action: str = "", *, shortcut: str = "", object_name: str = "empty") -> None:
        super().__init__()
        name(self, object_name, words)
        self.words = Paragraph(words, TextKind.BODY, Role.TEXT_SECONDARY)
        self.action = Button(action, f"{object_name}.action", kind=Kind.PRIMARY, shortcut=shortcut)
        reveal(self.action, bool(action))
        self.action.clicked.connect(self.acted)
        self.setLayout(column(STRETCH, self.words, row(self.action, STRETCH), STRETCH, gap=GAP_3, margins=(GAP_6,) * 4))


class Skeleton(QWidget):
    """Grey bars where rows will be, without motion."""

    def __init__(self, rows: int = 4, *, row_height: int = 44, photo: bool = False) -> None:
        super().__init__()
        self._rows = rows
        self._row_height = row_height
        self._photo = photo
        self.setAccessibleName(tr("Loading"))

    def sizeHint(self) -> QSize:
        return QSize(240, self._rows * theme().height(self._row_height))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        bar = look.colour(Role.SUNKEN)
        step = look.height(self._row_height)
        for at in range(self._rows):
            top = at * step
            left = 4.0
            if self._photo:
                paint.rounded(painter, QRectF(left, top + (step - 32) / 2, 32, 32), 4, fill=bar)
                left += 44
            room = max(40.0, self.width() - left - 8)
            paint.rounded(painter, QRectF(left, top + step / 2 - 12, room * (0.6, 0.45, 0.7)[at % 3], 10), 3, fill=bar)
            paint.rounded(painter, QRectF(left, top + step / 2 + 4, room * (0.35, 0.5, 0.3)[at % 3], 8), 3, fill=bar)


class Progress(QWidget):
    """Work beyond two seconds: words, a bar, a way out."""

    cancelled = Signal()

    def __init__(self, words: str, object_name: str = "progress", *, can_cancel: bool = True) -> None:
        super().__init__()
        self._words = Label(words, TextKind.BODY)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        name(self.bar, f"{object_name}.bar", words)
        self._cancel = Button(tr("Cancel"), f"{object_name}.cancel")
        reveal(self._cancel, can_cancel)
        self._cancel.clicked.connect(self.cancelled)
        self.setLayout(column(self._words, self.bar, row(self._cancel, STRETCH), gap=GAP_3))

    def set_progress(self, done: int, total: int, words: str = "") -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if words:
            self._words.setText(words)

    def set_stoppable(self, kept: str) -> None:
        """Offer the way out, or say why there is none any more."""
        self._cancel.set_available(kept)


class _Notice(QWidget):
    """A shape, a bold line, a plain line and actions, centred in the free room."""

    def __init__(self, icon: str, role: Role, title: str, plain: str, *actions: Part) -> None:
        super().__init__()
        self.title = Paragraph(title, TextKind.SECTION)
        self.plain = Paragraph(plain, TextKind.BODY, Role.TEXT_SECONDARY)
        words = column(self.title, self.plain, row(*actions, STRETCH, gap=GAP_2), gap=GAP_2)
        line = row(gap=GAP_3)
        line.addWidget(Mark(icon, role, 24), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        self.setLayout(column(STRETCH, line, STRETCH, STRETCH, margins=(GAP_6,) * 4))


class ErrorState(_Notice):
    """What failed, what is safe, the next step, and a support code without personal data."""

    retried = Signal()

    def __init__(self, words: str, safe: str = "", support_code: str = "", *, object_name: str = "failure") -> None:
        self._code = support_code
        self.retry = Button(tr("Try again"), f"{object_name}.retry", kind=Kind.PRIMARY)
        self.copy = LinkText(tr("Copy support code {code}", code=support_code), f"{object_name}.copy", icon="copy")
        reveal(self.copy, bool(support_code))
        super().__init__(Shape.PLAN, Role.DANGER, words, safe, self.retry, self.copy)
        name(self, object_name, words)
        self.retry.clicked.connect(self.retried)
        self.copy.clicked.connect(self._on_copy)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        announce(self, tr("Copied"))


class NoPermission(_Notice):
    """Names the role that is needed, and offers emergency access where policy allows it."""

    requested = Signal()

    def __init__(self, needed: str, *, emergency: bool = False, object_name: str = "noPermission") -> None:
        self.request = Button(tr("Request emergency access"), f"{object_name}.request", kind=Kind.DANGER)
        reveal(self.request, emergency)
        title = tr("This needs the role {role}", role=needed)
        plain = tr("Your own role does not cover it. Ask a person who has it, or your administrator.")
        super().__init__("lock", Role.TEXT_SECONDARY, title, plain, self.request)
        name(self, object_name, title)
        self.request.clicked.connect(self.requested)


class StateStack(QWidget):
    """One place that shows content, or the state it is in.

    Loading shows nothing for 150 ms, then a skeleton, after 2 s a progress with cancel.
    """

    cancelled = Signal()
    retried = Signal()

    def __init__(self, content: QWidget, skeleton: Skeleton | None = None) -> None:
        super().__init__()
        self._content = content
        self._skeleton = skeleton or Skeleton()
        self._blank = QWidget()
        self._progress = Progress(tr("This takes a little longer"))
        self._progress.cancelled.connect(self.cancelled)
        self._extra: QWidget | None = None
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        for widget in (content, self._blank, self._skeleton, self._progress):
            self._stack.addWidget(widget)
        self._soon = QTimer(self, singleShot=True, interval=SKELETON_AFTER_MS)
        self._late = QTimer(self, singleShot=True, interval=PROGRESS_AFTER_MS)
        self._soon.timeout.connect(self._on_soon)
        self._late.timeout.connect(self._on_late)

    def shown(self) -> QWidget | None:
        return self._stack.currentWidget()

    def show_content(self) -> None:
        self._stop()
        self._stack.setCurrentWidget(self._content)

    def show_loading(self) -> None:
        self._stop()
        self._stack.setCurrentWidget(self._blank)
        self._soon.start()
        self._late.start()

    def show_error(self, words: str, safe: str = "", support_code: str = "") -> None:
        failure = ErrorState(words, safe, support_code)
        failure.retried.connect(self.retried)
        self.show_other(failure)
        announce(failure, words)

    def show_other(self, widget: QWidget) -> None:
        """Show an `EmptyState`, `NoPermission` or another stand-in for the content."""
        self._stop()
        self._drop_extra()
        self._extra = widget
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)

    def _drop_extra(self) -> None:
        if self._extra is not None:
            self._stack.removeWidget(self._extra)
            self._extra.deleteLater()
            self._extra = None

    def _stop(self) -> None:
        self._soon.stop()
        self._late.stop()

    def _on_soon(self) -> None:
        self._stack.setCurrentWidget(self._skeleton)

    def _on_late(self) -> None:
        self._stack.setCurrentWidget(self._progress)
