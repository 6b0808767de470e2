"""The channel for Twilio Voice. No other package may depend on Twilio."""
