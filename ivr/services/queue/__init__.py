"""How callers reach people: one order for all who wait, who is at the desks, ringing, call backs. No webhooks here."""
