"""CMU Sphinx for Mandarin at 8 kHz: a grammar of the step's phrases, judged against a free loop of sounds.

Small and fast: 13 MB, loaded in 0.2 s, a tenth of real time. It is less certain than Vosk, which goes before it. It has
no rejection of its own: any sentence becomes one of the phrases. So every answer is recognised a second time as a
free sequence of sounds, and a phrase counts only if it fits nearly as well. Phrases of one syllable are not recognised,
since they are misheard too often. No other module may import `pocketsphinx`.
"""

from __future__ import annotations

import importlib.util
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ivr.net.threads import LateError
from ivr.settings.extras import how_to_install
from ivr.speech.audio import RATE, Audio, resample
from ivr.speech.audio.sound import Fractions
from ivr.speech.languages import language_row

from . import Expected, Nothing, RecognizedPhrase
from ._loading import LoadingRecognizer

_MODEL = "sphinx-zh"
_DICTIONARY = "mandarin_notone.dic"
_BEFORE = ("请", "我", "我要", "我想", "帮我", "请帮我", "给我", "嗯")
_BEHIND = ("吧", "谢谢", "一下", "服务")
"""Fillers that may surround a phrase: 请帮我转接人工服务."""
MOST_MARGIN = 250.0
"""Maximum distance of a phrase from the free loop, per frame. Answers in the grammar have 20 to 290, others 270 and
more once the penalty is counted.
"""
_FILLER_PENALTY = 80.0
"""The cost of each filler, since fillers make other sentences fit."""
_NOISE = 20.0
"""Noise that is added to the sound: digital silence ruins the mean of the cepstra."""
_EDGE = 0.15
"""Seconds of silence that are kept at both ends."""
_FRAME = 80
_GRAMMARS = 64
"""Maximum of grammars in a decoder."""
_LOOP = "sounds"
_PhraseGrammar = tuple[str, Mapping[str, str]]
"""The name of a grammar in the decoder, and each of its phrases by its words."""


class _Loaded:
    """A model in memory. A decoder is not thread-safe, so answers wait for each other."""

    def __init__(self, folder: Path) -> None:
        from pocketsphinx import Config, Decoder

        self.words = _vocabulary(folder / _DICTIONARY)
        self._decoder: Any = Decoder(
            Config(hmm=str(folder), dict=str(folder / _DICTIONARY), samprate=RATE, nfft=256, loglevel="FATAL")
        )
        # Without a phonetic language model, any sequence of sounds is as likely as another.
        self._decoder.add_allphone_file(_LOOP, None)
        self._lock = threading.Lock()
        self._grammars: OrderedDict[tuple[str, ...], _PhraseGrammar] = OrderedDict()

    def cut(self, phrase: str) -> list[str] | None:
        """Return the words of the vocabulary that a phrase consists of, the longest first; None if it lacks one."""
        words, place = [], 0
        plain = re.sub(r"[^\w]", "", phrase)
        while place < len(plain):
            ends = range(len(plain), place, -1)
            word = next((plain[place:end] for end in ends if plain[place:end] in self.words), "")
            if not word:
                return None
            words.append(word)
            place += len(word)
        return words

    def heard(self, phrases: tuple[str, ...], audio: Audio, until: float) -> RecognizedPhrase | Nothing:
        """Return the phrase that was said. Raises LateError at `until`, by time.monotonic()."""
        with self._lock:
            name, spoken = self._grammar(phrases)
            if not spoken:
                return Nothing("unclear")
            sound = _prepared(audio)
            said = self._best(name, sound)
            # Checked between the two searches, which cannot be stopped while they run.
            if time.monotonic() > until:
                raise LateError
            free = self._best(_LOOP, sound)
        if said is None or free is None:
            return Nothing("unclear")
        words = "".join(said[0].split())
        # The longest: the words of 信用卡还款 hold 信用卡, which is a phrase as well.
        phrase = max((each for each in spoken if each in words), key=len, default="")
        if not phrase:  # a part of a phrase
            return Nothing("unclear")
        before, behind = words.split(phrase, 1)
        margin = (free[1] - said[1]) * _FRAME / len(sound) + _FILLER_PENALTY * (bool(before) + bool(behind))
        # The grammar joins fillers only; anything else around the phrase means that it was found inside other words.
        if margin > MOST_MARGIN or before not in ("", *_BEFORE) or behind not in ("", *_BEHIND):
            return Nothing("unclear")
        confidence = round(1 - max(0.0, margin) / (2 * MOST_MARGIN), 3)
        return RecognizedPhrase(spoken[phrase], confidence, confidence)

    def _best(self, name: str, sound: np.ndarray[Any, np.dtype[np.int16]]) -> tuple[str, float] | None:
        """Return the best hypothesis of a search and its logarithmic score."""
        decoder = self._decoder
        decoder.activate_search(name)
        decoder.start_utt()
        # The whole answer at once: the mean of the cepstra is then that of the answer, and not of its beginning.
        decoder.process_raw(sound.tobytes(), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        return (best.hypstr, 1e5 * math.log(best.best_score)) if best and best.best_score > 0 else None

    def _grammar(self, phrases: tuple[str, ...]) -> _PhraseGrammar:
        """Return the grammar of these phrases, added on first use."""
        if phrases not in self._grammars:
            # A new grammar takes the name of the one that was used longest ago. By a plain count, it would replace in
            # the decoder the grammar of a menu that is still in use, which would then understand no answer.
            full = len(self._grammars) >= _GRAMMARS
            name = next(iter(self._grammars.values()))[0] if full else f"step{len(self._grammars)}"
            spoken = self._added(name, phrases)
            if full:
                self._grammars.popitem(last=False)
            self._grammars[phrases] = name, spoken
        self._grammars.move_to_end(phrases)
        return self._grammars[phrases]

    def _added(self, name: str, phrases: tuple[str, ...]) -> Mapping[str, str]:
        """Add the grammar of these phrases to the decoder; return each phrase by its words."""
        cut = {phrase: self.cut(phrase) for phrase in phrases if syllables(phrase) > 1}
        spoken = {"".join(words): phrase for phrase, words in cut.items() if words}
        if spoken:
            lines = " | ".join(" ".join(words) for words in cut.values() if words)
            around = {"before": self._fillers(_BEFORE), "behind": self._fillers(_BEHIND)}
            rules = "".join(f"<{rule}> = {words};\n" for rule, words in around.items())
            grammar = f"#JSGF V1.0;\ngrammar g;\npublic <g> = [<before>] ( {lines} ) [<behind>];\n{rules}"
            self._decoder.add_jsgf_string(name, grammar)
        return spoken

    def _fillers(self, fillers: Sequence[str]) -> str:
        return " | ".join(" ".join(words) for filler in fillers if (words := self.cut(filler)))


def syllables(phrase: str) -> int:
    """Count the Chinese characters of a phrase, and 0 if it has other letters."""
    plain = re.sub(r"[^\w]", "", phrase)
    return len(plain) if re.fullmatch("[\u3400-\u9fff]+", plain) else 0


class SphinxRecognizer(LoadingRecognizer[_Loaded]):
    """Recognises Mandarin with the model of `ivr models download sphinx-zh`; the folders are searched for it."""

    kind: ClassVar[str] = "pocketsphinx"
    preference: ClassVar[int] = 30

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        super().__init__(folders, threads=1)
        inside = (place for folder in folders for place in (folder / _MODEL, folder))
        self._only = next((place for place in inside if (place / _DICTIONARY).is_file()), None)

    def why_not(self, language: str) -> str | None:
        """Return which is missing: the language, the library or the model."""
        row = language_row(language)
        if row is None or row.script != "Hans":
            return f"pocketsphinx does not hear {language} here"
        if not _installed():
            return f"pocketsphinx is not installed; install it with: {how_to_install('speech')}"
        if self._only is None:
            return f"the model of pocketsphinx is not installed; get it with: ivr models download {_MODEL}"
        if self._cannot_load(self._only):
            return f"the model of pocketsphinx in {self._only} cannot be loaded; download it again"
        return None

    def unknown_words(self, expecting: Expected) -> Mapping[str, Sequence[str]]:
        """Return the Mandarin phrases with characters that the model lacks."""
        try:
            model = self._model(expecting.language).result()
        except Exception:
            return {}
        return {
            phrase: tuple(sign for sign in phrase if sign not in model.words)
            for phrase in expecting.phrases
            if syllables(phrase) > 1 and model.cut(phrase) is None
        }

    def _folder(self, language: str) -> Path | None:
        return self._only

    def _load(self, folder: Path) -> _Loaded:
        return _Loaded(folder)

    def _recognised(
        self, model: _Loaded, audio: Audio, expecting: Expected, until: float
    ) -> RecognizedPhrase | Nothing:
        return model.heard(expecting.phrases, audio, until)


@cache
def _installed() -> bool:
    return importlib.util.find_spec("pocketsphinx") is not None


def _vocabulary(dictionary: Path) -> frozenset[str]:
    lines = dictionary.read_text("utf-8").splitlines()
    return frozenset(re.sub(r"\(\d+\)$", "", line.split(maxsplit=1)[0]) for line in lines if line.strip())


def _prepared(audio: Audio) -> np.ndarray[Any, np.dtype[np.int16]]:
    """Return the answer without the silence around it, at half of full scale, with a little noise."""
    sound = resample(audio, RATE).fractions()
    count = len(sound) // _FRAME
    levels: Fractions = np.sqrt((sound[: count * _FRAME].reshape(count, _FRAME) ** 2).mean(axis=1))
    loud = np.flatnonzero(levels > max(0.02 * levels.max(initial=0.0), 1.5 * float(np.percentile(levels, 10))))
    if len(loud):
        sound = sound[max(0, loud[0] - 20) * _FRAME : (loud[-1] + 20) * _FRAME]
    edge = np.zeros(round(_EDGE * RATE))
    whole = np.concatenate([edge, sound / max(float(np.abs(sound).max(initial=0.0)), 1e-9) * 16_000, edge])
    noise = np.random.default_rng(len(whole)).normal(size=len(whole)) * _NOISE  # the same for the same sound
    made: np.ndarray[Any, np.dtype[np.int16]] = (whole + noise).clip(-32768, 32767).astype(np.int16)
    return made
