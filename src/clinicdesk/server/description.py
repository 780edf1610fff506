"""The OpenAPI description of the protocol, made from the messages themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from clinicdesk.server.errors import STATUS
from clinicdesk.sync import protocol as p


class Described(Protocol):
    """What a route says of itself."""

    @property
    def path(self) -> str: ...

    @property
    def request(self) -> type[msgspec.Struct]: ...

    @property
    def reply(self) -> type[msgspec.Struct]: ...

    @property
    def signed(self) -> bool: ...


def openapi(routes: Iterable[Described]) -> dict[str, Any]:
    """OpenAPI 3.1: one POST for each message, the headers it needs, and every status it may be answered with."""
    routes = list(routes)
    kinds = [kind for route in routes for kind in (route.request, route.reply)]
    schemas, components = msgspec.json.schema_components(
        [*kinds, p.ErrorReply], ref_template="#/components/schemas/{name}"
    )
    refusals = _refusals(schemas[-1])
    paths: dict[str, Any] = {
        route.path: {
            "post": {
                "operationId": route.path.removeprefix("/v1/").replace("/", "_").replace("-", "_"),
                "security": [{"device": []}] if route.signed else [],
                "parameters": _SIGNED_HEADERS if route.signed else _HEADERS,
                "requestBody": {"required": True, "content": _message(schemas[2 * index])},
                "responses": refusals | {"200": {"description": "Done", "content": _message(schemas[2 * index + 1])}},
            }
        }
        for index, route in enumerate(routes)
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "ClinicDesk sync", "version": str(p.PROTOCOL), "x-schema": p.SCHEMA},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"device": _SIGNATURE}},
    }


def _message(schema: dict[str, Any]) -> dict[str, Any]:
    return {p.CONTENT_TYPE: {"schema": schema}}


def _refusals(schema: dict[str, Any]) -> dict[str, Any]:
    """By status: the codes it stands for, and the one body that all of them have."""
    codes: dict[int, list[str]] = {}
    for code, status in STATUS.items():
        codes.setdefault(status, []).append(code.value)
    described: dict[str, Any] = {
        str(status): {"description": ", ".join(words), "content": _message(schema)}
        for status, words in sorted(codes.items())
    }
    described["503"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "required": True}}
    return described


def _header(name: str, description: str, *, required: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


_HEADERS = [
    _header("Content-Digest", "RFC 9530, sha-256 of the body as sent"),
    _header("Content-Encoding", "zstd, with the size in the frame; absent for a plain body", required=False),
]
_SIGNED_HEADERS = [
    *_HEADERS,
    _header("Date", "the device's clock as it is"),
    _header("Signature-Input", "RFC 9421 with keyid (the device), nonce and the tag clinicdesk/1"),
]
_SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": "RFC 9421, Ed25519 device key over @method, @path, @query, date and content-digest",
}
