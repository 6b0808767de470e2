"""Other systems: one HTTP client, whether a system takes connections, and threads that can be left behind."""
