"""The names on the locked card, read from the slot file without loading what opens it."""

from __future__ import annotations

import json

from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.errors import SecretFileError
from clinicdesk.security.private_files import read_private


def sign_in_names(paths: ProfilePaths) -> tuple[str, ...]:
    """Who may sign in here, where names are shown; nobody where the file does not read.

    It decides nothing: a name may be typed as well, and `slots.unlock` checks the file and says what is wrong with it.
    """
    try:
        content = read_private(paths.slots)
        file = json.loads(content or b"null")
        labels = [slot["header"]["label"] for slot in file["slots"]]
    except (SecretFileError, ValueError, TypeError, LookupError, RecursionError):
        return ()
    return tuple(label for label in labels if isinstance(label, str) and label)
