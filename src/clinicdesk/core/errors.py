"""The root of every failure: a stable code and plain parameters; screens make the sentence."""

from __future__ import annotations

from typing import ClassVar

Param = str | int | float | bool | None


class ClinicDeskError(Exception):
    """Something did not happen. `code` never changes once released; `params` hold no patient data."""

    code: ClassVar[str] = "error"

    def __init__(self, **params: Param) -> None:
        super().__init__(self.code)
        self.params = params

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code}({shown})" if shown else self.code


class UserFacingError(ClinicDeskError):
    """The person at the desk can do something about it; nothing was half-written."""

    code = "user_facing"


class InvalidValueError(UserFacingError):
    """One field holds a value that cannot be kept.

    `field` is the column or form field, `problem` a stable word (`missing`, `too_long`, `out_of_range`,
    `wrong_order`, `not_a_date`...); further parameters give limits (`minimum`, `maximum`, `unit`).
    """

    code = "invalid_value"

    def __init__(self, field: str, problem: str, **params: Param) -> None:
        super().__init__(field=field, problem=problem, **params)
        self.field = field
        self.problem = problem


class PermissionDeniedError(UserFacingError):
    """The role or the schools of the actor do not cover this act."""

    code = "permission_denied"


class WorldError(ClinicDeskError):
    """The surroundings failed (disk, network, keystore): retry or report."""

    code = "world"
