"""HTTP to other systems: kept connections under one deadline, and whether a system takes connections at all."""
