"""Working days and opening hours in China time. Must not read a clock. Presumed days off are always marked as such."""

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
