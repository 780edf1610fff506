"""Where the files of one profile lie."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProfilePaths:
    """The files of one workstation profile, all below `root` (mode 0700)."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "clinic.db"

    @property
    def slots(self) -> Path:
        return self.root / "keyslots.json"

    @property
    def device(self) -> Path:
        return self.root / "device.json"

    @property
    def anchor(self) -> Path:
        return self.root / "anchor.json"

    def choices_of(self, user: uuid.UUID) -> Path:
        """What one person chose about looks on this workstation (`settings`); the name tells nothing but an id."""
        return self.root / "choices" / f"{user}.json"

    @property
    def lock(self) -> Path:
        return self.root / "profile.lock"

    @property
    def attachments(self) -> Path:
        return self.root / "attachments"

    @property
    def wipe_mark(self) -> Path:
        """Is there while the district's order to destroy this profile is carried out (scenario 43)."""
        return self.root / "wipe-begun"

    @property
    def opened(self) -> Path:
        """Copies of documents that are open in another program; emptied at every lock."""
        return self.root / "opened"


def default_profile() -> ProfilePaths:
    """The profile of this account on this machine."""
    # Imported here: whoever names a profile does not need it, and it costs 15 ms of the start.
    import platformdirs

    return ProfilePaths(Path(platformdirs.user_data_dir("ClinicDesk", appauthor=False)) / "profile")
