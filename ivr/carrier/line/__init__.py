"""A telephone line without a carrier: telephones on one side, the webhooks and a REST API of the carrier on the other.

A kind of line is one file with a `Line` and its `LineCall` (`line_call.py`), opened by `ivr/cli/line.py`.

Knows TwiML, HTTP and sound; must not know flows and the engine.
"""
