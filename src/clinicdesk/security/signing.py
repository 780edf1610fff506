"""Signed HTTP requests (D23): RFC 9421 with the Ed25519 device key over method, path, query, date, nonce and digest.

Knows no framework: the client signs a `HttpRequest` and adds the headers, the server builds one from what arrived.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    VerifyResult,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.wire_bytes import to_base64url

COMPONENTS = ("@method", "@path", "@query", "date", "content-digest")
RANGES = ("content-range", "range")
"""Fields of a request for part of a file: signed where they are there, so nobody moves a piece to another place."""

TAG = "clinicdesk/1"
LABEL = "device"
NONCE_BYTES = 18
_LONGEST_NONCE = 64
_NONCE = re.compile(r';nonce="([A-Za-z0-9_-]{1,64})"')


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it goes over the line: `target` is path and query as sent, `body` after compression."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class SignedBy:
    """What a verified request says of itself; the server remembers the nonce and refuses its second use."""

    key_id: str
    nonce: str
    date: dt.datetime


def sign_request(
    request: HttpRequest, *, key_id: str, key: Ed25519PrivateKey, now: dt.datetime, nonce: str | None = None
) -> dict[str, str]:
    """The request's headers with `Date`, `Content-Digest`, `Signature-Input` and `Signature` added.

    Nothing may change the body afterwards: the digest is of these bytes.
    """
    kept = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
    message = _Message(request.method, request.target, kept)
    message.headers["Date"] = format_datetime(now.astimezone(dt.UTC), usegmt=True)
    prepared = _SIGNER.prepare(
        message,
        key_id=key_id,
        created=now,
        nonce=nonce or to_base64url(secrets.token_bytes(NONCE_BYTES)),
        label=LABEL,
        tag=TAG,
        covered_component_ids=_covered(message.headers),
        body=request.body,
    )
    signature = base64.b64encode(key.sign(prepared.signature_base)).decode("ascii")
    # `apply` would parse all of it again, for the case that the message had changed meanwhile: half of the work.
    message.headers["Signature-Input"] = f"{LABEL}={prepared.signature_params}"
    message.headers["Signature"] = f"{LABEL}=:{signature}:"
    return message.headers


def verify_request(
    request: HttpRequest,
    resolve: Callable[[str], Ed25519PublicKey | None],
    *,
    now: dt.datetime,
    max_skew: dt.timedelta | None = None,
) -> SignedBy:
    """Who signed exactly this request. `resolve` gives the device's key, None for an unknown or revoked device.

    A workstation's clock may be years off (sync scenario 11), so freshness is the nonce's matter; with `max_skew`
    the date is checked as well.

    Raises:
        SignatureRefusedError: missing, malformed, unknown_device, does_not_verify, digest, date.
        Exception: whatever `resolve` raises, as it is.
    """
    message = _Message(request.method, request.target, dict(request.headers))
    present = {name.lower() for name in message.headers}
    if _REQUIRED - present:
        raise SignatureRefusedError("missing")
    result = _verified(message, _DeviceKeys(resolve), request.body)
    nonce, key_id = result.nonce, result.parameters.get("keyid")
    if not nonce or len(nonce) > _LONGEST_NONCE or not isinstance(key_id, str):
        raise SignatureRefusedError("malformed")
    date = _date(message)
    if max_skew is not None and abs(now - date) > max_skew:
        raise SignatureRefusedError("date")
    return SignedBy(key_id, nonce, date)


def nonce_of(headers: Mapping[str, str]) -> str | None:
    """The nonce that a signed request names; its answer says it again, so that no older one passes for it (s51)."""
    named = next((value for name, value in headers.items() if name.lower() == "signature-input"), "")
    found = _NONCE.search(named)
    return None if found is None else found.group(1)


def _covered(headers: Mapping[str, str]) -> tuple[str, ...]:
    present = {name.lower() for name in headers}
    return (*COMPONENTS, *(name for name in RANGES if name in present))


_SIGNER = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
_REQUIRED = frozenset({"date", "content-digest", "signature", "signature-input"})
_OURS = _REQUIRED


class _Message:
    """The shape http-message-signatures reads; only path and query of the address are signed."""

    def __init__(self, method: str, target: str, headers: dict[str, str]) -> None:
        self.method = method.upper()
        self.url = f"https://district.invalid{target}"
        self.headers = headers


class _DeviceKeys(HTTPSignatureKeyResolver):
    def __init__(self, resolve: Callable[[str], Ed25519PublicKey | None]) -> None:
        self._resolve = resolve
        self.unknown = False
        self.failed: Exception | None = None

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        try:
            key = self._resolve(key_id)
        except Exception as error:
            # The library takes every error for a bad signature; that nobody could be asked is none.
            self.failed = error
            raise
        self.unknown = key is None
        return key


class _TimelessVerifier(HTTPMessageVerifier):
    """Leaves the date to `verify_request`, which takes the time from a `Clock` and tolerates wrong clocks."""

    def validate_created_and_expires(self, sig_input: object, max_age: dt.timedelta | None = None) -> None:
        return None


def _verified(message: _Message, resolver: _DeviceKeys, body: bytes) -> VerifyResult:
    verifier = _TimelessVerifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    try:
        results = verifier.verify(message, max_age=None, expect_tag=TAG)
    except (HTTPMessageSignaturesException, ValueError) as error:
        if resolver.failed is not None:
            raise resolver.failed from error
        raise SignatureRefusedError("unknown_device" if resolver.unknown else "does_not_verify") from error
    if len(results) != 1:
        raise SignatureRefusedError("malformed")
    # The names as they stand in what was signed; the library's own check of them would parse each one twice.
    if not {f'"{name}"' for name in _covered(message.headers)} <= results[0].covered_components.keys():
        raise SignatureRefusedError("does_not_verify")
    try:
        return verifier.verify_body(message, results, body)[0]
    except InvalidSignature as error:
        raise SignatureRefusedError("digest") from error


def _date(message: _Message) -> dt.datetime:
    text = next(value for name, value in message.headers.items() if name.lower() == "date")
    try:
        date = parsedate_to_datetime(text)
    except ValueError as error:
        raise SignatureRefusedError("malformed") from error
    return date if date.tzinfo is not None else date.replace(tzinfo=dt.UTC)
