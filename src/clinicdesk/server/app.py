"""The district over HTTP: thin routes, one for each message; everything that counts is below (D23)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import msgspec
import psycopg
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.security.enrolment import EnrolmentChallenge, EnrolmentProof
from clinicdesk.security.signing import HttpRequest, nonce_of
from clinicdesk.server.description import openapi
from clinicdesk.server.door import Door
from clinicdesk.server.enrolment import EnrolmentOffice
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.file_routes import Asked, FileRoutes, Step
from clinicdesk.server.files import Files
from clinicdesk.server.gate import Gate
from clinicdesk.server.room import Room
from clinicdesk.server.sessions import KnownDevice
from clinicdesk.server.trail import DistrictTrail, RefusalNotes
from clinicdesk.server.wiping import Wiping
from clinicdesk.sync import enrolment_messages as e
from clinicdesk.sync import protocol as p
from clinicdesk.sync.body import BadBodyError, check_digest, content_digest, encode, memory_of, plain_size, read, unpack

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes hand requests to."""

    gate: Gate
    exchange: Exchange
    office: EnrolmentOffice
    authority_pem: str


Admit = Callable[[HttpRequest], KnownDevice | None]
"""Who asks, before anything of the body is unpacked; None where only the message itself can tell."""

Act = Callable[[HttpRequest, KnownDevice | None, Any], msgspec.Struct]

SMALL_MESSAGE_BYTES = 64 << 10
"""What a body of somebody unknown may unpack to."""

BODY_SECONDS = 120.0
"""A megabyte over a line of 128 kbit/s takes 70."""


@dataclass(frozen=True, slots=True)
class _Route:
    path: str
    request: type[msgspec.Struct]
    reply: type[msgspec.Struct]
    admit: Admit
    act: Act
    signed: bool = True
    limit: int = p.MAX_PLAIN_BYTES
    most: int = p.MAX_BODY_BYTES


def build_app(services: Services) -> FastAPI:
    """The application; it holds nothing but its services."""
    app = FastAPI(title="ClinicDesk district", version=str(p.PROTOCOL), docs_url=None, redoc_url=None, openapi_url=None)
    routes = _routes(services)
    exchange = services.exchange
    notes = RefusalNotes(exchange.database, exchange.clock, DistrictTrail(exchange.district.id))
    room, door = Room(), Door()
    for route in routes:
        steps = (partial(_admit, route), partial(_act, route, room))
        body_of = partial(_body, room=room, kind=p.CONTENT_TYPE, most=route.most)
        begins = route.request is p.SessionOpen
        take = _endpoint(route.path, steps, notes, body_of, door, begins=begins)
        app.add_api_route(route.path, take, methods=["POST"], include_in_schema=False)
    files = FileRoutes(services.gate, Files(exchange.database, exchange.clock, exchange.district))
    for method, (act, kind) in files.by_method().items():
        body_of = partial(_body, room=room, kind=kind, most=p.MAX_BODY_BYTES)
        take = _endpoint(p.FILE_PATH, (files.admit, act), notes, body_of, door, begins=False)
        app.add_api_route(p.FILE_PATH + "{name}", take, methods=[method], include_in_schema=False)
    description = msgspec.json.encode(openapi(routes))

    def described() -> Response:
        return Response(description, media_type="application/json")

    def health() -> Response:
        """Whether the district can be reached and its database answers."""
        found = services.exchange.health()
        status = "alarm" if found.alarms else "ok"
        state = {"status": status, "protocol": p.PROTOCOL, "schema": p.SCHEMA, **asdict(found)}
        return Response(msgspec.json.encode(state), media_type="application/json", headers=_NO_STORE)

    app.add_api_route("/v1/openapi.json", described, methods=["GET"], include_in_schema=False)
    app.add_api_route("/v1/health", health, methods=["GET"], include_in_schema=False)
    return app


def _routes(services: Services) -> list[_Route]:
    gate, exchange, office = services.gate, services.exchange, services.office

    wiping = Wiping(exchange.database, exchange.clock, exchange.district.id)

    def greeted(device: KnownDevice, message: p.SessionOpen) -> p.SessionReply:
        return wiping.told(device, exchange.open_session(device, message))

    def stranger(_http: HttpRequest) -> None:
        return None

    def active(http: HttpRequest) -> KnownDevice:
        device = gate.admit(http)
        if device.revoked:
            raise RefusedRequestError(p.ErrorCode.REVOKED)
        return device

    def of_device(act: Callable[[KnownDevice, Any], msgspec.Struct]) -> Act:
        def handle(_http: HttpRequest, device: KnownDevice | None, message: Any) -> msgspec.Struct:
            assert device is not None
            return act(device, message)

        return handle

    def greet(http: HttpRequest, _device: object, message: e.EnrolRequest) -> msgspec.Struct:
        use_nonce = gate.admit_newcomer(http, str(message.hello.device), message.hello.keys.signing)
        invite = office.invite_of(message)
        use_nonce()
        return office.greet(message, invite)

    def prove(http: HttpRequest, _device: object, message: EnrolmentProof) -> msgspec.Struct:
        gate.admit_newcomer(http, str(message.device), office.signing_key_of(str(message.device)))()
        return office.prove(message)

    def status(http: HttpRequest, _device: object, message: e.EnrolStatusRequest) -> msgspec.Struct:
        gate.admit_newcomer(http, message.device, office.signing_key_of(message.device))()
        return office.status(message)

    def authority(_http: HttpRequest, _device: object, _message: object) -> msgspec.Struct:
        return e.AuthorityReply(services.authority_pem)

    def newcomer(
        path: str, request: type[msgspec.Struct], reply: type[msgspec.Struct], act: Act, *, signed: bool = True
    ) -> _Route:
        return _Route(path, request, reply, stranger, act, signed, SMALL_MESSAGE_BYTES)

    def known(
        path: str,
        request: type[msgspec.Struct],
        reply: type[msgspec.Struct],
        act: Callable[[KnownDevice, Any], msgspec.Struct],
        admit: Admit = gate.admit,
    ) -> _Route:
        return _Route(path, request, reply, admit, of_device(act))

    return [
        newcomer("/v1/authority", e.AuthorityRequest, e.AuthorityReply, authority, signed=False),
        newcomer("/v1/enrol", e.EnrolRequest, EnrolmentChallenge, greet),
        newcomer("/v1/enrol/proof", EnrolmentProof, e.EnrolReply, prove),
        newcomer("/v1/enrol/status", e.EnrolStatusRequest, e.EnrolReply, status),
        known("/v1/enrol/approve", e.ApproveRequest, e.EnrolReply, office.approve, active),
        known("/v1/devices", e.DevicesRequest, e.DevicesReply, office.devices, active),
        known("/v1/devices/revoke", e.RevokeRequest, e.DevicesReply, office.revoke, active),
        known("/v1/session", p.SessionOpen, p.SessionReply, greeted),
        known("/v1/wipe", p.WipeReport, p.WipeReply, wiping.report),
        known("/v1/outcomes", p.HeldRequest, p.HeldReply, exchange.outcomes),
        replace(
            known("/v1/push", p.PushBatch, p.PushReply, exchange.push),
            limit=p.MAX_PUSH_PLAIN_BYTES,
            most=p.MAX_LONE_BYTES,
        ),
        known("/v1/pull", p.PullRequest, p.PullPage, exchange.pull),
        known("/v1/digests", p.DigestRequest, p.DigestReply, exchange.digests),
        known("/v1/rows", p.RowsRequest, p.RowsReply, exchange.rows),
        known("/v1/import-lease", p.LeaseRequest, p.LeaseReply, exchange.import_lease),
    ]


_NO_STORE = {"Cache-Control": "no-store"}


_NO_FAULT = frozenset(
    {
        p.ErrorCode.NOT_READY,
        p.ErrorCode.CURSOR_UNKNOWN,
        p.ErrorCode.EPOCH_CHANGED,
        p.ErrorCode.UPGRADE_NEEDED,
        p.ErrorCode.INTERNAL,
        p.ErrorCode.NO_SUCH_FILE,
        p.ErrorCode.OTHER_PLACE,
    }
)
"""Refusals that say something of the district, not of who asks."""

_SIGNER = re.compile(r'keyid="([0-9a-f-]{36})"')
_KNOWN_SIGNER = frozenset({p.ErrorCode.REVOKED, p.ErrorCode.SCOPE, p.ErrorCode.DENIED, p.ErrorCode.BUSY})
"""Refusals that come after the signature was found good: only then the request says truly whose it is."""


_BodyOf = Callable[[Request], contextlib.AbstractAsyncContextManager[bytes]]


def _endpoint(
    path: str, steps: Sequence[Step], notes: RefusalNotes, body_of: _BodyOf, door: Door, *, begins: bool
) -> Callable[[Request], Any]:
    """What serves a route. Where a session `begins`, each step passes the door, and the last waits for its turn."""
    stages = [(steps, False)] if not begins else [(steps[:-1], False), (steps[-1:], True)]

    def refused(headers: Mapping[str, str], refusal: RefusedRequestError, known: KnownDevice | None = None) -> Response:
        """The answer to a request that is refused; the audit trail has a word of it (s59, T17)."""
        device = None if known is None else known.id
        # That the district is busy is nobody's fault, unless one device alone makes it so.
        if refusal.reason not in _NO_FAULT and (refusal.reason is not p.ErrorCode.BUSY or "limit" in refusal.details):
            if device is None and refusal.reason in _KNOWN_SIGNER:
                signer = _SIGNER.search(headers.get("signature-input", ""))
                device = signer.group(1) if signer else None
            try:
                notes.note(refusal.reason.value, path, device)
            except (psycopg.Error, RefusedRequestError):
                _LOG.warning("refusal_not_noted: %s", refusal.reason.value)
        return _refused(refusal)

    def taken(stage: Sequence[Step], http: HttpRequest, asked: Asked) -> Response | None:
        """On a thread of the pool. No error leaves it: one that did would keep the body until the collector comes."""
        try:
            answer = None
            for step in stage:
                answer = step(http, asked)
            return _respond(answer, 200) if isinstance(answer, msgspec.Struct) else answer
        except RefusedRequestError as refusal:
            return refused(http.headers, refusal, asked.device)
        except BadBodyError as error:
            # Larger than can be read at once: fewer items may fit.
            code = p.ErrorCode.TOO_LARGE if error.problem == "too_large" else p.ErrorCode.BAD_BODY
            return refused(http.headers, RefusedRequestError(code, problem=error.problem), asked.device)
        except psycopg.errors.DiskFull:
            # The transaction is rolled back whole; the workstation keeps its queue and comes again (s52).
            _LOG.error("disk_full")
            return _refused(RefusedRequestError(p.ErrorCode.BUSY, seconds=60))
        except psycopg.OperationalError:
            _LOG.warning("database_unavailable")
            return _refused(RefusedRequestError(p.ErrorCode.BUSY, seconds=5))
        except psycopg.DataError as error:
            # A value that no column holds, in a place that is not judged item by item.
            _LOG.warning("not_storable: %s at %s", type(error).__name__, path)
            told = RefusedRequestError(p.ErrorCode.BAD_BODY, problem="not_storable")
            return refused(http.headers, told, asked.device)
        except ClinicDeskError as error:
            _LOG.warning("refused: %s", error.code)
            told = RefusedRequestError(p.ErrorCode.BAD_BODY, problem=error.code)
            return refused(http.headers, told, asked.device)
        except Exception as error:
            # Neither message nor traceback: both could carry values of a row.
            _LOG.error("internal: %s at %s", type(error).__name__, path)
            return _refused(RefusedRequestError(p.ErrorCode.INTERNAL))

    async def endpoint(request: Request) -> Response:
        headers = dict(request.headers)
        try:
            async with body_of(request) as body:
                http, asked = HttpRequest(request.method, request.url.path, headers, body), Asked()
                response = None
                for stage, waits in stages:
                    if response is None:
                        # Who waits in the line has shown who it is: strangers cannot fill it.
                        async with door.passed(begins=waits):
                            response = await run_in_threadpool(taken, stage, http, asked)
            assert response is not None
        except RefusedRequestError as refusal:
            response = await run_in_threadpool(refused, headers, refusal)
        if (nonce := nonce_of(headers)) is not None:
            response.headers[p.ANSWERS] = nonce  # no answer kept on the way passes for this one (s51)
        return response

    return endpoint


@contextlib.asynccontextmanager
async def _body(request: Request, room: Room, kind: str | None, most: int) -> AsyncIterator[bytes]:
    """The body, as far as it may be large, while it is worked on; no byte is read that there is no room for."""
    if kind is not None and request.headers.get("content-type", "").partition(";")[0].strip() != kind:
        raise RefusedRequestError(p.ErrorCode.UNSUPPORTED)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                if size + len(chunk) > most:
                    raise RefusedRequestError(p.ErrorCode.TOO_LARGE, limit=most)
                if not room.try_take(len(chunk)):
                    raise RefusedRequestError(p.ErrorCode.BUSY, seconds=5)
                size += len(chunk)
                chunks.append(chunk)
        yield b"".join(chunks)
    except TimeoutError:
        raise RefusedRequestError(p.ErrorCode.BUSY, seconds=5) from None
    finally:
        room.give(size)


def _admit(route: _Route, http: HttpRequest, asked: Asked) -> None:
    """First that the bytes are whole, then who sent them, and only then what they are (s6, T14, T17)."""
    check_digest(http.body, http.headers.get("content-digest"))
    asked.device = route.admit(http)


def _act(route: _Route, room: Room, http: HttpRequest, asked: Asked) -> msgspec.Struct:
    encoding = http.headers.get("content-encoding", "identity")
    with room.of(min(plain_size(http.body, encoding), route.limit)):
        plain = unpack(http.body, encoding, route.limit)
        with room.of(memory_of(plain)):
            return route.act(http, asked.device, read(plain, route.request))


def _respond(message: msgspec.Struct, status: int, headers: Mapping[str, str] | None = None) -> Response:
    body, encoding = encode(message)
    sent = {**_NO_STORE, "Content-Digest": content_digest(body), **(headers or {})}
    if encoding != "identity":
        sent["Content-Encoding"] = encoding
    return Response(body, status, sent, media_type=p.CONTENT_TYPE)


def _refused(refusal: RefusedRequestError) -> Response:
    headers = {"Retry-After": str(refusal.details.get("seconds", 5))} if refusal.status == 503 else {}
    headers[p.REFUSAL] = refusal.reason.value
    return _respond(p.ErrorReply(refusal.reason.value, refusal.details), refusal.status, headers)
