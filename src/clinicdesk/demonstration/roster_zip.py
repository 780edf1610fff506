"""The demonstration's population as a OneRoster 1.2 CSV package, bulk, as a district's system would export it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from clinicdesk.demonstration import names
from clinicdesk.demonstration.people import DistrictPlan, GuardianPlan

ABSENT = (
    "categories", "classes", "classResources", "courses", "courseResources", "lineItems",
    "lineItemLearningObjectiveIds", "lineItemScoreScales",
    "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales",
    "userProfiles", "userResources",
)  # fmt: skip
BULK = ("academicSessions", "demographics", "enrollments", "orgs", "roles", "users")
DISTRICT_ID = "demo-org-00000"
YEAR_ID = "demo-year-1"
USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,"
    "sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns"
)


def write_roster(plan: DistrictPlan, target: Path) -> None:
    """Write the package; the same plan gives the same bytes."""
    tables: dict[str, tuple[str, Iterable[Sequence[str]]]] = {
        "manifest": ("propertyName,value", _manifest()),
        "orgs": (
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
            [
                (DISTRICT_ID, "", "", names.DISTRICT, "district", "TV", ""),
                *((s.source_id, "", "", s.name, "school", s.code, DISTRICT_ID) for s in plan.schools),
            ],
        ),
        "academicSessions": (
            "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
            [
                (
                    YEAR_ID, "", "", f"{plan.year_start.year}–{plan.year_end.year}", "schoolYear",
                    plan.year_start.isoformat(), plan.year_end.isoformat(), "", str(plan.year_end.year),
                )
            ],
        ),
        "users": (USERS, [*_students(plan), *_guardians(plan)]),
        "roles": (
            "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
            "userProfileSourcedId",
            [*_roles(plan)],
        ),
        "demographics": (
            "sourcedId,status,dateLastModified,birthDate,sex",
            [(s.source_id, "", "", s.born.isoformat(), s.sex) for s in plan.students],
        ),
        "enrollments": (
            "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,"
            "endDate",
            [],
        ),
    }  # fmt: skip
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, (header, rows) in tables.items():
            entry = zipfile.ZipInfo(f"{name}.csv", date_time=(plan.year_start.year, 8, 1, 6, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, _csv(header, rows))


def _csv(header: str, rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def _manifest() -> list[tuple[str, str]]:
    return [
        ("manifest.version", "1.0"),
        ("oneroster.version", "1.2"),
        *((f"file.{name}", "bulk") for name in BULK),
        *((f"file.{name}", "absent") for name in ABSENT),
        ("source.systemName", "ClinicDesk demonstration (synthetic)"),
        ("source.systemCode", "clinicdesk-demo"),
    ]


def _students(plan: DistrictPlan) -> Iterable[Sequence[str]]:
    for student in plan.students:
        yield (
            student.source_id, "", "", "true", "", "", student.first_name, student.last_name, "", student.number, "",
            "", "", ",".join(guardian.source_id for guardian in student.guardians), student.grade, "", "", "", "", "",
            plan.schools[student.schools[0]].source_id, "",
        )  # fmt: skip


def _guardians(plan: DistrictPlan) -> Iterable[Sequence[str]]:
    for guardian in _each_guardian(plan):
        yield (
            guardian.source_id, "", "", "true", "", "", guardian.first_name, guardian.last_name, "", "", guardian.email,
            "", guardian.phone, "", "", "", "", "", "", "", "", "",
        )  # fmt: skip


def _each_guardian(plan: DistrictPlan) -> list[GuardianPlan]:
    return list({g.source_id: g for student in plan.students for g in student.guardians}.values())


def _roles(plan: DistrictPlan) -> Iterable[Sequence[str]]:
    begin = plan.year_start.isoformat()
    at_school: dict[str, int] = {}
    for student in plan.students:
        for order, at in enumerate(student.schools):
            kind = "primary" if order == 0 else "secondary"
            key = f"{student.source_id}-role-{order}"
            yield (key, "", "", student.source_id, kind, "student", begin, "", plan.schools[at].source_id, "")
        for guardian in student.guardians:
            at_school.setdefault(guardian.source_id, student.schools[0])
    for source_id, at in at_school.items():
        yield (
            f"{source_id}-role", "", "", source_id, "primary", "guardian", begin, "", plan.schools[at].source_id, "",
        )  # fmt: skip
