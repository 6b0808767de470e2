"""Render every prompt that is known before a call. Files are named by their inputs, so only changes are rendered."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from ivr.errors import VoiceFailed
from ivr.speech.tts import Voice

from .catalogue import KnownPrompt
from .duration import FORMAT, length_fault, seconds_of, wav_of
from .index import RECORDING, RENDERED, PromptIndex, PromptPiece, file_of, key_of, write_whole
from .recordings import RecordedPrompts, Recording
from .voices import Voices, rendered

BuildProgress = Callable[[int, int], None]
"""Receives the number of finished prompts, and the total."""
RENDER_SECONDS = 30.0
"""Maximum seconds per prompt; no caller waits for it."""


@dataclass(frozen=True)
class Standing:
    """The state of a prompt: its file, or why it has none.

    `state` is `ready`, `stale` (its sound has another text or voice) or `missing`; `remark` explains it.
    """

    prompt: KnownPrompt
    state: str
    piece: PromptPiece | None = None
    remark: str = ""

    @property
    def length_fault(self) -> str:
        """The fault of the file's length, or an empty text."""
        if self.piece is None:
            return ""
        return length_fault(self.prompt.spoken, self.prompt.rate, self.piece.seconds)


@dataclass(frozen=True)
class Built:
    """The result of a build.

    `left` counts prompts that the carrier's voice speaks. `failed` has the cause for each prompt without a sound,
    `refused` the recordings that were not used and why, `warnings` sentences to review.
    """

    made: int = 0
    kept: int = 0
    left: int = 0
    removed: int = 0
    failed: tuple[tuple[KnownPrompt, str], ...] = ()
    refused: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Made:
    piece: PromptPiece
    new: bool
    refused: str = ""


@dataclass
class Workshop:
    """The prompts of a release, an audio folder, and the voices, in the order of IVR_TTS."""

    prompts: Sequence[KnownPrompt]
    index: PromptIndex
    voices: Voices
    order: Sequence[str]
    recordings: RecordedPrompts = field(init=False)

    def __post_init__(self) -> None:
        self.recordings = RecordedPrompts(self.index.audio, self.prompts)

    @property
    def carrier_speaks_the_rest(self) -> bool:
        """Whether a prompt without a recording is left to the carrier's voice."""
        return "cloud" in self.order and "local" not in self.order

    def standings(self) -> list[Standing]:
        """Return the state of every prompt."""
        names = {(piece.language, piece.id): piece for piece in self.index.pieces()}
        return [self._standing(prompt, names) for prompt in self.prompts]

    def _standing(self, prompt: KnownPrompt, names: dict[tuple[str, str], PromptPiece]) -> Standing:
        piece = self.index.find(prompt.sound, recorded=False)
        piece = piece if piece and self._there(piece) else None
        if recording := self._recording(prompt):
            spoken = self.index.find(prompt.sound, recorded=True)
            if spoken and spoken.file == file_of(prompt.language, recording.key) and self._there(spoken):
                return Standing(prompt, "ready", spoken)
            return Standing(prompt, "stale" if piece else "missing", piece, "recorded, and not built yet")
        if "recordings" in self.order and (stale := self.recordings.stale(prompt)):
            said = stale.words.spoken if stale.words else ""
            return Standing(prompt, "stale", piece, f"{stale.path.name} says: {said}")
        if piece:
            fresh = piece.file in self._files_of(prompt)
            return Standing(
                prompt, "ready" if fresh else "stale", piece, "" if fresh else f"by another version of {piece.engine}"
            )
        old = names.get((prompt.language, prompt.id))
        return Standing(prompt, "stale" if old else "missing", None, f"the file says: {old.spoken}" if old else "")

    def _recording(self, prompt: KnownPrompt) -> Recording | None:
        return self.recordings.of(prompt) if "recordings" in self.order else None

    def _there(self, piece: PromptPiece) -> bool:
        return (self.index.audio / piece.file).is_file()

    def _files_of(self, prompt: KnownPrompt) -> list[str]:
        voices = self.voices.speaking(prompt.language) or self.voices.all
        return [file_of(prompt.language, voice_key(voice, prompt)) for voice in voices]

    # building

    def build(self, *, prune: bool = False, progress: BuildProgress | None = None) -> Built:
        """Render missing prompts, write the index, and with `prune` delete unused files.

        Raises OSError if the folder is not writable.
        """
        made: list[_Made] = []
        failed: list[tuple[KnownPrompt, str]] = []
        # Threads are enough: the voices work in native code or in child processes.
        with ThreadPoolExecutor(max(2, os.cpu_count() or 1), thread_name_prefix="prompts") as pool:
            under_way = {pool.submit(self._made, prompt): prompt for prompt in self.prompts}
            for done, future in enumerate(as_completed(under_way), 1):
                try:
                    made += filter(None, [future.result()])
                except VoiceFailed as fault:
                    failed.append((under_way[future], str(fault)))
                if progress:
                    progress(done, len(under_way))
        # Before the index is written: a build that fails in between repeats its work, but never forgets which text a
        # recording has.
        self.recordings.remember()
        self._keep([result.piece for result in made], prune)
        new = sum(result.new for result in made)
        return Built(
            new,
            len(made) - new,
            len(self.prompts) - len(made) - len(failed),
            self._prune() if prune else 0,
            tuple(sorted(failed, key=lambda result: self.prompts.index(result[0]))),
            tuple(sorted({result.refused for result in made if result.refused})),
            tuple(self._warnings()),
        )

    def _warnings(self) -> Iterator[str]:
        yield from self.recordings.unknown()
        for standing in self.standings():
            if standing.piece and standing.piece.recorded and standing.length_fault:
                yield f"{standing.prompt.id} ({standing.prompt.language}): the recording is {standing.length_fault}"

    def _made(self, prompt: KnownPrompt) -> _Made | None:
        """Return a prompt's file, rendered if missing; None if the carrier speaks it. Raises VoiceFailed."""
        refused = ""
        recording = self._recording(prompt)
        # In the order of a call, so that a build makes the file that the call will look for.
        for source in self.order:
            if source == "recordings" and recording:
                try:
                    return _Made(*self._file(prompt, recording.key, RECORDING, recording.converted))
                except (ValueError, OSError) as fault:
                    refused = f"{recording.path}: {fault}"
            elif source == "local":
                try:
                    return _Made(*self._voiced(prompt), refused)
                except (VoiceFailed, OSError) as fault:
                    raise VoiceFailed("; ".join(filter(None, (refused, str(fault))))) from None
        if self.carrier_speaks_the_rest and not refused:
            return None
        raise VoiceFailed(refused or "it is not recorded, and IVR_TTS names no local voice")

    def _voiced(self, prompt: KnownPrompt) -> tuple[PromptPiece, bool]:
        reasons: list[str] = []
        for voice in self.voices.speaking(prompt.language):

            def sound(voice: Voice = voice) -> bytes:
                return wav_of(rendered(voice, prompt.spoken, prompt.language, prompt.rate, RENDER_SECONDS))

            try:
                return self._file(prompt, voice_key(voice, prompt), voice.name, sound)
            except VoiceFailed as fault:
                reasons.append(str(fault))
        raise VoiceFailed("; ".join(reasons or self.voices.reasons(prompt.language)))

    def _file(self, prompt: KnownPrompt, key: str, engine: str, make: Callable[[], bytes]) -> tuple[PromptPiece, bool]:
        name = file_of(prompt.language, key)
        path = self.index.audio / name
        new = not path.is_file()
        # Named by its content: a file that is there is right, and a build after a small change takes seconds.
        if new:
            data = make()
            write_whole(path, data)
        else:
            data = path.read_bytes()
        seconds = round(seconds_of(data), 2)
        return PromptPiece(prompt.id, prompt.language, prompt.spoken, prompt.rate, engine, name, seconds), new

    def _keep(self, pieces: list[PromptPiece], prune: bool) -> None:
        """Write the index; without `prune`, entries of other flows, older texts and failed prompts stay in it."""
        # A folder may serve several lines; their entries are not this build's to delete.
        made = {piece.sound for piece in pieces}
        old = [] if prune else [piece for piece in self.index.pieces() if piece.sound not in made]
        self.index.keep([*old, *pieces])

    def _prune(self) -> int:
        used = {self.index.audio / piece.file for piece in self.index.pieces()}
        unused = [path for path in (self.index.audio / RENDERED).glob("*/*.wav") if path not in used]
        for path in unused:
            path.unlink(missing_ok=True)
        return len(unused)


def voice_key(voice: Voice, prompt: KnownPrompt) -> str:
    """Return the name of the file that a voice renders for a prompt."""
    return key_of(FORMAT, voice.name, voice.identity(prompt.language), prompt.language, prompt.spoken, prompt.rate)
