"""The recognisers whose models are folders: loaded once, in the background, and used in threads of their own."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Generic, Self, TypeVar

from ivr.net.threads import LateError, ThreadPool, in_background
from ivr.speech.audio import Audio

from . import Expected, Nothing, RecognizedPhrase, Recognizer

M = TypeVar("M")


class LoadingRecognizer(Recognizer, Generic[M]):
    """A recogniser with a model in memory for each folder; at most `threads` answers are recognised at once."""

    def __init__(self, folders: Sequence[Path] = (), *, threads: int = 1) -> None:
        self._folders = tuple(folders)
        self._workers = ThreadPool(threads, "ivr-hears")
        self._models: dict[Path, Future[M]] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folders: Sequence[Path]) -> Self:
        """Return the recogniser without loading a model."""
        return cls(folders)

    @abstractmethod
    def _folder(self, language: str) -> Path | None:
        """Return the folder of the model for a language, or None if none is installed."""

    @abstractmethod
    def _load(self, folder: Path) -> M:
        """Load the model of a folder, which takes seconds."""

    @abstractmethod
    def _recognised(self, model: M, audio: Audio, expecting: Expected, until: float) -> RecognizedPhrase | Nothing:
        """Return which phrase was said. Raises LateError at `until`, by time.monotonic()."""

    def _cannot_load(self, folder: Path) -> bool:
        """Return whether loading the model of a folder has failed."""
        future = self._models.get(folder)
        return future is not None and future.done() and future.exception() is not None

    def prepare(self, language: str) -> None:
        """Start to load the model, if one is installed."""
        # Called while the prompt is spoken. Without a model the answer will say so, with its cure.
        with suppress(LookupError):
            self._model(language)

    def listen(self, audio: Audio, expecting: Expected, deadline: float) -> RecognizedPhrase | Nothing:
        """Recognise in a thread of the pool; a full pool and a model that is still loading count as late."""
        if not len(audio.samples):
            return Nothing("silence")
        if not expecting.phrases:
            return Nothing("unclear")
        until = time.monotonic() + deadline
        try:
            # A model that is still loading must not hold the caller: the call goes on by keys, and the next answer
            # finds it loaded.
            model = self._model(expecting.language).result(deadline)
            left = max(0.0, until - time.monotonic())
            return self._workers.run(lambda: self._recognised(model, audio, expecting, until), left)
        except (LateError, TimeoutError):
            return Nothing("late")
        except Exception:  # after a fault of the library the call continues by keys
            return Nothing("broken")

    def _model(self, language: str) -> Future[M]:
        """Return the model for a language, which may still be loading. Raises LookupError if none is installed."""
        folder = self._folder(language)
        if folder is None:
            raise LookupError(language)
        # Two first callers must not load the same model twice: a large one takes 500 MiB.
        with self._lock:
            if folder not in self._models:
                self._models[folder] = in_background(lambda: self._load(folder), "ivr-loads-model")
            return self._models[folder]
