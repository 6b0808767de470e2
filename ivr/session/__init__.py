"""One request of a call from lease to commit: the stored reply, the turn, and what is written."""
