"""The API for other programs of the bank: JSON under /api, with the bearer token of IVR_API_TOKEN.

Only `token_blueprint` checks the token: a route outside of its blueprints would be public.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request

from ivr.services.staff_words import NoSuchCase, StaffError
from ivr.settings import Hidden
from ivr.speech.languages import LANGUAGES

_MOST_LANGUAGES = 8


class Refusal(Exception):
    """A request is invalid (status 400); the text says why, without values of the request."""


def token_blueprint(name: str, token: Hidden) -> Blueprint:
    """Return a blueprint under /api that checks the token; without a token in the settings every path answers 404."""
    blueprint = Blueprint(f"api_{name}", __name__, url_prefix=f"/api/{name}")

    @blueprint.before_request
    def check() -> None:
        if not token:
            abort(404)
        check_bearer(token)

    @blueprint.errorhandler(Refusal)
    def refuse(fault: Refusal) -> tuple[Response, int]:
        return jsonify(error=str(fault)), 400

    return blueprint


def staff_blueprint(name: str, token: Hidden) -> Blueprint:
    """Return a token blueprint that answers what staff cannot do with its reason: 404 for no such case, else 400."""
    blueprint = token_blueprint(name, token)

    @blueprint.errorhandler(StaffError)
    def refuse(fault: StaffError) -> tuple[Response, int]:
        return jsonify(error=str(fault)), 404 if isinstance(fault, NoSuchCase) else 400

    return blueprint


def with_numbers() -> bool:
    """Return whether the request asks for callers' numbers in full (`numbers=1`)."""
    return request.args.get("numbers") == "1"


def idempotency_key() -> str:
    """Return the key by which a request that is sent again is recognised; "" where none is sent."""
    return request.headers.get("Idempotency-Key", "")[:64]


def check_bearer(token: Hidden) -> None:
    """Abort with 401 unless the request carries this bearer token."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(credentials.strip().encode(), token.reveal().encode()):
        refusal = make_response(jsonify(error="the request has no valid token"), 401)
        refusal.headers["WWW-Authenticate"] = "Bearer"
        abort(refusal)


def has_body() -> bool:
    """Return whether the request has a body."""
    return bool(request.get_data())


def json_body() -> Mapping[str, Any]:
    """Return the JSON object in the body. Raises Refusal for anything else."""
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise Refusal("the body is not a JSON object")
    return body


def text_of(body: Mapping[str, Any], name: str, *, most: int = 200) -> str:
    """Return a text field of at most `most` characters, "" if it is missing. Raises Refusal."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise Refusal(f"{name} is not a text of at most {most} characters")
    return value.strip()


def texts_by_language_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the field `texts`, texts by language, or `text` in Mandarin. Raises Refusal."""
    texts = body.get("texts")
    if texts is None:
        text = text_of(body, "text", most=2000)
        return {"zh-CN": text} if text else {}
    if (
        not isinstance(texts, dict)
        or len(texts) > _MOST_LANGUAGES
        or not all(isinstance(t, str) for t in texts.values())
    ):
        raise Refusal("texts is not a map of texts by language")
    if unknown := [language for language in texts if language not in LANGUAGES]:
        raise Refusal(f"{unknown[0][:20]} is no language of this server; there are {', '.join(LANGUAGES)}")
    return dict(texts)


def flag(body: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """Return a boolean field. Raises Refusal."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise Refusal(f"{name} is neither true nor false")
    return value
