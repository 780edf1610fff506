"""Documents handed to the machine's own viewer, from where they are printed: private copies, gone with the lock."""

from __future__ import annotations

import shutil
from pathlib import Path

from clinicdesk.security.errors import SecretFileError
from clinicdesk.security.private_files import replace_private


class OpenedDocuments:
    """A folder of the profile (0700) with a copy (0600) of each open document, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def show(self, content: bytes, name: str) -> bool:
        """Open a document with the machine's viewer; false where that failed, and nothing stays behind."""
        # Imported here: the locked card is painted without them.
        import uuid

        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        path = self._folder / uuid.uuid4().hex / name
        try:
            replace_private(path, content)
        except SecretFileError:
            return False
        if QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            return True
        shutil.rmtree(path.parent, ignore_errors=True)
        return False

    def forget(self) -> None:
        """Remove every copy: the desk locks, the program ends, or a run before this one did not end well."""
        shutil.rmtree(self._folder, ignore_errors=True)
