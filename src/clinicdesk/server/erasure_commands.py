"""`clinicdesk-district erase`: carry out a legal request for erasure."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from clinicdesk.core.clock import Clock
from clinicdesk.server.erasure import Erasing
from clinicdesk.server.held_commands import By, Config, Embedded
from clinicdesk.server.house import open_house
from clinicdesk.server.review import person_named
from clinicdesk.server.saying import say
from clinicdesk.server.sessions import read_district

Reference = Annotated[str, Parameter(name="--reference", help="The request that asks for it: a number, no names.")]
Yes = Annotated[bool, Parameter(name="--yes", help="Do it. Without it the rows are only counted.", negative=())]


def make_erase(clock: Clock) -> App:
    """The command; it counts first, and erases for good with --yes."""
    app = App(name="erase", help="Erase a row by legal request, with everything that names it (a student: the record).")

    @app.default
    def erase(
        table: str,
        key: str,
        *,
        by: By,
        reference: Reference,
        yes: Yes = False,
        config: Config = None,
        embedded: Embedded = None,
    ) -> None:
        """Count what goes with a row; with --yes it is erased everywhere, and a marker keeps it from coming back."""
        house = open_house(config, embedded)
        with house.open() as opened:
            with opened.owning() as connection:
                district = read_district(connection)
                person = person_named(connection, by)
            erasing = Erasing(opened, clock, district.id, house.erasure_file)
            if not yes:
                say({"erased": False, "rows": erasing.would_erase(table, key)})
                return
            say({"erased": True, "rows": erasing.erase(table, key, person=person, reference=reference)})

    return app
