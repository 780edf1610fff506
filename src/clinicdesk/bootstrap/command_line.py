"""Runs one command of `clinicdesk`: its failures are one clear line, its exit status is 0, 1 or 2."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from clinicdesk.bootstrap.programs import Programs
from clinicdesk.cli.commands import make_app
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.i18n import sentence


def run_command(words: Sequence[str], run_window: Callable[[Path | None, Path | None], int]) -> int:
    """Wrong use is 2, a failure 1 with its sentence on standard error."""
    try:
        status = make_app(Programs(), run_window)(list(words), result_action="return_value")
    except ClinicDeskError as failure:
        sys.stderr.write(f"clinicdesk: {sentence(failure)} [{failure.code}]\n")
        return 1
    except OSError as failure:
        sys.stderr.write(f"clinicdesk: {failure.strerror or 'input or output failed'} [{failure.filename or ''}]\n")
        return 1
    except SystemExit as left:
        # The parser has said what was wrong; it ends with 1 where the convention for wrong use is 2.
        return 2 if left.code else 0
    return status if isinstance(status, int) else 0
