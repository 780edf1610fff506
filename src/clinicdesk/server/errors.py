"""Why the district server refuses a request, and with what status."""

from __future__ import annotations

from typing import ClassVar

from clinicdesk.core.errors import Param, UserFacingError, WorldError
from clinicdesk.sync.protocol import ErrorCode

STATUS = {
    ErrorCode.BAD_BODY: 400,
    ErrorCode.BAD_SIGNATURE: 401,
    ErrorCode.REPLAYED: 401,
    ErrorCode.UNKNOWN_DEVICE: 401,
    ErrorCode.REVOKED: 403,
    ErrorCode.SCOPE: 403,
    ErrorCode.DENIED: 403,
    ErrorCode.INVITE: 403,
    ErrorCode.NO_SUCH_FILE: 404,
    ErrorCode.OTHER_PLACE: 409,
    ErrorCode.CURSOR_UNKNOWN: 409,
    ErrorCode.EPOCH_CHANGED: 409,
    ErrorCode.RESNAPSHOT: 409,
    ErrorCode.UPGRADE_NEEDED: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.UNSUPPORTED: 415,
    ErrorCode.INTERNAL: 500,
    ErrorCode.BUSY: 503,
    ErrorCode.NOT_READY: 503,
}


class RefusedRequestError(WorldError):
    """The request gets no answer but this; nothing of it was kept."""

    code: ClassVar[str] = "refused_request"

    def __init__(self, reason: ErrorCode, **params: Param) -> None:
        super().__init__(reason=reason.value, **params)
        self.reason = reason
        self.details = params

    @property
    def status(self) -> int:
        return STATUS[self.reason]


class DistrictSetupError(UserFacingError):
    """The district cannot be served or administered like this; `problem` says why."""

    code: ClassVar[str] = "district_setup"

    def __init__(self, problem: str, **params: Param) -> None:
        super().__init__(problem=problem, **params)
        self.problem = problem
