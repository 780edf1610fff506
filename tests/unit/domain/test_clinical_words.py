"""Every code of the clinical rules has its sentence in English and Spanish, with the same places for values."""

from __future__ import annotations

import ast
import enum
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import clinicdesk
from clinicdesk.domain.calendar import DayKind
from clinicdesk.domain.consent import ConsentState, SignerCapacity, SigningBar
from clinicdesk.domain.medication.controlled import InventoryTransactionType
from clinicdesk.domain.medication.disposal import DisposalMethod
from clinicdesk.domain.medication.insulin import Step
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.orders import OrderStatus, PreCheck, Route
from clinicdesk.domain.medication.outcomes import DoseReason, TaskKind
from clinicdesk.domain.medication.quantities import DoseUnit
from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.domain.vaccination_entry import AdministeredDose
from clinicdesk.domain.visit_templates import TEMPLATES, VisitDisposition
from clinicdesk.domain.vitals import Level, Vital
from clinicdesk.models.enums import CheckResult

PACKAGE = Path(clinicdesk.__file__).parent
WORDS: dict[str, dict[str, str]] = tomllib.loads((PACKAGE / "i18n" / "clinical_en_es.toml").read_text("utf-8"))
CODE = re.compile(r"(dose|controlled|visit|vaccine|entry)(\.[a-z0-9_]+)+")
SOURCES = (
    *sorted((PACKAGE / "domain" / "medication").glob("*.py")),
    *sorted((PACKAGE / "domain" / "entry").glob("*.py")),
    *sorted((PACKAGE / "domain").glob("vaccin*.py")),
    *(PACKAGE / "domain" / f"{name}.py" for name in ("visits", "vitals", "consent", "calendar")),
)
ENUMS: dict[str, type[enum.StrEnum]] = {
    "dose_outcome": DoseOutcome,
    "slot_state": SlotState,
    "dose_reason": DoseReason,
    "order_status": OrderStatus,
    "dose_route": Route,
    "precheck": PreCheck,
    "movement": InventoryTransactionType,
    "disposal_method": DisposalMethod,
    "insulin_step": Step,
    "task": TaskKind,
    "consent_state": ConsentState,
    "signing_bar": SigningBar,
    "signer_capacity": SignerCapacity,
    "day_kind": DayKind,
    "vital": Vital,
    "vital.implausible": Vital,
    "visit.vital_missing": Vital,
    "level": Level,
    "visit.disposition": VisitDisposition,
    "effect": CheckResult,
}


def _parsed() -> Iterator[ast.AST]:
    for source in SOURCES:
        yield from ast.walk(ast.parse(source.read_text("utf-8")))


def codes_in_sources() -> set[str]:
    texts = {node.value for node in _parsed() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if CODE.fullmatch(text)}


def problems_in_sources() -> set[str]:
    found = set()
    for node in _parsed():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "InvalidValueError":
            problem = node.args[1]
            if isinstance(problem, ast.Constant) and isinstance(problem.value, str):
                found.add(f"invalid_value.{problem.value}")
    return found


def codes_of_templates() -> set[str]:
    found = set()
    for template in TEMPLATES.values():
        found |= {f"visit.template.{template.key}", f"visit.complaint.{template.complaint}"}
        found |= {f"visit.field.{key}" for key in template.fields}
        found |= {f"visit.field_missing.{key}" for key in template.required_fields}
        found |= {f"visit.finding.{key}" for key in template.expected}
        found |= {f"visit.intervention.{key}" for key in template.interventions}
        for sign in template.danger:
            found |= {f"visit.danger.{sign.key}", f"visit.red_flag.{sign.key}"}
    return found


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_sources_are_really_read() -> None:
    assert {"dose.wrong_student", "controlled.witness_missing", "visit.disposition_missing"} <= codes_in_sources()
    assert "invalid_value.not_a_date" in problems_in_sources()


@pytest.mark.parametrize("code", sorted(codes_in_sources() | problems_in_sources() | codes_of_templates()))
def test_every_code_has_its_words(code: str) -> None:
    assert set(WORDS[code]) == {"en", "es"}


@pytest.mark.parametrize("prefix", sorted(ENUMS))
def test_every_value_of_a_list_has_its_words(prefix: str) -> None:
    assert [f"{prefix}.{value.lower()}" for value in ENUMS[prefix] if f"{prefix}.{value.lower()}" not in WORDS] == []


def test_every_unit_has_singular_and_plural_and_every_vaccine_field_its_question() -> None:
    units = {f"{unit.word}.{number}" for unit in DoseUnit for number in ("one", "other")}
    assert units <= set(WORDS)
    asked = {code.rpartition(".")[2] for code in WORDS if code.startswith("vaccine.field_missing.")}
    assert asked <= set(AdministeredDose.__dataclass_fields__)


@pytest.mark.parametrize("code", sorted(WORDS))
def test_both_languages_say_something_with_the_same_values(code: str) -> None:
    english, spanish = WORDS[code]["en"], WORDS[code]["es"]
    assert english.strip() == english
    assert spanish.strip() == spanish
    assert english
    assert spanish
    assert places(english) == places(spanish)


def test_no_words_are_left_over() -> None:
    used = codes_in_sources() | codes_of_templates() | {f"{p}.{v.lower()}" for p, e in ENUMS.items() for v in e}
    prefixes = ("unit.", "invalid_value.", "vaccine.field_missing.", "visit.field_missing.")
    assert {code for code in WORDS if not code.startswith(prefixes)} - used == set()
