"""The messages between workstation and district server, protocol version 1 (`docs/sync-protocol.md`)."""

from __future__ import annotations

import enum
from typing import Annotated, Any

from msgspec import Meta, Struct

from clinicdesk.sync.versions import HISTORY

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

MAX_BODY_BYTES = 1 << 20
"""Compressed bytes of one request that are read at all."""

MAX_PLAIN_BYTES = 32 << 20
"""What a body may grow to when it is decompressed."""

MAX_LONE_BYTES = 8 << 20
"""The same of a push with a single item: a row so large travels in a batch of its own (s10)."""

MAX_PUSH_PLAIN_BYTES = 16 << 20
"""What a push may grow to: with the page it comes back in, it stays below what a workstation reads."""

MAX_PUSH_ITEMS = 2_000
MAX_PAGE_ROWS = 2_000
DEFAULT_PAGE_ROWS = 1_000

SMALL_BODY_BYTES = 512
"""Bodies below this travel uncompressed: zstd gains nothing there."""

MAX_VALUES = 600_000
"""Values in one body, however small each is: 300 for each item of the largest batch."""

MAX_SCOPES = 2_000

UNASSIGNED = "00000000-0000-0000-0000-000000000000"
"""The scope of a student without any school: devices with all scopes alone have it (D10)."""

Guid = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", max_length=36)]
Count = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
Number = Annotated[int, Meta(ge=0, le=(1 << 31) - 1)]
"""A version of something, or an incarnation."""

Place = Annotated[int, Meta(ge=-1, le=MAX_PUSH_ITEMS)]
"""A position in a list of the batch; -1: none."""
Moment = Annotated[str, Meta(max_length=40)]
Name = Annotated[str, Meta(max_length=80)]
Token = Annotated[str, Meta(max_length=600)]
Sum = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
"""A digest sum: 16 hexadecimal digits (`domain.digest.to_text`)."""

Wire = Any
"""A canonical value (`domain.canonical.WireValue`); the receiver checks it against the column's kind."""


class JsonObject(Struct, frozen=True, omit_defaults=True):
    """A JSON object; unknown members are ignored, so that fields can be added."""


class JsonArray(Struct, frozen=True, array_like=True):
    """A JSON array: for what comes by the thousand."""


# --- Session -----------------------------------------------------------------------------------------------------


class SessionState(enum.StrEnum):
    """What the server makes of this device."""

    CONTINUE = "continue"
    REWOUND = "rewound"  # the device knows less than it once acknowledged: recovery, incarnation + 1 (s13)
    CLONED = "cloned"  # the nonce does not fit: another machine uses this identity (s15)
    REVOKED = "revoked"  # push goes to quarantine, pull is refused (s43)
    EPOCH_CHANGED = "epoch_changed"  # the server was restored: replay acknowledged items, start from empty cursors
    UPGRADE_NEEDED = "upgrade_needed"  # below `min_schema`: push is kept, pull is refused (s22)


class SessionOpen(JsonObject, frozen=True):
    """`POST /v1/session`: the first request of a run.

    `nonce` is what the server gave at the last session (kept outside the database, null the first time),
    `cursors` the token of each scope the device holds (null: never pulled), `acked` the number of items
    acknowledged so far and `last_mutation` the newest of them, with the `proof` that came with its answer. `pulled`
    are the schemas of device and district that its rows were pulled with (null: none yet): where either grew since,
    rows of `migrated` are fetched again (s23).
    """

    device: Guid
    incarnation: Number
    protocol: Number
    schema: Number
    client: Name
    user: Guid | None = None
    epoch: Guid | None = None
    nonce: Guid | None = None
    cursors: Annotated[dict[Guid, Token | None], Meta(max_length=MAX_SCOPES)] = {}
    acked: Count = 0
    last_mutation: Guid | None = None
    pending: Count = 0
    clock: Moment | None = None
    pulled: tuple[Number, Number] | None = None
    proof: Token | None = None


class ScopeState(JsonObject, frozen=True):
    """One scope of the device: `changed` says whether a pull from its cursor would bring anything.

    `root` is the digest of the scope at the session's horizon; where it equals the device's and nothing is
    pending, both sides are equal and the session is over.
    """

    scope: Guid
    root: Sum
    changed: bool
    rows: int = 0


class WipeOrder(JsonObject, frozen=True):
    """With `revoked`: destroy what this workstation holds, once everything is in (s43). The district signed it."""

    statement: Annotated[bytes, Meta(max_length=1_000)]
    signature: Annotated[bytes, Meta(max_length=64)]


class SessionReply(JsonObject, frozen=True):
    """What the server decided. `scopes` is the device's whole scope set: one that is missing was taken away.

    `incarnation` is told with `rewound` and `cloned`: the one that the server knows; a recovery goes above it (D26).
    """

    state: SessionState
    protocol: int
    schema: int
    min_schema: int
    epoch: Guid
    nonce: Guid
    horizon: int
    durable: int
    server_time: Moment
    skew_seconds: float = 0.0
    district: Guid | None = None
    all_scopes: bool = False
    scopes: list[ScopeState] = []
    max_items: int = MAX_PUSH_ITEMS
    max_bytes: int = MAX_BODY_BYTES
    page_rows: int = DEFAULT_PAGE_ROWS
    approvals_waiting: int = 0
    incarnation: int = 0
    migrated: list[Name] = []
    wipe: WipeOrder | None = None


class WipeReport(JsonObject, frozen=True):
    """`POST /v1/wipe`: a revoked workstation is about to destroy what it holds, of which `waiting` did not come in.

    `done`: it has done so; this is the last that is heard of it.
    """

    waiting: Count = 0
    done: bool = False


class WipeReply(JsonObject, frozen=True):
    """Whether it is to go on."""

    proceed: bool


# --- Push --------------------------------------------------------------------------------------------------------


class TableColumns(JsonArray, frozen=True):
    """A table and the order of the values of its rows in this message."""

    table: Name
    columns: Annotated[list[Name], Meta(max_length=500)]


class PushItem(JsonArray, frozen=True):
    """One captured change.

    `table`, `transaction`, `author`, `grant` and `purpose` are positions in the lists of the batch (-1: none).
    `operation` is a `domain.merge.Operation`. `base` is the row version its author had (0: none).
    An insert carries `values` in the column order of its table and no `changes`; every other operation carries
    `changes` as {column: [old, new, base version of that field]} and no `values`.
    `authored_at` is the author's clock as claimed; it orders nothing.
    """

    mutation: Guid
    table: Place
    key: Guid
    operation: Name
    base: Count
    transaction: Place
    author: Place
    grant: Place
    authored_at: Moment
    values: list[Wire] | None = None
    changes: dict[Name, tuple[Wire, Wire, Count]] | None = None
    depends_on: list[Guid] = []
    purpose: Place = -1


class PushBatch(JsonObject, frozen=True):
    """`POST /v1/push`: items parents first; those of one local transaction together.

    `grants` are identifiers of role grants (`role_grants.id`); `purposes` the work context's purpose words. `acked` is
    the number of items acknowledged when the batch was made: what the device must still know when it comes again (s14).
    `schema` is that of the items, and stays what it was when one of them is sent again; `reader` is the program's own,
    where it differs: in it the rows of the answer are shown (s24). A batch of another `epoch` than the district's is
    refused. `replayed` are positions of items written before it: the versions that they name may be lost ones (s17).
    `clock` is the device's when the batch was made: by it the district knows how far `authored_at` may be off (s42).
    """

    batch: Guid
    device: Guid
    incarnation: Number
    schema: Number
    tables: Annotated[list[TableColumns], Meta(max_length=MAX_PUSH_ITEMS)]
    transactions: Annotated[list[Guid], Meta(max_length=MAX_PUSH_ITEMS)]
    authors: Annotated[list[Guid], Meta(max_length=MAX_PUSH_ITEMS)]
    items: Annotated[list[PushItem], Meta(max_length=MAX_PUSH_ITEMS)]
    grants: Annotated[list[Guid], Meta(max_length=MAX_PUSH_ITEMS)] = []
    purposes: Annotated[list[Name], Meta(max_length=MAX_PUSH_ITEMS)] = []
    acked: Count = 0
    reader: Number = 0
    epoch: Guid | None = None
    replayed: Annotated[list[Place], Meta(max_length=MAX_PUSH_ITEMS)] = []
    clock: Moment | None = None


class Outcome(enum.StrEnum):
    """What became of one item. Nothing that is not `applied` or `merged` is lost: it stands in a conflict or inbox."""

    APPLIED = "applied"  # the district's row is exactly what the author saw and wrote
    MERGED = "merged"  # taken over; the district's row holds other changes too and comes in `rows`
    CONFLICT = "conflict"  # a person decides; the row comes in `rows`, the conflict rows by the next pull
    HELD = "held"  # waits for its parent or for review; asked again at the next session, never resent
    REJECTED = "rejected"  # kept in the server's inbox with the reason; the device shows it


class ItemResult(JsonArray, frozen=True):
    """The answer to one item, at the item's position in the batch.

    `version` and `seq` are the row's (0 where nothing was written). `anchor` is the row's `scope_id`; null means
    the id that the first column of the table's scope path holds (for the district: the district's id).
    `reason` is a word of `domain.item_reasons` or, of a conflict, its kind; `fields` the columns that conflict or are
    at fault.
    """

    outcome: Outcome
    version: int = 0
    seq: int = 0
    anchor: Guid | None = None
    reason: str | None = None
    fields: list[Name] = []
    conflicts: list[Guid] = []


class TableRows(JsonObject, frozen=True):
    """Rows of one table as the district holds them now.

    A row is `[id, row_version, anchor, created_at, created_by, updated_at, updated_by, value...]`, the values in
    the order of `columns`. `companion` rows lie outside the device's scopes: read-only, in no digest (D11).
    `shown` are columns as the receiver's older schema has them, behind the values: what its tables hold. The copy of
    the row, and with it the digest, holds `columns` alone, whether the receiver knows them or not (s22).
    """

    table: Name
    columns: list[Name]
    rows: list[list[Wire]]
    companion: bool = False
    shown: list[Name] = []


ROW_STAMPS = ("id", "row_version", "scope_id", "created_at", "created_by", "updated_at", "updated_by")
"""What stands before the values of a row in `TableRows`."""


class PushReply(JsonObject, frozen=True):
    """Results in the order of the items. `rows` holds the district's state of every row that is not `applied`.

    `proof` is shown at the next opening: only with it does an answer that the district lost count as given (s17).
    """

    batch: Guid
    epoch: Guid
    commit: Guid
    results: list[ItemResult]
    rows: list[TableRows] = []
    released: list[tuple[Guid, ItemResult]] = []
    server_time: Moment = ""
    proof: Token | None = None


class HeldRequest(JsonObject, frozen=True):
    """`POST /v1/outcomes`: what became of items that were held, or whose answer was lost."""

    mutations: Annotated[list[Guid], Meta(max_length=MAX_PUSH_ITEMS)]
    schema: Number = 1


class HeldReply(JsonObject, frozen=True):
    """The present outcome of each item the server knows; an item that is missing never arrived."""

    results: dict[Guid, ItemResult]
    rows: list[TableRows] = []


# --- Pull --------------------------------------------------------------------------------------------------------


class PullRequest(JsonObject, frozen=True):
    """`POST /v1/pull`: the next page for scopes that hold one and the same cursor token (null: from nothing).

    The page's token replaces the token of every scope named here, in the transaction that applies the page.
    `skip_own` leaves out rows whose newest change is this device's own, applied as written and acknowledged; a
    recovery asks for them. `acked` as in a batch, told with the first page after a push. `schema` is the device's.
    `whole`: every parent outside the device's scopes travels along, also where none should be outside; asked for
    after a page that could not be stored without.
    """

    scopes: Annotated[list[Guid], Meta(min_length=1, max_length=MAX_SCOPES)]
    cursor: Token | None = None
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE_ROWS)] = DEFAULT_PAGE_ROWS
    skip_own: bool = True
    acked: Count = 0
    schema: Number = 1
    whole: bool = False


class Membership(JsonArray, frozen=True):
    """An anchor entered (`present`) or left one scope: `scope_members` of the workstation."""

    anchor: Guid
    scope: Guid
    present: bool


class Gone(JsonArray, frozen=True):
    """A row was purged at the district; a pending edit of it is a conflict, else it goes. `erased`: by law (s60)."""

    table: Name
    key: Guid
    erased: bool = False


class PullPage(JsonObject, frozen=True):
    """One page. Memberships come first, then tables in key order: a parent never comes after its child.

    A membership with `present = false` that leaves an anchor in none of the device's scopes means `leave`: its
    rows go once nothing of them is pending. `complete` ends the window at `horizon`; only then `roots` holds the
    digests at exactly this horizon (none where the district has moved on: pull again).
    """

    epoch: Guid
    cursor: Token
    horizon: int
    complete: bool
    members: list[Membership] = []
    tables: list[TableRows] = []
    gone: list[Gone] = []
    roots: dict[Guid, Sum] = {}
    remaining: int = 0


# --- Digests -----------------------------------------------------------------------------------------------------


class DigestRequest(JsonObject, frozen=True):
    """`POST /v1/digests`: one step down where a root differs. Tables of a scope, then buckets, then keys.

    Without `table` every table is summed; with it its buckets; with `bucket` too the keys in it are listed.
    """

    scope: Guid
    table: Name | None = None
    bucket: Annotated[int, Meta(ge=0, le=255)] | None = None


class DigestReply(JsonObject, frozen=True):
    """Sums at `horizon`: tables and buckets as {name: [rows, sum]}, keys as {id: version}; and of which epoch."""

    horizon: int
    root: Sum
    tables: dict[Name, tuple[int, Sum]] = {}
    buckets: dict[str, tuple[int, Sum]] = {}
    keys: dict[Guid, int] = {}
    epoch: Guid | None = None


class RowsRequest(JsonObject, frozen=True):
    """`POST /v1/rows`: refetch named rows of one table, to repair what a digest found. Repair never wipes."""

    table: Name
    keys: Annotated[list[Guid], Meta(max_length=MAX_PAGE_ROWS)]
    schema: Number = 1


class RowsReply(JsonObject, frozen=True):
    """The rows that exist and may be seen; a key that is missing does not exist for this device.

    `restored` holds, of rows that changed since the present epoch began, the version that the restore left them at.
    """

    rows: list[TableRows]
    epoch: Guid | None = None
    restored: dict[Guid, int] = {}


# --- Files -------------------------------------------------------------------------------------------------------


class FileStanding(JsonObject, frozen=True):
    """`PUT /v1/attachments/<hash>`: how much of the file the district has now; it is whole where both are equal.

    Less than was there before means that what came was not the file of this hash: it is sent from its beginning (s10).
    """

    received: Count
    size: Count


# --- Import lease ------------------------------------------------------------------------------------------------


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


# --- Errors ------------------------------------------------------------------------------------------------------


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
