"""Working days and opening hours in China time. Pure: no clock of its own, and no day off is guessed in silence."""

from .days import CHINA, add_working_days, holiday_name, is_working_day, local, presumed_working_day
from .hours import Fault, Hours, Opening

__all__ = [
    "CHINA",
    "Fault",
    "Hours",
    "Opening",
    "add_working_days",
    "holiday_name",
    "is_working_day",
    "local",
    "presumed_working_day",
]
