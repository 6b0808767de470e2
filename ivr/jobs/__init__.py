"""Work that no caller waits for: rounds on a timer, and posts that are tried again until they are taken."""
