"""The messages by which a session opens, and by which a revoked workstation ends (protocol version 1)."""

from __future__ import annotations

import enum
from typing import Annotated

from msgspec import Meta

from clinicdesk.sync.wire import (
    DEFAULT_PAGE_ROWS,
    MAX_BODY_BYTES,
    MAX_PUSH_ITEMS,
    MAX_SCOPES,
    Count,
    Guid,
    JsonObject,
    Moment,
    Name,
    Number,
    Sum,
    Token,
)


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
