"""Background work: rounds on a timer, and messages that are repeated until they are accepted."""
