"""Turns a template and data into a tagged PDF (PDF/UA-1). Text is handed in as data and never read as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import typst

from clinicdesk.core.errors import WorldError

FONTS = ("Inter", "Noto Sans")
"""The faces of the printed page, first choice first; typst adds its own serif face where both are missing."""


class TypesettingError(WorldError):
    """The document could not be set, for instance because no installed face has one of its letters."""

    code = "document_not_set"


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of `templates/<template>.typ` filled with `data` (plain JSON values).

    Raises:
        TypesettingError: the compiler refused; nothing was written.
    """
    source = resources.files("clinicdesk.reports").joinpath("templates", f"{template}.typ").read_bytes()
    try:
        pdf = typst.compile(
            source,
            sys_inputs={"data": json.dumps({"fonts": FONTS, **data}, ensure_ascii=False)},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise TypesettingError(template=template) from error
    assert isinstance(pdf, bytes)
    return pdf
