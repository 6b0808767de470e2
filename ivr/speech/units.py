"""Build and read the pack of recorded syllables: one file, made once from the upstream folder.

A pack is a ZIP file of a notice, an index and the syllables in mu-law, 8 kHz. It has its own licence and must not be
part of the distribution.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.errors import VoiceFailed

from .audio import RATE, Audio, read_mp3, resample
from .audio.g711 import mulaw_bytes, mulaw_samples
from .audio.levels import core
from .audio.sound import audio_of

FOLDER, FILE = "zh-syllables", "syllables.zip"
"""The path of the pack in the folder of models."""
_FORMAT = 1
_LEVEL = 0.1
"""RMS level of every unit, as a share of full scale."""
SOURCE = "https://github.com/hugolpz/audio-cmn"
COMMIT = "ff9ed3d0c631195bd2c06f39450f3264c7124040"
NOTICE = f"""\
Recorded Mandarin syllables, one speaker.
Copyright 2013 Wang Chen, Lopez Hugo, Vion Nicolas.
Licence: Creative Commons Attribution-ShareAlike 3.0 Unported (CC-BY-SA-3.0),
https://creativecommons.org/licenses/by-sa/3.0/
Source: {SOURCE}, commit {COMMIT}, folder 64k/syllabs.
Changes: trimmed, resampled to 8 kHz, brought to one level, recoded as mu-law, gathered in this file.
This file is under the same licence.
"""
_SPELT = {"jv4": "ju4"}
"""Upstream files whose names spell the syllable differently."""


@dataclass(frozen=True)
class Units:
    """The syllables of a pack by name, such as `hang2`. `version` changes with the recordings."""

    version: str
    places: Mapping[str, tuple[int, int]]
    coded: bytes

    def __contains__(self, name: str) -> bool:
        return name in self.places

    def sound(self, name: str) -> Audio:
        """Return one syllable. Raises KeyError for an unknown name."""
        start, length = self.places[name]
        return Audio(mulaw_samples(self.coded[start : start + length]), RATE)


def read_pack(path: Path) -> Units:
    """Read a pack. Raises VoiceFailed with the cause."""
    try:
        with zipfile.ZipFile(path) as pack:
            index = json.loads(pack.read("index.json"))
            coded = pack.read("syllables.mulaw")
        if index["format"] != _FORMAT:
            raise VoiceFailed(f"{path} is of another format ({index['format']}); download it again")
        places = {str(name): (int(start), int(length)) for name, (start, length) in index["syllables"].items()}
        return Units(str(index["version"]), places, coded)
    except OSError as fault:
        raise VoiceFailed(f"{path} cannot be read: {fault.strerror or fault}") from None
    # All of these come from a pack that was cut off or changed; the cure is the same for each.
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError, TypeError, AttributeError, NotImplementedError):
        raise VoiceFailed(f"{path} is damaged; delete it and download it again") from None


def build_pack(recordings: Iterable[Path], target: Path) -> int:
    """Build a pack from upstream's MP3 files; return its number of syllables.

    Raises ValueError if there are none, or one is unreadable.
    """
    # Sorted, so that the pack is the same on each machine: its digest is a part of the names of all prompts.
    sounds = {unit_name(path): path for path in sorted(recordings) if _wanted(path)}
    if not sounds:
        raise ValueError("there is no file cmn-<syllable>.mp3")
    coded, places = bytearray(), {}
    for name, path in sounds.items():
        try:
            unit = _prepared(read_mp3(path.read_bytes()))
        except ValueError as fault:
            raise ValueError(f"{path.name}: {fault}") from None
        places[name] = (len(coded), len(unit))
        coded += unit
    _write(target, places, bytes(coded))
    return len(places)


def unit_name(path: Path) -> str:
    """Return the syllable of an upstream file: ma3 for `cmn-ma3.mp3`."""
    name = path.stem.removeprefix("cmn-")
    return _SPELT.get(name, name)


def _wanted(path: Path) -> bool:
    """Return False for files with lists of words (tone 5) and with sounds that are not words (a leading _)."""
    return path.stem[-1] in "1234" and not path.stem.startswith("cmn-_")


def _prepared(recorded: Audio) -> bytes:
    # Trimmed at the recording's own rate, where the noise floor is measured without the ringing of a filter.
    sound = resample(core(recorded), RATE).fractions()
    strength = float(np.sqrt(np.mean(sound**2))) if len(sound) else 0.0
    if not strength:
        raise ValueError("it holds no sound")
    return mulaw_bytes(audio_of(sound * (_LEVEL / strength), RATE).samples)


def _write(target: Path, places: Mapping[str, tuple[int, int]], coded: bytes) -> None:
    import hashlib

    version = hashlib.sha256(coded).hexdigest()[:12]
    index = {
        "format": _FORMAT,
        "version": version,
        "rate": RATE,
        "source": SOURCE,
        "commit": COMMIT,
        "syllables": places,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(half, "w") as pack:
            for name, body in (("NOTICE.txt", NOTICE), ("index.json", json.dumps(index)), ("syllables.mulaw", coded)):
                pack.writestr(zipfile.ZipInfo(name), body)  # without a time, so that equal syllables give an equal file
        os.replace(half, target)
    finally:
        half.unlink(missing_ok=True)
