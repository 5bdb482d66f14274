"""Times in the words of the lists: Today, Yesterday, Last week, October."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tui.dates import local


def day_group(moment: datetime, today: date) -> str:
    """The group of a list to which ``moment`` belongs, on the reader's calendar."""
    day = local(moment).date()
    age = (today - day).days
    if age < -1:
        return f"{day:%B} {day.year:04}"
    if age <= 0:
        return "Today"
    if age == 1:
        return "Yesterday"
    monday = today - timedelta(days=today.weekday())
    if day >= monday:
        return "This week"
    if day >= monday - timedelta(days=7):
        return "Last week"
    return f"{day:%B}" if day.year == today.year else f"{day:%B} {day.year:04}"
