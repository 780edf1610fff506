"""Each schema number is recorded and explained by its step; what one number says can be told in another (s21-s24)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.other_schema import BETWEEN, PRESENT, SECOND, THIRD, join_remarks, split_remarks
from tests.support.synced_schema import Described, described, names_used_twice, problems, recorded

from clinicdesk.sync.protocol import MIN_CLIENT_SCHEMA, SCHEMA
from clinicdesk.sync.tables import wire_tables
from clinicdesk.sync.versions import (
    FIRST,
    HISTORY,
    AddedColumn,
    AddedTable,
    AddedWord,
    RenamedColumn,
    SchemaChange,
    SchemaHistory,
    SchemaStep,
    SplitColumn,
)

COLUMN = {"kind": "text", "nullable": True, "words": None, "sealed": False}


def test_the_synced_schema_is_the_recorded_one_of_its_number() -> None:
    """Whoever adds or renames a synced column, table or word appends a step to `HISTORY` and records the new number."""
    assert described(wire_tables()) == recorded(SCHEMA)


def test_every_number_follows_from_the_one_before_by_its_step() -> None:
    for number, step in enumerate(HISTORY.steps, FIRST + 1):
        assert problems(recorded(number - 1), recorded(number), step) == [], number
    assert names_used_twice(HISTORY.steps, recorded(FIRST)) == []


@pytest.mark.parametrize("length", range(6))
def test_two_schemas_back_are_served(length: int) -> None:
    history = SchemaHistory((SchemaStep(()),) * length)
    assert (history.schema, history.oldest_served) == (1 + length, max(1, length - 1))
    assert (HISTORY.schema, HISTORY.oldest_served) == (SCHEMA, MIN_CLIENT_SCHEMA)


def changed(**tables: Mapping[str, Mapping[str, Any] | None]) -> Described:
    """The present schema with columns set, or taken away."""
    made = copy.deepcopy(recorded(SCHEMA))
    for table, columns in tables.items():
        for name, column in columns.items():
            if column is None:
                del made[table][name]
            else:
                made.setdefault(table, {})[name] = dict(column)
    return made


WORDS = {**recorded(SCHEMA)["allergies"]["severity"]}
MORE_WORDS = {**WORDS, "words": sorted([*WORDS["words"], "LETHAL"])}


@pytest.mark.parametrize(
    ("after", "step"),
    [
        (changed(allergies={"cross": COLUMN}), AddedColumn("allergies", "cross")),
        (changed(food_plans={"text": COLUMN}), AddedTable("food_plans")),
        (changed(allergies={"severity": MORE_WORDS}), AddedWord("allergies", "severity", "LETHAL", "SEVERE")),
        (changed(allergies={"notes": None, "remark": COLUMN}), RenamedColumn("allergies", "notes", "remark")),
        (
            changed(allergies={"notes": None, "remark": COLUMN, "advice": COLUMN}),
            SplitColumn("allergies", "notes", ("remark", "advice"), split_remarks, join_remarks),
        ),
    ],
)
def test_a_migration_of_a_synced_column_without_its_step_is_found(after: Described, step: SchemaChange) -> None:
    before = recorded(SCHEMA)
    assert problems(before, after, SchemaStep(())) != []
    assert problems(before, after, SchemaStep((step,))) == []


def test_a_step_may_not_do_what_older_programs_or_signatures_cannot_bear() -> None:
    before = recorded(SCHEMA)
    needed = {**COLUMN, "nullable": False}
    assert problems(before, changed(allergies={"cross": needed}), SchemaStep((AddedColumn("allergies", "cross"),))) == [
        "allergies.cross: a new column of a table that is there has to be nullable"
    ]
    renamed = changed(clinic_visits={"notes": None, "remark": {**COLUMN, "sealed": True}})
    assert problems(before, renamed, SchemaStep((RenamedColumn("clinic_visits", "notes", "remark"),))) == [
        "clinic_visits.notes: a column under a signature keeps its name"
    ]
    without = {name: columns for name, columns in before.items() if name != "allergies"}
    assert problems(before, without, SchemaStep(())) == ["allergies: removed"]
    assert problems(before, before, SchemaStep((AddedWord("allergies", "severity", "LETHAL", None),))) == [
        "allergies.severity: differs without a step"
    ]


def test_a_name_is_never_used_again() -> None:
    away = SchemaStep((RenamedColumn("allergies", "notes", "remark"),))
    back = SchemaStep((AddedColumn("allergies", "notes"),))
    assert names_used_twice((away, back), recorded(SCHEMA)) == ["allergies.notes"]
    assert names_used_twice((away,), recorded(SCHEMA)) == []


def test_the_made_up_history_of_the_scenarios_keeps_these_rules() -> None:
    """What the scenarios prove on altered files, they prove of steps that would be let through."""
    third = recorded(SCHEMA)
    second = copy.deepcopy(third)
    second["allergies"]["remedy"] = second["allergies"].pop("treatment")
    for name in ("symptoms", "notes"):
        del second["allergies"][name]
    second["allergies"]["remarks"] = COLUMN
    first = copy.deepcopy(second)
    del first["medical_history"]
    del first["allergies"]["emergency_protocol"]
    first["allergies"]["severity"]["words"].remove("LIFE_THREATENING")
    assert problems(first, second, SECOND) == []
    assert problems(second, third, THIRD) == []


# --- Translation ---------------------------------------------------------------------------------------------------

Row = dict[str, str | None]

PARTS = st.none() | st.text().filter(lambda text: BETWEEN not in text)
ROWS = st.fixed_dictionaries(
    {
        "treatment": PARTS,
        "symptoms": PARTS.filter(lambda text: text != ""),
        "notes": PARTS,
        "severity": st.sampled_from(["MILD", "SEVERE", "LIFE_THREATENING"]),
    }
)


@given(ROWS)
def test_what_an_older_schema_shows_leads_back_to_the_row(row: Row) -> None:
    shown = PRESENT.shown("allergies", row, FIRST)
    word = shown.pop("severity")
    assert word == ("SEVERE" if row["severity"] == "LIFE_THREATENING" else row["severity"])
    assert PRESENT.as_seen("allergies", "severity", word, row["severity"], FIRST) == row["severity"]
    back = PRESENT.values_now("allergies", shown, FIRST)
    assert back == {name: row[name] for name in ("treatment", "symptoms", "notes")}
    assert PRESENT.values_now("allergies", back, FIRST) == back


@given(ROWS, ROWS)
def test_a_change_of_an_older_schema_moves_only_what_differs(old: Row, new: Row) -> None:
    before, after = (PRESENT.shown("allergies", row, FIRST) for row in (old, new))
    changes = {name: (before[name], after[name], 7) for name in ("remarks",) if before[name] != after[name]}
    moved = PRESENT.changes_now("allergies", changes, FIRST)
    assert moved == {name: (old[name], new[name], 7) for name in ("symptoms", "notes") if old[name] != new[name]}
    assert PRESENT.changes_now("allergies", moved, FIRST) == moved


def test_a_column_renamed_twice_is_known_by_each_name() -> None:
    steps = tuple(SchemaStep((RenamedColumn("t", old, new),)) for old, new in (("a", "b"), ("b", "c")))
    history = SchemaHistory(steps)
    assert history.values_now("t", {"a": 1}, 1) == {"c": 1} == history.values_now("t", {"b": 1}, 2)
    assert history.shown("t", {"c": 1}, 1)["a"] == 1
    assert history.shown("t", {"c": 1}, 2) == {"b": 1}
    assert [history.column_now("t", name, FIRST) for name in "abc"] == ["c", "c", "c"]
    assert history.names_then("t", ["c"], 1) == ["a"]
    assert [history.needed_by("t", {name: 1}) for name in "abc"] == [1, 2, 3]
    assert history.tables_changed(2) == {"t"}
    assert history.tables_changed(3) == set()


def test_of_a_word_that_both_know_no_stand_in_is_made() -> None:
    assert PRESENT.shown("allergies", {"severity": "LIFE_THREATENING"}, 2).get("severity") in {None, "LIFE_THREATENING"}
    assert PRESENT.as_seen("allergies", "severity", "SEVERE", "LIFE_THREATENING", 2) == "SEVERE"
    assert PRESENT.as_seen("allergies", "severity", "MILD", "LIFE_THREATENING", FIRST) == "MILD"
