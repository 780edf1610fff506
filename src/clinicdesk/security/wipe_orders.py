"""The order to a revoked workstation to destroy what it holds, signed by the district (security-spec 2.3, s43)."""

from __future__ import annotations

import datetime as dt
import uuid

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.key_pairs import sign_with, verify_signature

PURPOSE = "wipe-order/v1"


class WipeStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which workstation, by which district's word, since when; `despite_waiting`: whatever has not come in yet."""

    district: uuid.UUID
    device: uuid.UUID
    ordered_at: dt.datetime
    despite_waiting: bool


def sign_order(key: Ed25519PrivateKey, order: WipeStatement) -> tuple[bytes, bytes]:
    """The statement as signed, and the district's signature over it."""
    statement = msgspec.json.encode(order)
    return statement, sign_with(key, PURPOSE, statement)


def read_order(
    statement: bytes, signature: bytes, *, district_key: bytes, district: uuid.UUID, device: uuid.UUID
) -> WipeStatement:
    """The order, if it is the district's own and meant for this workstation.

    Raises:
        SignatureRefusedError: it is not; nothing is destroyed by it.
    """
    verify_signature(district_key, PURPOSE, statement, signature)
    try:
        order = msgspec.json.decode(statement, type=WipeStatement)
    except msgspec.DecodeError as error:
        raise SignatureRefusedError("malformed") from error
    if (order.district, order.device) != (district, device):
        raise SignatureRefusedError("other_device")
    return order
