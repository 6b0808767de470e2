"""Our own back ends, which flows ask like the bank: queue, identity, tickets, text messages, surveys, preferences."""
