"""Today on paper: the round as it stands and a blank log, as one PDF."""

from __future__ import annotations

from clinicdesk.domain.medication.names import tall_man
from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.i18n import Language, formats, language, term, tr
from clinicdesk.presentation.students.words import amount_words
from clinicdesk.presentation.today.words import Local
from clinicdesk.reports.paper_day import DayLine, DayWords, paper_day_pdf
from clinicdesk.services.paper_day import PaperAllergies, PaperDose, PaperRound

OPEN = frozenset({SlotState.UPCOMING, SlotState.SOON, SlotState.DUE})


def day_pdf(found: PaperRound, local: Local) -> bytes:
    """The sheets of a round that was read for printing."""
    printed_at = local(found.printed_at)
    printed = tr("printed {date}, {time}", date=formats().date_long(printed_at.date()), time=formats().time(printed_at))
    return paper_day_pdf(
        words=_words(found),
        site=found.site,
        printed=printed,
        lines=[_line(dose, local) for dose in found.lines],
    )


def _words(found: PaperRound) -> DayWords:
    return DayWords(
        lang="es" if language() is Language.SPANISH else "en",
        title=tr("Medication round, {date}", date=formats().date_full(found.day)),
        note=tr("Write down what is given here, and enter it later with its true time."),
        nothing=tr("No dose is ordered for today."),
        heads=(
            tr("Time"),
            tr("Student"),
            tr("Medication and dose"),
            tr("Allergies"),
            tr("Given at"),
            tr("Initials"),
            tr("Note"),
        ),
        log_title=tr("Blank log"),
        log_note=tr("For visits and for doses that are not on the round."),
        log_heads=(
            tr("Time"),
            tr("Student"),
            tr("Born"),
            tr("Complaint or medication"),
            tr("What was done"),
            tr("Left to, at"),
            tr("Initials"),
        ),
    )


def _line(dose: PaperDose, local: Local) -> DayLine:
    student = dose.student
    born = tr("born {date}", date=formats().date(student.born))
    place = tr("grade {grade}", grade=student.grade)
    room = tr("room {room}", room=student.homeroom) if student.homeroom else ""
    return DayLine(
        time=dose.time or tr("as needed"),
        student=f"{student.name.shown}",
        known_by=" · ".join(part for part in (born, place, room) if part),
        medication=_medication(dose),
        state=_state(dose, local),
        severe=", ".join(dose.allergies.severe).upper(),
        allergies=_allergies(dose.allergies),
    )


def _medication(dose: PaperDose) -> str:
    order = dose.order
    counted = amount_words(order.form_count, order.strength.per.unit.value)
    measured = amount_words(order.dose.amount, order.dose.unit.value)
    words = f"{tall_man(order.drug.name)} {measured}"
    return words if counted == measured else f"{words}, {counted}"


def _state(dose: PaperDose, local: Local) -> str:
    """What has happened already; an order in conflict must not be given from paper (D22)."""
    if dose.in_conflict:
        return tr("Stop: the order is in conflict. Do not give it.")
    cell = dose.cell
    if cell is None or cell.state in OPEN:
        return ""
    at = formats().time(local(cell.at)) if cell.at is not None else ""
    return f"{term('slot_state', cell.state)} {at} {cell.by}".strip()


def _allergies(found: PaperAllergies) -> str:
    """ "None known" was stated by somebody; otherwise nobody was asked, and the paper says so."""
    if found.severe or found.other:
        return ", ".join(found.other)
    return tr("none known") if found.none_stated else tr("not asked")
