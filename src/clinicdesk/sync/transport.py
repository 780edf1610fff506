"""The line to the district: TLS 1.3 with the pinned authority, signed requests, compressed bodies, bounded answers."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import stamina
import urllib3

from clinicdesk.core.clock import Clock
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, nonce_of, sign_request
from clinicdesk.sync.body import BadBodyError, check_digest, decode, encode
from clinicdesk.sync.errors import (
    BusyError,
    NotADistrictServerError,
    RefusedError,
    RevokedError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
    UpgradeNeededError,
    WrongCertificateError,
)
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.protocol import (
    ANSWERS,
    CONTENT_TYPE,
    MAX_BODY_BYTES,
    MAX_LONE_BYTES,
    REFUSAL,
    ErrorCode,
    ErrorReply,
    PushBatch,
)

LARGEST_ANSWER = 16 << 20
"""Compressed bytes of one answer; a page of 2,000 rows is below 1 MiB."""

T = TypeVar("T")

Signer = Callable[[HttpRequest], Mapping[str, str]]
"""The headers of a request with those added that prove the device (RFC 9421, D23)."""


def device_signer(key_id: str, pairs: KeyPairs, clock: Clock) -> Signer:
    """Signs with the device's own key; the private key object lives for one request."""

    def sign(request: HttpRequest) -> Mapping[str, str]:
        return sign_request(request, key_id=key_id, key=pairs.signing_key(), now=clock.now())

    return sign


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often the line tries; scenario 57 and F16."""

    attempts: int = 4
    first_wait: float = 0.2
    longest_wait: float = 5.0
    jitter: float = 0.5
    busy_wait: float = 30.0
    connect: float = 5.0
    read: float = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer to one request of this line, its digest checked; `seconds` from first to last byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class HttpsLine:
    """One kept-alive connection to the district server; used by one thread."""

    def __init__(self, address: str, context: ssl.SSLContext, sign: Signer, patience: Patience | None = None) -> None:
        # Its own hooks print each retry; a session reports its outcome, and a log line knows no workstation.
        stamina.instrumentation.set_on_retry_hooks([])
        self._patience = patience or Patience()
        self._sign = sign
        parts = urlsplit(address)
        if parts.scheme != "https" or parts.hostname is None:
            raise NotADistrictServerError()
        self._pool = urllib3.HTTPSConnectionPool(
            parts.hostname,
            parts.port or 443,
            ssl_context=context,
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(connect=self._patience.connect, read=self._patience.read),
        )

    def close(self) -> None:
        self._pool.close()

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        """Post one message, again where that can help.

        Raises:
            UnreachableError, TooSlowError: offline; the same request may be sent later.
            BusyError: the district asked to come back later than we wait here.
            TooLargeError: split the request.
            BadBodyError: the answer was cut or altered each time.
            WrongCertificateError, NotADistrictServerError, RefusedError, RevokedError, UpgradeNeededError: a person
            has to look.
        """
        body, encoding = encode(request)
        alone = isinstance(request, PushBatch) and len(request.items) == 1
        if len(body) > (MAX_LONE_BYTES if alone else MAX_BODY_BYTES):
            raise TooLargeError(bytes=len(body))
        plain = {
            "Accept": CONTENT_TYPE,
            "Accept-Encoding": "zstd",
            "Content-Type": CONTENT_TYPE,
            **({"Content-Encoding": encoding} if encoding != "identity" else {}),
        }

        def once() -> Answer[M]:
            reply = self.send("POST", path, plain, body)
            message = decode(reply.body, reply.headers.get("Content-Encoding", "identity"), kind)
            return Answer(message, len(body), len(reply.body), reply.seconds)

        return self.trying(once)

    def trying(self, act: Callable[[], T]) -> T:
        """`act`, again where that can help. Raises: what it raised last."""
        for attempt in stamina.retry_context(
            on=self._wait_before_retry,
            attempts=self._patience.attempts,
            timeout=None,
            wait_initial=self._patience.first_wait,
            wait_max=self._patience.longest_wait,
            wait_jitter=self._patience.jitter,
        ):
            with attempt:
                return act()
        raise UnreachableError()

    def _wait_before_retry(self, error: Exception) -> bool | float:
        if isinstance(error, BusyError):
            seconds = float(error.params.get("seconds") or 0)
            return seconds if seconds <= self._patience.busy_wait else False
        # A time-out is not repeated here: the session halves its batch first.
        return isinstance(error, (UnreachableError, BadBodyError)) and not isinstance(error, TooSlowError)

    def send(self, method: str, target: str, plain: Mapping[str, str], body: bytes, kind: str = CONTENT_TYPE) -> Reply:
        """One signed request, once; `kind` is the content type of the answer to it.

        Raises: the errors of `ask`.
        """
        headers = self._sign(HttpRequest(method, target, plain, body))
        started = time.monotonic()
        try:
            answer = self._pool.urlopen(
                method, target, body=body, headers=headers, redirect=False, preload_content=False, decode_content=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise _as_ours(error) from error
        raw = _read(answer)
        reply = Reply(answer.status, answer.headers, raw, time.monotonic() - started)
        _refuse_failures(reply, kind, method == "HEAD", nonce_of(headers))
        return reply


def _read(answer: urllib3.BaseHTTPResponse) -> bytes:
    """The whole body; after anything else the connection is not used again."""
    try:
        raw = answer.read(LARGEST_ANSWER + 1)
    except urllib3.exceptions.HTTPError as error:
        answer.close()
        if isinstance(error, urllib3.exceptions.ReadTimeoutError):
            raise TooSlowError() from error
        raise BadBodyError("cut") from error
    if len(raw) > LARGEST_ANSWER or answer.length_remaining:
        # A bounded read of a body that ends early gives what there was, without an error.
        answer.close()
        raise BadBodyError("too_large" if len(raw) > LARGEST_ANSWER else "cut")
    return raw


def _refuse_failures(reply: Reply, wanted: str, bodiless: bool, nonce: str | None) -> None:
    """Let through only an answer of the district to this very request, whole and no error (scenarios 7, 50, 51)."""
    status, headers = reply.status, reply.headers
    if status in {429, 503}:
        raise BusyError(seconds=_retry_after(headers))
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status in {301, 302, 303, 307, 308, 511} or kind in {"text/html", "application/xhtml+xml"}:
        # A login page of the network, not the district: the same as no network.
        raise UnreachableError(reason="captive_portal")
    if kind not in {wanted, CONTENT_TYPE}:
        raise NotADistrictServerError()
    if not bodiless:
        check_digest(reply.body, headers.get("Content-Digest"))
    if nonce is not None and headers.get(ANSWERS) != nonce:
        # A gateway kept it, or plays an older one again; whatever it says, it was said to another question (s51).
        raise BadBodyError("not_this_request")
    if status == 413:
        raise TooLargeError()
    if status in {408, 504}:
        raise TooSlowError()
    if status >= 500:
        raise UnreachableError(reason="server_failed")
    if status not in {200, 206}:
        raise _refusal(_code(reply, bodiless))
    if kind != wanted:
        raise NotADistrictServerError()


def _code(reply: Reply, bodiless: bool) -> str:
    if bodiless:
        return reply.headers.get(REFUSAL, "")
    return decode(reply.body, reply.headers.get("Content-Encoding", "identity"), ErrorReply).code


def _refusal(code: str) -> Exception:
    if code == ErrorCode.REVOKED:
        return RevokedError()
    if code == ErrorCode.UPGRADE_NEEDED:
        return UpgradeNeededError()
    return RefusedError(reason=code)


def _retry_after(headers: Mapping[str, str]) -> int:
    """Seconds of `Retry-After`; only the numeric form is sent by the district."""
    given = headers.get("Retry-After", "")
    return int(given) if given.isascii() and given.isdigit() else 5


def _as_ours(error: urllib3.exceptions.HTTPError) -> Exception:
    """What a failed attempt means to a person."""
    if isinstance(error, urllib3.exceptions.SSLError):
        return _as_ours_tls(error.args[0] if error.args else error)
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return TooSlowError()
    if isinstance(error, urllib3.exceptions.ProtocolError):
        # The connection was closed while we sent or waited: nothing is known of the outcome, so ask again.
        return UnreachableError(reason="connection_lost")
    return UnreachableError(reason="no_connection")


def _as_ours_tls(cause: object) -> Exception:
    if isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return UnreachableError(reason="connection_lost")
    if isinstance(cause, ssl.SSLError) and cause.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"}:
        # Plain HTTP, or another protocol altogether, listens there.
        return NotADistrictServerError()
    return WrongCertificateError()
