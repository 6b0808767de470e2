"""The load test: many callers at once against real webhooks. It must not import the engine, a flow or a step.

Locust brings gevent, and the chart library does not run under gevent; so whatever is loaded here sees the server only
as a carrier does, through `ivr.carrier`. `plan` says what to do, `locustfile` does it, `figures` counts, `report` and
`page` tell.
"""
