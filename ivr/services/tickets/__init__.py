"""Tickets of complaints, with their numbers, deadlines and alarms."""
