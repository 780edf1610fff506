"""The two key pairs of a person or a device: Ed25519 to sign, X25519 to be sealed to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from clinicdesk.security.derivation import wipe
from clinicdesk.security.errors import KeysGoneError, SignatureRefusedError
from clinicdesk.security.sealing import open_sealed

RAW_BYTES = 32


class PublicKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What others need to verify and to seal; raw 32-byte keys."""

    signing: bytes
    sealing: bytes

    def key_id(self) -> str:
        """The name a signature gives its key (D33): 32 hex digits over both keys."""
        return hashlib.sha256(b"clinicdesk key id/v1\0" + self.signing + self.sealing).hexdigest()[:32]

    def verify(self, purpose: str, message: bytes, signature: bytes) -> None:
        """Check a signature that `KeyPairs.sign` made for the same purpose.

        Raises:
            SignatureRefusedError: other key, purpose or message.
        """
        verify_signature(self.signing, purpose, message, signature)


class KeyPairs:
    """Private halves in buffers that `destroy` overwrites (T13); the key objects live for one operation only."""

    def __init__(self, private: bytearray) -> None:
        """Take over 64 bytes: the X25519 key, then the Ed25519 seed."""
        if len(private) != 2 * RAW_BYTES:
            raise ValueError("two raw keys of 32 bytes expected")
        self._private = private
        self._destroyed = False
        self.public = PublicKeys(
            signing=self.signing_key().public_key().public_bytes_raw(),
            sealing=X25519PrivateKey.from_private_bytes(bytes(private[:RAW_BYTES])).public_key().public_bytes_raw(),
        )

    @classmethod
    def generate(cls) -> KeyPairs:
        sealing = X25519PrivateKey.generate().private_bytes_raw()
        return cls(bytearray(sealing + Ed25519PrivateKey.generate().private_bytes_raw()))

    def signing_key(self) -> Ed25519PrivateKey:
        """The key object for one operation; raises `KeysGoneError` after `destroy`, like everything private here."""
        self._require()
        return Ed25519PrivateKey.from_private_bytes(bytes(self._private[RAW_BYTES:]))

    def sign(self, purpose: str, message: bytes) -> bytes:
        """Sign for one purpose; `PublicKeys.verify` checks it for the same."""
        return sign_with(self.signing_key(), purpose, message)

    def open_sealed(self, sealed: bytes, info: str) -> bytearray:
        """What was HPKE-sealed to these keys; raises `SealBrokenError`."""
        self._require()
        return open_sealed(self._private[:RAW_BYTES], sealed, info)

    def use_private(self, act: Callable[[bytearray], bytes]) -> bytes:
        """Hand the raw halves to `act`, which wraps them."""
        self._require()
        return act(self._private)

    def destroy(self) -> None:
        self._destroyed = True
        wipe(self._private)

    @property
    def destroyed(self) -> bool:
        return self._destroyed

    def _require(self) -> None:
        if self._destroyed:
            raise KeysGoneError


def sign_with(key: Ed25519PrivateKey, purpose: str, message: bytes) -> bytes:
    """Ed25519 over the purpose and the message, so that no signature serves two purposes."""
    return key.sign(_bound(purpose, message))


def verify_signature(signing_public: bytes, purpose: str, message: bytes, signature: bytes) -> None:
    """Check an Ed25519 signature made for `purpose`.

    Raises:
        SignatureRefusedError: it does not hold.
    """
    try:
        Ed25519PublicKey.from_public_bytes(signing_public).verify(signature, _bound(purpose, message))
    except (InvalidSignature, ValueError) as error:
        raise SignatureRefusedError("does_not_verify") from error


def _bound(purpose: str, message: bytes) -> bytes:
    return b"clinicdesk " + purpose.encode() + b"\0" + message
