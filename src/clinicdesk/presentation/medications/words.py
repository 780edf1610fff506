"""The words of doses: states, findings, orders and rights, in the language in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.domain.calendar import Attendance, AwayCause
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.findings import Finding, Tier
from clinicdesk.domain.medication.log import DoseOutcome, RecordSource
from clinicdesk.domain.medication.names import tall_man
from clinicdesk.domain.medication.orders import Order, Route
from clinicdesk.domain.medication.quantities import DoseUnit, plain
from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.i18n import formats, term, tr
from clinicdesk.services.dose_values import Cell, DoseSheet, PastDose, PrnRow, PrnState

Local = Callable[[dt.datetime], dt.datetime]


@dataclass(frozen=True, slots=True)
class StateLook:
    """A state as word, shape and tone; `filled` where someone has to act."""

    words: str
    tone: str
    shape: str
    filled: bool = False


_LOOKS: dict[SlotState, tuple[str, str, bool]] = {
    SlotState.UPCOMING: ("neutral", "ring", False),
    SlotState.SOON: ("neutral", "ring", False),
    SlotState.DUE: ("info", "dot-ring", True),
    SlotState.LATE: ("danger", "ring-clock", True),
    SlotState.MISSED: ("danger", "ring-clock", True),
    SlotState.GIVEN: ("success", "check-disc", False),
    SlotState.REFUSED: ("warning", "slashed-ring", True),
    SlotState.ABSENT: ("neutral", "dashed-ring", False),
    SlotState.HELD: ("warning", "pause-square", True),
    SlotState.NOT_AVAILABLE: ("warning", "cross-disc", True),
    SlotState.SELF_CARRIED: ("success", "check-disc", False),
    SlotState.VOMITED: ("warning", "triangle", True),
    SlotState.DOUBLE_CHARTED: ("danger", "triangle", True),
    SlotState.MISSED_CHARTED: ("warning", "cross-disc", False),
}
ROUTES_BY_USE = (
    Route.ORAL,
    Route.SUBLINGUAL,
    Route.BUCCAL,
    Route.INHALED,
    Route.NEBULIZED,
    Route.INTRANASAL,
    Route.TOPICAL,
    Route.TRANSDERMAL,
    Route.OPHTHALMIC,
    Route.OTIC,
    Route.RECTAL,
    Route.SUBCUTANEOUS,
    Route.INTRAMUSCULAR,
    Route.INTRADERMAL,
    Route.INTRAVENOUS,
    Route.GASTROSTOMY,
    Route.OTHER,
)
"""As a school clinic meets them: what is swallowed first."""

_PRN_LOOKS = {
    PrnState.READY: ("success", "check-disc"),
    PrnState.WAIT: ("warning", "ring-clock"),
    PrnState.BLOCKED: ("danger", "page-slash"),
}


def order_words(order: Order) -> str:
    """Drug with its strength: "methylphenidate 10 mg"."""
    content = order.strength.content
    name = tall_man(order.drug.name)
    if content.unit is order.strength.per.unit:
        return name
    return f"{name} {amount_words(content.amount, content.unit)}"


def amount_words(amount: Decimal, unit: DoseUnit) -> str:
    """ "2 tablets", "1 tablet", "0.5 tablet"."""
    number = "one" if amount <= 1 else "other"
    return f"{plain(amount)} {term(unit.word, number)}"


def count_words(order: Order) -> str:
    return amount_words(order.form_count, order.strength.per.unit)


def both_ways(order: Order) -> str:
    """The dose in units of the form and in units of the drug (M3)."""
    shown = order.shown
    count = amount_words(shown.form_count, shown.form_unit)
    if shown.dose.unit is shown.form_unit:
        return count
    return f"{count} = {amount_words(shown.dose.amount, shown.dose.unit)}"


def look_of(state: SlotState) -> StateLook:
    tone, shape, filled = _LOOKS[state]
    return StateLook(term("slot_state", state.value), tone, shape, filled)


def second_line(cell: Cell, order: Order, now: dt.datetime, local: Local) -> str:
    """Under the state of a cell: time and initials, minutes late, that she has left, or the amount that is due."""
    if cell.at is not None:
        return f"{formats().time(local(cell.at))} {cell.by}".strip()
    if cell.state in {SlotState.LATE, SlotState.MISSED}:
        return formats().duration(now - cell.slot.due_at)
    if cell.away is not None:
        return tr("Left {time}", time=formats().time(cell.away.at)) if cell.away.at is not None else tr("Away")
    return count_words(order)


def away_words(away: Attendance) -> str:
    """ "Went home at 10:42": why *absent* is proposed (D41)."""
    at = formats().time(away.at) if away.at is not None else ""
    match away.cause:
        case AwayCause.SENT_HOME:
            return tr("Went home at {time}", time=at)
        case AwayCause.EMERGENCY_TRANSPORT:
            return tr("Taken away by ambulance at {time}", time=at)
        case AwayCause.ENROLLMENT_ENDED:
            return tr("No longer enrolled here")
    return tr("Not at school")


def prn_look(row: PrnRow) -> StateLook:
    tone, shape = _PRN_LOOKS[row.state]
    words = {PrnState.READY: tr("Ready"), PrnState.WAIT: tr("Wait"), PrnState.BLOCKED: tr("Blocked")}[row.state]
    return StateLook(words, tone, shape, filled=True)


def open_look() -> StateLook:
    """The as-needed row whose sheet stands open."""
    return StateLook(tr("Opened"), "info", "dot-ring", filled=True)


def when_words(moment: dt.datetime, now: dt.datetime, local: Local) -> str:
    """The time alone today, else with its day: "Nov 5, 12:17"."""
    at, today = local(moment), local(now).date()
    time = formats().time(at)
    return time if at.date() == today else f"{formats().date_short(at.date())}, {time}"


def prn_line(row: PrnRow, local: Local) -> str:
    """ "1 of 3 today, last 07:20 at home"."""
    if row.state == PrnState.BLOCKED:
        if row.in_conflict:
            return tr("Open conflict in the order")
        return tr("Consent missing") if row.consent is None else term("consent_state", row.consent.value)
    guard = row.guard
    words = tr("{count} of {maximum} today", count=guard.count, maximum=guard.maximum)
    if guard.last_dose is not None:
        at = formats().time(local(guard.last_dose.event_at))
        words += ", " + (tr("last {time} at home", time=at) if row.last_from_home else tr("last {time}", time=at))
    if row.state == PrnState.WAIT and guard.next_allowed_at is not None:
        words += " · " + tr("next from {time}", time=formats().time(local(guard.next_allowed_at)))
    return words


def finding_words(finding: Finding, local: Local) -> str:
    """The sentence of a finding, its moments in local time."""
    group, _, code = finding.code.partition(".")
    params: dict[str, object] = {}
    for name, value in finding.params.items():
        params[name] = _moment(value, local) if name in {"at", "last"} else value
    return term(group, code).format_map(_Missing(params))


def tone_of(finding: Finding) -> str:
    return {Tier.HARD_STOP: "danger", Tier.SOFT_STOP: "warning", Tier.ADVISORY: "info"}[finding.tier]


def consent_words(sheet: DoseSheet) -> str:
    if sheet.consent is None:
        return tr("None on record")
    if sheet.consent is ConsentState.SIGNED and sheet.consent_on is not None:
        return tr("{name}, signed {date}", name=sheet.consent_by, date=formats().date(sheet.consent_on))
    return term("consent_state", sheet.consent.value)


def stock_words(sheet: DoseSheet) -> str:
    stock = sheet.stock
    if stock is None:
        return tr("No package on record")
    owner = tr("Own") if stock.own else tr("School stock")
    words = tr("{owner}, lot {lot}", owner=owner, lot=stock.lot_number)
    if stock.balance is not None and not sheet.count_back:
        words += ", " + tr("{amount} left", amount=amount_words(stock.balance, stock.unit))
    return words


def title_of(order: Order | None) -> str:
    """The head of the sheet."""
    if order is None:
        return tr("Dose")
    if order.emergency:
        return tr("Emergency dose")
    return tr("PRN dose") if order.is_prn else tr("Scheduled dose")


def order_title(sheet: DoseSheet) -> str:
    content, per = sheet.order.strength.content, sheet.order.strength.per
    name = tall_man(sheet.order.drug.name)
    if content.unit is per.unit:
        return name
    return f"{name} {strength_words(sheet)}"


def strength_words(sheet: DoseSheet) -> str:
    """ "90 mcg/puff"."""
    strength = sheet.order.strength
    amount = strength.content.amount.normalize()
    return f"{amount:f} {term(strength.content.unit.word, 'one')}/{term(strength.per.unit.word, 'one')}"


def dose_line(sheet: DoseSheet) -> str:
    return f"{both_ways(sheet.order)}, {term('dose_route', sheet.order.route.value).lower()}"


def emergency_minutes(sheet: DoseSheet, now: dt.datetime) -> int | None:
    """Minutes since the first dose of the running emergency (M16)."""
    since = sheet.emergency_since
    return None if since is None else int((now - since).total_seconds() // 60)


def past_words(dose: PastDose, local: Local, today: dt.date) -> tuple[str, str, str]:
    """When, what, and the effect of an earlier dose."""
    moment = local(dose.at)
    day = tr("Today") if moment.date() == today else formats().date_short(moment.date())
    what = amount_words(dose.count, dose.unit) if dose.count is not None and dose.unit is not None else ""
    parts = [what, dose.indication]
    if dose.source is RecordSource.HOME_REPORTED:
        parts.append(tr("at home, told by {name}", name=dose.by))
    elif dose.outcome is not DoseOutcome.GIVEN:
        parts.append(term("dose_outcome", dose.outcome.value))
    else:
        parts.append(dose.by)
    effect = term("effect", dose.effect) if dose.effect else (tr("not checked") if dose.effect_due_at else "")
    return f"{day} {formats().time(moment)}", ", ".join(part for part in parts if part), effect


def _moment(value: object, local: Local) -> str:
    try:
        return formats().time(local(dt.datetime.fromisoformat(str(value))))
    except ValueError:
        return str(value)


class _Missing(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"
