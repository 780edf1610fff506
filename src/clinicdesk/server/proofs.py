"""What the district gave out and wants to know again: a keyed mark that nobody else can make (s17, s59).

A pair that the district does not remember proves that it was set back, and begins a new epoch. So it counts only under
this mark. The key stands in the database beside the epoch: a restored one knows what it gave out before the restore.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from clinicdesk.server.database import Connection

_SIZE = 16


@dataclass(frozen=True, slots=True)
class ProofKey:
    """The district's key, HMAC-SHA-256; each use has its own purpose."""

    key: bytes = field(repr=False)

    def sealed(self, purpose: str, content: bytes) -> str:
        """A token of the content with its mark."""
        return base64.urlsafe_b64encode(self._mark(purpose, content) + content).decode("ascii")

    def opened(self, purpose: str, token: str) -> bytes | None:
        """The content of a token that this district made for this purpose; None of any other."""
        try:
            raw = base64.urlsafe_b64decode(token)
        except (binascii.Error, ValueError):
            return None
        mark, content = raw[:_SIZE], raw[_SIZE:]
        return content if hmac.compare_digest(mark, self._mark(purpose, content)) else None

    def marked(self, purpose: str, content: bytes) -> str:
        """The mark alone, for content that both sides know."""
        return base64.urlsafe_b64encode(self._mark(purpose, content)).decode("ascii")

    def fits(self, purpose: str, content: bytes, mark: str) -> bool:
        """Whether this district made that mark of this content."""
        return hmac.compare_digest(mark.encode(), self.marked(purpose, content).encode())

    def _mark(self, purpose: str, content: bytes) -> bytes:
        return hmac.digest(self.key, f"clinicdesk/{purpose}/v1\0".encode() + content, hashlib.sha256)[:_SIZE]


def acknowledgement(key: ProofKey, device: str, mutation: str) -> str:
    """What a workstation is given with the answer to a batch, and shows when it comes again."""
    return key.marked("acknowledged", f"{device}:{mutation}".encode())


def was_acknowledged(key: ProofKey, device: str, mutation: str, token: str | None) -> bool:
    """Whether this district gave this device an answer whose last item was this one."""
    return token is not None and key.fits("acknowledged", f"{device}:{mutation}".encode(), token)


def read_key(connection: Connection) -> ProofKey:
    """The key of this database: it stays the same over every restart and restore."""
    (key,) = connection.execute("SELECT proof_key FROM server_state").fetchone() or (b"",)
    return ProofKey(bytes(key))
