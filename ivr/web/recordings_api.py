"""Recordings for other programs of the bank under /api/recordings. Each one who listens is noted with the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request

from ivr.errors import NoRecording
from ivr.services.recordings import CallRecordings
from ivr.telemetry import log

from . import api
from .api import ApiAccess


def routes(recordings: CallRecordings, access: ApiAccess, clock: Callable[[], float]) -> Blueprint:
    """Return the blueprint. A recording is named by its call and its name, as the list of the call shows them."""
    blueprint = api.staff_blueprint("recordings", access)

    @blueprint.errorhandler(NoRecording)
    def refuse(fault: NoRecording) -> tuple[Response, int]:
        return jsonify(error=str(fault)), 502

    @blueprint.get("/<call>")
    def listed(call: str) -> Response:
        """Return the recordings of a call."""
        rows = (asdict(recording) for recording in recordings.of_call(call))
        # Not the carrier's address: a recording is fetched through this server, which notes the listener.
        return jsonify([{name: value for name, value in row.items() if name != "address"} for row in rows])

    @blueprint.get("/<call>/<recording>")
    def fetched(call: str, recording: str) -> Response:
        """Return the sound as WAV; `by` in the query names who listens."""
        by = request.args.get("by", "")[:40]
        sound = recordings.fetch(call, recording, by=by, now=clock())
        log.line("listened", call=call, recording=recording, by=by)
        return Response(sound, mimetype="audio/wav")

    return blueprint
