"""The messages that carry changes to the district, and what became of them (protocol version 1)."""

from __future__ import annotations

import enum
from typing import Annotated

from msgspec import Meta

from clinicdesk.sync.row_messages import TableRows
from clinicdesk.sync.wire import (
    MAX_PUSH_ITEMS,
    Count,
    Guid,
    JsonArray,
    JsonObject,
    Moment,
    Name,
    Number,
    Place,
    Token,
    Wire,
)


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
