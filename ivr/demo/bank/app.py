"""The demo bank over HTTP: one POST endpoint per question, JSON in and out. Must not log or echo a question."""

from __future__ import annotations

import ipaddress
import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Annotated, TypeVar

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound

from .endpoints import ENDPOINTS, Endpoint
from .faults import Faults
from .questions import UnclearError, UnknownError
from .store import BankStore, KeyReusedError, Once, StoredAnswer

_CHINA = timezone(timedelta(hours=8), "CST")
_MOST_BYTES = 16 * 1024
LONGEST_KEY = 255

BankQuestion = TypeVar("BankQuestion", bound=msgspec.Struct)
log = logging.getLogger(__name__)


class _SetFaults(msgspec.Struct, forbid_unknown_fields=True):
    slow_ms: Annotated[float, msgspec.Meta(ge=0, le=600_000)] | None = None
    fail_rate: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class _Nothing(msgspec.Struct):
    pass


def create_bank_app(store: BankStore, faults: Faults, clock: Callable[[], float]) -> Flask:
    """Return the WSGI application of a bank; `clock` returns the Unix time."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for name, endpoint in ENDPOINTS.items():
        app.add_url_rule(f"/{name}", name, _view(name, endpoint, store, faults, clock), methods=["POST"])
    _add_admin(app, store, faults)
    _add_errors(app)
    return app


def _view(
    name: str, endpoint: Endpoint, store: BankStore, faults: Faults, clock: Callable[[], float]
) -> Callable[[], StoredAnswer | tuple[StoredAnswer, int]]:
    def view() -> StoredAnswer | tuple[StoredAnswer, int]:
        body = request.get_data()
        if faults.strike():
            return {"error": "the bank is out of order"}, 503
        asked = _read(body, endpoint.question)
        now = datetime.fromtimestamp(clock(), _CHINA)
        if endpoint.changes:
            return store.change(lambda db: endpoint.answer(db, now, asked), _once(name, asked))
        with store.reading() as db:
            return endpoint.answer(db, now, asked)

    return view


def _read(body: bytes, question: type[BankQuestion]) -> BankQuestion:
    try:
        # Flow files keep every scalar as text, so "3" is accepted for a number, but not a number for a text.
        return msgspec.convert(msgspec.json.decode(body), question, strict=False)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as fault:
        raise UnclearError(f"the body must be a JSON object that fits: {fault}") from None


def _once(name: str, asked: msgspec.Struct) -> Once | None:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        raise UnclearError(f"Idempotency-Key is longer than {LONGEST_KEY} characters")
    return Once(name, key, msgspec.json.encode(asked).decode()) if key else None


def _add_admin(app: Flask, store: BankStore, faults: Faults) -> None:
    @app.post("/admin/faults")
    def set_faults() -> StoredAnswer | tuple[StoredAnswer, int]:
        if not _from_this_machine():
            return {"error": "only from this machine"}, 403
        asked = _read(request.get_data(), _SetFaults)
        now = faults.set(slow_ms=asked.slow_ms, fail_rate=asked.fail_rate)
        return {"slow_ms": now.slow_ms, "fail_rate": now.fail_rate}

    @app.post("/admin/reset")
    def reset() -> StoredAnswer | tuple[StoredAnswer, int]:
        if not _from_this_machine():
            return {"error": "only from this machine"}, 403
        store.reset()
        faults.reset()
        return {"reset": True}

    @app.get("/health")
    def health() -> StoredAnswer:
        with store.reading() as db:
            customers = db.execute("SELECT count(*) FROM customers").fetchone()[0]
        return {"status": "ok", "customers": customers}


def _from_this_machine() -> bool:
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _add_errors(app: Flask) -> None:
    @app.errorhandler(UnknownError)
    def unknown(fault: UnknownError) -> tuple[StoredAnswer, int]:
        return {"error": str(fault)}, 404

    @app.errorhandler(UnclearError)
    def unclear(fault: UnclearError) -> tuple[StoredAnswer, int]:
        return {"error": str(fault)}, 400

    @app.errorhandler(KeyReusedError)
    def reused(_fault: KeyReusedError) -> tuple[StoredAnswer, int]:
        return {"error": "this Idempotency-Key was used for another question"}, 422

    @app.errorhandler(NotFound)
    def no_question(_fault: NotFound) -> Response:
        # No JSON object: that would mean "no such customer".
        return Response("no such question\n", status=404, mimetype="text/plain")

    @app.errorhandler(HTTPException)
    def http(fault: HTTPException) -> tuple[StoredAnswer, int] | Response:
        code = fault.code or 500
        return {"error": fault.name.lower()}, 400 if code == 413 else code

    @app.errorhandler(Exception)
    def broken(fault: Exception) -> tuple[StoredAnswer, int]:
        # The text of an unexpected exception could quote the question, so only its type is logged.
        busy = "the file cannot be used" if isinstance(fault, sqlite3.Error) else "a fault in the bank"
        log.error("%s: %s", busy, type(fault).__name__)
        return {"error": "the bank is out of order"}, 503
