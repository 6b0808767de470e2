"""The parts of `ivr call --speak`: WAV files, a server of recordings, and a recogniser."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from ivr.net.reachability import is_loopback
from ivr.settings import VARIABLES

if TYPE_CHECKING:
    from ivr.app import Ivr
    from ivr.carrier.recordings import CarrierRecordings

_API_URL = VARIABLES["api_url"]


def sounds(files: Sequence[Path]) -> list[bytes]:
    """Read WAV files. Raises UsageError for a file that is no WAV file or has no sound."""
    if not files:
        return []
    from ivr.speech.audio import read_wav

    contents = []
    for file in files:
        data = file.read_bytes()
        try:
            seconds = read_wav(data).seconds
        except ValueError as fault:
            raise click.UsageError(f"--speak {file}: {fault}") from None
        if not seconds:
            raise click.UsageError(f"--speak {file}: the file holds no sound")
        contents.append(data)
    return contents


def recordings(token: str, port: int = 0) -> CarrierRecordings:
    """Return a recordings server on this port, for the account in the settings."""
    from ivr.carrier.recordings import CarrierRecordings
    from ivr.settings import Settings

    account = Settings.from_environment().account_sid if port else ""
    return CarrierRecordings(token, account, port=port) if account else CarrierRecordings(token, port=port)


def port_of(url: str) -> int:
    """Return the port at which the server fetches recordings. Raises UsageError if it fetches them from the carrier."""
    address = urlsplit(os.environ.get(_API_URL, ""))
    # The server fetches recordings by itself; on another machine, it could not reach this telephone.
    if not (address.port and is_loopback(address.hostname or "")):
        raise click.UsageError(
            f"--speak: the server at {url} would look for recordings at the carrier; set {_API_URL}, there and "
            "here, to an address on this machine such as http://127.0.0.1:8090"
        )
    return address.port


def hearing(kept: CarrierRecordings | None) -> dict[str, str]:
    """Return the settings with which an engine recognises the recordings of this phone."""
    if kept is None:
        return {}
    return {"IVR_ASR": "local", _API_URL: kept.url, VARIABLES["account_sid"]: kept.account}


def tell_unheard(ivr: Ivr) -> None:
    """Load the recognisers, so that the first answer is not late, and print what they cannot recognise."""
    for sentence in ivr.session.speech_input.unknown_words(ivr.release):
        click.echo(sentence, err=True)
    for what, reason in ivr.session.speech_input.troubles(ivr.release):
        click.echo(f"{what}: {reason}", err=True)
