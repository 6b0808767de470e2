"""Our own services, which flows ask like the bank: queue, identity, tickets, text messages, surveys, preferences."""
