"""A small OneRoster 1.2 delta for the tour: one new student at the first school of the demonstration."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from clinicdesk.demonstration.roster_zip import ABSENT, BULK, USERS

NEWCOMER = ("Wilhelmina", "Tourwood")
STUDENT_ID = "tour-user-1"
SCHOOL_ID = "demo-org-00001"
CHANGED = "2026-08-01T06:00:00.000Z"


def write_delta(target: Path) -> None:
    """Write the package: what is not in it stays as it is."""
    first, last = NEWCOMER
    user = dict.fromkeys(USERS.split(","), "") | {
        "sourcedId": STUDENT_ID, "status": "active", "dateLastModified": CHANGED, "enabledUser": "true",
        "givenName": first, "familyName": last, "identifier": "100-90001", "grades": "03",
        "primaryOrgSourcedId": SCHOOL_ID,
    }  # fmt: skip
    role = {
        "sourcedId": "tour-role-1", "status": "active", "dateLastModified": CHANGED, "userSourcedId": STUDENT_ID,
        "roleType": "primary", "role": "student", "beginDate": "", "endDate": "", "orgSourcedId": SCHOOL_ID,
        "userProfileSourcedId": "",
    }  # fmt: skip
    born = {
        "sourcedId": STUDENT_ID, "status": "active", "dateLastModified": CHANGED, "birthDate": "2018-03-14",
        "sex": "female",
    }  # fmt: skip
    held = {"users": user, "roles": role, "demographics": born}
    manifest = {
        "manifest.version": "1.0",
        "oneroster.version": "1.2",
        **{f"file.{name}": "delta" if name in held else "absent" for name in (*BULK, *ABSENT)},
        "source.systemName": "ClinicDesk demonstration (synthetic)",
        "source.systemCode": "clinicdesk-demo",
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("manifest.csv", _csv(["propertyName", "value"], [[*pair] for pair in manifest.items()]))
        for name, row in held.items():
            package.writestr(f"{name}.csv", _csv([*row], [[*row.values()]]))


def _csv(header: list[str], rows: list[list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
