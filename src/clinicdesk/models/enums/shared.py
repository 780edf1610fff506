"""Words that several kinds of record use."""

from __future__ import annotations

import enum


class AllergySeverity(enum.StrEnum):
    """How bad an allergic reaction is."""

    MILD = "MILD"
    MODERATE = "MODERATE"
    SEVERE = "SEVERE"
    LIFE_THREATENING = "LIFE_THREATENING"


class AllergyType(enum.StrEnum):
    """What kind of thing a student is allergic to."""

    FOOD = "FOOD"
    MEDICATION = "MEDICATION"
    ENVIRONMENTAL = "ENVIRONMENTAL"
    INSECT = "INSECT"
    LATEX = "LATEX"
    OTHER = "OTHER"


class Channel(enum.StrEnum):
    """A way to reach a person."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    PUSH = "PUSH"
    VOICE = "VOICE"


class ConditionSeverity(enum.StrEnum):
    """How bad a condition of a student is."""

    MILD = "MILD"
    MODERATE = "MODERATE"
    SEVERE = "SEVERE"
    CRITICAL = "CRITICAL"


class Currency(enum.StrEnum):
    """Currencies, as ISO 4217 codes."""

    USD = "USD"


class EntryKind(enum.StrEnum):
    """What an append-only row is to the row it supersedes (D1)."""

    ORIGINAL = "ORIGINAL"
    CORRECTION = "CORRECTION"
    WITHDRAWN = "WITHDRAWN"


class Priority(enum.StrEnum):
    """How soon something wants doing: one scale for tasks, messages, waiting lists, alarms and notifications."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    URGENT = "URGENT"


class ReportFormat(enum.StrEnum):
    """The file format of a report."""

    PDF = "PDF"
    CSV = "CSV"
    EXCEL = "EXCEL"
    JSON = "JSON"
    HTML = "HTML"


class ReportStatus(enum.StrEnum):
    """Where the making of a report stands."""

    PENDING = "PENDING"
    GENERATING = "GENERATING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Severity(enum.StrEnum):
    """How bad an event is for people, data or compliance."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class Unit(enum.StrEnum):
    """Units of doses and stock, as UCUM codes."""

    MG = "mg"
    UG = "ug"
    G = "g"
    ML = "mL"
    LITRE = "L"
    INTERNATIONAL_UNIT = "[iU]"
    MEQ = "meq"
    MMOL = "mmol"
    TABLET = "{tablet}"
    CAPSULE = "{capsule}"
    PUFF = "{puff}"
    DROP = "[drp]"
    SPRAY = "{spray}"
    PATCH = "{patch}"
    SUPPOSITORY = "{suppository}"
    APPLICATION = "{application}"
    DOSE = "{dose}"
    EACH = "{each}"
