"""The carrier's side of a call: fetch TwiML, play it and post the caller's input. Must not know the engine."""
