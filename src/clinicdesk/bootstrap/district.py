"""Starts `clinicdesk-district`: the one place that joins the district server to the clock and to its command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from clinicdesk.core.clock import Clock, SystemClock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.server.commands import make_commands
from clinicdesk.server.database import Database
from clinicdesk.server.house import House


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0, 2 on wrong use, 1 on a failure with one line on standard error."""
    commands = make_commands(SystemClock(), _load_demonstration)
    try:
        commands(arguments, exit_on_error=True, result_action="return_value")
    except ClinicDeskError as failure:
        sys.stderr.write(f"clinicdesk-district: {failure}\n")
        return 1
    except SystemExit as wrong_use:
        # Cyclopts says what was wrong and ends with 1; by convention wrong use is 2.
        return 2 if wrong_use.code else 0
    return 0


def _load_demonstration(house: House, database: Database, clock: Clock, ring: DataKeyRing, students: int) -> None:
    from clinicdesk.bootstrap.demonstration import Loader

    Loader(students=students)(house, database, clock, ring)
