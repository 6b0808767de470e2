"""One turn of a call, as a pure function. See README.md in this folder for what it must not do."""
