"""Orders from draft to discontinuation on a real encrypted file (M2, M3, D1)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from tests.support.desk import Clinic
from tests.support.medication import Cupboard, stock_cupboard

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.medication.orders import OrderStatus, Route
from clinicdesk.models import Signature, StudentMedication
from clinicdesk.services.dose_values import DoseRefusedError
from clinicdesk.services.doses import Doses
from clinicdesk.services.orders import NewOrder, Orders, OrderStateError
from clinicdesk.storage.errors import WriteRuleError


@pytest.fixture
def cupboard(clinic: Clinic) -> Cupboard:
    return stock_cupboard(clinic)


@pytest.fixture
def orders(clinic: Clinic) -> Orders:
    return Orders(clinic.desk())


def ibuprofen(cupboard: Cupboard) -> NewOrder:
    return NewOrder(
        student_id=cupboard.student,
        medication_id=cupboard.drugs.ibuprofen,
        form_count=Decimal(1),
        start=dt.date(2026, 10, 5),
        end=dt.date(2027, 6, 18),
        prescriber="Dr. P. Vantongeren",
        route=Route.ORAL,
        times=(dt.time(11, 30),),
        consent_id=cupboard.consent,
        given_elsewhere=True,
    )


def test_m02_a_draft_gives_nothing_until_it_is_activated(clinic: Clinic, cupboard: Cupboard, orders: Orders) -> None:
    doses = Doses(clinic.desk())
    order = orders.write(ibuprofen(cupboard))
    with pytest.raises(DoseRefusedError):
        doses.record(cupboard.dose(order))
    orders.activate(order)
    doses.record(cupboard.dose(order))
    assert clinic.count(Signature, Signature.row_id == order) == 1


def test_d02_an_activated_order_is_frozen(clinic: Clinic, cupboard: Cupboard, orders: Orders) -> None:
    order = orders.write(ibuprofen(cupboard))
    orders.activate(order)
    with pytest.raises(OrderStateError):
        orders.activate(order)
    desk = clinic.desk()
    from clinicdesk.domain.permissions import Act
    from clinicdesk.models.enums import AuditAction
    from clinicdesk.storage.audit import AuditEntry

    entry = AuditEntry(AuditAction.UPDATE, "StudentMedication", entity_id=order, student_id=cupboard.student)
    with pytest.raises(WriteRuleError), desk.act(Act.WRITE_ORDER, entry) as work:
        work.session.get_one(StudentMedication, order).dose_amount = Decimal(400)


def test_d01_a_change_is_a_new_version_and_the_old_one_governs_until_it_is_active(
    clinic: Clinic, cupboard: Cupboard, orders: Orders
) -> None:
    first = orders.write(ibuprofen(cupboard))
    orders.activate(first)
    second = orders.new_version(first, dataclasses.replace(ibuprofen(cupboard), form_count=Decimal(2)))
    doses = Doses(clinic.desk())
    assert first in {row.order.id for row in doses.round().rows}
    orders.activate(second)
    shown = {row.order.id for row in doses.round().rows}
    assert second in shown
    assert first not in shown
    with pytest.raises(DoseRefusedError) as refusal:
        doses.record(cupboard.dose(first))
    assert refusal.value.findings[0].code == "dose.order_changed"


def test_m02_a_held_and_a_discontinued_order_owe_nothing(clinic: Clinic, cupboard: Cupboard, orders: Orders) -> None:
    doses = Doses(clinic.desk())
    with pytest.raises(InvalidValueError):
        orders.hold(cupboard.amoxicillin, " ")
    orders.hold(cupboard.amoxicillin, "prescriber asked")
    assert cupboard.amoxicillin not in {row.order.id for row in doses.round().rows}
    orders.resume(cupboard.amoxicillin, "prescriber called back")
    assert cupboard.amoxicillin in {row.order.id for row in doses.round().rows}
    orders.discontinue(cupboard.amoxicillin, "course finished")
    assert cupboard.amoxicillin not in {one.order.id for one in orders.of_student(cupboard.student)}


def test_m03_half_a_tablet_is_ordered_only_where_halving_is_allowed(cupboard: Cupboard, orders: Orders) -> None:
    half = dataclasses.replace(ibuprofen(cupboard), form_count=Decimal("0.5"))
    with pytest.raises(InvalidValueError) as problem:
        orders.write(half)
    assert problem.value.problem == "half_tablet_not_ordered"
    orders.write(dataclasses.replace(half, half_tablet_allowed=True))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"times": ()}, "times_of_day"),
        ({"end": dt.date(2026, 10, 1)}, "end_date"),
        ({"prescriber": ""}, "prescribed_by"),
        ({"form_count": Decimal(0)}, "dose_amount"),
    ],
)
def test_an_order_that_cannot_be_names_its_field(
    clinic: Clinic, cupboard: Cupboard, orders: Orders, changes: dict[str, object], field: str
) -> None:
    before = clinic.count(StudentMedication)
    with pytest.raises(InvalidValueError) as problem:
        orders.write(dataclasses.replace(ibuprofen(cupboard), **changes))  # type: ignore[arg-type]  # spoiled on purpose
    assert problem.value.field == field
    assert clinic.count(StudentMedication) == before


def test_the_list_of_a_student_shows_consent_and_drafts(clinic: Clinic, cupboard: Cupboard, orders: Orders) -> None:
    order = orders.write(ibuprofen(cupboard))
    on_file = {one.order.id: one for one in orders.of_student(cupboard.student)}
    assert on_file[cupboard.amoxicillin].consent is ConsentState.SIGNED
    assert on_file[order].order.status is OrderStatus.DRAFT
    assert [choice.signed_by for choice in orders.consents(cupboard.student)] == ["Ngozi Okonkwo"]


def test_an_aide_writes_no_orders(clinic: Clinic, cupboard: Cupboard) -> None:
    with pytest.raises(PermissionDeniedError):
        Orders(clinic.desk(clinic.aide)).write(ibuprofen(cupboard))
