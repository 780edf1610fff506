"""Vaccines, exemptions and funding."""

from __future__ import annotations

import enum


class BodySite(enum.StrEnum):
    """Where on the body a dose was given."""

    ARM_LEFT = "ARM_LEFT"
    ARM_RIGHT = "ARM_RIGHT"
    THIGH_LEFT = "THIGH_LEFT"
    THIGH_RIGHT = "THIGH_RIGHT"
    DELTOID_LEFT = "DELTOID_LEFT"
    DELTOID_RIGHT = "DELTOID_RIGHT"
    BUTTOCK_LEFT = "BUTTOCK_LEFT"
    BUTTOCK_RIGHT = "BUTTOCK_RIGHT"
    ORAL = "ORAL"
    NASAL = "NASAL"
    OTHER = "OTHER"


class ExemptionKind(enum.StrEnum):
    """The ground of an exemption from a vaccine."""

    MEDICAL = "MEDICAL"
    RELIGIOUS = "RELIGIOUS"
    PERSONAL = "PERSONAL"


class VaccinationComplianceStatus(enum.StrEnum):
    """How a student stands against the school requirement."""

    COMPLIANT = "COMPLIANT"
    OVERDUE = "OVERDUE"
    PARTIALLY_COMPLIANT = "PARTIALLY_COMPLIANT"
    EXEMPT = "EXEMPT"
    NON_COMPLIANT = "NON_COMPLIANT"


class VaccineType(enum.StrEnum):
    """The vaccine given, as the school names it."""

    COVID_19 = "COVID_19"
    FLU = "FLU"
    MEASLES = "MEASLES"
    MUMPS = "MUMPS"
    RUBELLA = "RUBELLA"
    MMR = "MMR"
    POLIO = "POLIO"
    HEPATITIS_A = "HEPATITIS_A"
    HEPATITIS_B = "HEPATITIS_B"
    VARICELLA = "VARICELLA"
    TETANUS = "TETANUS"
    DIPHTHERIA = "DIPHTHERIA"
    PERTUSSIS = "PERTUSSIS"
    TDAP = "TDAP"
    DTAP = "DTAP"
    HIB = "HIB"
    PNEUMOCOCCAL = "PNEUMOCOCCAL"
    ROTAVIRUS = "ROTAVIRUS"
    MENINGOCOCCAL = "MENINGOCOCCAL"
    HPV = "HPV"
    OTHER = "OTHER"


class VfcEligibility(enum.StrEnum):
    """A dose's eligibility for Vaccines for Children (I14)."""

    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    MEDICAID = "MEDICAID"
    UNINSURED = "UNINSURED"
    UNDERINSURED = "UNDERINSURED"
    AMERICAN_INDIAN = "AMERICAN_INDIAN"
    STATE_SPECIFIC = "STATE_SPECIFIC"
    UNKNOWN = "UNKNOWN"
