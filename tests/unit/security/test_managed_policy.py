"""F37: nothing in a policy file loosens anything by mistake."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.security.policy import SAFE_DEFAULTS, ManagedPolicy, PolicyProblem, parse_policy


def parsed(**entries: object) -> tuple[ManagedPolicy, tuple[PolicyProblem, ...]]:
    return parse_policy(json.dumps(entries).encode())


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", PolicyProblem("not_json")),
        (b"{", PolicyProblem("not_json")),
        (b"\xff\xfe", PolicyProblem("not_json")),
        (b"[" * 50_000, PolicyProblem("not_json")),
        (b"[]", PolicyProblem("not_an_object")),
        (b'{"allow_file_secret": true' + b" " * 70_000 + b"}", PolicyProblem("too_large")),
        (b'{"version": 2, "allow_file_secret": true}', PolicyProblem("newer_version", "version")),
    ],
)
def test_f37_a_file_that_cannot_be_read_means_the_safe_defaults(content: bytes, problem: PolicyProblem) -> None:
    assert parse_policy(content) == (SAFE_DEFAULTS, (problem,))


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("allow_file_secret", "true", "wrong_type"),
        ("allow_file_secret", 1, "wrong_type"),
        ("idle_lock_minutes", 0, "out_of_range"),
        ("idle_lock_minutes", 60, "out_of_range"),
        ("idle_lock_minutes", True, "wrong_type"),
        ("idle_lock_minutes", 5.5, "wrong_type"),
        ("session_hours", 13, "out_of_range"),
        ("kdf_memory_kib", 1_024, "out_of_range"),
        ("kdf_iterations", 1, "out_of_range"),
        ("file_secret_folder", "relative/folder", "not_absolute"),
        ("file_secret_folder", None, "wrong_type"),
        ("unheard_of", 1, "unknown"),
    ],
)
def test_f37_a_bad_entry_keeps_its_safe_default(key: str, value: object, problem: str) -> None:
    policy, problems = parsed(hide_user_names=True, **{key: value})
    assert policy == dataclasses.replace(SAFE_DEFAULTS, hide_user_names=True)
    assert problems == (PolicyProblem(problem, key),)


def test_f37_an_entry_given_twice_counts_as_not_given() -> None:
    policy, problems = parse_policy(b'{"allow_file_secret": false, "allow_file_secret": true}')
    assert policy == SAFE_DEFAULTS
    assert problems == (PolicyProblem("duplicate", "allow_file_secret"),)


def test_every_entry_can_be_set() -> None:
    policy, problems = parsed(
        version=1,
        allow_file_secret=True,
        file_secret_folder="/var/lib/clinicdesk",
        idle_lock_minutes=10,
        session_hours=8,
        quick_unlock_pin=False,
        hide_user_names=True,
        kdf_memory_kib=262_144,
        kdf_iterations=4,
    )
    assert problems == ()
    assert all(
        value != default
        for value, default in zip(dataclasses.astuple(policy), dataclasses.astuple(SAFE_DEFAULTS), strict=True)
    )
    assert policy.kdf_parameters().memory_kib == 262_144


@given(st.binary(max_size=300))
def test_f37_no_bytes_allow_a_file_secret_unless_they_say_so(content: bytes) -> None:
    policy, _ = parse_policy(content)
    assert policy.allow_file_secret is False or b"allow_file_secret" in content
