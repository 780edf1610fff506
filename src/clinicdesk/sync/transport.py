"""The line to the district: TLS 1.3 with the pinned authority, signed requests, compressed bodies, bounded answers."""

from __future__ import annotations

import base64
import hashlib
import io
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
import stamina
import urllib3
import zstandard

from clinicdesk.sync.errors import (
    BadAnswerError,
    BusyError,
    NotADistrictServerError,
    RefusedError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
    WrongCertificateError,
)
from clinicdesk.sync.ports import Reply

JSON_TYPE = "application/json"
LARGEST_REQUEST = 8 * 1024 * 1024
LARGEST_ANSWER = 8 * 1024 * 1024
LARGEST_JSON = 64 * 1024 * 1024
LEVEL = 1
"""zstd-1: levels 9 and up cost five times the time for 8 % fewer bytes (sync-design 5.2)."""

Signer = Callable[[str, str, bytes], Mapping[str, str]]
"""From method, full address and the body as sent to the headers that prove the device (RFC 9421, D23)."""


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


class Problem(msgspec.Struct):
    """The refusal of a request."""

    code: str = "unknown"


class HttpsLine:
    """One kept-alive connection to the district server; used by one thread."""

    def __init__(self, address: str, context: ssl.SSLContext, sign: Signer, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._sign = sign
        self._base = address.rstrip("/")
        parts = urlsplit(self._base)
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
        self._compressor = zstandard.ZstdCompressor(level=LEVEL)

    def close(self) -> None:
        self._pool.close()

    def send(self, method: str, path: str, body: bytes) -> Reply:
        """Send one request, again where that can help.

        Raises:
            UnreachableError, TooSlowError: offline; the same request may be sent later.
            BusyError: the district asked to come back later than we wait here.
            TooLargeError: split the request.
            BadAnswerError: the answer was cut or altered each time.
            WrongCertificateError, NotADistrictServerError, RefusedError: a person has to look.
        """
        packed = self._compressor.compress(body) if body else b""
        if len(packed) > LARGEST_REQUEST or len(body) > LARGEST_JSON:
            raise TooLargeError(bytes=len(packed))
        for attempt in stamina.retry_context(
            on=self._wait_before_retry,
            attempts=self._patience.attempts,
            timeout=None,
            wait_initial=self._patience.first_wait,
            wait_max=self._patience.longest_wait,
            wait_jitter=self._patience.jitter,
        ):
            with attempt:
                return self._once(method, path, packed)
        raise UnreachableError()

    def _wait_before_retry(self, error: Exception) -> bool | float:
        if isinstance(error, BusyError):
            seconds = float(error.params.get("seconds") or 0)
            return seconds if seconds <= self._patience.busy_wait else False
        # A time-out is not repeated here: the session halves its batch first.
        return isinstance(error, (UnreachableError, BadAnswerError)) and not isinstance(error, TooSlowError)

    def _once(self, method: str, path: str, packed: bytes) -> Reply:
        headers = {"Accept": JSON_TYPE, "Accept-Encoding": "zstd", **self._sign(method, self._base + path, packed)}
        if packed:
            headers |= {"Content-Type": JSON_TYPE, "Content-Encoding": "zstd"}
        started = time.monotonic()
        try:
            answer = self._pool.urlopen(
                method,
                path,
                body=packed or None,
                headers=headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise _as_ours(error) from error
        try:
            raw = answer.read(LARGEST_ANSWER + 1)
        except urllib3.exceptions.ReadTimeoutError as error:
            raise TooSlowError() from error
        except urllib3.exceptions.HTTPError as error:
            raise BadAnswerError(problem="cut") from error
        seconds = time.monotonic() - started
        if len(raw) > LARGEST_ANSWER:
            answer.close()
            raise BadAnswerError(problem="too_large")
        return Reply(_checked(answer.status, answer.headers, raw), len(packed), len(raw), seconds)


def content_digest(body: bytes) -> str:
    """The value of `Content-Digest` (RFC 9530) for a body as sent."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def _checked(status: int, headers: Mapping[str, str], raw: bytes) -> bytes:
    """The JSON of an answer whose type, digest and size hold; everything else is an error (scenarios 7, 50)."""
    if status in {429, 503}:
        raise BusyError(seconds=_retry_after(headers))
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status in {301, 302, 303, 307, 308, 511} or kind in {"text/html", "application/xhtml+xml"}:
        # A login page of the network, not the district: the same as no network.
        raise UnreachableError(reason="captive_portal")
    if kind not in {JSON_TYPE, "application/problem+json"}:
        raise NotADistrictServerError()
    digest = headers.get("Content-Digest")
    if digest is None:
        raise NotADistrictServerError()
    if digest != content_digest(raw):
        raise BadAnswerError(problem="digest")
    body = _unpacked(raw, headers.get("Content-Encoding", "identity"))
    if status == 413:
        raise TooLargeError()
    if status in {408, 504}:
        raise TooSlowError()
    if status >= 500:
        raise UnreachableError(reason="server_failed")
    if status >= 400:
        raise RefusedError(reason=_reason(body), status=status)
    return body


def _unpacked(raw: bytes, encoding: str) -> bytes:
    if encoding == "identity":
        return raw
    if encoding != "zstd":
        raise BadAnswerError(problem="encoding")
    try:
        # read() up to one byte more than allowed: a bomb is never inflated (F17).
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)) as reader:
            body = reader.read(LARGEST_JSON + 1)
    except zstandard.ZstdError as error:
        raise BadAnswerError(problem="compression") from error
    if len(body) > LARGEST_JSON:
        raise BadAnswerError(problem="too_large")
    return body


def _retry_after(headers: Mapping[str, str]) -> int:
    """Seconds of `Retry-After`; only the numeric form is sent by the district."""
    given = headers.get("Retry-After", "")
    return int(given) if given.isascii() and given.isdigit() else 5


def _reason(body: bytes) -> str:
    """The stable word of a problem answer; never its free text."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return "unknown"
    return problem.code


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
