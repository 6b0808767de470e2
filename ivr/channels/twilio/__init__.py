"""Twilio Voice: everything that says Twilio is in this folder."""
