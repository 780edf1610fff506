"""`clinicdesk-district held`: look at what arrived and is not in, let it in, or put it aside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from clinicdesk.core.clock import Clock
from clinicdesk.models.enums import InboxState
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.house import open_house
from clinicdesk.server.review import Review, Wanted
from clinicdesk.server.saying import say

Config = Annotated[Path | None, Parameter(name="--config", help="Settings of a district on a given PostgreSQL.")]
Embedded = Annotated[Path | None, Parameter(name="--embedded", help="Folder of a district with its own PostgreSQL.")]
By = Annotated[str, Parameter(name="--by", help="Who decides: the e-mail address of an account with authority.")]


def make_held(clock: Clock) -> App:
    """The commands of the review."""
    app = App(name="held", help="Changes that arrived and are not in: list, show, release, dismiss.")

    @app.command(name="list")
    def list_(
        *,
        reason: str | None = None,
        device: str | None = None,
        state: InboxState | None = None,
        settled: bool = False,
        config: Config = None,
        embedded: Embedded = None,
    ) -> None:
        """What waits for a parent or a person, oldest first, without any value; --settled adds what is decided."""
        with open_house(config, embedded).open() as opened:
            say(Review(opened, clock).listed(Wanted((), reason, device, state, settled)))

    @app.command
    def show(item: str, *, by: By, config: Config = None, embedded: Embedded = None) -> None:
        """One item with what was typed; leaves an audit row."""
        with open_house(config, embedded).open() as opened:
            say(Review(opened, clock).show(item, by))

    @app.command
    def release(
        *item: str,
        by: By,
        reason: str | None = None,
        device: str | None = None,
        note: str = "",
        config: Config = None,
        embedded: Embedded = None,
    ) -> None:
        """Let items in: by id, or all of one reason or device. Each is merged as its author wrote it."""
        wanted = _some(item, reason, device)
        with open_house(config, embedded).open() as opened:
            say(Review(opened, clock).release(wanted, by, note))

    @app.command
    def dismiss(
        *item: str,
        by: By,
        note: str,
        reason: str | None = None,
        device: str | None = None,
        config: Config = None,
        embedded: Embedded = None,
    ) -> None:
        """Put items aside: their content stays, with who did it and why; the workstation is told."""
        wanted = _some(item, reason, device)
        with open_house(config, embedded).open() as opened:
            say(Review(opened, clock).dismiss(wanted, by, note))

    return app


def _some(items: tuple[str, ...], reason: str | None, device: str | None) -> Wanted:
    if not items and reason is None and device is None:
        raise DistrictSetupError("name_the_items")
    return Wanted(items, reason, device)
