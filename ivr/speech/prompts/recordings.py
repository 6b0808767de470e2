"""Recordings of people: the files in `audio/<language>/`, and the text of each.

`recordings.json` beside the files stores the text that a prompt had when its recording was added, so that a later
change of the text is detected. It belongs to the recordings and is committed with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import msgspec

from .catalogue import KnownPrompt, PromptSound, sound_of
from .duration import FORMAT, empty, wav_of
from .index import RECORDING, RENDERED, key_of, write_whole

MANIFEST = "recordings.json"
_SUFFIXES = (".wav", ".mp3")
_OTHER_FORMATS = (".m4a", ".aac", ".ogg", ".opus", ".flac", ".wma", ".aif", ".aiff", ".amr", ".gsm", ".ulaw", ".alaw")
"""Formats of sound that people export and that are not read."""
_NO_LANGUAGES = (RENDERED, "music")
"""Folders that are not languages: rendered prompts, and music for waiting callers."""


class RecordedWords(msgspec.Struct, frozen=True):
    """The text of one recording and its rate; `sha256` identifies the file."""

    spoken: str
    rate: float
    sha256: str


@dataclass(frozen=True)
class Recording:
    """One recorded file. `words` is None if no prompt has the file's name."""

    path: Path
    language: str
    sha256: str
    words: RecordedWords | None

    @property
    def name(self) -> str:
        """The prompt's name: the file's without its suffix."""
        return self.path.stem

    @property
    def sound(self) -> PromptSound | None:
        """The identity of its sound, or None if its text is unknown."""
        return sound_of(self.words.spoken, self.language, self.words.rate) if self.words else None

    @property
    def key(self) -> str:
        """The name of its converted file."""
        return key_of(FORMAT, RECORDING, self.sha256)

    def converted(self) -> bytes:
        """Return the sound trimmed, levelled and as a WAV file in mu-law. Raises ValueError, OSError."""
        from ivr.speech.audio import levelled, read_sound, trimmed

        audio = levelled(trimmed(read_sound(self.path.read_bytes())))
        if empty(audio, self.words.spoken if self.words else ""):
            raise ValueError("it has no speech")
        return wav_of(audio)


class RecordedPrompts:
    """The recordings of an audio folder, matched with the prompts of a release."""

    def __init__(self, audio: Path, prompts: Iterable[KnownPrompt]) -> None:
        self._audio = audio
        self._prompts = {(prompt.language, name): prompt for prompt in prompts for name in prompt.names}
        self.all = [recording for folder in self._folders() for recording in self._in(folder)]
        self._by_sound = {recording.sound: recording for recording in self.all if recording.sound}
        self._by_name = {(recording.language, recording.name): recording for recording in self.all}

    def of(self, prompt: KnownPrompt) -> Recording | None:
        """Return the recording with a prompt's words at its rate, under any name."""
        return self._by_sound.get(prompt.sound)

    def stale(self, prompt: KnownPrompt) -> Recording | None:
        """Return the recording with a prompt's name but another text."""
        named = (self._by_name.get((prompt.language, name)) for name in prompt.names)
        return next((recording for recording in named if recording and recording.sound != prompt.sound), None)

    def unknown(self) -> Iterator[str]:
        """Yield a sentence for each file without a prompt of its name, and for each in a format that is not read."""
        for path in (path for folder in self._folders() for path in sorted(folder.iterdir())):
            if path.suffix.lower() in _OTHER_FORMATS and not path.name.startswith("."):
                yield f"{path}: {path.suffix} is not read; write it as WAV: ffmpeg -i {path.name} {path.stem}.wav"
        for recording in self.all:
            if recording.words is None:
                names = [name for language, name in self._prompts if language == recording.language]
                near = get_close_matches(recording.name, names, 1)
                yield f"{recording.path}: no prompt is called {recording.name}" + (
                    f"; did you mean {near[0]}?" if near else ""
                )

    def remember(self) -> None:
        """Write the text of each file to `recordings.json`. Raises OSError."""
        for folder in self._folders():
            words = {
                recording.name: recording.words
                for recording in self.all
                if recording.words and recording.path.parent == folder
            }
            written = msgspec.json.format(msgspec.json.encode(words, order="sorted"), indent=1) + b"\n"
            manifest = folder / MANIFEST
            if words and (not manifest.exists() or manifest.read_bytes() != written):
                write_whole(manifest, written)

    def _folders(self) -> list[Path]:
        if not self._audio.is_dir():
            return []
        return sorted(path for path in self._audio.iterdir() if path.is_dir() and path.name not in _NO_LANGUAGES)

    def _in(self, folder: Path) -> Iterator[Recording]:
        manifest = _manifest(folder / MANIFEST)
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in _SUFFIXES and not path.name.startswith("."):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield Recording(path, folder.name, digest, self._words(manifest, folder.name, path.stem, digest))

    def _words(
        self, manifest: Mapping[str, RecordedWords], language: str, name: str, digest: str
    ) -> RecordedWords | None:
        """Return the stored text of a file; a new one has its prompt's current text."""
        noted = manifest.get(name)
        # By the file's content: a file that was recorded anew has the words of today, an old one those of its day.
        if noted and noted.sha256 == digest:
            return noted
        prompt = self._prompts.get((language, name))
        return RecordedWords(prompt.spoken, prompt.rate, digest) if prompt else None


def _manifest(path: Path) -> Mapping[str, RecordedWords]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, RecordedWords])
    except (OSError, msgspec.MsgspecError):
        return {}
