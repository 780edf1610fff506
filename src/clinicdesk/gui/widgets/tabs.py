"""Tabs: 40 high, accent underline, semibold when on; Left and Right move, Ctrl+PgUp/PgDn in between."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from clinicdesk.gui.theme import Role, theme
from clinicdesk.gui.widgets.cards import Surface
from clinicdesk.gui.widgets.layout import STRETCH, row
from clinicdesk.gui.widgets.naming import name


class TabBar(QTabBar):
    """Keys and words; `picked` carries the key."""

    picked = Signal(str)

    def __init__(self, object_name: str, accessible: str, tabs: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        name(self, object_name, accessible)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for key, words in tabs:
            self.setTabData(self.addTab(words.replace("&", "&&")), key)
        self.currentChanged.connect(self._on_changed)

    def chosen(self) -> str:
        data = self.tabData(self.currentIndex())
        return data if isinstance(data, str) else ""

    def choose(self, key: str) -> None:
        for at in range(self.count()):
            if self.tabData(at) == key:
                self.setCurrentIndex(at)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, theme().height(40))

    def _on_changed(self, at: int) -> None:
        if at >= 0:
            self.picked.emit(self.chosen())


class TabStrip(Surface):
    """Tabs on the surface under a header, closed by one border line; their text begins at the content edge."""

    def __init__(self, bar: TabBar, *trailing: QWidget) -> None:
        super().__init__(Role.SURFACE, ("bottom",))
        self.bar = bar
        line = row(bar, STRETCH, *trailing, gap=8, margins=(12, 0, 24, 1))
        line.setStretchFactor(bar, 100)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
