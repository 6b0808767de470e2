"""Working days and opening hours in the time of a line. Must not read a clock. Presumed days off are marked as such."""

from .days import CHINA, holiday_name, is_working_day
from .hours import Fault, Hours, Opening
from .line_calendar import CHINAS, LineCalendar, add_working_days, is_country, local, staff_calendar, use_calendar

__all__ = [
    "CHINA",
    "CHINAS",
    "Fault",
    "Hours",
    "LineCalendar",
    "Opening",
    "add_working_days",
    "holiday_name",
    "is_country",
    "is_working_day",
    "local",
    "staff_calendar",
    "use_calendar",
]
