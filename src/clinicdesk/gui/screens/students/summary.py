"""The first tab: allergies, plans, orders and last visits; contacts, vaccinations, notes (mockup 02)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.students.contacts import contact_card
from clinicdesk.gui.screens.students.parts import (
    SideBySide,
    TwoLines,
    caption,
    change_link,
    grow_downwards,
    lines_card,
    stacked,
    table_card,
)
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_4
from clinicdesk.gui.widgets.buttons import Button, LinkText
from clinicdesk.gui.widgets.cards import Card, SectionHead
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.tables import Column
from clinicdesk.gui.widgets.tags import StateTag, Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, plural, tr
from clinicdesk.presentation.students.words import (
    DISPOSITION_ICONS,
    disposition_words,
    dose_words,
    plan_words,
    severity_words,
    visit_words,
    when_words,
)
from clinicdesk.services.student_values import (
    Allergies,
    AllergyKnowledge,
    AllergyOnRecord,
    Chart,
    ConditionOnRecord,
    OrderOnRecord,
    PlanOnRecord,
    Side,
    Summary,
    VisitOnRecord,
)

_ENDS_SOON_DAYS = 7


class SummaryActs(Protocol):
    """What can be done from the summary and the pages."""

    def add_allergy(self) -> None: ...

    def amend_allergy(self, known: AllergyOnRecord) -> None: ...

    def resume_allergy(self, known: AllergyOnRecord) -> None: ...

    def amend_condition(self, known: ConditionOnRecord) -> None: ...

    def open_restricted(self) -> None: ...

    def state_none_known(self) -> None: ...

    def open_plan(self, plan: PlanOnRecord) -> None: ...

    def show_medications(self) -> None: ...

    def show_visits(self) -> None: ...

    def open_visit(self, visit: uuid.UUID) -> None: ...


def summary_page(chart: Chart, may: frozenset[Act], zone: ZoneInfo, acts: SummaryActs) -> QWidget:
    """Two columns, 768 and 400; parts the role may not see are out."""
    summary = chart.summary
    left: list[QWidget] = []
    top = QHBoxLayout()
    top.setContentsMargins(0, 0, 0, 0)
    top.setSpacing(GAP_4)
    if summary.allergies is not None:
        top.addWidget(allergy_card(summary.allergies, may, zone, acts), 1, Qt.AlignmentFlag.AlignTop)
    if summary.plans is not None:
        top.addWidget(_plan_card(summary.plans, acts), 1, Qt.AlignmentFlag.AlignTop)
    if top.count():
        left.append(box(top))
    if summary.orders is not None:
        left.append(_order_card(chart, acts))
    if summary.visits is not None:
        left.append(_visit_card(summary, zone, acts))
    right: list[QWidget] = [contact_card(summary.contacts)]
    if summary.vaccinations is not None:
        right.append(_vaccination_card(summary))
    if summary.restricted_notes:
        right.append(_restricted_card(summary, acts))
    if summary.care_note is not None:
        right.append(_care_card(summary, zone))
    return SideBySide(stacked(*left) if left else None, stacked(*right))


# --- allergies and plans ----------------------------------------------------------------------------------------


def allergy_card(
    allergies: Allergies, may: frozenset[Act], zone: ZoneInfo, acts: SummaryActs, *, whole: bool = False
) -> Card:
    """Listed by severity; "none known" is dated and says who was asked, "not asked" says so.

    `whole` is the card of the page: each line can be corrected, and what ended is shown with its reason.
    """
    editing = whole and Act.EDIT_ALLERGIES in may
    actions: list[QWidget] = []
    if Act.EDIT_ALLERGIES in may:
        add = LinkText(tr("Add"), "chart.allergies.add", shortcut="A")
        add.clicked.connect(acts.add_allergy)
        actions.append(add)
    head = SectionHead(tr("Allergies"), str(len(allergies.listed)) if allergies.listed else "", *actions)
    lines = [
        _allergy_line(one, zone, change_link(f"allergy.{one.id}", one.allergen, partial(acts.amend_allergy, one)))
        if editing and not one.in_conflict
        else _allergy_line(one, zone)
        for one in allergies.listed
    ]
    foot: QWidget | None = None
    match allergies.knowledge:
        case AllergyKnowledge.NONE_KNOWN:
            day = formats().date(allergies.asked_at.astimezone(zone).date()) if allergies.asked_at else ""
            words = tr("Asked on {day} by {by}", day=day, by=allergies.asked_by)
            lines = [TwoLines(tr("No known allergies"), words, mark=Shape.DONE, role=Role.SUCCESS)]
        case AllergyKnowledge.NOT_ASKED:
            words = tr("Nobody has asked yet. This is not the same as none.")
            lines = [TwoLines(tr("Not asked"), words, mark=Shape.WAITING, role=Role.WARNING)]
            if Act.EDIT_ALLERGIES in may:
                none = LinkText(tr("State that none is known"), "chart.allergies.none")
                none.clicked.connect(acts.state_none_known)
                foot = box(row(none, STRETCH, margins=(0, 4, 0, 2)))
    if whole:
        lines += [_ended_allergy(one, acts, editing) for one in allergies.ended]
    elif allergies.ended:
        ended = ", ".join(one.allergen for one in allergies.ended)
        foot = foot or caption(tr("No longer: {allergens}", allergens=ended))
    return lines_card(head, lines, foot)


def _ended_allergy(one: AllergyOnRecord, acts: SummaryActs, editing: bool) -> QWidget:
    words = tr("No longer: {reason}", reason=one.inactive_reason)
    again = [change_link(f"allergy.{one.id}", one.allergen, partial(acts.resume_allergy, one), tr("Holds again"))]
    return TwoLines(one.allergen, words, *(again if editing else []), mark=Shape.NOT_COUNTED, role=Role.TEXT_SECONDARY)


def _allergy_line(one: AllergyOnRecord, zone: ZoneInfo, *actions: QWidget) -> QWidget:
    severity, tone = severity_words(one.severity)
    since = one.onset or one.recorded_at.astimezone(zone).date()
    told = ", ".join(one.reactions) or one.symptoms or tr("reaction not recorded")
    parts = [told, formats().date(since)]
    if not one.verified:
        parts.append(tr("not verified"))
    warning = ""
    if one.in_conflict:
        sides = {side.side: severity_words(side.severity)[0] for side in one.sides if side.side is not Side.RECORD}
        warning = tr("Conflict: this device {mine}, district {theirs}").format(
            mine=sides.get(Side.DEVICE, "–"), theirs=sides.get(Side.DISTRICT, "–")
        )
    tag = StateTag(Tag(severity, Tone(tone)))
    line = " · ".join(parts)
    return TwoLines(one.allergen, line, tag, *actions, mark=Shape.ALLERGY, role=Role.DANGER, warning=warning)


def _plan_card(plans: tuple[PlanOnRecord, ...], acts: SummaryActs) -> Card:
    lines: list[QWidget] = []
    for at, plan in enumerate(plans, start=1):
        words = tr("Open {plan}", plan=plan.title)
        button = Button(
            tr("Open"), f"chart.plan.{at}", shortcut=str(at) if at < 10 else "", size="head", accessible=words
        )
        button.clicked.connect(partial(acts.open_plan, plan))
        lines.append(
            TwoLines(
                plan_words(plan),
                plan_note(plan),
                button,
                mark=Shape.PLAN if plan.emergency else "document",
                role=Role.DANGER if plan.emergency else Role.TEXT_SECONDARY,
            )
        )
    head = SectionHead(tr("Action plans"), str(len(plans)) if plans else "")
    return lines_card(head, lines or [caption(tr("No plan is on record."))])


def plan_note(plan: PlanOnRecord) -> str:
    if plan.valid_until is not None:
        return tr("Valid to {day}", day=formats().date(plan.valid_until))
    if plan.next_review is not None:
        return tr("Next review {day}", day=formats().date(plan.next_review))
    return tr("No review date")


# --- tables -----------------------------------------------------------------------------------------------------


def _order_card(chart: Chart, acts: SummaryActs) -> Card:
    orders = chart.summary.orders or ()
    every = LinkText(tr("All medications"), "chart.orders.all")
    every.clicked.connect(acts.show_medications)
    head = SectionHead(tr("Active orders"), str(len(orders)) if orders else "", every)

    def ends_role(order: OrderOnRecord) -> Role:
        soon = order.ends_on is not None and (order.ends_on - chart.today).days <= _ENDS_SOON_DAYS
        return Role.WARNING if soon else Role.TEXT

    columns: list[Column[OrderOnRecord]] = [
        Column("drug", tr("Medication"), _drug, stretch=4, kind=lambda _row: TextKind.BODY_MEDIUM),
        Column("dose", tr("Dose and route"), dose_words, stretch=5),
        Column("when", tr("When"), when_words, stretch=4),
        Column("consent", tr("Consent"), consent_words, width=124, role=_consent_role),
        Column("ends", tr("Order ends"), _ends, width=130, role=ends_role),
    ]
    empty = tr("There is no active order.")
    card, table = table_card(head, "chart.orders", tr("Active orders"), columns, orders, empty=empty)
    if table is not None:
        table.opened.connect(_ignoring(acts.show_medications))
    return card


def _drug(order: OrderOnRecord) -> str:
    marks = [tr("controlled")] if order.controlled else []
    if order.in_conflict:
        marks.append(tr("in conflict"))
    return f"{order.drug} ({', '.join(marks)})" if marks else order.drug


def consent_words(order: OrderOnRecord) -> str:
    if order.consent_missing:
        return tr("Missing")
    return formats().date(order.consent_on) if order.consent_on is not None else tr("Not needed")


def _consent_role(order: OrderOnRecord) -> Role:
    return Role.DANGER if order.consent_missing else Role.TEXT


def _ends(order: OrderOnRecord) -> str:
    return formats().date(order.ends_on) if order.ends_on is not None else tr("No end")


def visit_columns(zone: ZoneInfo) -> list[Column[VisitOnRecord]]:
    def day(visit: VisitOnRecord) -> str:
        moment = visit.at.astimezone(zone)
        return formats().date_short(moment.date())

    def time(visit: VisitOnRecord) -> str:
        return formats().time(visit.at.astimezone(zone))

    return [
        Column("date", tr("Date"), day, width=124, note=time, kind=lambda _row: TextKind.BODY_MEDIUM),
        Column("reason", tr("Reason and action"), visit_words, stretch=3),
        Column(
            "disposition",
            tr("Disposition"),
            lambda visit: disposition_words(visit.disposition),
            width=156,
            icon=lambda visit: DISPOSITION_ICONS.get(visit.disposition or "", "clock"),
        ),
        Column("minutes", tr("Minutes"), _minutes, width=80, number=True),
        Column("by", tr("Seen by"), lambda visit: visit.seen_by, width=124, role=lambda _row: Role.TEXT_SECONDARY),
    ]


def _minutes(visit: VisitOnRecord) -> str:
    return "" if visit.minutes is None else str(visit.minutes)


def _visit_card(summary: Summary, zone: ZoneInfo, acts: SummaryActs) -> Card:
    every = LinkText(tr("All visits"), "chart.visits.all")
    every.clicked.connect(acts.show_visits)
    counts = tr(
        "{month} this month, {year} this school year", month=summary.visits_this_month, year=summary.visits_this_year
    )
    if summary.visits_this_week >= 3:
        week = plural("{count} visit this week", "{count} visits this week", summary.visits_this_week)
        counts = f"{week}, {counts}"
    head = SectionHead(tr("Last visits"), counts, every)
    visits = summary.visits or ()
    empty = tr("No visit is on record.")
    card, table = table_card(head, "chart.visits", tr("Last visits"), visit_columns(zone), visits, empty=empty)
    if table is not None:
        table.opened.connect(partial(_open_visit, acts))
    return card


def _open_visit(acts: SummaryActs, visit: VisitOnRecord) -> None:
    acts.open_visit(visit.id)


def _without_arguments(act: Callable[[PlanOnRecord], None], plan: PlanOnRecord) -> Callable[[], None]:
    def run() -> None:
        act(plan)

    return run


def _ignoring(act: Callable[[], None]) -> Callable[[object], None]:
    def run(_row: object) -> None:
        act()

    return run


# --- the right column -------------------------------------------------------------------------------------------


def _vaccination_card(summary: Summary) -> Card:
    """What is on record, and no verdict: the rules of the state are another question (I11)."""
    facts = summary.vaccinations
    assert facts is not None
    newest = tr("newest {day}", day=formats().date(facts.newest)) if facts.newest is not None else ""
    doses = plural("{count} dose on record", "{count} doses on record", facts.doses)
    given = plural("{count} given here", "{count} given here", facts.given_here)
    lines: list[QWidget] = [
        TwoLines(doses, " · ".join(part for part in (given, newest) if part), mark="syringe", role=Role.TEXT_SECONDARY)
    ]
    lines += [
        TwoLines(tr("Exempt: {vaccine}", vaccine=vaccine), "", mark="paper", role=Role.TEXT_SECONDARY)
        for vaccine in facts.exemptions
    ]
    foot = caption(tr("Compliance is not judged here. See Immunizations."))
    return lines_card(SectionHead(tr("Vaccinations on record")), lines, foot)


def _restricted_card(summary: Summary, acts: SummaryActs) -> Card:
    """Collapsed: what they say is behind the role, or behind the glass."""
    count = summary.restricted_notes or 0
    words = plural("{count} restricted note", "{count} restricted notes", count)
    mine = summary.may_read_restricted
    below = tr("Yours to read") if mine else tr("Needs the counselor role")
    link = LinkText(tr("Open") if mine else tr("Emergency access…"), "chart.restricted.open")
    link.setAccessibleName(tr("Open restricted notes") if mine else tr("Emergency access to restricted notes"))
    link.clicked.connect(acts.open_restricted)
    return lines_card_without_head(TwoLines(words, below, link, mark="lock", role=Role.TEXT_SECONDARY))


def _care_card(summary: Summary, zone: ZoneInfo) -> Card:
    note = summary.care_note
    assert note is not None
    day = formats().date_short(note.at.astimezone(zone).date())
    by = tr("Care note, {by}, {day}", by=note.by, day=day) if note.by else tr("Care note, {day}", day=day)
    return lines_card_without_head(
        box(
            column(
                Paragraph(by, TextKind.CAPTION, Role.TEXT_SECONDARY), Paragraph(note.words), gap=4, margins=(0, 6, 0, 6)
            )
        )
    )


def lines_card_without_head(*lines: QWidget) -> Card:
    return grow_downwards(Card(None, body=column(*lines, gap=0), margins=(GAP_4, 4, GAP_4, 4)))
