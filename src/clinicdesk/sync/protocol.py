"""The messages between workstation and district server, protocol version 1 (`docs/sync-protocol.md`).

Every name is imported from here. The messages of a session, of a push, of a pull and of rows stand in modules of their
own, and what all are made of in `wire`.
"""

from __future__ import annotations

import enum

from clinicdesk.sync.pull_messages import (
    Gone,
    Membership,
    PullPage,
    PullRequest,
)
from clinicdesk.sync.push_messages import (
    HeldReply,
    HeldRequest,
    ItemResult,
    Outcome,
    PushBatch,
    PushItem,
    PushReply,
    TableColumns,
)
from clinicdesk.sync.row_messages import (
    ROW_STAMPS,
    DigestReply,
    DigestRequest,
    RowsReply,
    RowsRequest,
    TableRows,
)
from clinicdesk.sync.session_messages import (
    ScopeState,
    SessionOpen,
    SessionReply,
    SessionState,
    WipeOrder,
    WipeReply,
    WipeReport,
)
from clinicdesk.sync.versions import HISTORY
from clinicdesk.sync.wire import (
    DEFAULT_PAGE_ROWS,
    MAX_BODY_BYTES,
    MAX_LONE_BYTES,
    MAX_PAGE_ROWS,
    MAX_PLAIN_BYTES,
    MAX_PUSH_ITEMS,
    MAX_PUSH_PLAIN_BYTES,
    MAX_SCOPES,
    MAX_VALUES,
    SMALL_BODY_BYTES,
    UNASSIGNED,
    Count,
    Guid,
    JsonArray,
    JsonObject,
    Moment,
    Name,
    Number,
    Place,
    Sum,
    Token,
    Wire,
)

__all__ = [
    "ANSWERS",
    "CONTENT_TYPE",
    "DEFAULT_PAGE_ROWS",
    "FILE_PATH",
    "FILE_TYPE",
    "MAX_BODY_BYTES",
    "MAX_LONE_BYTES",
    "MAX_PAGE_ROWS",
    "MAX_PLAIN_BYTES",
    "MAX_PUSH_ITEMS",
    "MAX_PUSH_PLAIN_BYTES",
    "MAX_SCOPES",
    "MAX_VALUES",
    "MIN_CLIENT_SCHEMA",
    "PROTOCOL",
    "RECEIVED",
    "REFUSAL",
    "ROW_STAMPS",
    "SCHEMA",
    "SIZE",
    "SMALL_BODY_BYTES",
    "UNASSIGNED",
    "Count",
    "DigestReply",
    "DigestRequest",
    "ErrorCode",
    "ErrorReply",
    "FileStanding",
    "Gone",
    "Guid",
    "HeldReply",
    "HeldRequest",
    "ItemResult",
    "JsonArray",
    "JsonObject",
    "LeaseReply",
    "LeaseRequest",
    "Membership",
    "Moment",
    "Name",
    "Number",
    "Outcome",
    "Place",
    "PullPage",
    "PullRequest",
    "PushBatch",
    "PushItem",
    "PushReply",
    "RowsReply",
    "RowsRequest",
    "ScopeState",
    "SessionOpen",
    "SessionReply",
    "SessionState",
    "Sum",
    "TableColumns",
    "TableRows",
    "Token",
    "WipeOrder",
    "WipeReply",
    "WipeReport",
    "Wire",
]

PROTOCOL = 1
"""The version that both sides name in every session; a server serves this one and says so in its OpenAPI."""

SCHEMA = HISTORY.schema
"""The number of the synced schema: it grows when a synced table, column or word is added, renamed or split."""

MIN_CLIENT_SCHEMA = HISTORY.oldest_served
"""The oldest schema that is still served."""

CONTENT_TYPE = "application/vnd.clinicdesk.sync+json"

ANSWERS = "ClinicDesk-Answers"
"""The field of an answer that says the nonce of its request: no other answer passes for it (s51)."""

FILE_TYPE = "application/vnd.clinicdesk.sealed"
"""The content type of part of a sealed file (s10)."""

FILE_PATH = "/v1/attachments/"
RECEIVED = "ClinicDesk-Received"
SIZE = "ClinicDesk-Size"
"""Fields of the answer to a `HEAD`: how much of a file the district has, and how large it is; 0: it has nothing."""

REFUSAL = "ClinicDesk-Refusal"
"""The code of a refusal, where an answer has no body to say it in (`HEAD`)."""


class FileStanding(JsonObject, frozen=True):
    """`PUT /v1/attachments/<hash>`: how much of the file the district has now; it is whole where both are equal.

    Less than was there before means that what came was not the file of this hash: it is sent from its beginning (s10).
    """

    received: Count
    size: Count


class LeaseRequest(JsonObject, frozen=True):
    """`POST /v1/import-lease`: take or give back the district's one roster import (D5)."""

    user: Guid
    release: bool = False


class LeaseReply(JsonObject, frozen=True):
    """Whether this device may import now, until when, and who holds the lease otherwise."""

    granted: bool
    expires_at: Moment | None = None
    holder: Guid | None = None
    reason: str | None = None


class ErrorReply(JsonObject, frozen=True):
    """Every answer that is not 200: a stable code; `retry_after` seconds stand in the header too."""

    code: Name
    params: dict[str, str | int | float | bool | None] = {}


class ErrorCode(enum.StrEnum):
    """The codes of `ErrorReply`."""

    BAD_BODY = "bad_body"  # 400: not decodable, or digest or length do not fit
    BAD_SIGNATURE = "bad_signature"  # 401
    REPLAYED = "replayed"  # 401: nonce seen before, or date outside the window
    UNKNOWN_DEVICE = "unknown_device"  # 401
    REVOKED = "revoked"  # 403
    SCOPE = "scope"  # 403: a scope the device does not have
    DENIED = "denied"  # 403: role
    CURSOR_UNKNOWN = "cursor_unknown"  # 409: the district does not know that (seq, commit): start from null
    NO_SUCH_FILE = "no_such_file"  # 404: nobody has brought it yet
    OTHER_PLACE = "other_place"  # 409: not the byte that comes next; ask for the place
    EPOCH_CHANGED = "epoch_changed"  # 409: the district was restored; open the session anew
    RESNAPSHOT = "resnapshot"  # 409: the cursor is older than the compaction horizon: start from null
    UPGRADE_NEEDED = "upgrade_needed"  # 409
    TOO_LARGE = "too_large"  # 413
    UNSUPPORTED = "unsupported"  # 415: content type or encoding
    INVITE = "invite"  # 403: wrong, used, expired or tried too often
    BUSY = "busy"  # 503 with Retry-After
    NOT_READY = "not_ready"  # 503: the server refuses to serve before it has checked its epoch
    INTERNAL = "internal"  # 500
