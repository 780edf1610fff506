"""`docs/data-model.md` answers every concern and gives every further table its reason."""

from __future__ import annotations

import json
import re
from pathlib import Path

from clinicdesk.models import Base

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data-model.md").read_text("utf-8")
CATALOGUE = json.loads((ROOT.parent / "shared" / "model-catalog.json").read_text("utf-8"))


def test_every_concern_has_its_line() -> None:
    answered = [int(number) for number in re.findall(r"^\| (\d+) \| \S", PAGE, re.MULTILINE)]
    assert answered == list(range(1, len(CATALOGUE["concerns"]) + 1))


def test_every_further_table_has_its_reason() -> None:
    section = PAGE.split("## Further tables")[1].split("## The 52 concerns")[0]
    catalogued = {model["table"] for model in CATALOGUE["models"].values()}
    explained = set(re.findall(r"`([a-z_]+)`", "\n".join(re.findall(r"^\| (`.*?) \|", section, re.MULTILINE))))
    assert explained == set(Base.metadata.tables) - catalogued


def test_the_page_counts_the_tables() -> None:
    assert f"{len(Base.metadata.tables)} tables" in PAGE
