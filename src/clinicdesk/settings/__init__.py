"""The settings the program knows, declared once with their type, default and who may change them."""

from __future__ import annotations

from clinicdesk.settings.declared import ALL, BY_KEY, Owner, Setting
from clinicdesk.settings.values import Settings, Source, Value

__all__ = ["ALL", "BY_KEY", "Owner", "Setting", "Settings", "Source", "Value"]
