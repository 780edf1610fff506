"""Consents that leave the program: to the printer, to a file, as a blank form for the pen (`ux-spec.md` 7.7, D34)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clinicdesk.core.errors import WorldError
from clinicdesk.i18n import tr
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.viewing import NoViewerError, ShowDocument
from clinicdesk.reports.blank_consent import blank_consent_pdf
from clinicdesk.services.consents import Consents

AskPath = Callable[[str], str | None]
"""Where a file goes, given its proposed name; None: nowhere."""


class FileNotSavedError(WorldError):
    """The disk or the place refused the file."""

    code = "file_not_saved"


@dataclass(frozen=True, slots=True)
class PaperTray:
    """Prints and saves off the window's thread; file names name nobody."""

    consents: Consents
    runner: Runner
    ask_path: AskPath
    show: ShowDocument

    def print_document(self, signature: uuid.UUID, failed: Callable[[Exception], None]) -> None:
        """The sealed document, for the file or for the family."""
        self._open(lambda: self.consents.document(signature), "consent.pdf", failed)

    def print_blank(
        self, form: uuid.UUID, student: uuid.UUID, order: uuid.UUID | None, failed: Callable[[Exception], None]
    ) -> None:
        """The form for the pen, in every language it speaks."""
        self._open(
            lambda: blank_consent_pdf(self.consents.blank(form, student, order=order)), "consent-form.pdf", failed
        )

    def save_document(
        self, signature: uuid.UUID, said: Callable[[str], None], failed: Callable[[Exception], None]
    ) -> None:
        self._save(lambda: self.consents.document(signature, export=True), "consent.pdf", said, failed)

    def save_text(self, signature: uuid.UUID, said: Callable[[str], None], failed: Callable[[Exception], None]) -> None:
        self._save(lambda: self.consents.text(signature).encode(), "consent.txt", said, failed)

    def _open(self, content: Callable[[], bytes], name: str, failed: Callable[[Exception], None]) -> None:
        def shown(document: bytes) -> None:
            if not self.show(document, name):
                failed(NoViewerError())

        self.runner.run(content, done=shown, failed=failed, key="forms.paper-out")

    def _save(
        self,
        content: Callable[[], bytes],
        name: str,
        said: Callable[[str], None],
        failed: Callable[[Exception], None],
    ) -> None:
        chosen = self.ask_path(name)
        if chosen is None:
            return

        def write() -> str:
            document = content()
            try:
                Path(chosen).write_bytes(document)
            except OSError as error:
                raise FileNotSavedError from error
            return chosen

        self.runner.run(write, done=lambda path: said(tr("Saved: {path}", path=path)), failed=failed)
