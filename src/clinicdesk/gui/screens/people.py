"""How students are drawn in lists and headers: photograph or initials, badges as tags."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from clinicdesk.domain.people import PersonName
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.people import Face
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.presentation.search import Badge
from clinicdesk.presentation.students.words import shown
from clinicdesk.presentation.today.words import Look


def face_of(student: uuid.UUID, name: PersonName, photo: str | None, *, private: bool) -> Face:
    """The picture on record; initials where there is none, and always in privacy mode (F9)."""
    person = "" if private or photo is None else str(student)
    return Face(person, shown(name, private=private))


def tags_of(badges: Iterable[Badge]) -> tuple[Tag, ...]:
    return tuple(Tag(one.words, Tone(one.tone), Shape(one.shape) if one.shape else None) for one in badges)


def tag_of(look: Look, *, bordered: bool = False, plain: bool = False) -> Tag:
    shape = Shape(look.shape) if look.shape else None
    return Tag(look.words, Tone(look.tone), shape, look.icon, bordered=bordered, plain=plain)
