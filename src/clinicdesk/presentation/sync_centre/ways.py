"""What a person can do about a conflict that is not settled by picking values, in words (ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.words import Local, moment, record_words
from clinicdesk.services.conflict_sheets import ConflictSheet
from clinicdesk.services.conflict_ways import Way, WayKind
from clinicdesk.sync.resolve import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLine:
    """One thing to do. `barred` says why this person may not; `asks_reason`: a word goes on record with it."""

    id: str
    words: str
    choice: Choice
    way: Way | None = None
    asks_reason: bool = False
    danger: bool = False
    barred: str = ""


_KEPT_FIRST = (Choice.MINE, Choice.RESTORE, Choice.THEIRS, Choice.BOTH, Choice.CONFIRM_DELETE)
"""What keeps a record stands before what deletes it."""

FOLLOW = "follow"
"""The result goes in as a row of its own: a word says why."""


def lines_of(
    sheet: ConflictSheet, possible: Collection[Choice], *, merges: bool, local: Local, now: dt.datetime
) -> tuple[WayLine, ...]:
    """Everything that can be done, the usual thing first."""
    denied = "" if sheet.may_decide else tr("Your role does not decide this conflict.")
    plain = () if merges else tuple(_plain(sheet, possible, denied))
    return (*(_way(way, sheet, denied, local, now) for way in sheet.ways), *plain)


def _plain(sheet: ConflictSheet, possible: Collection[Choice], denied: str) -> Iterator[WayLine]:
    for choice in (one for one in _KEPT_FIRST if one in possible):
        yield WayLine(
            id=choice.value,
            words=_choice_words(sheet, choice),
            choice=choice,
            danger=choice is Choice.CONFIRM_DELETE,
            barred=denied,
        )


def _choice_words(sheet: ConflictSheet, choice: Choice) -> str:
    kind, line = sheet.line.kind.value, sheet.line
    if line.about_a_decision and sheet.beside is not None:
        side = sheet.beside.left if choice is Choice.MINE else sheet.beside.right
        if not side.by:
            return tr("Leave it undecided and look at it anew")
        return tr("The decision of {name} stands", name=side.by)
    if choice is Choice.THEIRS:
        words = {
            "EDIT_VS_DELETE": tr("Keep the changed record"),
            "ORPHAN": tr("Leave it as it stands"),
            "SIGN_VS_EDIT": tr("Seen, the signed record stays as it is"),
        }
        return words.get(kind, tr("Seen, the district's stays"))
    named: Mapping[Choice, str] = {
        Choice.RESTORE: tr("Restore it with the change"),
        Choice.CONFIRM_DELETE: tr("It stays deleted") if kind == "DELETE_VS_EDIT" else tr("Delete it after all"),
        Choice.BOTH: tr("Both were given") if kind == "POSSIBLE_DUPLICATE" else tr("Seen, both are kept"),
    }
    return named[choice]


def _way(way: Way, sheet: ConflictSheet, denied: str, local: Local, now: dt.datetime) -> WayLine:
    barred = denied
    if not barred and way in sheet.barred:
        barred = {
            WayKind.MERGE: tr("Merging two records is for a district administrator."),
            WayKind.IN_ERROR: tr("Your role does not correct doses."),
        }.get(way.kind, tr("Your role does not do this."))
    return WayLine(
        id=f"{way.kind.value}.{way.target}",
        words=_way_words(way, local, now),
        choice=Choice.ROWS,
        way=way,
        asks_reason=way.asks_reason,
        danger=way.kind is WayKind.IN_ERROR,
        barred=barred,
    )


def _way_words(way: Way, local: Local, now: dt.datetime) -> str:
    at = moment(way.at, local, now)
    match way.kind:
        case WayKind.IN_ERROR:
            return tr("Charted in error: {time}, {name}", time=at, name=way.by or tr("somebody"))
        case WayKind.RESTORE_PARENT:
            return tr("Bring back {record}", record=record_words(way.table, way.record))
        case WayKind.ATTACH:
            return tr("Put it to {record}, {time}", record=record_words(way.into, way.record), time=at)
        case WayKind.MERGE:
            return tr("One child: merge with {record}", record=way.record)
    return tr("Write it as an amendment")


def hint_of(sheet: ConflictSheet) -> str:
    """What happened, what holds until it is decided, and who decides."""
    line = sheet.line
    if line.about_a_decision:
        return tr("Two people decided this conflict differently. Neither was overwritten: say which decision stands.")
    match line.kind.value:
        case "POSSIBLE_DUPLICATE":
            return tr(
                "Two devices charted this dose. Both rows stay. Check the student and call the prescriber if she "
                "had it twice. If it was given once, say which entry was an error; it stays readable."
            )
        case "FORK" if sheet.forked > 1:
            return tr(
                "Two people changed the same entry. Both stand until you decide, and an order is not given from. "
                "The result follows as an entry of its own; the other line is marked as taken back."
            )
        case "FORK" if sheet.amended_twice:
            return tr(
                "Two people amended the same signed record, each without the other's. Both amendments stay. Where they "
                "belong together, write one more that says so."
            )
        case "FORK":
            return tr("Two people changed the same entry, and one line is left. Both stay in the record.")
        case "DELETE_VS_EDIT":
            return tr(
                "The district deleted this record while it was changed here. The change is kept until you decide."
            )
        case "EDIT_VS_DELETE":
            return tr("This record was changed at the district while it was deleted here. It was not deleted.")
        case "SIGN_VS_EDIT" if any(way.kind is WayKind.AMEND for way in sheet.ways):
            return tr("The record was signed before this change arrived. It can go in as a signed amendment.")
        case "SIGN_VS_EDIT":
            return tr(
                "What was signed differs from what the district has. Both are kept: open the record, read what "
                "stands there now, and sign that."
            )
        case "ORPHAN":
            return tr("The record this belonged to was deleted meanwhile. What was written is kept.")
        case "AUTHOR_INACTIVE":
            return tr("The author had no access any more when this arrived. The district's value stays.")
        case "UNIQUE":
            return tr(
                "Two records claim the same number. Two children: give this one another number in Result, or none. "
                "One child: merge the records; nothing of either is lost, and it can be undone."
            )
    if line.is_safety:
        return tr("Until you apply, both desks see the stricter values. Nothing is lost: each side stays on record.")
    return tr("Nothing is lost: each side stays readable in the record's history.")
