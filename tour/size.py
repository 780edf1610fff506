"""How large the tour's district is: the smallest whose first school has a full medication round today."""

from __future__ import annotations

import datetime as dt

from clinicdesk.bootstrap.demonstration import SEED
from clinicdesk.demonstration.calendar_facts import school_years
from clinicdesk.demonstration.history import volumes
from clinicdesk.demonstration.people import plan_district

LEAST, MOST, STEP = 240, 3000, 20


def round_sizes(students: int, today: dt.date) -> tuple[int, int]:
    """Daily orders and orders as needed at the first school of a district of that size."""
    plan = plan_district(SEED, today, students)
    days = len(school_years(plan.year_start, plan.year_end, today).past)
    left = volumes(students).medication
    daily = needed = 0
    for student in (one for one in plan.students if one.has_plan):
        whole = bool(days) and left >= days
        left -= days if whole else 0
        if student.schools[0] == 0:
            daily, needed = (daily + 1, needed) if whole else (daily, needed + 1)
    return daily, needed


def students_for_tour(today: dt.date) -> int:
    """One daily order is a controlled drug's, the next another medicine's; one is as needed."""
    for students in range(LEAST, MOST, STEP):
        daily, needed = round_sizes(students, today)
        if daily >= 2 and needed >= 1:
            return students
    return MOST
