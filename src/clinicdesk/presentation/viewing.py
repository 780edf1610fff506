"""Documents that leave the window for the machine's own viewer."""

from __future__ import annotations

from collections.abc import Callable

from clinicdesk.core.errors import WorldError

ShowDocument = Callable[[bytes, str], bool]
"""Opens a document with what the machine has for it, from where it is printed; false where it has nothing."""


class NoViewerError(WorldError):
    """The machine has no program for this document."""

    code = "no_viewer"
