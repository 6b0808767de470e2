"""/phone: redirects to the telephone in the browser, which `ivr line --phone` serves."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect
from werkzeug.wrappers import Response as AnyResponse


def routes(phone_url: str) -> Blueprint:
    """Return /phone, which answers 404 unless `phone_url` is set."""
    blueprint = Blueprint("phone", __name__)

    @blueprint.get("/phone")
    def phone() -> Response | AnyResponse:
        """Redirect to the telephone."""
        if not phone_url:
            abort(404)
        return redirect(phone_url)

    return blueprint
