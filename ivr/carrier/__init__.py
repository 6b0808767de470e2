"""The carrier's side of a call: fetch TwiML, play it and post back the caller's input. Knows nothing of the engine."""
