"""The Flask application: webhooks, audio, health, metrics and the bank's API. Must not decide what a caller hears."""

from __future__ import annotations

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from ivr.channels.twilio import agent_routes, routes
from ivr.channels.twilio.routes import Answering
from ivr.telemetry.metrics import Metrics

from . import agents_api, audio, health, risk_api
from .gauges import gauges

MOST_BODY = 64 * 1024
"""Bytes; a voice request has about one thousand."""


def create_app(ivr: Answering) -> Flask:
    """Return the Flask application with every route of `ivr`."""
    app = Flask("ivr.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.url_map.merge_slashes = False  # a redirect would lose what the caller typed
    app.register_error_handler(HTTPException, _plain)
    metrics = Metrics(gauges(ivr))
    app.register_blueprint(routes.routes(ivr, metrics))
    app.register_blueprint(agent_routes.routes(ivr, metrics))
    app.register_blueprint(audio.routes(ivr.settings.audio, ivr.sound))
    app.register_blueprint(health.routes(ivr, metrics))
    for blueprint in agents_api.routes(ivr.queue, ivr.settings.api_token, ivr.clock):
        app.register_blueprint(blueprint)
    app.register_blueprint(risk_api.routes(ivr.risks, ivr.settings.api_token, ivr.clock))
    return app


def _plain(fault: HTTPException) -> Response:
    """Answer an HTTP error with one line of plain text, for programs and operators."""
    response = Response(f"{fault.code} {fault.name}\n", fault.code, mimetype="text/plain")
    for name, value in fault.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response
