"""The district over HTTP: thin routes, one for each message; everything that counts is below (D23)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import psycopg
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.security.enrolment import EnrolmentChallenge, EnrolmentProof
from clinicdesk.security.signing import HttpRequest
from clinicdesk.server.enrolment import EnrolmentOffice
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.gate import Gate
from clinicdesk.server.sessions import KnownDevice
from clinicdesk.server.trail import DistrictTrail, RefusalNotes
from clinicdesk.sync import enrolment_messages as e
from clinicdesk.sync import protocol as p
from clinicdesk.sync.body import BadBodyError, check_digest, content_digest, decode, encode

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes hand requests to."""

    gate: Gate
    exchange: Exchange
    office: EnrolmentOffice
    authority_pem: str


Handler = Callable[[HttpRequest, Any], msgspec.Struct]


@dataclass(frozen=True, slots=True)
class _Route:
    path: str
    request: type[msgspec.Struct]
    reply: type[msgspec.Struct]
    handle: Handler


def build_app(services: Services) -> FastAPI:
    """The application; it holds nothing but its services."""
    app = FastAPI(title="ClinicDesk district", version=str(p.PROTOCOL), docs_url=None, redoc_url=None, openapi_url=None)
    routes = _routes(services)
    exchange = services.exchange
    notes = RefusalNotes(exchange.database, exchange.clock, DistrictTrail(exchange.district.id))
    for route in routes:
        app.add_api_route(route.path, _endpoint(route, notes), methods=["POST"], include_in_schema=False)
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

    def enrolled(act: Callable[[KnownDevice, Any], msgspec.Struct]) -> Handler:
        return lambda http, message: act(gate.admit(http), message)

    def active(act: Callable[[KnownDevice, Any], msgspec.Struct]) -> Handler:
        def handle(http: HttpRequest, message: Any) -> msgspec.Struct:
            device = gate.admit(http)
            if device.revoked:
                raise RefusedRequestError(p.ErrorCode.REVOKED)
            return act(device, message)

        return handle

    def greet(http: HttpRequest, message: e.EnrolRequest) -> msgspec.Struct:
        gate.admit_newcomer(http, str(message.hello.device), message.hello.keys.signing)
        return office.greet(message)

    def prove(http: HttpRequest, message: EnrolmentProof) -> msgspec.Struct:
        gate.admit_newcomer(http, str(message.device), office.signing_key_of(str(message.device)))
        return office.prove(message)

    def status(http: HttpRequest, message: e.EnrolStatusRequest) -> msgspec.Struct:
        gate.admit_newcomer(http, message.device, office.signing_key_of(message.device))
        return office.status(message)

    def authority(_http: HttpRequest, _message: e.AuthorityRequest) -> msgspec.Struct:
        return e.AuthorityReply(services.authority_pem)

    return [
        _Route("/v1/authority", e.AuthorityRequest, e.AuthorityReply, authority),
        _Route("/v1/enrol", e.EnrolRequest, EnrolmentChallenge, greet),
        _Route("/v1/enrol/proof", EnrolmentProof, e.EnrolReply, prove),
        _Route("/v1/enrol/status", e.EnrolStatusRequest, e.EnrolReply, status),
        _Route("/v1/enrol/approve", e.ApproveRequest, e.EnrolReply, active(office.approve)),
        _Route("/v1/devices", e.DevicesRequest, e.DevicesReply, active(office.devices)),
        _Route("/v1/devices/revoke", e.RevokeRequest, e.DevicesReply, active(office.revoke)),
        _Route("/v1/session", p.SessionOpen, p.SessionReply, enrolled(exchange.open_session)),
        _Route("/v1/outcomes", p.HeldRequest, p.HeldReply, enrolled(exchange.outcomes)),
        _Route("/v1/push", p.PushBatch, p.PushReply, enrolled(exchange.push)),
        _Route("/v1/pull", p.PullRequest, p.PullPage, enrolled(exchange.pull)),
        _Route("/v1/digests", p.DigestRequest, p.DigestReply, enrolled(exchange.digests)),
        _Route("/v1/rows", p.RowsRequest, p.RowsReply, enrolled(exchange.rows)),
        _Route("/v1/import-lease", p.LeaseRequest, p.LeaseReply, enrolled(exchange.import_lease)),
    ]


_NO_STORE = {"Cache-Control": "no-store"}


_NO_FAULT = frozenset(
    {
        p.ErrorCode.NOT_READY,
        p.ErrorCode.CURSOR_UNKNOWN,
        p.ErrorCode.EPOCH_CHANGED,
        p.ErrorCode.UPGRADE_NEEDED,
        p.ErrorCode.INTERNAL,
    }
)
"""Refusals that say something of the district, not of who asks."""

_SIGNER = re.compile(r'keyid="([0-9a-f-]{36})"')
_KNOWN_SIGNER = frozenset({p.ErrorCode.REVOKED, p.ErrorCode.SCOPE, p.ErrorCode.DENIED, p.ErrorCode.BUSY})
"""Refusals that come after the signature was found good: only then the request says truly whose it is."""


def _endpoint(route: _Route, notes: RefusalNotes) -> Callable[[Request], Any]:
    async def refused(request: Request, refusal: RefusedRequestError) -> Response:
        """The answer to a request that is refused; the audit trail has a word of it (s59, T17)."""
        # That the district is busy is nobody's fault, unless one device alone makes it so.
        if refusal.reason not in _NO_FAULT and (refusal.reason is not p.ErrorCode.BUSY or "limit" in refusal.details):
            signer = _SIGNER.search(request.headers.get("signature-input", ""))
            device = signer.group(1) if signer and refusal.reason in _KNOWN_SIGNER else None
            try:
                await run_in_threadpool(notes.note, refusal.reason.value, route.path, device)
            except (psycopg.Error, RefusedRequestError):
                _LOG.warning("refusal_not_noted: %s", refusal.reason.value)
        return _refused(refusal)

    async def endpoint(request: Request) -> Response:
        try:
            body = await _read(request)
            http = HttpRequest("POST", request.url.path, dict(request.headers), body)
            answer: msgspec.Struct = await run_in_threadpool(_handle, route, http)
        except RefusedRequestError as refusal:
            return await refused(request, refusal)
        except BadBodyError as error:
            return await refused(request, RefusedRequestError(p.ErrorCode.BAD_BODY, problem=error.problem))
        except psycopg.errors.DiskFull:
            # The transaction is rolled back whole; the workstation keeps its queue and comes again (s52).
            _LOG.error("disk_full")
            return _refused(RefusedRequestError(p.ErrorCode.BUSY, seconds=60))
        except psycopg.OperationalError:
            _LOG.warning("database_unavailable")
            return _refused(RefusedRequestError(p.ErrorCode.BUSY, seconds=5))
        except ClinicDeskError as error:
            _LOG.warning("refused: %s", error.code)
            return _refused(RefusedRequestError(p.ErrorCode.BAD_BODY, problem=error.code))
        except Exception as error:
            # Neither message nor traceback: both could carry values of a row.
            _LOG.error("internal: %s at %s", type(error).__name__, route.path)
            return _refused(RefusedRequestError(p.ErrorCode.INTERNAL))
        return _respond(answer, 200)

    return endpoint


async def _read(request: Request) -> bytes:
    """The body, as far as it may be large; nothing is decoded unless length and kind fit (s6)."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != p.CONTENT_TYPE:
        raise RefusedRequestError(p.ErrorCode.UNSUPPORTED)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > p.MAX_BODY_BYTES:
            raise RefusedRequestError(p.ErrorCode.TOO_LARGE, limit=p.MAX_BODY_BYTES)
        chunks.append(chunk)
    return b"".join(chunks)


def _handle(route: _Route, http: HttpRequest) -> msgspec.Struct:
    check_digest(http.body, http.headers.get("content-digest"))
    message = decode(http.body, http.headers.get("content-encoding", "identity"), route.request)
    return route.handle(http, message)


def _respond(message: msgspec.Struct, status: int, headers: Mapping[str, str] | None = None) -> Response:
    body, encoding = encode(message)
    sent = {**_NO_STORE, "Content-Digest": content_digest(body), **(headers or {})}
    if encoding != "identity":
        sent["Content-Encoding"] = encoding
    return Response(body, status, sent, media_type=p.CONTENT_TYPE)


def _refused(refusal: RefusedRequestError) -> Response:
    headers = {"Retry-After": str(refusal.details.get("seconds", 5))} if refusal.status == 503 else {}
    return _respond(p.ErrorReply(refusal.reason.value, refusal.details), refusal.status, headers)


def openapi(routes: list[_Route]) -> dict[str, Any]:
    """The description of the protocol, made from the messages themselves."""
    kinds = [kind for route in routes for kind in (route.request, route.reply)]
    schemas, components = msgspec.json.schema_components(
        [*kinds, p.ErrorReply], ref_template="#/components/schemas/{name}"
    )
    error = {"description": "Refused", "content": {p.CONTENT_TYPE: {"schema": schemas[-1]}}}
    paths = {
        route.path: {
            "post": {
                "operationId": route.path.removeprefix("/v1/").replace("/", "_").replace("-", "_"),
                "requestBody": {"required": True, "content": {p.CONTENT_TYPE: {"schema": schemas[2 * index]}}},
                "responses": {
                    "200": {"description": "Done", "content": {p.CONTENT_TYPE: {"schema": schemas[2 * index + 1]}}},
                    "default": error,
                },
            }
        }
        for index, route in enumerate(routes)
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "ClinicDesk sync", "version": str(p.PROTOCOL), "x-schema": p.SCHEMA},
        "paths": paths,
        "components": {"schemas": components},
    }
