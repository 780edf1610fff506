"""A morning in the clinic of `tests.support.desk`: students, visits, orders, contacts, tasks, stock, a conflict."""

from __future__ import annotations

from clinicdesk.demonstration.busy_day import BusyDay, busy_day, students_of

__all__ = ["BusyDay", "busy_day", "students_of"]
