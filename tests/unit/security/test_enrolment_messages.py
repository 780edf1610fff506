"""D24 and D32: invite, code, proofs, check number, data keys under the code."""

from __future__ import annotations

import base64
import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.security import crockford, enrolment
from clinicdesk.security.enrolment import EnrolmentChallenge, EnrolmentHello, Invite, Transcript, parse_invite
from clinicdesk.security.errors import InvalidInviteError, SignatureRefusedError, WrongInviteCodeError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealed_fields import DataKeyRing

PIN, BACKUP = "sha256/" + "A" * 43 + "=", "sha256/" + "b+/" * 14 + "c="
HOST = "sync.example.org:8443"
DISTRICT, DEVICE = uuid.UUID(int=1), uuid.UUID(int=2)
KEYS = KeyPairs(bytearray(range(64)))
GOOD = f"clinicdesk-enroll:1?host={HOST}&pin={PIN}&code=ABCDE12345"

hosts = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,40}(:[1-9][0-9]{0,3})?", fullmatch=True)
pins = st.binary(min_size=32, max_size=32).map(lambda raw: "sha256/" + base64.b64encode(raw).decode())
codes = st.text(crockford.ALPHABET, min_size=10, max_size=10)


sealed_keys = st.none() | st.binary(min_size=1, max_size=120)


@given(hosts, st.lists(pins, min_size=1, max_size=3), st.none() | codes, sealed_keys)
def test_d24_an_invite_reads_back(host: str, pinned: list[str], code: str | None, key: bytes | None) -> None:
    invite = Invite(host, tuple(pinned), code, key)
    assert parse_invite(f"  {invite.uri()}\n") == invite


def test_d24_an_invite_looks_as_decided() -> None:
    assert Invite(HOST, (PIN,), "ABCDE12345").uri() == GOOD
    assert parse_invite(GOOD) == Invite(HOST, (PIN,), "ABCDE12345")


def test_d24_the_first_devices_invite_has_no_code_in_it() -> None:
    invite = Invite(HOST, (PIN, BACKUP), None, b"sealed")
    assert "code" not in invite.uri()
    assert parse_invite(invite.uri()).with_code("ABCDE12345").code == "ABCDE12345"


def test_d24_a_plus_in_a_pin_may_arrive_unescaped() -> None:
    assert parse_invite(GOOD.replace(PIN, BACKUP)).pins == (BACKUP,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_an_invite"),
        ("https://example.org", "not_an_invite"),
        ("clinicdesk-enroll:1", "not_an_invite"),
        ("clinicdesk-enroll:1?host", "not_an_invite"),
        (GOOD + "&x=" + "1" * 5_000, "not_an_invite"),
        (GOOD.replace(":1?", ":2?"), "newer"),
        (f"clinicdesk-enroll:1?host={HOST}", "missing"),
        (f"clinicdesk-enroll:1?pin={PIN}", "missing"),
        (GOOD + "&host=evil.example", "duplicate"),
        (GOOD + "&code=ABCDE12345", "duplicate"),
        (GOOD.replace(HOST, "sync.example.org/path"), "host"),
        (GOOD.replace(HOST, "user@sync.example.org"), "host"),
        (GOOD.replace(":8443", ":99999"), "host"),
        (GOOD.replace(":8443", ":0"), "host"),
        (GOOD.replace("sha256/", "sha1/"), "pin"),
        (GOOD.replace("A=", "="), "pin"),
        (GOOD.replace("ABCDE12345", "ABCDE1234"), "code"),
        (GOOD.replace("ABCDE12345", "ABCDE1234U"), "code"),
        (GOOD + "&key=***", "key"),
    ],
)
def test_d24_what_is_wrong_with_an_invite_is_said(text: str, reason: str) -> None:
    with pytest.raises(InvalidInviteError) as refused:
        parse_invite(text)
    assert refused.value.params == {"reason": reason}


@given(st.text(max_size=200))
def test_no_text_crashes_the_parser(text: str) -> None:
    for tried in (text, "clinicdesk-enroll:1?" + text):
        try:
            parse_invite(tried)
        except InvalidInviteError:
            continue


def test_d24_codes_have_ten_characters_a_person_can_read() -> None:
    codes_made = {enrolment.new_code() for _ in range(50)}
    assert len(codes_made) == 50
    assert all(enrolment.parse_code(code.lower()) == code for code in codes_made)
    assert enrolment.parse_code(" abcde-i2o45 ") == "ABCDE12045"


def transcript(**changes: object) -> Transcript:
    hello = EnrolmentHello(bytes(16), DEVICE, KEYS.public, b"c" * 32)
    plain = Transcript(HOST, PIN, hello, EnrolmentChallenge(DISTRICT, b"s" * 32))
    return msgspec.structs.replace(plain, **changes)


@pytest.mark.keys
def test_d24_the_code_alone_gives_both_sides_their_keys() -> None:
    keys = enrolment.invite_keys(HOST, (PIN, BACKUP), "abcde-12345")
    assert keys == enrolment.invite_keys(HOST.upper(), (PIN,), "ABCDE12345")
    others = [
        enrolment.invite_keys(HOST, (PIN,), "ABCDE12346"),
        enrolment.invite_keys("other.example.org", (PIN,), "ABCDE12345"),
        enrolment.invite_keys(HOST, (BACKUP,), "ABCDE12345"),
    ]
    assert len({keys.locator, keys.proof_key[:16], keys.data_key_lock[:16], *(each.locator for each in others)}) == 6


def test_d24_a_proof_is_bound_to_every_part_of_the_transcript() -> None:
    key = bytes(range(32))
    proof = enrolment.client_proof(key, transcript())
    enrolment.require_proof(enrolment.client_proof(key, transcript()), proof)
    replace = msgspec.structs.replace
    hello, challenge = transcript().hello, transcript().challenge
    for other in (
        enrolment.client_proof(bytes(32), transcript()),
        enrolment.server_proof(key, transcript()),
        enrolment.client_proof(key, transcript(host="evil.example")),
        enrolment.client_proof(key, transcript(pin=BACKUP)),
        enrolment.client_proof(key, transcript(hello=replace(hello, keys=KeyPairs.generate().public))),
        enrolment.client_proof(key, transcript(hello=replace(hello, device=uuid.uuid4()))),
        enrolment.client_proof(key, transcript(hello=replace(hello, client_nonce=bytes(32)))),
        enrolment.client_proof(key, transcript(challenge=replace(challenge, server_nonce=bytes(32)))),
    ):
        with pytest.raises(SignatureRefusedError):
            enrolment.require_proof(other, proof)


def test_d24_the_check_number_has_twelve_digits_and_follows_the_keys() -> None:
    number = enrolment.check_number(DEVICE, KEYS.public)
    assert [len(group) for group in number.split()] == [4, 4, 4]
    assert number.replace(" ", "").isdigit()
    assert number == enrolment.check_number(DEVICE, KEYS.public)
    assert number != enrolment.check_number(DEVICE, KeyPairs.generate().public)
    assert number != enrolment.check_number(DISTRICT, KEYS.public)


@pytest.mark.keys
def test_d32_the_first_invite_carries_the_data_keys_under_its_code() -> None:
    keys = enrolment.invite_keys(HOST, (PIN,), "ABCDE12345")
    sealed = enrolment.seal_data_keys_for_invite(DataKeyRing.generate(), keys, DISTRICT)
    invite = parse_invite(Invite(HOST, (PIN,), None, sealed).uri())
    assert invite.sealed_data_keys is not None
    assert enrolment.open_data_keys_of_invite(invite.sealed_data_keys, keys, DISTRICT).epochs == (1,)
    wrong = enrolment.invite_keys(HOST, (PIN,), "ABCDE12346")
    for other, district in ((wrong, DISTRICT), (keys, DEVICE)):
        with pytest.raises(WrongInviteCodeError):
            enrolment.open_data_keys_of_invite(sealed, other, district)
