"""Scans beside a dose: the student's card and the label, held against the sheet that stands open (M1, M3)."""

from __future__ import annotations

import uuid

from clinicdesk.domain.findings import hard_stop
from clinicdesk.domain.medication.labels import assess_scan, read_label
from clinicdesk.domain.permissions import Act
from clinicdesk.models.enums import AuditAction
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import OrderNotFoundError, Scan
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import doses as dose_queries
from clinicdesk.storage.queries import orders as order_queries
from clinicdesk.storage.queries import scans


def read_scan(desk: Desk, code: str) -> Scan:
    """A scan while no dose is open: whose card it is, or whether it is a label."""
    with desk.look(Act.VIEW_MEDICATION) as session:
        student = scans.student_of_card(session, code)
        if student is not None:
            return Scan(code=code, student_id=student, known=True)
        label = scans.label_of(session, read_label(code), desk.school.id)
        only = next(iter(label.drugs)) if len(label.drugs) == 1 else None
        drugs = {only} if only is not None else {one.drug_id for one in label.packages}
        return Scan(code=code, drug_id=next(iter(drugs)) if len(drugs) == 1 else None, known=label.known)


def judge_scan(desk: Desk, code: str, order_id: uuid.UUID, student_id: uuid.UUID) -> Scan:
    """A scan into an open sheet. A wrong student or drug is a stop, and leaves its audit row: a near miss.

    Raises:
        OrderNotFoundError: the order is gone.
    """
    with desk.look(Act.VIEW_MEDICATION, student=student_id) as session:
        students = dose_queries.aliases(session, student_id)
        card = scans.student_of_card(session, code)
        if card is not None:
            wrong = None if card in students else hard_stop("M1", "dose.wrong_student")
            found = Scan(code=code, student_id=card, finding=wrong, known=True)
        else:
            rows = order_queries.versions_of(session, order_id, desk.school.zone)
            row = next((one for one in rows if one.order.id == order_id), None)
            row = row or order_queries.standing_order(session, order_id, student_id)
            if row is None:
                raise OrderNotFoundError
            drug = row.order.drug.id
            label = scans.label_of(session, read_label(code), desk.school.id)
            if not label.known:
                return Scan(code=code)
            finding = assess_scan(label, drug, students)
            package = label.package_for(drug, students)
            others = {*label.drugs, *(one.drug_id for one in label.packages)}
            found = Scan(
                code=code,
                drug_id=drug if finding is None else next(iter(others)) if len(others) == 1 else None,
                lot_id=None if package is None else package.lot_id,
                finding=finding,
                known=True,
            )
    if found.finding is not None and found.finding.stops:
        entry = AuditEntry(
            AuditAction.READ,
            "StudentMedication",
            entity_id=order_id,
            student_id=student_id,
            facts={"scan": found.finding.code},
            result=found.finding.code,
        )
        desk.note(Act.VIEW_MEDICATION, entry)
    return found
