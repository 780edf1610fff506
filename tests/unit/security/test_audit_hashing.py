"""The audit chain as pure functions."""

from __future__ import annotations

import datetime as dt
import time
import uuid

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.security import audit_chain
from clinicdesk.security.audit_chain import GENESIS, Checkpoint, Plain, first_broken, record_hash
from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.key_pairs import KeyPairs

Link = tuple[int, bytes, bytes, dict[str, Plain]]


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    prev = GENESIS
    for seq in range(1, length + 1):
        record: dict[str, Plain] = {
            "seq": seq,
            "action": "VIEW",
            "object_id": str(uuid.UUID(int=seq)),
            "student_id": None,
        }
        links.append((seq, prev, record_hash(prev, record), record))
        prev = links[-1][2]
    return links


def edited(links: list[Link]) -> None:
    links[3] = (*links[3][:3], {**links[3][3], "action": "PRINT"})


def deleted(links: list[Link]) -> None:
    del links[3]


def doubled(links: list[Link]) -> None:
    links.insert(3, links[3])


def swapped(links: list[Link]) -> None:
    links[3], links[4] = links[4], links[3]


def rehashed(links: list[Link]) -> None:
    seq, prev, _, record = links[3]
    forged: dict[str, Plain] = {**record, "action": "PRINT"}
    links[3] = (seq, prev, record_hash(prev, forged), forged)


def test_t10_an_untouched_chain_holds() -> None:
    assert first_broken(chain(20)) is None
    assert first_broken([]) is None
    assert first_broken(chain(20)[10:], prev=chain(20)[9][2]) is None


@pytest.mark.parametrize(("damage", "bad"), [(edited, 4), (deleted, 5), (doubled, 4), (swapped, 5), (rehashed, 5)])
def test_t10_the_first_bad_seq_is_named(damage: object, bad: int) -> None:
    links = chain(20)
    assert callable(damage)
    damage(links)
    assert first_broken(links) == bad


plain = st.one_of(st.text(), st.booleans(), st.none(), st.integers(-(2**53) + 1, 2**53 - 1))


@given(st.dictionaries(st.text(st.characters(max_codepoint=127)), plain, max_size=12))
def test_the_fast_form_is_rfc_8785_to_the_byte(record: dict[str, Plain]) -> None:
    assert audit_chain._jcs(record) == rfc8785.dumps(record)


@pytest.mark.parametrize("record", [{"ключ": 1}, {"seq": 2**53}, {"seq": 1.5}])
def test_what_has_no_exact_form_is_refused(record: dict[str, Plain]) -> None:
    with pytest.raises(ValueError, match=r"audit records|integer beyond"):
        record_hash(GENESIS, record)


def test_the_stored_hash_is_no_part_of_what_is_hashed() -> None:
    assert record_hash(GENESIS, {"seq": 1, "hash": "x"}) == record_hash(GENESIS, {"seq": 1})
    assert record_hash(GENESIS, {"seq": 1}) != record_hash(b"\1" * 32, {"seq": 1})


def test_a_hundred_thousand_rows_are_verified_in_five_seconds() -> None:
    links = chain(10_000)
    started = time.perf_counter()
    assert first_broken(links) is None
    assert (time.perf_counter() - started) * 10 < 5


def test_a_checkpoint_holds_for_its_device_and_head_only() -> None:
    keys, other = KeyPairs.generate(), KeyPairs.generate()
    checkpoint = Checkpoint(uuid.UUID(int=1), 100, bytes(32), 100, dt.datetime(2026, 9, 1, tzinfo=dt.UTC))
    signature = audit_chain.sign_checkpoint(keys, checkpoint)
    audit_chain.verify_checkpoint(keys.public, checkpoint, signature)
    changed = Checkpoint(checkpoint.device, 101, checkpoint.hash, 101, checkpoint.utc)
    for public, stated in ((other.public, checkpoint), (keys.public, changed)):
        with pytest.raises(SignatureRefusedError):
            audit_chain.verify_checkpoint(public, stated, signature)


def test_the_fingerprint_has_twelve_characters() -> None:
    assert audit_chain.fingerprint(bytes(range(32))) == "000102030405"
