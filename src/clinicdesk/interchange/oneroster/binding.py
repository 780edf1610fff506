"""The names of the OneRoster 1.2 CSV binding: files, columns, and which of them the clinic cannot do without."""

from __future__ import annotations

from dataclasses import dataclass

from clinicdesk.domain.roster.records import RosterFile

MANIFEST = "manifest.csv"
MANIFEST_VERSION = "1.0"
ONEROSTER_VERSION = "1.2"

BINDING_FILES = frozenset(
    {
        "academicSessions",
        "categories",
        "classes",
        "classResources",
        "courses",
        "courseResources",
        "demographics",
        "enrollments",
        "lineItems",
        "lineItemLearningObjectiveIds",
        "lineItemScoreScales",
        "orgs",
        "resources",
        "results",
        "resultLearningObjectiveIds",
        "resultScoreScales",
        "roles",
        "scoreScales",
        "userProfiles",
        "userResources",
        "users",
    }
)

_CHANGE = ("status", "dateLastModified")


@dataclass(frozen=True, slots=True)
class FileBinding:
    """The columns of one file. `needed` must stand in its header; the rest may be missing."""

    columns: frozenset[str]
    needed: tuple[str, ...]

    def needed_in(self, *, delta: bool) -> tuple[str, ...]:
        """A delta cannot be read without knowing what each row wants."""
        return (*self.needed, *_CHANGE) if delta else self.needed


def _binding(columns: str, needed: str) -> FileBinding:
    return FileBinding(frozenset(("sourcedId", *_CHANGE, *columns.split())), ("sourcedId", *needed.split()))


BINDING: dict[RosterFile, FileBinding] = {
    RosterFile.ORGS: _binding("name type identifier parentSourcedId", "name type"),
    RosterFile.ACADEMIC_SESSIONS: _binding(
        "title type startDate endDate parentSourcedId schoolYear", "title type startDate endDate"
    ),
    RosterFile.USERS: _binding(
        "enabledUser username userIds givenName familyName middleName identifier email sms phone agentSourcedIds"
        " grades password userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName"
        " primaryOrgSourcedId pronouns resourceSourcedIds",
        "givenName familyName",
    ),
    RosterFile.ROLES: _binding(
        "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
        "userSourcedId roleType role orgSourcedId",
    ),
    RosterFile.DEMOGRAPHICS: _binding(
        "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander"
        " white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation"
        " cityOfBirth publicSchoolResidenceStatus",
        "birthDate",
    ),
    RosterFile.CLASSES: _binding(
        "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds subjects"
        " subjectCodes periods resourceSourcedIds",
        "title classType schoolSourcedId",
    ),
    RosterFile.ENROLLMENTS: _binding(
        "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
        "classSourcedId schoolSourcedId userSourcedId role",
    ),
}

NEVER_READ = "password"

GRADES = {
    "IT": "IT",
    "PR": "PR",
    "PK": "PK",
    "TK": "TK",
    "KG": "K",
    "PS": "PS",
    "UG": "UG",
    "OTHER": "Other",
    **{f"{number:02}": str(number) for number in range(1, 14)},
    # Not CEDS, but plain in meaning and common in exports.
    "K": "K",
    "PREK": "PK",
    "PRE-K": "PK",
    **{str(number): str(number) for number in range(1, 10)},
}
"""CEDS grade codes, and the usual others, to the clinic's word."""
