"""The carrier's side of a call: fetches TwiML, plays it and posts back what the caller did. TwiML and HTTP only."""
