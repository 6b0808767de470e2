"""Check whether Flask would call a channel's views without any hooks. Must not examine requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from flask import Flask, Request, Response, signals
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import HTTPException

from ivr.channels.base import DirectTurns

_SIGNALS = (
    signals.appcontext_pushed,
    signals.appcontext_popped,
    signals.appcontext_tearing_down,
    signals.request_started,
    signals.request_finished,
    signals.request_tearing_down,
)


class PlainDispatch:
    """One channel's turns in one application.

    Hooks, signals and settings may change at any time, so each request checks again. Error pages do not count, since
    Flask answers everything except a turn's document.
    """

    def __init__(self, app: Flask, turns: DirectTurns) -> None:
        self._app, self._turns = app, turns
        self._views = self._matched_views()
        self._installed = len(app.view_functions)
        self._routed = True

    def holds(self) -> bool:
        """Return whether a turn that Flask dispatches is nothing but a call of the channel's view."""
        return self._reaches_views() and self._is_plain() and not self._has_functions() and not _has_receivers()

    def _reaches_views(self) -> bool:
        """Look up the routes again after views were added."""
        # Flask only adds views, so that their number shows a change; matching routes in each request would cost what
        # the direct way saves.
        if len(self._app.view_functions) != self._installed:
            self._installed = len(self._app.view_functions)
            self._routed = self._views == self._matched_views()
        return self._routed and self._app.view_functions.items() >= self._views.items()

    def _is_plain(self) -> bool:
        app, config = self._app, self._app.config
        return (
            app.request_class is Request
            and app.response_class is Response
            and type(app.session_interface) is SecureCookieSessionInterface
            and not (config["SECRET_KEY"] or config["SERVER_NAME"] or config["TRUSTED_HOSTS"])
            and not (app.subdomain_matching or app.url_map.host_matching)
        )

    def _has_functions(self) -> bool:
        app, blueprint = self._app, self._turns.blueprint
        if app.teardown_appcontext_funcs:
            return True
        for functions in (
            app.before_request_funcs,
            app.after_request_funcs,
            app.teardown_request_funcs,
            app.url_value_preprocessors,
        ):
            if functions and (functions.get(None) or functions.get(blueprint)):
                return True
        return False

    def _matched_views(self) -> Mapping[str, Callable[..., Any]]:
        """Return the views of the channel's paths, by endpoint; none if a path leads to another view."""
        routes = self._app.url_map.bind("localhost")
        try:
            endpoints = [routes.match(path, "POST")[0] for path in self._turns.samples]
        except HTTPException:
            return {}
        return {endpoint: self._app.view_functions[endpoint] for endpoint in endpoints}


_receivers = attrgetter("receivers")


def _has_receivers() -> bool:
    return any(map(_receivers, _SIGNALS))
