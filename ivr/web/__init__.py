"""The Flask application: webhooks, audio, health, metrics and the bank's API. Must not decide what a caller hears."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from ivr.telemetry.metrics import Metrics

from . import agents_api, audio, health, phone, recordings_api, risk_api, tasks_api, tickets_api
from .admission import Admission
from .api import ApiAccess
from .application import Application
from .front import Front
from .gauges import gauges
from .per_process import Jobs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST_BODY = 64 * 1024
"""Maximum bytes of a request's body; a voice request has about one thousand."""


class _NoJobs:
    def start(self) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""


class WebApplication(Flask):
    """A Flask application with its server's background jobs, and the answers that need no thread of the engine."""

    most_body = MOST_BODY

    def __init__(self, jobs: Jobs, admission: Admission) -> None:
        super().__init__("ivr.web", static_folder=None)
        self.jobs, self._admission = jobs, admission

    def at_once(self, environ: WSGIEnvironment) -> tuple[int, bytes, str] | None:
        """Return status, body and type of an answer from a request's head alone, or None."""
        return self._admission.at_once(environ)

    def is_urgent(self, environ: WSGIEnvironment) -> bool:
        """Return whether a request must be answered even while the engine is stuck."""
        return self._admission.is_urgent(environ)

    def without_engine(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that has waited too long for the engine."""
        return self._admission.without_engine(environ, start_response)


def web_app(ivr: Application, jobs: Jobs | None = None) -> WebApplication:
    """Return the application with every route of `ivr`. The jobs are not started."""
    metrics = Metrics(gauges(ivr))
    offered = [channel.direct_turns(ivr, metrics) for channel in ivr.channels.values()]
    turns = [direct for direct in offered if direct is not None]
    app = WebApplication(jobs or _NoJobs(), Admission(turns, metrics))
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.url_map.merge_slashes = False  # a redirect would lose the posted input
    app.register_error_handler(HTTPException, _plain)
    for channel in ivr.channels.values():
        for blueprint in channel.routes(ivr, metrics):
            app.register_blueprint(blueprint)
    app.register_blueprint(audio.routes(ivr.settings.audio, ivr.sound))
    app.register_blueprint(health.routes(ivr, metrics))
    access = ApiAccess(ivr.settings.api_token, ivr.api_tokens)
    for blueprint in agents_api.routes(ivr.queue, ivr.wrap_ups, access, ivr.clock):
        app.register_blueprint(blueprint)
    app.register_blueprint(phone.routes(ivr.settings.phone_url))
    app.register_blueprint(risk_api.routes(ivr.risks, access, ivr.clock))
    app.register_blueprint(tickets_api.routes(ivr.tickets, access, ivr.clock))
    app.register_blueprint(recordings_api.routes(ivr.call_recordings, access, ivr.clock))
    app.register_blueprint(tasks_api.routes(ivr.tasks, access, ivr.clock))
    # Last, because it looks up the views of the routes that are registered above.
    app.wsgi_app = Front(app, app.wsgi_app, turns)  # type: ignore[method-assign]
    return app


def _plain(fault: HTTPException) -> Response:
    """Answer an HTTP error with one line of plain text, for programs and operators."""
    response = Response(f"{fault.code} {fault.name}\n", fault.code, mimetype="text/plain")
    for name, value in fault.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response
