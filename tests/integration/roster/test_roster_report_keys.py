"""Every key that the import command prints is explained in docs/roster-import.md, and none besides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.support import oneroster
from tests.support.roster_office import Office

from clinicdesk.domain.roster.difference import RosterPolicy
from clinicdesk.domain.roster.held import Kind
from clinicdesk.services.roster import RosterService

_DOCUMENT = Path(__file__).parents[3] / "docs" / "roster-import.md"


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | set().union(*(_keys(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(_keys(one) for one in value))
    return set()


def test_every_key_of_the_report_is_documented_and_no_other(office: Office) -> None:
    roster = RosterService(office.desk, office.district, RosterPolicy(leaving_floor=1, set_aside_floor=1))
    roster.import_package(office.package("pinewood"))
    files = {**oneroster.files_of("pinewood"), **oneroster.files_of("pinewood-bad-rows")}
    stopped = roster.import_package(_saved(office, files)).as_json()
    # A new key, no number and another birthday: a person has to decide.
    twin = oneroster.files_of("pinewood")
    twin["users.csv"] = twin["users.csv"].replace(b"u-jr,", b"u-other,").replace(b"100009", b"")
    twin["roles.csv"] = twin["roles.csv"].replace(b"u-jr,", b"u-other,")
    twin["demographics.csv"] = twin["demographics.csv"].replace(b"u-jr,,,2013-11-11", b"u-other,,,2013-11-12")
    undecided = roster.preview(_saved(office, twin)).as_json()
    assert stopped["stops"]
    assert stopped["quarantined"]
    assert undecided["undecided"]
    rows = re.findall(r"^\| (`[^|]*) \|", _DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {key for row in rows for key in re.findall(r"`([^`]+)`", row)}
    assert documented == (_keys(stopped) | _keys(undecided)) - {kind.value for kind in Kind}


def _saved(office: Office, files: dict[str, bytes]) -> Path:
    path = office.folder / f"{len(list(office.folder.iterdir()))}.zip"
    path.write_bytes(oneroster.zipped(files).getvalue())
    return path
