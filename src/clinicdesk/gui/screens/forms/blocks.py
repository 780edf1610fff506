"""The blocks of a form being written: each in both languages side by side, with what moves and removes it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QVBoxLayout, QWidget

from clinicdesk.domain.consent_text import ASKING, LANGUAGES, Block, BlockKind, FormText
from clinicdesk.domain.consent_writing import ADDABLE
from clinicdesk.gui.theme import TextKind
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import IconButton, LinkText
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.fields import Field, NoteEditor, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, clear, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import tr
from clinicdesk.presentation.forms.authoring import AuthorPresenter
from clinicdesk.presentation.forms.words import block_words, language_words

_HINTS = {
    BlockKind.TEXT: "What the family agrees to",
    BlockKind.CHOICE: "The question",
    BlockKind.INITIALS: "What the initials stand for",
    BlockKind.DATE: "Which date is asked",
    BlockKind.VALIDITY: "How long it holds, in the family's words",
    BlockKind.SIGNATURE: "The sentence that is signed",
}


class BlockEditors(QWidget):
    """Editors for every block; made anew when blocks come, go or move, so that words keep their cursor."""

    def __init__(self, presenter: AuthorPresenter) -> None:
        super().__init__()
        name(self, "author.blocks", tr("Blocks of the form"))
        self._presenter = presenter
        self._last = ""
        self._editors: dict[str, QWidget] = {}
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(4, 4, 4, 4)
        self._lines.setSpacing(GAP_3)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)

    def draw(self, text: FormText) -> None:
        clear(self._lines)
        self._editors.clear()
        first = text.languages[0]
        for at, block in enumerate(first.blocks):
            self._lines.addWidget(self._card(text, block, at))
        self._lines.addStretch(1)

    def focus(self, block: str, option: str = "", language: str = LANGUAGES[0]) -> None:
        """Go to the words of a block, or of one of its answers."""
        part = f"author.{block}.{option}.{language}" if option else f"author.{block}.text.{language}"
        widget = self._editors.get(part)
        if widget is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def current(self) -> str:
        """The block that had the focus last: the palette takes the focus before its command runs."""
        return self._last if f"author.{self._last}.text.{LANGUAGES[0]}" in self._editors else ""

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            self._last = now.objectName().split(".")[1]

    def _card(self, text: FormText, block: Block, at: int) -> Card:
        presenter, key = self._presenter, block.key
        words = tr("{place}. {kind}", place=str(at + 1), kind=block_words(block.kind))
        head = row(Label(words, TextKind.LABEL), STRETCH, gap=GAP_2)
        if block.kind in ASKING:
            required = Tick(tr("must be answered"), f"author.{key}.required")
            required.setChecked(block.required)
            required.toggled.connect(partial(presenter.require, key))
            head.addWidget(required)
        if block.kind is not BlockKind.SIGNATURE:
            up = IconButton("arrow-up", tr("Move up: {what}", what=words), f"author.{key}.up")
            down = IconButton("arrow-down", tr("Move down: {what}", what=words), f"author.{key}.down")
            up.clicked.connect(partial(presenter.move, key, -1))
            down.clicked.connect(partial(presenter.move, key, 1))
            up.setEnabled(at > 0)
            down.setEnabled(at < len(text.languages[0].blocks) - 2)
            head.addWidget(up)
            head.addWidget(down)
        if block.kind in ADDABLE:
            remove = IconButton("trash", tr("Remove: {what}", what=words), f"author.{key}.remove")
            remove.clicked.connect(partial(presenter.remove, key))
            head.addWidget(remove)
        card = Card(margins=(GAP_4, GAP_2, GAP_4, GAP_3))
        card.body.addLayout(head)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_4)
        grid.setVerticalSpacing(GAP_2)
        columns = [one for language in LANGUAGES for one in text.languages if one.language == language]
        for column, spoken in enumerate(columns):
            own = spoken.block(key)
            if own is not None:
                self._words(grid, column, spoken.language, own)
            grid.setColumnStretch(column, 1)
        card.body.addLayout(grid)
        if block.kind is BlockKind.CHOICE:
            more = LinkText(tr("Add an answer"), f"author.{key}.more", icon="plus")
            more.clicked.connect(partial(presenter.add_option, key))
            card.body.addLayout(row(more, STRETCH))
        return card

    def _words(self, grid: QGridLayout, column: int, language: str, block: Block) -> None:
        presenter, key, spoken = self._presenter, block.key, language_words(language)
        line = 0
        if block.kind in {BlockKind.TEXT, BlockKind.VALIDITY}:
            heading = TextEditor(
                f"author.{key}.heading.{language}",
                tr("Heading, {language}", language=spoken),
                placeholder=tr("Heading, if it has one"),
            )
            heading.setText(block.heading)
            heading.textEdited.connect(partial(presenter.write_heading, language, key))
            grid.addWidget(heading, line, column)
            line += 1
        hint = tr(_HINTS[block.kind])
        words = NoteEditor(
            f"author.{key}.text.{language}",
            f"{hint}, {spoken}",
            placeholder=hint,
            lines=4 if block.kind is BlockKind.TEXT else 2,
        )
        words.setPlainText(block.text)
        words.textChanged.connect(lambda: presenter.write_block(language, key, words.toPlainText()))
        self._editors[words.objectName()] = words
        grid.addWidget(words, line, column)
        for at, option in enumerate(block.options):
            line += 1
            answer = tr("Answer {place}", place=str(at + 1))
            editor = TextEditor(f"author.{key}.{option.key}.{language}", f"{answer}, {spoken}", placeholder=answer)
            editor.setText(option.text)
            self._editors[editor.objectName()] = editor
            editor.textEdited.connect(partial(presenter.write_option, language, key, option.key))
            if column == len(LANGUAGES) - 1 and len(block.options) > 2:
                out = IconButton("cross", tr("Remove: {what}", what=answer), f"author.{key}.{option.key}.remove")
                out.clicked.connect(partial(presenter.remove_option, key, option.key))
                grid.addLayout(row(editor, out), line, column)
            else:
                grid.addWidget(editor, line, column)


class Titles(QWidget):
    """The title of a form in both languages."""

    def __init__(self, presenter: AuthorPresenter) -> None:
        super().__init__()
        self._editors = {
            language: TextEditor(f"author.title.{language}", tr("Title, {language}", language=language_words(language)))
            for language in LANGUAGES
        }
        parts = []
        for language, editor in self._editors.items():
            editor.textEdited.connect(partial(presenter.write_title, language))
            parts.append(Field(tr("Title, {language}", language=language_words(language)), editor))
        self.setLayout(row(*parts, gap=GAP_4))

    def draw(self, text: FormText) -> None:
        for one in text.languages:
            editor = self._editors.get(one.language)
            if editor is not None and editor.text() != one.title:
                editor.setText(one.title)

    def focus(self, language: str = LANGUAGES[0]) -> None:
        self._editors[language].setFocus(Qt.FocusReason.OtherFocusReason)
