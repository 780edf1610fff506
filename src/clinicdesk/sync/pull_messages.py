"""The messages that carry rows to the workstation, page by page (protocol version 1)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from clinicdesk.sync.row_messages import TableRows
from clinicdesk.sync.wire import (
    DEFAULT_PAGE_ROWS,
    MAX_PAGE_ROWS,
    MAX_SCOPES,
    Count,
    Guid,
    JsonArray,
    JsonObject,
    Name,
    Number,
    Sum,
    Token,
)


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
