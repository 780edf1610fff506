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
    """OpenAPI 3.1: one POST for each message, the headers it needs, and every status it may be answered with.

    Beside the messages stand the files, which travel as bytes (s10).
    """
    routes = list(routes)
    kinds = [kind for route in routes for kind in (route.request, route.reply)]
    schemas, components = msgspec.json.schema_components(
        [*kinds, p.FileStanding, p.ErrorReply], ref_template="#/components/schemas/{name}"
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
    paths[p.FILE_PATH + "{hash}"] = _files(schemas[-2], refusals)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ClinicDesk sync", "version": str(p.PROTOCOL), "x-schema": p.SCHEMA},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"device": _SIGNATURE}},
    }


def _files(standing: dict[str, Any], refusals: dict[str, Any]) -> dict[str, Any]:
    """What can be asked of one file; a refusal says its code in a header too, since an answer to HEAD has no body."""
    signed: dict[str, Any] = {"security": [{"device": []}]}
    sealed = {p.FILE_TYPE: {"schema": {"type": "string", "format": "binary", "maxLength": p.MAX_BODY_BYTES}}}
    refused = {
        status: {**said, "headers": {**said.get("headers", {}), p.REFUSAL: {"schema": {"type": "string"}}}}
        for status, said in refusals.items()
    }
    told = {name: {"schema": {"type": "integer", "minimum": 0}, "required": True} for name in (p.RECEIVED, p.SIZE)}
    part = {"Content-Range": {"schema": {"type": "string", "pattern": _OF_SIZE}, "required": True}}
    return {
        "parameters": [_HASH, _header("Content-Digest", _DIGEST), *_SIGNED],
        "head": {
            "operationId": "file_standing",
            **signed,
            "responses": {
                **{status: {**said, "content": {}} for status, said in refused.items()},
                "200": {"description": "How far the district has it", "headers": told},
            },
        },
        "put": {
            "operationId": "file_take",
            **signed,
            "parameters": [_header("Content-Range", "the place of the body in the file; signed", pattern=_OF_SIZE)],
            "requestBody": {"required": True, "content": sealed},
            "responses": refused | {"200": {"description": "Kept", "content": _message(standing)}},
        },
        "get": {
            "operationId": "file_give",
            **signed,
            "parameters": [_header("Range", "what is asked for; signed", pattern=r"^bytes=\d{1,12}-\d{1,12}$")],
            "responses": refused
            | {"206": {"description": "That part, as far as it goes", "headers": part, "content": sealed}},
        },
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


def _header(name: str, description: str, *, required: bool = True, pattern: str | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string"} | ({} if pattern is None else {"pattern": pattern}),
    }


_DIGEST = "RFC 9530, sha-256 of the body as sent"
_OF_SIZE = r"^bytes \d{1,12}-\d{1,12}/\d{1,12}$"
_HASH = {
    "name": "hash",
    "in": "path",
    "required": True,
    "description": "SHA-256 of the sealed bytes",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
_HEADERS = [
    _header("Content-Digest", _DIGEST),
    _header("Content-Encoding", "zstd, with the size in the frame; absent for a plain body", required=False),
]
_SIGNED = [
    _header("Date", "the device's clock as it is"),
    _header("Signature-Input", "RFC 9421 with keyid (the device), nonce and the tag clinicdesk/1"),
]
_SIGNED_HEADERS = [*_HEADERS, *_SIGNED]
_SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": "RFC 9421, Ed25519 device key over @method, @path, @query, date and content-digest",
}
