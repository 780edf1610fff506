"""How rows, fields and values of a conflict read, and how a typed value becomes a canonical one."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from collections.abc import Callable, Collection, Mapping

from clinicdesk.core.errors import InvalidValueError, UserFacingError
from clinicdesk.domain.canonical import CanonicalError, Kind, WireValue, canonical_value
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.medication.quantities import DoseUnit
from clinicdesk.domain.people import PersonName
from clinicdesk.i18n import formats, plural, term, tr
from clinicdesk.presentation.shell import masked
from clinicdesk.services.charts import UNIT_SIGNS
from clinicdesk.services.conflict_values import ConflictField, ConflictLine
from clinicdesk.services.sync_items import ItemLine, SettledKind

Local = Callable[[dt.datetime], dt.datetime]

_TABLES: Mapping[str, str] = {
    "allergies": "Allergy",
    "chronic_conditions": "Condition",
    "clinic_visits": "Visit",
    "emergency_contacts": "Contact",
    "medication_logs": "Dose",
    "student_medications": "Medication order",
    "students": "Student",
    "sync_conflicts": "Decision",
    "vaccinations": "Vaccination",
    "vital_signs": "Vital signs",
}
_MANY: Mapping[str, str] = {
    "allergies": "Allergies",
    "chronic_conditions": "Conditions",
    "clinic_visits": "Visits",
    "emergency_contacts": "Contacts",
    "medication_logs": "Doses",
    "student_medications": "Medication orders",
    "students": "Students",
    "sync_conflicts": "Decisions",
    "vaccinations": "Vaccinations",
    "vital_signs": "Vital signs",
}
_KINDS: Mapping[str, str] = {
    "FIELD": "changed on both sides",
    "GROUP": "changed on both sides",
    "DIVERGED": "differs from the district",
    "DELETE_VS_EDIT": "deleted there, changed here",
    "EDIT_VS_DELETE": "changed there, deleted here",
    "UNIQUE": "the same number twice",
    "POSSIBLE_DUPLICATE": "given twice?",
    "FORK": "corrected twice",
    "SIGN_VS_EDIT": "signed there, changed here",
    "ORPHAN": "what it belonged to is gone",
    "AUTHOR_INACTIVE": "its author had no access any more",
}
_REASONS: Mapping[ItemReason, str] = {
    ItemReason.SAME: "The same value on both sides",
    ItemReason.BESIDE: "Different fields changed",
    ItemReason.DEPENDS: "Waits for another change that was stopped",
    ItemReason.PARENT_HELD: "Waits for the record it belongs to, which was stopped",
    ItemReason.PARENT_MISSING: "Waits for a record it belongs to",
    ItemReason.REPLAY_WAITS: "Waits for another workstation to bring back what the district lost",
    ItemReason.LOST_ROW: "The district lost this record; it was offered back",
    ItemReason.ERASED: "The record was erased by a legal request; the district looks at it",
    ItemReason.NO_ANCHOR: "The district does not know yet whose record this is",
    ItemReason.SCOPE: "The student is not at this workstation's schools; the district looks at it",
    ItemReason.ROLE: "The author's role does not cover this; the district looks at it",
    ItemReason.AUTHOR_INACTIVE: "The author had no access any more; the district looks at it",
    ItemReason.NO_LEASE: "A roster may be imported by one workstation at a time; the district looks at it",
    ItemReason.DEVICE_REVOKED: "This workstation was revoked; a supervisor looks at it",
    ItemReason.UPGRADE_NEEDED: "The district keeps it until this program is updated",
    ItemReason.DISMISSED: "Somebody at the district decided not to take it over",
    ItemReason.INVALID: "Breaks a rule of the district",
    ItemReason.MISSING: "A value is missing that the district needs",
    ItemReason.UNIQUE: "Another record has the same number or key",
    ItemReason.FROZEN: "The record is signed or closed",
    ItemReason.APPEND_ONLY: "Such an entry is never changed; write a correction",
    ItemReason.NO_SUCH_ROW: "The district does not have this record",
    ItemReason.SYSTEM_ROW: "Only the district writes such a record",
    ItemReason.NOT_SHARED: "Names a record that belongs to another child or school; choose one of this one's",
    ItemReason.TOO_EXACT: "A number has more decimals than the district keeps",
    ItemReason.TOO_LARGE: "Too long to be sent; shorten it, or write it in parts",
    ItemReason.MUTATION_REUSED: "The change arrived in two versions; call IT",
    ItemReason.UNKNOWN_TABLE: "The district does not know this kind of record; it needs an update",
    ItemReason.UNKNOWN_COLUMN: "The district does not know a field of it; it needs an update",
    ItemReason.UNKNOWN_OPERATION: "The district could not read this change; call IT",
    ItemReason.NOT_CANONICAL: "The district could not read a value of it; call IT",
    ItemReason.NO_AUTHOR: "It does not say who wrote it; call IT",
    ItemReason.AUTHORED_AT: "It does not say when it was written; call IT",
    ItemReason.VALUES: "The district could not read its values; call IT",
    ItemReason.CHANGES: "The district could not read what changed; call IT",
    ItemReason.REJECTED: "The district refused it",
}
_SETTLED: Mapping[SettledKind, str] = {
    SettledKind.BESIDE: "Different fields changed",
    SettledKind.SAME: "Same value on both sides",
    SettledKind.ADDED: "Added on both sides",
    SettledKind.DELETED: "Deleted on both sides",
}
_FIELDS: Mapping[str, str] = {
    "administered_at": "Given at",
    "administered_by": "Given by",
    "delete_reason": "Reason for deleting",
    "dosage_unit": "Dose unit",
    "form_count": "How many",
    "form_unit": "Form",
    "medication": "Medication",
    "reason_for_visit": "Complaints",
    "recorded_at": "Entered at",
}
"""What a column is called where its name would not say it to a nurse."""

_DOSE_UNITS = frozenset(unit.value for unit in DoseUnit)
_UNITS = _DOSE_UNITS | UNIT_SIGNS.keys() | {"mg/dL", "mmol/L"}
_LISTED: Mapping[str, str] = {"reason_for_visit": "visit.complaint"}
"""Lists of codes, and the group of their words."""

_PICK_ONLY = frozenset({Kind.UUID, Kind.INSTANT, Kind.BYTES, Kind.TIME})


class PickASideError(UserFacingError):
    """A value of this kind is taken from one of the sides, not typed."""

    code = "pick_a_side"


def table_words(table: str) -> str:
    return tr(_TABLES[table]) if table in _TABLES else tr(_plain(table))


def many_words(table: str) -> str:
    """What several rows of a table are called."""
    return tr(_MANY[table]) if table in _MANY else table_words(table)


def field_words(name: str) -> str:
    named = name.removesuffix("_id")
    return tr(_FIELDS[named]) if named in _FIELDS else tr(_plain(named))


def kind_words(line: ConflictLine) -> str:
    if line.about_a_decision:
        return tr("decided twice")
    return tr(_KINDS[line.kind.value])


def reason_words(reason: str | None) -> str:
    """Why a change did not go out, in words; a word of a newer district is named as it is for support."""
    if reason is None:
        return tr("No reason was given")
    try:
        return tr(_REASONS[ItemReason(reason)])
    except ValueError:
        return tr("Refused: {reason}", reason=_plain(reason).lower())


def settled_words(kind: SettledKind) -> str:
    return tr(_SETTLED[kind])


def fields_words(fields: Collection[str]) -> str:
    """Names of fields in one line; a whole new row names none."""
    return ", ".join(field_words(name) for name in fields) or tr("The whole entry")


def title_of(line: ConflictLine) -> str:
    """Allergy: tree nuts."""
    if line.kind.value == "POSSIBLE_DUPLICATE" and line.record:
        return tr("Given twice? {record}", record=line.record)
    return record_words(line.table, line.record)


def record_words(table: str, record: str) -> str:
    """What a record is, and what it is called where it has a name."""
    return tr("{table}: {record}", table=table_words(table), record=record) if record else table_words(table)


def ago(span: dt.timedelta) -> str:
    """21 min; 3 h; 5 days."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return tr("{count} min", count=minutes)
    if minutes < 48 * 60:
        return tr("{count} h", count=minutes // 60)
    return plural("{count} day", "{count} days", minutes // (24 * 60))


def moment(at: dt.datetime | None, local: Local, now: dt.datetime) -> str:
    """11:34 today, else Oct 5, 11:34; empty where nobody knows."""
    if at is None:
        return ""
    here, today = local(at), local(now).date()
    time = formats().time(here)
    return time if here.date() == today else f"{formats().date_short(here.date())}, {time}"


def written_words(item: ItemLine, local: Local, now: dt.datetime) -> str:
    """When it was written and by whom, as it was entered; not when it came or went."""
    at = moment(item.written_at, local, now)
    if not item.written_by:
        return tr("written {time}", time=at)
    return tr("written {time} by {name}", time=at, name=item.written_by)


def unit_words(code: str) -> str:
    """A UCUM code as it is written in a clinic: never "ug" for micrograms, never a code in braces."""
    if code in UNIT_SIGNS:
        return UNIT_SIGNS[code]
    return term(DoseUnit(code).word, "one") if code in _DOSE_UNITS else code


def value_text(field: ConflictField, kind: Kind, value: WireValue, local: Local) -> str:
    """A canonical value as a person reads it; empty for none."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        group = _LISTED.get(field.name)
        return "\n".join(str(item) if group is None else term(group, str(item)) for item in value)
    if kind is Kind.JSON:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if kind is Kind.BOOLEAN:
        return tr("Yes") if value else tr("No")
    text = str(value)
    if field.codes:
        return _choice_text(field, text)
    match kind:
        case Kind.DATE:
            return formats().date(dt.date.fromisoformat(text))
        case Kind.INSTANT:
            here = local(dt.datetime.fromisoformat(text))
            return f"{formats().date(here.date())}, {formats().time(here)}"
        case Kind.UUID:
            return field.people.get(text, tr("Record {start}", start=text[:8]))
        case Kind.BYTES:
            return tr("Sealed text")
    return text


def measured_text(field: ConflictField, text: str) -> str:
    """A value with its unit: "90 mcg"."""
    return f"{text} {unit_words(field.unit)}" if text and field.unit else text


def typed_value(field: ConflictField, kind: Kind, text: str) -> WireValue:
    """The canonical value of a text typed into Result.

    Raises:
        InvalidValueError: it is no value of this field.
        PickASideError: such a value is not typed.
    """
    if kind is Kind.TEXT and not field.codes:
        return None if not text and not field.required else str(canonical_value(kind, text))
    stripped = text.strip()
    if not stripped:
        if field.required:
            raise InvalidValueError(field.name, "missing")
        return None
    if field.codes:
        return _code(field, stripped)
    if kind in _PICK_ONLY:
        raise PickASideError
    if kind is Kind.JSON:
        if not is_list(field):
            raise PickASideError
        return [_listed(field, line.strip()) for line in text.splitlines() if line.strip()]
    if kind is Kind.BOOLEAN:
        known = {tr("Yes").casefold(): True, tr("No").casefold(): False}
        if stripped.casefold() not in known:
            raise InvalidValueError(field.name, "unknown_choice")
        return known[stripped.casefold()]
    try:
        if kind is Kind.INTEGER:
            return int(stripped)
        if kind is Kind.NUMBER:
            return canonical_value(kind, decimal.Decimal(stripped))
        return canonical_value(kind, stripped)
    except (ValueError, decimal.InvalidOperation, CanonicalError):
        problem = "not_a_date" if kind is Kind.DATE else "not_a_number"
        raise InvalidValueError(field.name, problem) from None


def is_list(field: ConflictField) -> bool:
    """Whether the sides are lists of words, so that several may be picked."""
    sides = [value for value in (field.base, field.mine, field.theirs) if value is not None]
    return bool(sides) and all(isinstance(one, list) and all(isinstance(item, str) for item in one) for one in sides)


def _code(field: ConflictField, text: str) -> str:
    for code in field.codes:
        if text.casefold() in {code.casefold(), _choice_text(field, code).casefold()}:
            return code
    raise InvalidValueError(field.name, "unknown_choice")


def _choice_text(field: ConflictField, code: str) -> str:
    return unit_words(code) if set(field.codes) <= _UNITS else tr(_plain(code))


def _listed(field: ConflictField, text: str) -> str:
    """The code of a word that one of the sides has; a new word stands as it was typed."""
    group = _LISTED.get(field.name)
    sides = (side for side in (field.base, field.mine, field.theirs) if isinstance(side, list))
    codes = {str(code) for side in sides for code in side} if group is not None else set()
    return next((code for code in codes if text.casefold() == term(group or "", code).casefold()), text)


def _plain(name: str) -> str:
    return name.replace("_", " ").strip().capitalize()


def person_words(student: PersonName | None, born: dt.date | None, grade: str, *, private: bool) -> str:
    """Whom the record is about: name, day of birth and grade, as far as privacy mode lets them be seen."""
    if student is None:
        return ""
    parts = [masked(student.shown, private=private)]
    if born is not None and not private:
        parts.append(formats().date(born))
    if grade:
        parts.append(tr("grade {grade}", grade=grade))
    return " · ".join(parts)
