"""The load test: many simultaneous callers against real webhooks. Must not import the engine, a flow or a step.

Locust brings gevent, under which the chart library does not run; so this package reaches the server only by HTTP,
through `ivr.carrier`. `plan` describes a run, `locustfile` runs it, `figures` counts, `report` and `page` format the
result.
"""
