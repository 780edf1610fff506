"""The other tabs of a chart: tables of everything of a kind, with a sentence where there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.students.parts import TwoLines, caption, change_link, lines_card, stacked, table_card
from clinicdesk.gui.screens.students.summary import (
    SummaryActs,
    allergy_card,
    consent_words,
    plan_note,
    visit_columns,
)
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.widgets.buttons import LinkText
from clinicdesk.gui.widgets.cards import SectionHead
from clinicdesk.gui.widgets.tables import Column
from clinicdesk.gui.widgets.tags import StateTag, Tag
from clinicdesk.i18n import formats, plural, term, tr
from clinicdesk.presentation.students.words import amount_words, complaint_words, dose_words, plan_words, when_words
from clinicdesk.services.charts import ConditionPage, MedicationPage
from clinicdesk.services.student_values import (
    ConditionOnRecord,
    DoseOnRecord,
    MeasuredSet,
    OrderOnRecord,
    PaperKind,
    PaperOnRecord,
    ScreeningOnRecord,
    TimelineEntry,
    VaccineOnRecord,
    VisitOnRecord,
)

_STRONG: Callable[[object], TextKind] = lambda _row: TextKind.BODY_MEDIUM  # noqa: E731 - a column's kind
_CALM: Callable[[object], Role] = lambda _row: Role.TEXT_SECONDARY  # noqa: E731 - a column's role
_PAPER_STATES = {
    "GRANTED": "Signed",
    "REFUSED": "Declined",
    "WITHDRAWN": "Withdrawn",
    "EXPIRED": "Expired",
    "DRAFT": "Draft",
    "SENT": "Sent",
    "DOCUMENT": "Document",
    "SEALED_PDF": "Sealed document",
    "EXEMPTION": "Exemption",
}
_PAPER_TONES = {"GRANTED": Tone.SUCCESS, "REFUSED": Tone.WARNING, "WITHDRAWN": Tone.DANGER, "EXPIRED": Tone.DANGER}
_STATUS_WORDS = {"ACTIVE": "Active", "MANAGED": "Managed", "RESOLVED": "Resolved", "MONITORING": "Watched"}
_KIND_WORDS = {
    "VISIT": "Visit",
    "DOSE": "Dose",
    "VACCINE": "Vaccine",
    "SCREENING": "Screening",
    "MEASURED": "Measured",
}
_KIND_ICONS = {"VISIT": "today", "DOSE": "pill", "VACCINE": "syringe", "SCREENING": "eye", "MEASURED": "bar-chart"}


def visits_page(visits: tuple[VisitOnRecord, ...], zone: ZoneInfo, acts: SummaryActs) -> QWidget:
    head = SectionHead(tr("Visits"), plural("{count} visit", "{count} visits", len(visits)))
    empty = tr("No visit is on record.")
    card, table = table_card(head, "chart.page.visits", tr("Visits"), visit_columns(zone), visits, empty=empty)
    if table is not None:

        def opened(visit: VisitOnRecord) -> None:
            acts.open_visit(visit.id)

        table.opened.connect(opened)
    return stacked(card)


def medications_page(page: MedicationPage, zone: ZoneInfo, *actions: QWidget) -> QWidget:
    orders: list[Column[OrderOnRecord]] = [
        Column("drug", tr("Medication"), lambda row: row.drug, stretch=3, kind=_STRONG),
        Column("dose", tr("Dose and route"), dose_words, stretch=4),
        Column("when", tr("When"), when_words, stretch=3),
        Column("consent", tr("Consent"), consent_words, width=124),
        Column("ends", tr("Order ends"), _ends, width=124),
        Column("state", tr("State"), lambda _row: "", width=128, tag=_order_tag),
    ]
    doses: list[Column[DoseOnRecord]] = [
        Column("at", tr("Time"), lambda row: _moment(row.at, zone), width=160, kind=_STRONG),
        Column("drug", tr("Medication"), lambda row: row.drug, stretch=2),
        Column("amount", tr("Dose"), lambda row: amount_words(row.amount, row.unit), width=110),
        Column("outcome", tr("Outcome"), _outcome, stretch=2),
        Column("by", tr("By"), lambda row: row.by, width=140, role=_CALM),
    ]
    first, _ = table_card(
        SectionHead(tr("Orders"), str(len(page.orders)) if page.orders else "", *actions),
        "chart.page.orders",
        tr("Orders"),
        orders,
        page.orders,
        empty=tr("There is no order."),
    )
    second, _ = table_card(
        SectionHead(tr("Doses"), str(len(page.doses)) if page.doses else ""),
        "chart.page.doses",
        tr("Doses"),
        doses,
        page.doses,
        empty=tr("No dose is on record."),
    )
    return stacked(first, second)


def immunizations_page(found: tuple[VaccineOnRecord, ...]) -> QWidget:
    doses = tuple(one for one in found if not one.exemption)
    exempt = tuple(one for one in found if one.exemption)
    columns: list[Column[VaccineOnRecord]] = [
        Column("on", tr("Date"), _vaccine_day, width=140, kind=_STRONG),
        Column("vaccine", tr("Vaccine"), lambda row: row.vaccine, stretch=3),
        Column("cvx", tr("CVX"), lambda row: row.cvx, width=72),
        Column("lot", tr("Lot"), lambda row: row.lot, width=110),
        Column("source", tr("Source"), lambda row: tr("Given here") if row.here else tr("Reported"), width=130),
    ]
    cards, _ = table_card(
        SectionHead(tr("Doses on record"), str(len(doses)) if doses else ""),
        "chart.page.vaccines",
        tr("Doses on record"),
        columns,
        doses,
        empty=tr("No dose is on record."),
    )
    made: list[QWidget] = [cards]
    if exempt:
        lines = [
            TwoLines(one.vaccine, f"{one.exemption.lower()} · {one.exemption_reason}", mark="paper") for one in exempt
        ]
        made.append(lines_card(SectionHead(tr("Exemptions"), str(len(exempt))), lines))
    made.append(lines_card(SectionHead(tr("School rules")), [caption(tr("No verdict is made from these doses here."))]))
    return stacked(*made)


def conditions_page(
    page: ConditionPage, may: frozenset[Act], zone: ZoneInfo, acts: SummaryActs, *adds: LinkText
) -> QWidget:
    cards: list[QWidget] = [allergy_card(page.allergies, may, zone, acts, whole=True)]
    lines: list[QWidget] = []
    for one in page.conditions:
        editing = Act.EDIT_CONDITIONS in may and not one.in_conflict
        link = (
            change_link(f"condition.{one.id}", one.condition, partial(acts.amend_condition, one)) if editing else None
        )
        lines.append(_condition_line(one, link))
    head = SectionHead(tr("Conditions"), str(len(lines)) if lines else "", *adds)
    cards.append(lines_card(head, lines or [caption(tr("No condition is on record."))]))
    for plan in page.plans:
        words = [part for part in (plan.steps, plan.care) if part]
        lists = ((tr("Triggers"), plan.triggers), (tr("Restrictions"), plan.restrictions))
        words += [f"{title}: {', '.join(items)}" for title, items in lists if items]
        cards.append(lines_card(SectionHead(plan_words(plan), plan_note(plan)), [caption(text) for text in words]))
    return stacked(*cards)


def screenings_page(found: tuple[ScreeningOnRecord, ...], zone: ZoneInfo) -> QWidget:
    columns: list[Column[ScreeningOnRecord]] = [
        Column("on", tr("Date"), lambda row: _moment(row.at, zone), width=160, kind=_STRONG),
        Column("kind", tr("Screening"), lambda row: row.kind.capitalize(), stretch=2),
        Column("result", tr("Result"), lambda _row: "", width=150, tag=_screening_tag),
        Column("referral", tr("Referral"), _referral, stretch=2),
        Column("by", tr("By"), lambda row: row.by, width=140, role=_CALM),
    ]
    head = SectionHead(tr("Screenings"), str(len(found)) if found else "")
    empty = tr("No screening is on record.")
    card, _ = table_card(head, "chart.page.screenings", tr("Screenings"), columns, found, empty=empty)
    return stacked(card)


def growth_page(found: tuple[MeasuredSet, ...], zone: ZoneInfo) -> QWidget:
    columns: list[Column[MeasuredSet]] = [
        Column("on", tr("Date"), lambda row: _moment(row.at, zone), width=160, kind=_STRONG),
        Column("height", tr("Height"), lambda row: row.height, number=True),
        Column("weight", tr("Weight"), lambda row: row.weight, number=True),
        Column("bmi", tr("BMI"), lambda row: row.bmi, number=True),
        Column("temperature", tr("Temperature"), lambda row: row.temperature, number=True),
        Column("pulse", tr("Pulse"), lambda row: row.pulse, number=True),
        Column("pressure", tr("Pressure"), lambda row: row.pressure, number=True),
        Column("oxygen", tr("Oxygen"), lambda row: row.oxygen, number=True),
        Column("by", tr("By"), lambda row: row.by, width=140, role=_CALM),
    ]
    head = SectionHead(tr("Growth and vital signs"), str(len(found)) if found else "")
    empty = tr("Nothing has been measured yet.")
    card, _ = table_card(head, "chart.page.growth", tr("Growth and vital signs"), columns, found, empty=empty)
    return stacked(card)


def documents_page(
    found: tuple[PaperOnRecord, ...], open_paper: Callable[[PaperOnRecord], None], *actions: LinkText
) -> QWidget:
    columns: list[Column[PaperOnRecord]] = [
        Column("title", tr("Document"), lambda row: row.title, stretch=3, kind=_STRONG, icon=_paper_icon),
        Column("state", tr("State"), lambda _row: "", width=150, tag=_paper_tag),
        Column("on", tr("Date"), lambda row: formats().date(row.on), width=130),
        Column("until", tr("Valid to"), lambda row: formats().date(row.until) if row.until else "", width=130),
        Column("by", tr("Signed by"), lambda row: row.by, width=180, role=_CALM),
    ]
    head = SectionHead(tr("Documents and consent"), str(len(found)) if found else "", *actions)
    empty = tr("No document is on record.")
    card, table = table_card(head, "chart.page.documents", tr("Documents and consent"), columns, found, empty=empty)
    if table is not None:
        table.opened.connect(open_paper)
    away = tr("What is not here yet comes with the next sync.")
    return stacked(card, *([caption(away)] if not all(one.here for one in found) else []))


def timeline_page(found: tuple[TimelineEntry, ...], zone: ZoneInfo) -> QWidget:
    columns: list[Column[TimelineEntry]] = [
        Column("on", tr("Date"), lambda row: _moment(row.at, zone), width=160, kind=_STRONG),
        Column("kind", tr("Entry"), lambda row: tr(_KIND_WORDS[row.kind]), width=140, icon=_entry_icon),
        Column("words", tr("What happened"), _entry_words, stretch=3),
    ]
    head = SectionHead(tr("Timeline"), plural("{count} entry", "{count} entries", len(found)))
    empty = tr("Nothing is on record yet.")
    card, _ = table_card(head, "chart.page.timeline", tr("Timeline"), columns, found, empty=empty)
    return stacked(card)


# --- cells ------------------------------------------------------------------------------------------------------


def _moment(at: object, zone: ZoneInfo) -> str:
    moment = at.astimezone(zone)  # type: ignore[attr-defined]  # a datetime of a row
    return f"{formats().date(moment.date())} {formats().time(moment)}"


def _ends(order: OrderOnRecord) -> str:
    return formats().date(order.ends_on) if order.ends_on is not None else tr("No end")


def _order_tag(order: OrderOnRecord) -> Tag:
    if order.in_conflict:
        return Tag(tr("In conflict"), Tone.WARNING, Shape.CONFLICT)
    tones = {"ACTIVE": Tone.SUCCESS, "ON_HOLD": Tone.WARNING}
    return Tag(term("order_status", order.status), tones.get(order.status, Tone.NEUTRAL))


def _outcome(dose: DoseOnRecord) -> str:
    parts = [term("dose_outcome", dose.outcome)]
    if dose.reason:
        parts.append(dose.reason)
    if dose.late_entry:
        parts.append(tr("late entry"))
    return ", ".join(parts)


def _vaccine_day(row: VaccineOnRecord) -> str:
    if row.precision == "YEAR":
        return str(row.given_on.year)
    if row.precision == "MONTH":
        return f"{row.given_on:%m/%Y}"
    return formats().date(row.given_on)


def _condition_line(one: ConditionOnRecord, link: QWidget | None) -> QWidget:
    parts = [tr("since {day}", day=formats().date(one.diagnosed_on))]
    if one.icd_code:
        parts.append(one.icd_code)
    if one.next_review is not None:
        parts.append(tr("next review {day}", day=formats().date(one.next_review)))
    tags: list[QWidget] = [StateTag(Tag(tr(_STATUS_WORDS.get(one.status, one.status))))]
    if one.needs_504:
        tags.append(StateTag(Tag("504")))
    if one.needs_iep:
        tags.append(StateTag(Tag("IEP")))
    if one.in_conflict:
        tags.append(StateTag(Tag(tr("Conflict"), Tone.WARNING, Shape.CONFLICT)))
    if link is not None:
        tags.append(link)
    danger = bool(one.emergency_protocol) and one.is_active
    mark, role = (Shape.PLAN, Role.DANGER) if danger else ("heart", Role.TEXT_SECONDARY)
    return TwoLines(one.condition, " · ".join(parts), *tags, mark=mark, role=role)


def _screening_tag(row: ScreeningOnRecord) -> Tag:
    if row.not_screened:
        return Tag(tr("Not screened"), Tone.NEUTRAL, Shape.WAITING)
    return Tag(tr("Passed"), Tone.SUCCESS, Shape.DONE) if row.passed else Tag(tr("Referred"), Tone.WARNING, Shape.INFO)


def _referral(row: ScreeningOnRecord) -> str:
    return row.referral_outcome or (tr("sent") if row.referral_sent_at is not None else row.not_screened or row.notes)


def _paper_icon(row: PaperOnRecord) -> str:
    return "document" if row.kind is PaperKind.DOCUMENT else "form"


def _paper_tag(row: PaperOnRecord) -> Tag:
    if not row.here:
        return Tag(tr("Not here yet"), Tone.NEUTRAL, Shape.WAITING)
    words = tr(_PAPER_STATES.get(row.state, row.state))
    shapes = {"GRANTED": Shape.DONE, "WITHDRAWN": Shape.CONSENT_MISSING, "EXPIRED": Shape.OVERDUE}
    return Tag(words, _PAPER_TONES.get(row.state, Tone.NEUTRAL), shapes.get(row.state))


def _entry_icon(row: TimelineEntry) -> str:
    return _KIND_ICONS[row.kind]


def _entry_words(row: TimelineEntry) -> str:
    words = complaint_words(word for word in row.words if word)
    match row.kind:
        case "VISIT":
            state = term("visit.disposition", row.state) if row.state else tr("Still here")
        case "DOSE":
            state = term("dose_outcome", row.state)
        case "SCREENING":
            state = tr("Passed") if row.state == "PASSED" else tr("Referred")
        case _:
            state = ""
    return f"{words} · {state}" if state else words
