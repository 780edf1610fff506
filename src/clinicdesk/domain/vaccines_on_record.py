"""When two entries tell of one dose: the same vaccine on the same day, however it was named (I15, M7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clinicdesk.domain.findings import Finding, soft_stop
from clinicdesk.domain.name_forms import joined
from clinicdesk.domain.vaccines import BY_CVX, UNSPECIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseMark:
    """What tells a dose from another. `precision` is DAY, MONTH or YEAR; a partial date stands on its first day."""

    cvx: str | None
    name: str
    on: dt.date
    precision: str = "DAY"


def same_dose(one: DoseMark, other: DoseMark) -> bool:
    """Whether both tell of one dose.

    A family name ("DTaP") and a product of that family on one full date are one dose: nobody gets two. Two partial
    dates are the same only where they say the same.
    """
    if (one.on, one.precision) != (other.on, other.precision):
        return False
    if one.cvx is None or other.cvx is None:
        return joined(one.name) == joined(other.name)
    if one.cvx == other.cvx:
        return True
    known = BY_CVX.get(one.cvx), BY_CVX.get(other.cvx)
    if None in known or one.precision != "DAY" or not {one.cvx, other.cvx} & UNSPECIFIED:
        return False
    return any(a is not None and b is not None and set(a.protects) <= set(b.protects) for a, b in (known, known[::-1]))


def on_record(dose: DoseMark, known: Iterable[DoseMark]) -> DoseMark | None:
    """The dose among those known that this one repeats."""
    return next((one for one in known if same_dose(dose, one)), None)


def record_findings(dose: DoseMark, known: Iterable[DoseMark], exempt: Iterable[str]) -> Iterator[Finding]:
    """What the record says against a dose: it stands there already (M7), or the student is exempt (I8).

    `exempt` are the codes of the exemptions that hold on the day of the dose.
    """
    if on_record(dose, known) is not None:
        yield soft_stop("M7", "vaccine.on_record_already")
    vaccine = BY_CVX.get(dose.cvx or "")
    freed = {name for code in exempt if (other := BY_CVX.get(code)) is not None for name in other.protects}
    if vaccine is not None and freed & set(vaccine.protects):
        yield soft_stop("I8", "vaccine.exempt")
