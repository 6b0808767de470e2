"""A second channel, one folder: what the caller does comes as JSON, and what the caller hears goes back as JSON."""
