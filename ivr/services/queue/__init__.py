"""The queue of callers for agents: order of waiting, agents at the desks, ringing and call backs. No webhooks here."""
