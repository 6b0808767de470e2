"""Background work: rounds on a timer, and messages that are sent again until they are accepted."""
