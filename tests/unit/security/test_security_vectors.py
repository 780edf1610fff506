"""The formats of the first release, kept: what was written then must read, and be written, the same for ever."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import io
import json
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clinicdesk.security import audit_chain, crockford, enrolment, slot_book
from clinicdesk.security.attachments import decrypt_attachment
from clinicdesk.security.certificates import CertifiedKeys, certify, decode_certificate, verify_certificate
from clinicdesk.security.code_slots import RECOVERY_BYTES, _open_roots, _recovery_key
from clinicdesk.security.document_signatures import decode_signature, sign_document, verify_document
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealed_fields import DataKeyRing, FieldKey, open_data_keys
from clinicdesk.security.sealing import unlock_bytes
from clinicdesk.security.signing import HttpRequest, sign_request, verify_request
from clinicdesk.security.slot_file import SlotFile, parse_slots
from clinicdesk.security.unlocked import Person, Unlocked

VECTORS = Path(__file__).parents[2] / "data" / "security"
AT = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return found


def raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def hkdf(secret: bytes, info: str, salt: bytes = bytes(32), length: int = 32) -> bytes:
    """RFC 5869 by hand, so that the vectors are checked by something else than what made them."""
    prk = hmac.digest(salt, secret, "sha256")
    block, out, count = b"", b"", 0
    while len(out) < length:
        count += 1
        block = hmac.digest(prk, block + info.encode() + bytes([count]), "sha256")
        out += block
    return out[:length]


def slot_vector() -> tuple[dict[str, Any], SlotFile]:
    found = vector("slots")
    return found, parse_slots(json.dumps(found["keyslots.json"]).encode())


@pytest.mark.keys
def test_the_slot_file_of_the_first_release_opens() -> None:
    found, file = slot_vector()
    secret, slot = raw(found["device_secret"]), file.slots[0]
    assert file.mac_holds(secret)
    assert file.belongs_to(secret)
    assert slot.header.associated_data().decode() == found["associated_data"]
    assert slot.header.name_tag == slot_book.name_tag(secret, file.device, found["user_name"])
    kek = slot_book.key_encryption_key(slot.header, found["password"], secret)
    assert kek == raw(found["key_encryption_key"])
    keys = KeyPairs(unlock_bytes(kek, slot.wrapped, slot.header.associated_data()))
    assert keys.public.key_id() == found["user_key_id"]
    info = slot_book.root_info(file.device, slot.header.slot, 1)
    assert keys.open_sealed(slot.roots[0].sealed, info) == raw(found["root_key"])


def test_the_key_hierarchy_is_the_specified_hkdf() -> None:
    found, file = slot_vector()
    header = file.slots[0].header
    both = raw(found["argon2id"]) + raw(found["device_secret"])
    assert hkdf(both, f"kek/v1|{file.device}|{header.slot}", header.salt) == raw(found["key_encryption_key"])
    assert hkdf(raw(found["root_key"]), "db/v1").hex() == found["db_key"]
    assert hkdf(raw(found["device_secret"]), f"secret-check/v1|{file.device}", length=16) == file.secret_check
    for info, key in found["sub_keys"].items():
        assert hkdf(raw(found["root_key"]), info) == raw(key)


def test_an_open_profile_derives_the_database_key_of_the_first_release() -> None:
    found, file = slot_vector()
    opened = Unlocked(
        device=file.device,
        person=Person(uuid.UUID(found["user"]), found["user_name"]),
        user_keys=KeyPairs.generate(),
        roots={1: bytearray(raw(found["root_key"]))},
        device_keys=None,
        weaker_protection=False,
    )
    assert opened.db_key.hex() == found["db_key"]
    assert [key.hex() for key in opened.db_keys()] == [found["db_key"]]


def test_after_a_rotation_the_newest_key_comes_first() -> None:
    opened = Unlocked(
        device=uuid.UUID(int=1),
        person=Person(uuid.UUID(int=2), "rivera"),
        user_keys=KeyPairs.generate(),
        roots={1: bytearray(b"1" * 32), 2: bytearray(b"2" * 32)},
        device_keys=None,
        weaker_protection=False,
    )
    assert [bytes(key) for key in opened.db_keys()] == [hkdf(b"2" * 32, "db/v1"), hkdf(b"1" * 32, "db/v1")]
    assert (opened.epoch, opened.db_key) == (2, opened.db_keys()[0])


def test_the_recovery_code_of_the_first_release_opens() -> None:
    found, file = slot_vector()
    code = crockford.decode(found["recovery_code"], size=RECOVERY_BYTES, check=True)
    assert code is not None
    slot = file.codes[0]
    private = bytearray(_recovery_key(code, file.device, slot.slot).private_bytes_raw())
    assert _open_roots(slot, private)[1] == raw(found["root_key"])


def test_the_device_file_of_the_first_release_opens() -> None:
    found, _ = slot_vector()
    file = found["device.json"]
    key = hkdf(raw(found["device_secret"]) + raw(found["root_key"]), "device/v1")
    import rfc8785

    keys = KeyPairs(unlock_bytes(key, raw(file["sealed"]), rfc8785.dumps(file["header"])))
    assert keys.public.key_id() == found["device_key_id"]


def test_sealed_fields_and_wrapped_keys_of_the_first_release_open() -> None:
    found = vector("fields")
    student, row, district, device = (uuid.UUID(found[name]) for name in ("student", "row", "district", "device"))
    table, column = found["cell"]
    key = FieldKey(str(student), 1, bytearray(raw(found["field_key"])))
    assert key.seal(table, column, row, found["text"].encode()) == raw(found["sealed"])
    assert key.seal(table, column, row, b"") == raw(found["sealed_empty"])
    ring = DataKeyRing({int(epoch): bytearray(raw(part)) for epoch, part in found["data_keys"].items()})
    unwrapped = ring.open_student_key(student, raw(found["wrapped_field_key"]))
    assert unwrapped.open(table, column, row, raw(found["sealed"])).decode() == found["text"]
    assert ring.district_key().seal("audit_logs", "new_values", row, b"{}") == raw(found["district_sealed"])
    sealed = {int(epoch): raw(part) for epoch, part in found["sealed_data_keys"].items()}
    opened = open_data_keys(KeyPairs(bytearray(raw(found["device_private"]))), district, device, sealed)
    assert opened.district_key().seal("audit_logs", "new_values", row, b"{}") == raw(found["district_sealed"])


def test_an_attachment_of_the_first_release_opens() -> None:
    found = vector("fields")
    frames = decrypt_attachment(raw(found["attachment_key"]), io.BytesIO(raw(found["attachment"])))
    assert b"".join(frames).decode() == found["attachment_text"]


def test_signatures_and_certificates_are_made_and_verified_as_at_first() -> None:
    found = vector("signatures")
    keys = KeyPairs(bytearray(raw(found["private"])))
    signature = decode_signature(json.dumps(found["document_signature"]).encode())
    statement = verify_document(signature, keys.public, found["record"], raw(found["document"]))
    again = sign_document(
        keys,
        signer=statement.signer,
        printed_name=statement.printed_name,
        meaning=statement.meaning,
        signed_at=AT,
        record=found["record"],
        document=raw(found["document"]),
    )
    assert again == signature
    district_key = Ed25519PrivateKey.from_private_bytes(raw(found["district_private"]))
    certificate = decode_certificate(json.dumps(found["certificate"]).encode())
    district = uuid.UUID(found["district"])
    certified = verify_certificate(certificate, district, district_key.public_key().public_bytes_raw())
    assert certified == CertifiedKeys(district, uuid.UUID(found["signer"]), certified.device, keys.public, AT)
    assert certify(district_key, certified) == certificate


def test_a_request_is_signed_and_verified_as_at_first() -> None:
    found = vector("signatures")
    request = found["request"]
    key = KeyPairs(bytearray(raw(found["private"]))).signing_key()
    plain = HttpRequest(request["method"], request["target"], request["headers"], request["body"].encode())
    signed = sign_request(plain, key_id=request["key_id"], key=key, now=AT, nonce=request["nonce"])
    assert signed == request["signed_headers"]
    digest = base64.b64encode(hashlib.sha256(request["body"].encode()).digest()).decode()
    assert signed["Content-Digest"] == f"sha-256=:{digest}:"
    public = Ed25519PublicKey.from_public_bytes(raw(found["public"]["signing"]))
    arrived = HttpRequest(plain.method, plain.target, signed, plain.body)
    assert verify_request(arrived, lambda _: public, now=AT).nonce == request["nonce"]


def test_the_rfc_9421_base_is_signed_as_the_standard_says() -> None:
    found = vector("signatures")
    headers = found["request"]["signed_headers"]
    label, _, parameters = headers["Signature-Input"].partition("=")
    base = "\n".join(
        (
            '"@method": POST',
            '"@path": /v1/push',
            '"@query": ?part=2',
            f'"date": {headers["Date"]}',
            f'"content-digest": {headers["Content-Digest"]}',
            f'"@signature-params": {parameters}',
        )
    )
    signature = raw(headers["Signature"].removeprefix(f"{label}=:").removesuffix(":"))
    Ed25519PublicKey.from_public_bytes(raw(found["public"]["signing"])).verify(signature, base.encode())


@pytest.mark.keys
def test_an_enrolment_of_the_first_release_goes_on() -> None:
    found = vector("enrolment")
    invite = enrolment.parse_invite(found["invite"])
    district, device = uuid.UUID(found["district"]), uuid.UUID(found["device"])
    keys = enrolment.invite_keys(invite.host, invite.pins, found["code"])
    assert (keys.locator, keys.proof_key, keys.data_key_lock) == tuple(
        raw(found[name]) for name in ("locator", "proof_key", "data_key_lock")
    )
    public = KeyPairs(bytearray(raw(found["private"]))).public
    hello = enrolment.EnrolmentHello(keys.locator, device, public, raw(found["client_nonce"]))
    challenge = enrolment.EnrolmentChallenge(district, raw(found["server_nonce"]))
    transcript = enrolment.Transcript(invite.host, invite.pins[0], hello, challenge)
    assert enrolment.client_proof(keys.proof_key, transcript) == raw(found["client_proof"])
    assert enrolment.server_proof(keys.proof_key, transcript) == raw(found["server_proof"])
    assert enrolment.check_number(device, public) == found["check_number"]
    assert invite.sealed_data_keys is not None
    assert enrolment.open_data_keys_of_invite(invite.sealed_data_keys, keys, district).epochs == (1, 2)


def test_codes_on_paper_are_written_as_at_first() -> None:
    code = vector("enrolment")["recovery_code_of_zero_to_fifteen"]
    assert crockford.encode(bytes(range(16)), check=True) == code


def test_the_audit_chain_of_the_first_release_holds() -> None:
    found = vector("audit")
    prev = audit_chain.GENESIS
    for link in found["chain"]:
        assert link["record"]["prev"] == prev.hex()
        prev = audit_chain.record_hash(prev, link["record"])
        assert prev.hex() == link["hash"]
    keys = KeyPairs(bytearray(raw(found["private"])))
    checkpoint = msgspec.convert(found["checkpoint"], audit_chain.Checkpoint)
    assert audit_chain.sign_checkpoint(keys, checkpoint) == raw(found["checkpoint_signature"])
    assert audit_chain.fingerprint(prev) == found["fingerprint"]
