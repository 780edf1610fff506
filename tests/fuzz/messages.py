"""One good message for each route, to be spoiled: the requests of a session of a nurse's desk."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from tests.support.district import Desk, allergy, delete, insert, update, visit

from clinicdesk.security import enrolment as handshake
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.sync import enrolment_messages as e
from clinicdesk.sync import protocol as p

PUSH = "/v1/push"
NEWCOMERS = frozenset({"/v1/authority", "/v1/enrol", "/v1/enrol/proof", "/v1/enrol/status"})


def good_messages(desk: Desk, cursor: str | None = None) -> Mapping[str, Any]:
    """By path, as plain JSON values."""
    town = desk.town
    device, user = desk.device, town.ann
    mutation = "0192f000-0000-7000-8000-000000000001"
    pairs, person = KeyPairs.generate(), KeyPairs.generate()
    hello = handshake.EnrolmentHello(b"l" * 16, uuid.UUID(device), pairs.public, b"n" * 32)
    messages: dict[str, msgspec.Struct] = {
        "/v1/authority": e.AuthorityRequest(),
        "/v1/enrol": e.EnrolRequest(hello, "Desk", "Linux", "1", p.PROTOCOL, p.SCHEMA, "ann", person.public),
        "/v1/enrol/proof": handshake.EnrolmentProof(uuid.UUID(device), b"p" * 32),
        "/v1/enrol/status": e.EnrolStatusRequest(device),
        "/v1/enrol/approve": e.ApproveRequest(device, town.dora, [town.oak], False, {1: b"sealed"}, b"s" * 64),
        "/v1/devices": e.DevicesRequest(town.dora),
        "/v1/devices/revoke": e.RevokeRequest(device, town.dora, b"s" * 64),
        "/v1/session": p.SessionOpen(
            device, 1, p.PROTOCOL, p.SCHEMA, "fuzz", user, cursors={town.oak: cursor}, clock="2026-03-02T15:00:00Z"
        ),
        "/v1/outcomes": p.HeldRequest([mutation]),
        PUSH: a_batch(desk),
        "/v1/pull": p.PullRequest([town.oak], cursor),
        "/v1/digests": p.DigestRequest(town.oak, "clinic_visits", 7),
        "/v1/rows": p.RowsRequest("students", [town.students["iris"]]),
        "/v1/import-lease": p.LeaseRequest(user),
    }
    return {path: msgspec.to_builtins(message) for path, message in messages.items()}


def a_batch(desk: Desk) -> p.PushBatch:
    """Inserts, an update and a delete in one batch: some good, one outside the device's schools, one of no row."""
    town = desk.town
    iris, kim = town.students["iris"], town.students["kim"]
    return desk.batch(
        insert("clinic_visits", visit(iris, town.oak, town.ann)),
        insert("allergies", allergy(kim)),
        update("students", iris, 1, preferred_name=(None, "Iris"), grade=("5", "6")),
        update("students", kim, 1, grade=("5", "6")),
        delete("allergies", "0192f000-0000-7000-8000-00000000dead", 3, town.ann),
    )
