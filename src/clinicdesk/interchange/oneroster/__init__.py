"""OneRoster 1.2 CSV packages to frozen values; nothing is trusted and nothing is guessed."""

from clinicdesk.interchange.oneroster.archive import ArchiveLimits
from clinicdesk.interchange.oneroster.package import read_package
from clinicdesk.interchange.oneroster.refusal import Refusal, RosterRefusedError
from clinicdesk.interchange.oneroster.table import TableLimits

__all__ = ["ArchiveLimits", "Refusal", "RosterRefusedError", "TableLimits", "read_package"]
