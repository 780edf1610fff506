"""The blocks of a form as the signer fills them in; staff enters a signed paper through the same questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinicdesk.domain.consent_text import ASKING, Block, BlockKind, FormLanguage
from clinicdesk.gui.screens.forms.preview import order_box
from clinicdesk.gui.theme import TextKind
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Chip, ChipRow
from clinicdesk.gui.widgets.cards import Separator
from clinicdesk.gui.widgets.fields import TextEditor
from clinicdesk.gui.widgets.layout import FixedColumn, clear, column, row
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import Language, catalogue
from clinicdesk.services.consent_values import OrderNamed

_BOX = 160


class Questions(QWidget):
    """Text to read and questions to answer, in one language; `asking_only` leaves the text out."""

    def __init__(self, object_name: str, answered: Callable[[str, str], None], *, asking_only: bool = False) -> None:
        super().__init__()
        self._name = object_name
        self._answered = answered
        self._asking_only = asking_only
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(GAP_3)
        self.editors: dict[str, QWidget] = {}

    def draw(self, form: FormLanguage, order: OrderNamed | None, answers: Mapping[str, str]) -> None:
        """Every word anew; what was answered stays."""
        clear(self._lines)
        self.editors = {}
        for at, block in enumerate(form.blocks):
            if block.kind in ASKING:
                self._ask(form, block, answers.get(block.key, ""))
            elif not self._asking_only:
                self._read(block)
            if at == 0 and order is not None and not self._asking_only:
                self._lines.addWidget(order_box(order, form.language))

    def stops(self) -> list[QWidget]:
        """What takes the focus, in the order of the form."""
        return [widget for editor in self.editors.values() for widget in _stops(editor)]

    def focus(self, block: str) -> bool:
        """Go to a question; false where the form has none of that name."""
        editor = self.editors.get(block)
        if editor is None:
            return False
        _stops(editor)[0].setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _read(self, block: Block) -> None:
        if block.heading and block.kind is not BlockKind.SIGNATURE:
            self._lines.addWidget(Label(block.heading, TextKind.LABEL))
        self._lines.addWidget(Paragraph(block.text, TextKind.BODY))

    def _ask(self, form: FormLanguage, block: Block, answer: str) -> None:
        key = f"{self._name}.{block.key}"
        words = catalogue(Language(form.language))
        if block.kind is BlockKind.CHOICE:
            chips = ChipRow(key, block.text, [(option.key, option.text) for option in block.options])
            if answer:
                chips.choose(answer)
            chips.picked.connect(partial(self._answered, block.key))
            self.editors[block.key] = chips
            self._lines.addLayout(column(Paragraph(block.text, TextKind.BODY), chips))
        else:
            hint = words.tr("Initials" if block.kind is BlockKind.INITIALS else "Date")
            editor = TextEditor(key, f"{block.text} {hint}", placeholder=hint)
            editor.setText(answer)
            editor.textEdited.connect(partial(self._answered, block.key))
            self.editors[block.key] = editor
            line = row(Paragraph(block.text, TextKind.BODY), FixedColumn(_BOX, column(editor)), gap=GAP_4)
            line.setStretch(0, 1)
            self._lines.addLayout(line)
        self._lines.addWidget(Separator())


def _stops(editor: QWidget) -> list[QWidget]:
    if not isinstance(editor, ChipRow):
        return [editor]
    chips = editor.findChildren(Chip)
    return [next((chip for chip in chips if chip.isChecked()), chips[0])]
