"""The words a person reads: English in the source, other languages from catalogues beside this file."""

from __future__ import annotations

from clinicdesk.i18n.catalogue import Catalogue, Language, catalogue, clinical, language, plural, term, tr, use
from clinicdesk.i18n.formats import Formats, formats
from clinicdesk.i18n.sentences import sentence

__all__ = [
    "Catalogue",
    "Formats",
    "Language",
    "catalogue",
    "clinical",
    "formats",
    "language",
    "plural",
    "sentence",
    "term",
    "tr",
    "use",
]
