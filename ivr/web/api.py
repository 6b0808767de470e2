"""The API for other programs of the bank: JSON under /api, with a token of `ivr tokens`, or that of IVR_API_TOKEN.

Only `token_blueprint` checks the token: a route outside of its blueprints would be public.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, jsonify, make_response, request

from ivr.errors import StoreError
from ivr.services.api_tokens import ApiTokens
from ivr.services.staff_words import NoSuchCase, StaffError
from ivr.settings import Hidden
from ivr.speech.languages import LANGUAGES
from ivr.telemetry import log

_MOST_LANGUAGES = 8


class Refusal(Exception):
    """A request is invalid (status 400); the text says why, without values of the request."""


@dataclass(frozen=True)
class ApiAccess:
    """The tokens that open the API: that of the settings does everything, others what their role may."""

    token: Hidden
    tokens: ApiTokens

    def check(self, role: str, agent: str) -> None:
        """Abort unless the request's token has a role, and an agent's token names its own agent.

        404 while there is no token at all, 401 without a valid one, 403 for one that may not do this.
        """
        # A line that gave out no token has no API, and a scanner must not learn that there could be one.
        if not self.token and not self.tokens.exist():
            abort(404)
        credentials = _credentials()
        # As bytes: compare_digest raises an exception for text with other than ASCII characters.
        if self.token and hmac.compare_digest(credentials.encode(), self.token.reveal().encode()):
            return
        token = self.tokens.valid(credentials)
        if token is None:
            _refuse_token()
            return
        allowed = token.may(role) and (token.role != "agent" or token.name == agent)
        # Before it is refused: attempts of a stolen token are to be seen, too.
        log.line("api", token=token.id, role=token.role, path=request.endpoint, method=request.method, allowed=allowed)
        if not allowed:
            abort(make_response(jsonify(error=f"the token's role, {token.role}, may not do this"), 403))


def token_blueprint(
    name: str, access: ApiAccess, role: str = "supervisor", roles: Mapping[str, str] = MappingProxyType({})
) -> Blueprint:
    """Return a blueprint under /api that checks the token; without any token every path answers 404.

    Its routes need `role`, or another by the name of their function in `roles`.
    """
    blueprint = Blueprint(f"api_{name}", __name__, url_prefix=f"/api/{name}")

    @blueprint.before_request
    def check() -> None:
        function = str(request.endpoint).rpartition(".")[2]
        access.check(roles.get(function, role), str((request.view_args or {}).get("name", "")))

    @blueprint.errorhandler(StoreError)
    def fail(fault: StoreError) -> tuple[Response, int]:
        log.fault("api", fault)
        return jsonify(error="the store cannot be used now; try again"), 503

    @blueprint.errorhandler(Refusal)
    def refuse(fault: Refusal) -> tuple[Response, int]:
        return jsonify(error=str(fault)), 400

    return blueprint


def staff_blueprint(
    name: str, access: ApiAccess, role: str = "supervisor", roles: Mapping[str, str] = MappingProxyType({})
) -> Blueprint:
    """Return a token blueprint that answers what staff cannot do with its reason: 404 for no such case, else 400."""
    blueprint = token_blueprint(name, access, role, roles)

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
    if not hmac.compare_digest(_credentials().encode(), token.reveal().encode()):
        _refuse_token()


def _credentials() -> str:
    """Return the bearer token of the request; "" if it has none."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


def _refuse_token() -> None:
    refusal = make_response(jsonify(error="the request has no valid token"), 401)
    refusal.headers["WWW-Authenticate"] = "Bearer"
    abort(refusal)


def has_body() -> bool:
    """Return whether the request has a body."""
    return bool(request.get_data())


def json_body() -> Mapping[str, Any]:
    """Return the JSON object in the body. Raises Refusal for anything else."""
    # The declared type is not asked for: curl and many programs send JSON as a form.
    try:
        body = msgspec.json.decode(request.get_data())
    except (ValueError, RecursionError):  # no JSON, no valid Unicode, or nested without end
        body = None
    if not isinstance(body, dict):
        raise Refusal("the body is not a JSON object")
    return body


def text_of(body: Mapping[str, Any], name: str, *, most: int = 200) -> str:
    """Return a text field of at most `most` characters, "" if it is missing. Raises Refusal."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or "\0" in value:
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
