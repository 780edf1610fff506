"""What a decision about a row in dispute may not do to it: break a rule that it kept (ux-spec 7.12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.models.registry import model_of
from clinicdesk.models.rules import validate


def require_no_new_problem(table: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """A decision breaks no rule that the record kept; what was amiss before is no reason to refuse it."""
    model = model_of(table).__name__
    known = {(problem.field, problem.problem) for problem in validate(model, before)}
    for problem in validate(model, after):
        if (problem.field, problem.problem) not in known:
            raise InvalidValueError(problem.field, problem.problem, **_params(problem))


def refused(error: IntegrityError) -> InvalidValueError:
    """Which field another record holds already (s33); else that the record cannot stand."""
    taken = re.search(r"UNIQUE constraint failed: \w+\.(\w+)", str(error.orig))
    return InvalidValueError("result", "refused") if taken is None else InvalidValueError(taken[1], "taken")


def _params(problem: InvalidValueError) -> dict[str, Any]:
    return {name: value for name, value in problem.params.items() if name not in {"field", "problem"}}
