"""What a person at the desk does with consents: asks, collects, withdraws, and sees where each stands (M2, D1, D42)."""

from __future__ import annotations

from clinicdesk.services.consent_asking import ConsentRequests
from clinicdesk.services.consent_collecting import CollectedConsents
from clinicdesk.services.consent_reminders import ConsentReminders
from clinicdesk.services.consent_stating import StatedConsents
from clinicdesk.services.consent_withdrawing import WithdrawnConsents


class Consents(StatedConsents, ConsentRequests, CollectedConsents, WithdrawnConsents, ConsentReminders):
    """All of it over one signature log; every state is computed from the log."""
