"""The words of vaccine entries: dates as far as they are known, sources, grounds, and one row for each entry."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from clinicdesk.core.errors import WorldError
from clinicdesk.domain.findings import Finding
from clinicdesk.domain.people import age_on
from clinicdesk.i18n import clinical, formats, sentence, tr
from clinicdesk.presentation.immunizations.entry import ROUTE_WORDS, SITE_WORDS, VFC_WORDS
from clinicdesk.services.immunization_values import (
    DoseLine,
    EntryVersion,
    ExemptionLine,
    OnRecord,
    VaccineEntry,
    VaccineHistory,
)

SOURCES: Mapping[str, str] = {
    "PARENT_RECORD": "Parent record",
    "REGISTRY": "State registry",
    "FORMER_SCHOOL": "Former school",
    "PROVIDER": "Provider",
    "OTHER": "Other",
}
KINDS: Mapping[str, str] = {"MEDICAL": "Medical", "RELIGIOUS": "Religious", "PERSONAL": "Personal belief"}
VERSIONS: Mapping[str, str] = {"ORIGINAL": "Recorded", "CORRECTION": "Corrected", "WITHDRAWN": "Entered in error"}
PROBLEMS: Mapping[str, str] = {
    "date_partial": "Not evaluable: the date is not complete",
    "product_unknown": "Not evaluable: the product is not named",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One entry as the history shows it. `tone` says how loud its note is: "", warning, neutral, conflict."""

    id: uuid.UUID
    on: dt.date
    date: str
    age: str
    vaccine: str
    cvx: str
    lot: str
    source: str
    note: str = ""
    tone: str = ""
    withdrawn: bool = False

    @property
    def details(self) -> str:
        """Age, code and lot in one line, where there is no room for a column each."""
        code = tr("CVX {code}", code=self.cvx) if self.cvx else ""
        lot = tr("lot {lot}", lot=self.lot) if self.lot else ""
        return " · ".join(part for part in (self.age, code, lot) if part)


def date_words(on: dt.date, precision: str) -> str:
    """The date as far as it is known (I15)."""
    if precision == "YEAR":
        return str(on.year)
    if precision == "MONTH":
        return f"{on.month}/{on.year}"
    return formats().date(on)


def kept_words(error: Exception) -> str:
    """What failed, and that nothing typed is lost (ux-spec 5)."""
    words = sentence(error)
    return f"{words} {tr('Your entry is kept as a draft.')}" if isinstance(error, WorldError) else words


def finding_words(finding: Finding) -> str:
    """A stop in words, its date as the person reads dates."""
    params = dict(finding.params)
    if "expired" in params:
        params["expired"] = formats().date(dt.date.fromisoformat(str(params["expired"])))
    return clinical(finding.code, **params)


def history_rows(history: VaccineHistory) -> tuple[HistoryRow, ...]:
    """Every entry, newest first; what was entered in error stands last and stays readable (D1)."""
    entries: list[DoseLine | ExemptionLine] = [*history.exemptions, *history.doses]
    standing = [_row(one, history) for one in entries]
    standing.sort(key=lambda row: row.on, reverse=True)
    return (*standing, *(_row(one, history) for one in history.withdrawn))


def _row(one: DoseLine | ExemptionLine, history: VaccineHistory) -> HistoryRow:
    return _dose(one, history) if isinstance(one, DoseLine) else _exemption(one, history)


def _dose(one: DoseLine, history: VaccineHistory) -> HistoryRow:
    note, tone = "", ""
    if one.withdrawn:
        note, tone = tr("Entered in error"), "neutral"
    elif one.disputed:
        note, tone = tr("Conflict"), "conflict"
    elif one.problem:
        note, tone = tr("Not evaluable"), "warning"
    elif one.corrected:
        note = tr("corrected")
    elif one.late_entry:
        note = tr("late entry")
    return HistoryRow(
        id=one.id,
        on=one.on,
        date=date_words(one.on, one.precision),
        age=_age(one, history.student.birth_date),
        vaccine=one.vaccine,
        cvx=one.cvx,
        lot=one.lot,
        source=tr("Given here") if one.here else tr(SOURCES[one.source]),
        note=note,
        tone=tone,
        withdrawn=one.withdrawn,
    )


def _exemption(one: ExemptionLine, history: VaccineHistory) -> HistoryRow:
    note, tone = exemption_words(one, history.today), ""
    if one.withdrawn:
        note, tone = tr("Entered in error"), "neutral"
    elif one.disputed:
        note, tone = tr("Conflict"), "conflict"
    return HistoryRow(
        id=one.id,
        on=one.since,
        date=formats().date(one.since),
        age="",
        vaccine=tr("{vaccine}: exempt", vaccine=one.vaccine),
        cvx=one.cvx,
        lot="",
        source=tr(KINDS.get(one.kind, one.kind)),
        note=note,
        tone=tone,
        withdrawn=one.withdrawn,
    )


def exemption_words(one: ExemptionLine, today: dt.date) -> str:
    """Until when it holds."""
    if one.until is None:
        return tr("no end")
    ended = one.until < today
    date = formats().date(one.until)
    return tr("ended {date}", date=date) if ended else tr("until {date}", date=date)


def group_words(one: OnRecord, today: dt.date) -> str:
    """The dates of a group, and the exemption beside them."""
    dates = ", ".join(date_words(dose.on, dose.precision) for dose in one.doses)
    if one.exempt is None:
        return dates
    exempt = tr("Exempt ({kind}), {until}", kind=tr(KINDS[one.exempt.kind]), until=exemption_words(one.exempt, today))
    return f"{dates} · {exempt}" if dates else exempt


def _age(one: DoseLine, born: dt.date) -> str:
    if one.precision != "DAY" or one.on < born:
        return ""
    age = age_on(born, one.on)
    if not age.years:
        return tr("{months} mo", months=age.months)
    return tr("{years} y {months} mo", years=age.years, months=age.months)


def entry_facts(entry: VaccineEntry) -> tuple[tuple[str, str], ...]:
    """What an entry says, as pairs of a label and words; what it does not say is left out."""
    found = _exemption_facts(entry.line) if isinstance(entry.line, ExemptionLine) else _dose_facts(entry, entry.line)
    return tuple((label, words) for label, words in found if words)


def version_words(version: EntryVersion) -> str:
    """One wording of an entry in a line: what was done, by whom, when, why."""
    said = " · ".join(
        part for part in (version.vaccine, date_words(version.on, version.precision), version.lot) if part
    )
    by = tr("{what} by {name}, {date} {time}", what=tr(VERSIONS[version.kind]), name=version.by or tr("unknown"),
            date=formats().date(version.at.date()), time=formats().time(version.at))  # fmt: skip
    return f"{by}: {said}" + (f" ({version.reason})" if version.reason else "")


def _dose_facts(entry: VaccineEntry, line: DoseLine) -> list[tuple[str, str]]:
    vaccine = f"{line.vaccine} · CVX {line.cvx}" if line.cvx else line.vaccine
    lot = [line.lot, entry.manufacturer]
    if entry.expires_on is not None:
        lot.append(tr("expires {date}", date=formats().date(entry.expires_on)))
    dose = [f"{entry.amount.normalize():f} {entry.unit}" if entry.amount is not None else ""]
    dose += [tr(SITE_WORDS.get(entry.site, "")), tr(ROUTE_WORDS.get(entry.route, ""))]
    source = tr("Given here") if line.here else tr(SOURCES[line.source])
    lifted = str(entry.screening.get("reason", ""))
    return [
        (tr("Vaccine"), vaccine),
        (tr("Date"), date_words(line.on, line.precision)),
        (tr("Lot"), " · ".join(part for part in lot if part)),
        (tr("Dose"), " · ".join(part for part in dose if part)),
        (tr("Info sheet"), entry.edition),
        (tr("Funding"), tr(VFC_WORDS.get("NATIVE" if entry.vfc == "AMERICAN_INDIAN" else entry.vfc, ""))),
        (tr("Consent"), entry.consent_by),
        (tr("Reason for giving it all the same"), lifted),
        (tr("Source"), " · ".join(part for part in (source, line.source_detail) if part)),
        (tr("Note"), tr(PROBLEMS[line.problem]) if line.problem else ""),
    ]


def _exemption_facts(line: ExemptionLine) -> list[tuple[str, str]]:
    until = formats().date(line.until) if line.until is not None else tr("no end")
    return [
        (tr("Exempt from"), line.vaccine),
        (tr("Ground"), tr(KINDS.get(line.kind, line.kind))),
        (tr("Reason as it is stated"), line.reason),
        (tr("Since"), formats().date(line.since)),
        (tr("Ends on"), until),
        (tr("Document"), line.document),
    ]
