"""What other programs of the bank may ask of the server: JSON under /api, for whoever has the token of IVR_API_TOKEN.

The check stands here once; a path that is not made by `board` would be open to everybody.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request

from ivr.settings import Hidden


class Refusal(Exception):
    """A request that cannot be carried out; the text says why and repeats no value."""


def board(name: str, token: Hidden) -> Blueprint:
    """Return a blueprint under /api whose every path asks for the token; without one in the settings none exists."""
    made = Blueprint(f"api_{name}", __name__, url_prefix=f"/api/{name}")

    @made.before_request
    def check() -> None:
        if not token:
            abort(404)
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(credentials.strip().encode(), token.reveal().encode()):
            refusal = make_response(jsonify(error="the request carries no token that is known here"), 401)
            refusal.headers["WWW-Authenticate"] = "Bearer"
            abort(refusal)

    @made.errorhandler(Refusal)
    def refuse(fault: Refusal) -> tuple[Response, int]:
        return jsonify(error=str(fault)), 400

    return made


def has_body() -> bool:
    """Tell whether the request carries anything to read."""
    return bool(request.get_data())


def given() -> Mapping[str, Any]:
    """Return the JSON object of the request. Raises Refusal for anything else."""
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise Refusal("the body is no JSON object")
    return body


def text_of(body: Mapping[str, Any], name: str, *, most: int = 200) -> str:
    """Return a text of the request, "" where it was not given. Raises Refusal."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise Refusal(f"{name} is no text of at most {most} letters")
    return value.strip()


def flag(body: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """Return true or false of the request. Raises Refusal."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise Refusal(f"{name} is neither true nor false")
    return value
