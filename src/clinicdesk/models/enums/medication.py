"""Orders, doses, prescriptions and stock."""

from __future__ import annotations

import enum


class DeaSchedule(enum.StrEnum):
    """The DEA schedule of a controlled substance."""

    I = "I"  # noqa: E741 - the schedules have Roman numerals
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"


class InteractionSeverity(enum.StrEnum):
    """How bad two drugs are together."""

    MINOR = "MINOR"
    MODERATE = "MODERATE"
    MAJOR = "MAJOR"
    SEVERE = "SEVERE"
    CONTRAINDICATED = "CONTRAINDICATED"


class LotStatus(enum.StrEnum):
    """Whether a lot may be given from (M13)."""

    AVAILABLE = "AVAILABLE"
    QUARANTINED = "QUARANTINED"
    DEPLETED = "DEPLETED"
    RECALLED = "RECALLED"
    DISPOSED = "DISPOSED"


class MaintenanceType(enum.StrEnum):
    """What was done to equipment."""

    CALIBRATION = "CALIBRATION"
    REPAIR = "REPAIR"
    INSPECTION = "INSPECTION"
    CLEANING = "CLEANING"
    REPLACEMENT = "REPLACEMENT"
    UPGRADE = "UPGRADE"


class OverrideRule(enum.StrEnum):
    """The rule that a dose went past, with its reason recorded (D40)."""

    M2 = "M2"
    M3 = "M3"
    M4 = "M4"
    M5 = "M5"
    M6 = "M6"
    M8 = "M8"
    M9 = "M9"
    M13 = "M13"
    D22 = "D22"


class PrescriptionStatus(enum.StrEnum):
    """Where a prescription stands at the pharmacy."""

    PENDING = "PENDING"
    SENT = "SENT"
    FILLED = "FILLED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    PICKED_UP = "PICKED_UP"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class PurchaseOrderStatus(enum.StrEnum):
    """Where a purchase order stands."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    ORDERED = "ORDERED"
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"


class ScheduleKind(enum.StrEnum):
    """Whether an order names its times or waits for a need."""

    SCHEDULED = "SCHEDULED"
    PRN = "PRN"
