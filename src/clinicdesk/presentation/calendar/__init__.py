"""The school calendar without Qt: its days and sessions, and the form that changes one."""
