"""Who is asking: the signature over the request as sent, the device's state, and no nonce twice (D23, T17)."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clinicdesk.core.clock import Clock
from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.signing import HttpRequest, SignedBy, verify_request
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.pace import Pace
from clinicdesk.server.sessions import KnownDevice, read_device
from clinicdesk.sync.protocol import ErrorCode

NONCE_LIFE = dt.timedelta(days=400)
"""As long as receipts: a workstation's clock may be years off, so the nonce alone says that a request is new."""


@dataclass(slots=True)
class Gate:
    """Lets a request through once, as the device that signed it."""

    database: Database
    clock: Clock
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(self.clock)

    def admit(self, request: HttpRequest) -> KnownDevice:
        """The device that signed exactly this request; a revoked one too, which may still hand in what it has.

        Raises:
            RefusedRequestError: unsigned, altered, replayed, of a device that is not enrolled, or of one that asks
                for too much (s59).
        """
        known: dict[str, KnownDevice] = {}
        with contextlib.ExitStack() as transaction:
            # One for all of it, begun where a signature names somebody: every request pays for this.
            connections: list[Connection] = []

            def resolve(key_id: str) -> Ed25519PublicKey | None:
                try:
                    name = str(uuid.UUID(key_id))
                except ValueError:
                    return None
                if not connections:
                    connections.append(transaction.enter_context(self._lightly(name)))
                device = read_device(connections[0], name)
                if device is None or device.status == "PENDING":
                    return None
                known[key_id] = device
                return Ed25519PublicKey.from_public_bytes(device.signing_key)

            signed = self._verified(request, resolve)
            device = known[signed.key_id]
            self.pace.take(device.id)
            self._use_nonce(connections[0], device.id, signed.nonce)
        return device

    def admit_newcomer(self, request: HttpRequest, device: str, signing_key: bytes) -> Callable[[], None]:
        """A request of a device that is not enrolled yet, signed by the key it wants to be known by.

        Whoever can send bytes can make such a key, so its nonce is used up by the function that comes back, once the
        request turned out to be of somebody with an invite: strangers leave nothing in the database.

        Raises:
            RefusedRequestError: unsigned or altered; from that function: replayed.
        """

        def resolve(key_id: str) -> Ed25519PublicKey | None:
            return Ed25519PublicKey.from_public_bytes(signing_key) if key_id == device else None

        signed = self._verified(request, resolve)

        def use_up() -> None:
            with self._lightly(device) as connection:
                self._use_nonce(connection, device, signed.nonce)

        return use_up

    def _verified(self, request: HttpRequest, resolve: object) -> SignedBy:
        try:
            return verify_request(request, resolve, now=self.clock.now())  # type: ignore[arg-type]  # one of the two above
        except SignatureRefusedError as error:
            reason = error.params.get("reason")
            code = ErrorCode.UNKNOWN_DEVICE if reason == "unknown_device" else ErrorCode.BAD_SIGNATURE
            raise RefusedRequestError(code, problem=reason) from error
        except ValueError as error:
            raise RefusedRequestError(ErrorCode.BAD_SIGNATURE, problem="key") from error

    def _lightly(self, device: str) -> contextlib.AbstractContextManager[Connection]:
        """Losing the last nonces in a crash of the server lets a request be repeated, and every one may be."""
        return self.database.merging(device, durable=False)

    def _use_nonce(self, connection: Connection, device: str, nonce: str) -> None:
        fresh = connection.execute(
            "INSERT INTO device_nonces (device_id, nonce, expires_at) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING 1",
            (device, nonce, self.clock.now() + NONCE_LIFE),
        ).fetchone()
        if fresh is None:
            raise RefusedRequestError(ErrorCode.REPLAYED)
