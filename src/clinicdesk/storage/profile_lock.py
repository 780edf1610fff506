"""One program a profile: the second one is told so instead of writing beside the first (scenario 16, F12)."""

from __future__ import annotations

from pathlib import Path

import fasteners

from clinicdesk.core.errors import UserFacingError


class ProfileInUseError(UserFacingError):
    """Another ClinicDesk has this profile open."""

    code = "profile_in_use"


class ProfileLock:
    """Held from start to end of a program. The system lets go of it when the program dies, so it is never stale."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: fasteners.InterProcessLock | None = None

    @property
    def held(self) -> bool:
        return self._lock is not None

    def take(self) -> bool:
        """Take the lock if it is free; says whether it is held now."""
        if self._lock is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = fasteners.InterProcessLock(str(self._path))
            if lock.acquire(blocking=False):
                self._lock = lock
            elif lock.lockfile is not None:
                # The library keeps the file open for a further try; here each try is a new one.
                lock.lockfile.close()
        return self.held

    def require(self) -> None:
        """Raises: ProfileInUseError: another program holds it."""
        if not self.take():
            raise ProfileInUseError

    def release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
