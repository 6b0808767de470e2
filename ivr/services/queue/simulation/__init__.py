"""Days of the queue with random callers, served by the rules that serve callers on the line."""
