"""Complaints: taken down, numbered, with deadlines and the alarms that go with them."""
