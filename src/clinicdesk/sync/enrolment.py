"""Joining a district and letting others in, as a workstation does it (D24, D32)."""

from __future__ import annotations

import platform
import uuid
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import UserFacingError
from clinicdesk.security import enrolment as handshake
from clinicdesk.security.certificates import UserKeyCertificate, decode_certificate, verify_certificate
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.errors import SignatureRefusedError, TlsRefusedError
from clinicdesk.security.key_pairs import KeyPairs, PublicKeys, verify_signature
from clinicdesk.security.sealed_fields import DataKeyRing, open_data_keys
from clinicdesk.security.signing import HttpRequest
from clinicdesk.security.tls import authority_fetch_context, client_context, require_pinned
from clinicdesk.storage.device_facts import District
from clinicdesk.sync.body import content_digest
from clinicdesk.sync.enrolment_messages import (
    APPROVAL_PURPOSE,
    GRANT_PURPOSE,
    REVOCATION_PURPOSE,
    ApproveRequest,
    AuthorityReply,
    AuthorityRequest,
    DevicesReply,
    DevicesRequest,
    EnrolReply,
    EnrolRequest,
    EnrolState,
    EnrolStatusRequest,
    Grant,
    PendingDevice,
    RevokeRequest,
    approval_statement,
    revocation_statement,
)
from clinicdesk.sync.errors import NotADistrictServerError, RefusedError, WrongCertificateError
from clinicdesk.sync.ports import Line
from clinicdesk.sync.protocol import PROTOCOL, SCHEMA, ErrorCode
from clinicdesk.sync.transport import HttpsLine, Patience, device_signer


class InviteRefusedError(UserFacingError):
    """The district does not take this invite: wrong code, used, expired, or tried too often."""

    code = "enrolment_invite_refused"


class EnrolmentRefusedError(UserFacingError):
    """An administrator refused this workstation."""

    code = "enrolment_refused"


class MissingDataKeyError(UserFacingError):
    """The first workstation's invite has to carry the district's data key, and this one does not (D32)."""

    code = "enrolment_missing_data_key"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """The workstation that asks in, and the person who makes its first slot."""

    keys: DeviceKeys
    name: str
    client: str
    user_name: str
    user_keys: PublicKeys


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Where a workstation stands with its district. `number` is shown on both sides while it waits.

    `district.public_key` is empty until the district has let the device in; so are the fields after it.
    """

    state: EnrolState
    number: str
    district: District
    epoch: str
    user: uuid.UUID | None = None
    everything: bool = False
    scopes: tuple[str, ...] = ()
    data_keys: DataKeyRing | None = None
    certificate: UserKeyCertificate | None = None
    grants: tuple[Grant, ...] = ()


def fetch_authority(host: str, pins: Sequence[str], patience: Patience | None = None) -> str:
    """The authority's certificate, asked for without any secret and believed only if it is a pinned one.

    Raises:
        WrongCertificateError: it is not; nothing else was said.
        UnreachableError, NotADistrictServerError: as of the line.
    """

    def unsigned(request: HttpRequest) -> Mapping[str, str]:
        return {**request.headers, "Content-Digest": content_digest(request.body)}

    line = HttpsLine(f"https://{host}", authority_fetch_context(), unsigned, patience)
    try:
        with warnings.catch_warnings():
            # Meant: the certificate that comes is judged by its pin, one step later.
            warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
            pem = line.ask("/v1/authority", AuthorityRequest(), AuthorityReply).message.certificate
    finally:
        line.close()
    try:
        return require_pinned(pem.encode(), pins)
    except TlsRefusedError as error:
        raise WrongCertificateError() from error


def line_to(district: District, device: DeviceKeys, clock: Clock, patience: Patience | None = None) -> HttpsLine:
    """The line of an enrolled (or waiting) workstation to its district."""
    pem = x509.load_der_x509_certificate(district.ca).public_bytes(Encoding.PEM)
    context = client_context(pem, district.pins)
    return HttpsLine(
        f"https://{district.host}", context, device_signer(str(device.device), device.pairs, clock), patience
    )


def join(invite: handshake.Invite, newcomer: Newcomer, clock: Clock, patience: Patience | None = None) -> Enrolment:
    """Ask in: prove the code, and have the district prove that it knows it too.

    Raises:
        InviteRefusedError: the district does not take it.
        WrongCertificateError, UnreachableError, NotADistrictServerError: as of the line.
    """
    if invite.code is None:
        raise InviteRefusedError(reason="no_code")
    pem = fetch_authority(invite.host, invite.pins, patience)
    secrets = handshake.invite_keys(invite.host, invite.pins, invite.code)
    device = newcomer.keys.device
    hello = handshake.EnrolmentHello(secrets.locator, device, newcomer.keys.public, handshake.new_nonce())
    line = HttpsLine(
        f"https://{invite.host}",
        client_context(pem.encode(), invite.pins),
        device_signer(str(device), newcomer.keys.pairs, clock),
        patience,
    )
    try:
        challenge = line.ask("/v1/enrol", _request(hello, newcomer), handshake.EnrolmentChallenge).message
        transcript = handshake.Transcript(invite.host, invite.pins[0], hello, challenge)
        proof = handshake.EnrolmentProof(device, handshake.client_proof(secrets.proof_key, transcript))
        reply = line.ask("/v1/enrol/proof", proof, EnrolReply).message
    except RefusedError as refusal:
        if refusal.params.get("reason") == ErrorCode.INVITE:
            raise InviteRefusedError(reason="not_accepted") from refusal
        raise
    finally:
        line.close()
    try:
        handshake.require_proof(handshake.server_proof(secrets.proof_key, transcript), reply.proof or b"")
    except SignatureRefusedError as error:
        # Whoever answered does not know the invite: not the district that wrote it.
        raise NotADistrictServerError() from error
    ring = _ring_of_invite(invite, secrets, uuid.UUID(reply.district), reply)
    return _enrolment(reply, newcomer.keys, invite.host, invite.pins, pem, ring)


def collect(line: Line, device: DeviceKeys, waiting: District) -> Enrolment:
    """How the enrolment stands; once approved, everything the workstation needs to begin.

    Raises:
        EnrolmentRefusedError: an administrator said no.
        SignatureRefusedError: certificate or grants are not the district's.
    """
    reply = line.ask("/v1/enrol/status", EnrolStatusRequest(str(device.device)), EnrolReply).message
    if reply.state in {EnrolState.REFUSED, EnrolState.EXPIRED}:
        raise EnrolmentRefusedError(state=reply.state.value)
    ring = None
    if reply.data_keys:
        ring = open_data_keys(device.pairs, uuid.UUID(reply.district), device.device, reply.data_keys)
    pem = x509.load_der_x509_certificate(waiting.ca).public_bytes(Encoding.PEM).decode()
    return _enrolment(reply, device, waiting.host, waiting.pins, pem, ring)


def list_devices(line: Line, user: uuid.UUID) -> DevicesReply:
    """Who waits and who is known, for an administrator; the numbers are worked out here, not believed."""
    reply = line.ask("/v1/devices", DevicesRequest(str(user)), DevicesReply).message
    pending = [
        msgspec.structs.replace(one, number=handshake.check_number(uuid.UUID(one.device), one.keys))
        for one in reply.pending
    ]
    return msgspec.structs.replace(reply, pending=pending)


def approve(
    line: Line,
    waiting: PendingDevice,
    *,
    user: uuid.UUID,
    user_keys: KeyPairs,
    district: uuid.UUID,
    ring: DataKeyRing,
    scopes: Sequence[str],
    everything: bool = False,
) -> EnrolState:
    """Let a workstation in: the data keys sealed to it, the decision signed by the administrator's own key (D33)."""
    sealed = ring.seal_to_device(district, uuid.UUID(waiting.device), waiting.keys.sealing)
    request = ApproveRequest(waiting.device, str(user), list(scopes), everything, sealed, b"")
    return _decide(line, request, waiting, user_keys)


def refuse(line: Line, waiting: PendingDevice, *, user: uuid.UUID, user_keys: KeyPairs) -> EnrolState:
    """Turn a workstation away."""
    request = ApproveRequest(waiting.device, str(user), [], False, {}, b"", refuse=True)
    return _decide(line, request, waiting, user_keys)


def revoke(line: Line, device: str, *, user: uuid.UUID, user_keys: KeyPairs) -> DevicesReply:
    """Shut a workstation out; it hears of it at its next contact."""
    request = RevokeRequest(device, str(user), b"")
    signature = user_keys.sign(REVOCATION_PURPOSE, revocation_statement(request))
    return line.ask("/v1/devices/revoke", msgspec.structs.replace(request, signature=signature), DevicesReply).message


def _decide(line: Line, request: ApproveRequest, waiting: PendingDevice, user_keys: KeyPairs) -> EnrolState:
    signature = user_keys.sign(APPROVAL_PURPOSE, approval_statement(request, waiting.keys))
    return line.ask(
        "/v1/enrol/approve", msgspec.structs.replace(request, signature=signature), EnrolReply
    ).message.state


def _request(hello: handshake.EnrolmentHello, newcomer: Newcomer) -> EnrolRequest:
    return EnrolRequest(
        hello,
        newcomer.name,
        platform.system(),
        newcomer.client,
        PROTOCOL,
        SCHEMA,
        newcomer.user_name,
        newcomer.user_keys,
    )


def _ring_of_invite(
    invite: handshake.Invite, secrets: handshake.InviteKeys, district: uuid.UUID, reply: EnrolReply
) -> DataKeyRing | None:
    if invite.sealed_data_keys is not None:
        return handshake.open_data_keys_of_invite(invite.sealed_data_keys, secrets, district)
    if reply.state is EnrolState.APPROVED and not reply.data_keys:
        raise MissingDataKeyError()
    return None


def _enrolment(
    reply: EnrolReply, device: DeviceKeys, host: str, pins: Sequence[str], pem: str, ring: DataKeyRing | None
) -> Enrolment:
    public = reply.district_key or b""
    name = uuid.UUID(reply.district)
    ca = x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    certificate = None if reply.certificate is None else decode_certificate(reply.certificate)
    if certificate is not None:
        verify_certificate(certificate, name, public)
    for grant in reply.grants:
        verify_signature(public, GRANT_PURPOSE, grant.signed, grant.signature)
    return Enrolment(
        reply.state,
        handshake.check_number(device.device, device.public),
        District(id=name, name=reply.district_name, host=host, pins=tuple(pins), ca=ca, public_key=public),
        reply.epoch,
        None if reply.user is None else uuid.UUID(reply.user),
        reply.all_scopes,
        tuple(reply.scopes),
        ring,
        certificate,
        tuple(reply.grants),
    )
