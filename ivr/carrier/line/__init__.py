"""A telephone line of one's own: telephones on one side, the webhooks and a REST API of the carrier on the other.

Knows TwiML, HTTP and sound; must not know flows and the engine.
"""
