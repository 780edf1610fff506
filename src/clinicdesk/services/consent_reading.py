"""From rows of the consent log to standings, signers and the acts that rest on them (M2, D42)."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.calendar import SchoolCalendar
from clinicdesk.domain.consent import (
    ConsentDecision,
    ConsentStanding,
    ConsentState,
    DependentAct,
    MinorRule,
    SignatureRow,
    Signer,
    SignerCapacity,
    SigningBar,
    Validity,
    ValidityRule,
    may_sign,
    standing_of,
)
from clinicdesk.domain.consent_text import FormText, from_json, plain_form
from clinicdesk.models import ConsentForm, ConsentSignature, Medication, StudentMedication
from clinicdesk.models.enums import ConsentType, EmergencyContactRelationship, EntryKind
from clinicdesk.services.consent_values import (
    BlockedAct,
    ConsentLine,
    FormOnRecord,
    OrderNamed,
    PossibleSigner,
)
from clinicdesk.services.student_values import StudentFacts
from clinicdesk.storage.queries import consents as queries

_PARENTS = frozenset(
    {
        EmergencyContactRelationship.PARENT,
        EmergencyContactRelationship.GUARDIAN,
        EmergencyContactRelationship.STEPPARENT,
        EmergencyContactRelationship.FOSTER_PARENT,
    }
)
_ORDERS = "order"
_STANDS = frozenset({ConsentState.SIGNED, ConsentState.NOT_YET_VALID})


def form_value(row: ConsentForm, newest: Collection[uuid.UUID]) -> FormOnRecord:
    return FormOnRecord(
        id=row.id,
        family=row.family_id,
        kind=row.type.value,
        version=row.version,
        title=row.title,
        description=row.description,
        text=text_of(row),
        text_hash=row.text_hash,
        published_at=row.published_at,
        newest=row.id in newest,
        withdrawable=row.withdrawable,
    )


def text_of(row: ConsentForm) -> FormText:
    """The text of a form; one that another system wrote has its content alone."""
    return from_json(row.languages) if row.languages else plain_form(row.title, row.content)


def newest_versions(rows: Iterable[ConsentForm]) -> dict[uuid.UUID, ConsentForm]:
    """The version of each family that new signatures are given on."""
    found: dict[uuid.UUID, ConsentForm] = {}
    for row in rows:
        if row.published_at is None or not row.is_active:
            continue
        known = found.get(row.family_id)
        if known is None or _published(row) > _published(known):
            found[row.family_id] = row
    return found


def _published(row: ConsentForm) -> tuple[dt.datetime, uuid.UUID]:
    assert row.published_at is not None
    return row.published_at, row.id


def chains(rows: Sequence[ConsentSignature]) -> list[list[ConsentSignature]]:
    """Rows joined by supersession: one consent each, from its first signature to its end."""
    above = {row.id: row.supersedes_id for row in rows}

    def root(key: uuid.UUID) -> uuid.UUID:
        while (parent := above.get(key)) is not None and parent in above:
            key = parent
        return key

    found: dict[uuid.UUID, list[ConsentSignature]] = {}
    for row in rows:
        found.setdefault(root(row.id), []).append(row)
    return list(found.values())


def standing(chain: Sequence[ConsentSignature], calendar: SchoolCalendar, at: dt.datetime) -> ConsentStanding:
    """Where one consent stands: its last day is the one that was written when it was signed."""
    values = [_signature_row(row) for row in chain]
    unending = Validity(rule=ValidityRule.UNTIL_REVOKED)
    first = standing_of(None, values, unending, calendar, at)
    if first.row is None or first.state not in _STANDS:
        return first
    deciding = next(row for row in chain if row.id == first.row.id)
    until = deciding.expires_on
    rule = ValidityRule.UNTIL_DATE if until is not None else ValidityRule.UNTIL_REVOKED
    return standing_of(None, values, Validity(rule=rule, until=until, starts=deciding.effective_from), calendar, at)


def line_of(
    chain: Sequence[ConsentSignature],
    form: ConsentForm,
    student: StudentFacts,
    found: ConsentStanding,
    calendar: SchoolCalendar,
    today: dt.date,
) -> ConsentLine | None:
    """A consent as a list shows it; None where every row of it was entered in error."""
    head = max(found.heads, key=lambda row: (row.event_at, row.id)) if found.heads else None
    if head is None:
        return None
    row = next(one for one in chain if one.id == head.id)
    signed = next((one for one in reversed(chain) if one.decision.value != ConsentDecision.WITHDRAWN), row)
    return ConsentLine(
        student=student,
        form_id=form.id,
        form=form.title,
        kind=form.type.value,
        state=found.state,
        signature_id=row.id,
        signed_by=row.signed_by,
        relation=row.relationship,
        signed_on=calendar.local_date(row.signed_at),
        valid_until=row.expires_on,
        withdrawn_by=row.withdrawn_by or "",
        withdrawn_on=calendar.local_date(row.withdrawn_at) if row.withdrawn_at is not None else None,
        document=signed.pdf_attachment_id,
        days_left=found.days_left(today),
    )


def possible_signers(
    session: Session,
    students: Collection[uuid.UUID],
    student: StudentFacts,
    kind: ConsentType,
    day: dt.date,
) -> tuple[PossibleSigner, ...]:
    """Those who could stand in front of the form, each with the capacity or the bar (D42); who may sign comes first."""
    rules = minor_rules(queries.minor_rules(session))

    def asked(signer: Signer) -> tuple[SignerCapacity | None, SigningBar | None]:
        said = may_sign(signer, birth_date=student.birth_date, day=day, consent_kind=kind.value, minor_rules=rules)
        return (said, None) if isinstance(said, SignerCapacity) else (None, said)

    found = []
    for row in queries.guardians(session, students):
        capacity, bar = asked(
            Signer(
                is_student=False,
                is_guardian=row.relationship in _PARENTS or row.may_consent,
                custody_limited=bool(row.custody_limits) or not row.may_consent,
            )
        )
        found.append(
            PossibleSigner(
                contact_id=row.contact_id,
                name=f"{row.first_name} {row.last_name}",
                relation=row.relationship.value,
                language=row.language or student.language,
                capacity=capacity,
                bar=bar,
            )
        )
    capacity, bar = asked(Signer(is_student=True))
    found.append(
        PossibleSigner(
            contact_id=None,
            name=student.name.legal,
            relation=EmergencyContactRelationship.SELF.value,
            language=student.language,
            capacity=capacity,
            bar=bar,
        )
    )
    return tuple(sorted(found, key=lambda one: one.capacity is None))


def minor_rules(written: str | None) -> tuple[MinorRule, ...]:
    """The state's rules for minors from the setting: `[{"from_age": 12, "kinds": ["MENTAL_HEALTH"]}]`.

    Raises:
        InvalidValueError: the setting cannot be read; nobody under age signs by a rule that nobody understands.
    """
    if not written:
        return ()
    try:
        return tuple(
            MinorRule(from_age=int(rule["from_age"]), consent_kinds=frozenset(map(str, rule["kinds"])))
            for rule in json.loads(written)
        )
    except (ValueError, KeyError, TypeError) as problem:
        raise InvalidValueError("consent.minor_rules", "not_readable") from problem


def dependents(session: Session, chain: Sequence[ConsentSignature]) -> tuple[BlockedAct, ...]:
    """The orders that name any row of this consent."""
    root = chain[0].id
    return tuple(
        BlockedAct(
            act=DependentAct(kind=_ORDERS, id=order.id, consent_id=root, emergency=order.emergency),
            words=order_words(order, drug).medicine,
        )
        for order, drug in queries.orders_resting_on(session, [row.id for row in chain])
    )


def order_words(order: StudentMedication, drug: Medication) -> OrderNamed:
    """An order in one line of name and one of how it is given."""
    times = ", ".join(order.times_of_day or ()) or order.frequency
    return OrderNamed(
        id=order.id,
        medicine=f"{drug.name} {drug.strength}".strip(),
        given=f"{order.dosage} · {times}",
        begins=order.start_date.date(),
        ends=order.end_date.date() if order.end_date is not None else None,
    )


def _signature_row(row: ConsentSignature) -> SignatureRow:
    return SignatureRow(
        id=row.id,
        form_id=row.consent_form_id,
        form_version=row.form_version,
        student_id=row.student_id,
        decision=ConsentDecision(row.decision.value),
        event_at=row.withdrawn_at or row.signed_at,
        supersedes_id=row.supersedes_id,
        in_error=row.entry_kind is EntryKind.WITHDRAWN,
        capacity=SignerCapacity(row.capacity.value),
    )
