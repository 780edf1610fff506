"""The words of Today: minutes with their warning, doses, alerts and where each of them leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from clinicdesk.domain.medication.names import tall_man
from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.domain.visits import WaitLevel
from clinicdesk.i18n import formats, plural, term, tr
from clinicdesk.presentation.students.words import amount_words, complaint_words, shown
from clinicdesk.services.dose_values import DueDose
from clinicdesk.services.today import Alert, AlertKind, Counters, LineStudent, NextStep, OpenVisit, When

Local = Callable[[dt.datetime], dt.datetime]


@dataclass(frozen=True, slots=True)
class Look:
    """Words with a tone and a shape, by their names in the theme."""

    words: str
    tone: str = "neutral"
    shape: str = ""
    icon: str = ""


def minutes_look(visit: OpenVisit) -> Look:
    """ "24 min · long", "43 min · too long": the word says what the colour says (ux-spec 1.7)."""
    match visit.level:
        case WaitLevel.RED:
            return Look(tr("{minutes} min · too long", minutes=visit.minutes), "danger", "ring-clock")
        case WaitLevel.AMBER:
            return Look(tr("{minutes} min · long", minutes=visit.minutes), "warning", "ring-clock")
        case _:
            return Look(tr("{minutes} min", minutes=visit.minutes))


def reason_words(visit: OpenVisit) -> str:
    words = complaint_words(visit.reasons)
    return f"{words}, {visit.note}" if visit.note and words else words or visit.note


def next_look(visit: OpenVisit, local: Local) -> Look:
    """What the visit waits for."""
    at = formats().time(local(visit.next_at)) if visit.next_at is not None else ""
    match visit.next_step:
        case NextStep.TASK:
            words = tr("{task}, {time}", task=visit.next_words, time=at) if at else visit.next_words
            return Look(words, "danger" if visit.overdue else "neutral", icon="clock")
        case NextStep.STEP:
            words = _STEPS.get(visit.next_words, visit.next_words)
            icon = "phone" if visit.next_words == "PARENT_CALLED" else "check"
            return Look(tr("{step} {time}", step=tr(words), time=at).strip(), icon=icon)
        case NextStep.NOT_ASSESSED:
            return Look(tr("Not assessed yet"), icon="pen")
        case _:
            return Look(tr("Assessed"), icon="check")


_STEPS = {
    "NURSE_CALLED": "Nurse called",
    "ASSESSED": "Assessed",
    "INTERVENTION": "Treated",
    "MEDICATION": "Medication given",
    "PARENT_CALLED": "Parent called",
    "REST_STARTED": "Resting since",
    "REST_ENDED": "Rested until",
    "REFERRED": "Referred",
    "NOTE": "Note",
    "REOPENED": "Opened again",
}

_DONE = {SlotState.GIVEN, SlotState.SELF_CARRIED, SlotState.VOMITED}
_SET_ASIDE = {
    SlotState.REFUSED,
    SlotState.ABSENT,
    SlotState.HELD,
    SlotState.NOT_AVAILABLE,
    SlotState.MISSED_CHARTED,
}


def is_late(dose: DueDose) -> bool:
    """Late doses pin on top until somebody acts or gives a reason."""
    return dose.state in {SlotState.LATE, SlotState.MISSED}


def is_done(dose: DueDose) -> bool:
    return dose.state in _DONE


def is_set_aside(dose: DueDose) -> bool:
    return dose.state in _SET_ASIDE


def dose_look(dose: DueDose, now: dt.datetime, local: Local) -> Look:
    """The state of a dose as word, tone and shape."""
    word = term("slot_state", dose.state)
    at = formats().time(local(dose.at)) if dose.at is not None else ""
    match dose.state:
        case SlotState.LATE | SlotState.MISSED:
            minutes = max(0, int((now - dose.slot.due_at).total_seconds() // 60))
            late = tr("{word} {duration}", word=word, duration=formats().duration(dt.timedelta(minutes=minutes)))
            return Look(late, "danger", "ring-clock")
        case SlotState.DUE:
            return Look(word, "info", "dot-ring")
        case SlotState.SOON | SlotState.UPCOMING:
            return Look(word, "neutral", "ring")
        case SlotState.DOUBLE_CHARTED:
            return Look(word, "danger", "split-circle")
        case SlotState.HELD:
            return Look(f"{word} {at}".strip(), "warning", "pause-square")
        case SlotState.REFUSED:
            return Look(f"{word} {at}".strip(), "warning", "slashed-ring")
        case SlotState.ABSENT | SlotState.NOT_AVAILABLE | SlotState.MISSED_CHARTED:
            return Look(f"{word} {at}".strip(), "neutral", "dashed-ring")
        case _:
            return Look(f"{word} {at}".strip(), "success", "check-disc")


def drug_words(dose: DueDose) -> str:
    """The drug with its dose both ways where they differ (M3)."""
    order = dose.order
    counted = amount_words(order.form_count, order.strength.per.unit.value)
    measured = amount_words(order.dose.amount, order.dose.unit.value)
    return f"{tall_man(order.drug.name)} {measured}" + (f", {counted}" if counted != measured else "")


# --- alerts -----------------------------------------------------------------------------------------------------

WHEN_WORDS = {When.NOW: "Now", When.TODAY: "Later today", When.WEEK: "This week"}

_TASK_LOOK = {
    "EFFECT_CHECK": ("info", "", "clock"),
    "PARENT_CONTACT": ("neutral", "", "phone"),
    "PRESCRIBER_CONTACT": ("neutral", "", "phone"),
    "CO_REVIEW": ("info", "", "pen"),
    "ORDER_EXPIRING": ("warning", "", "document"),
    "CONSENT_EXPIRING": ("warning", "page-slash", ""),
    "STOCK_LOW": ("warning", "", "box"),
    "RECOUNT": ("controlled", "diamond", ""),
    "OBSERVATION": ("info", "", "eye"),
    "DUPLICATE_DOSE": ("danger", "split-circle", ""),
    "IMPORT_REVIEW": ("neutral", "", "people"),
    "LEASE_REVIEW": ("warning", "", "shield"),
    "FOLLOW_UP": ("info", "", "calendar"),
}


def alert_look(alert: Alert) -> Look:
    """The sentence of an alert with its mark."""
    match alert.kind:
        case AlertKind.CONFLICTS:
            words = plural("{count} conflict from sync", "{count} conflicts from sync", alert.count)
            return Look(words, "danger" if alert.safety else "warning", "split-circle")
        case AlertKind.CONSENT_MISSING:
            return Look(tr("Consent missing: {drug}", drug=alert.words), "danger", "page-slash")
        case AlertKind.ORDER_ENDS:
            words = tr("Order ended: {drug}") if alert.overdue else tr("Order ends: {drug}")
            return Look(words.format(drug=alert.words), "danger" if alert.overdue else "warning", icon="document")
        case AlertKind.STOCK_LOW:
            words = tr("{item}: {amount} left, par {level}", item=alert.words, amount=alert.amount, level=alert.level)
            return Look(words, "warning", icon="box")
        case AlertKind.LOT_EXPIRES:
            words = tr("{item} has expired") if alert.overdue else tr("{item} expires")
            return Look(words.format(item=alert.words), "danger" if alert.overdue else "warning", icon="box")
        case AlertKind.CO_REVIEW:
            return Look(tr("Review an aide's visit"), "info", icon="pen")
        case _:
            tone, shape, icon = _TASK_LOOK.get(alert.task_kind, ("neutral", "", "clock"))
            # Controlled keeps its own colour (mockup 01): the time beside it says that it is late.
            late = alert.overdue and tone != "controlled"
            return Look(alert.words, "danger" if late else tone, shape, icon)


def alert_time(alert: Alert, now: dt.datetime, local: Local) -> Look:
    """When it is due, or that it blocks something."""
    if alert.kind is AlertKind.CONSENT_MISSING:
        return Look(tr("blocked"), "danger")
    if alert.kind is AlertKind.STOCK_LOW:
        return Look(tr("reorder"))
    if alert.until is not None:
        return Look(formats().weekday_short(alert.until), "danger" if alert.overdue else "neutral")
    if alert.due_at is None:
        return Look("")
    moment = local(alert.due_at)
    if alert.overdue:
        return Look(formats().duration(now - alert.due_at), "warning")
    if moment.date() == local(now).date():
        return Look(formats().time(moment))
    return Look(formats().weekday_short(moment.date()))


def alert_people(alert: Alert, *, private: bool) -> str:
    return ", ".join(shown(one.name, private=private) for one in alert.students)


def student_words(student: LineStudent, *, private: bool) -> str:
    return shown(student.name, private=private)


def returned_words(counters: Counters) -> tuple[str, str]:
    """The share of closed visits that went back to class, and the counts behind it."""
    if not counters.closed:
        return "–", tr("no visit closed yet")
    share = f"{round(100 * counters.returned / counters.closed)}%"
    words = tr("{returned} of {closed}", returned=counters.returned, closed=counters.closed)
    if counters.median_minutes is not None:
        words = tr("{words} · median {minutes} min", words=words, minutes=counters.median_minutes)
    return share, words
