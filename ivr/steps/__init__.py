"""The kinds of steps, one file each. A file holds the step's fields, its manual and what it does in a call."""
