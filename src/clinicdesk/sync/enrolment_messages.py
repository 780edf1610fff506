"""The messages by which a workstation joins a district, and those that approve and revoke it (D24, D32)."""

from __future__ import annotations

import enum

import msgspec

from clinicdesk.security.enrolment import EnrolmentHello
from clinicdesk.security.key_pairs import PublicKeys
from clinicdesk.sync.protocol import Guid, JsonObject, Moment, Name


class AuthorityRequest(JsonObject, frozen=True):
    """`POST /v1/authority`: unsigned, and says nothing."""


class AuthorityReply(JsonObject, frozen=True):
    """The certificate of the district's authority, which the pins of the invite judge (T16)."""

    certificate: str


class EnrolRequest(JsonObject, frozen=True):
    """`POST /v1/enrol`: a new device asks in; the answer is an `EnrolmentChallenge`.

    `hello` carries the device's id and keys, and finds the invite. `user_name` and `user_keys` are of the person who
    makes the first slot (D33). The request is signed by the device key it names: that proves possession.
    """

    hello: EnrolmentHello
    name: Name
    platform: Name
    client: Name
    protocol: int
    schema: int
    user_name: Name
    user_keys: PublicKeys


class EnrolState(enum.StrEnum):
    """Where an enrolment stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class Grant(JsonObject, frozen=True):
    """A role of one user at some schools (none: all of the district), as the district signed it.

    `signed` are the exact bytes that `signature` covers; `security` verifies them.
    """

    id: Guid
    role: Name
    schools: list[Guid]
    not_after: Moment | None
    signed: bytes
    signature: bytes


class EnrolReply(JsonObject, frozen=True):
    """The state of an enrolment, and at approval all that a workstation needs to begin.

    Answers `POST /v1/enrol/proof` (an `EnrolmentProof`) and `POST /v1/enrol/status` (an `EnrolStatusRequest`).
    `proof` is the server's own over the transcript, in the answer to the workstation's. `data_keys` are the district
    data keys by epoch, sealed to the device's key by the approver; none for the first device, whose invite carries
    them (D32). `certificate` is an encoded `UserKeyCertificate`, `district_key` the raw Ed25519 key that signed it.
    """

    state: EnrolState
    device: Guid
    district: Guid
    district_name: str
    epoch: Guid
    proof: bytes | None = None
    user: Guid | None = None
    all_scopes: bool = False
    scopes: list[Guid] = []
    data_keys: dict[int, bytes] = {}
    district_key: bytes | None = None
    certificate: bytes | None = None
    grants: list[Grant] = []
    server_time: Moment = ""


class EnrolStatusRequest(JsonObject, frozen=True):
    """Asks how an enrolment stands; signed by the waiting device."""

    device: Guid


class PendingDevice(JsonObject, frozen=True):
    """A device that waits for an administrator, with everything the approver compares and seals to."""

    device: Guid
    name: str
    platform: str
    user_name: str
    asked_at: Moment
    keys: PublicKeys
    user_keys: PublicKeys
    number: str
    scopes: list[Guid] = []
    all_scopes: bool = False


class DeviceRow(JsonObject, frozen=True):
    """A device as an administrator sees it."""

    device: Guid
    name: str
    state: str
    last_seen_at: Moment | None = None
    all_scopes: bool = False
    scopes: list[Guid] = []


class DevicesReply(JsonObject, frozen=True):
    """`POST /v1/devices`: those that wait, and those the district knows."""

    pending: list[PendingDevice]
    devices: list[DeviceRow]


class DevicesRequest(JsonObject, frozen=True):
    """Who asks; the signing device must be one of this user's."""

    user: Guid


class ApproveRequest(JsonObject, frozen=True):
    """`POST /v1/enrol/approve`: an administrator lets a device in.

    `data_keys` is what `DataKeyRing.seal_to_device` gives. `signature` is the administrator's own (D33), over
    `approval_statement`, so that an enrolled workstation alone cannot approve.
    """

    device: Guid
    user: Guid
    scopes: list[Guid]
    all_scopes: bool
    data_keys: dict[int, bytes]
    signature: bytes
    refuse: bool = False


class RevokeRequest(JsonObject, frozen=True):
    """`POST /v1/devices/revoke`: takes effect at the device's next contact."""

    device: Guid
    user: Guid
    signature: bytes


APPROVAL_PURPOSE = "device approval/v1"
REVOCATION_PURPOSE = "device revocation/v1"


GRANT_PURPOSE = "role grant/v1"


def approval_statement(request: ApproveRequest, keys: PublicKeys) -> bytes:
    """What an administrator signs for `APPROVAL_PURPOSE`: the decision and the keys it was made for."""
    return msgspec.json.encode(
        [
            request.device,
            request.user,
            sorted(request.scopes),
            request.all_scopes,
            request.refuse,
            sorted(request.data_keys.items()),
            keys.signing,
            keys.sealing,
        ]
    )


def revocation_statement(request: RevokeRequest) -> bytes:
    """What an administrator signs for `REVOCATION_PURPOSE`."""
    return msgspec.json.encode([request.device, request.user])
