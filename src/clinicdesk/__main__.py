"""Starts the program: the window, a command, or the sync process."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

SYNC_WORKER = "sync-worker"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0, 1 on a failure with one line on standard error, 2 on wrong use."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == [SYNC_WORKER]:
        from clinicdesk.security.process_hardening import harden_process
        from clinicdesk.sync import worker

        harden_process()
        return worker.main()
    if not words:
        # The straight way to the window: no command line is built before the first paint.
        return run_window(None, None)
    from clinicdesk.bootstrap.command_line import run_command

    return run_command(words, run_window)


def run_window(profile: Path | None, managed_policy: Path | None) -> int:
    """Open the desktop application and stay until it is closed."""
    from clinicdesk.bootstrap import desktop

    return desktop.main(profile, managed_policy)


if __name__ == "__main__":
    sys.exit(main())
