"""How words are read: `readings.yaml` of a line, and the reading of a text by the local voices, for people to check.

The file has a block for each language: Mandarin words with their pinyin, English words as they would be spelt if they
sounded as they are written. An entry applies to whole words only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ivr.diagnostics.problem import Problem
from ivr.flow.loader import READINGS
from ivr.settings import Settings
from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import Node, Scalar, read_text
from ivr.yamlfile.suggest import did_you_mean

from .languages import LANGUAGES, language_row
from .prompts.words import in_words
from .tts import Readings, Voice, local_voices
from .tts._mandarin import Foreign, Word, read_mandarin
from .tts._pinyin import is_syllable

_PAUSES = {"sentence": ".", "comma": ",", "group": " /"}
_RESPELT = re.compile("[A-Za-z]+(?:[ '-][A-Za-z]+)*")


def readings_of(files: Mapping[str, str]) -> Readings:
    """Return the readings of a line's files; faulty entries, which `ivr check` reports, are left out."""
    node, _ = read_text(files.get(READINGS, ""), READINGS)
    return read_readings(node)[0]


def line_voices(settings: Settings) -> Sequence[Voice]:
    """Return the local voices with the readings of the configured line."""
    return local_voices(settings.models, line_readings(settings), settings.voice_url)


def line_readings(settings: Settings) -> Readings:
    """Return the readings of the configured line."""
    path = settings.flows / READINGS
    try:
        files = {READINGS: path.read_text("utf-8-sig")} if path.is_file() else {}
    except (OSError, ValueError):  # `ivr check` reports it
        files = {}
    return readings_of(files)


def read_readings(node: Node | None) -> tuple[Readings, list[Problem]]:
    """Read `readings.yaml`; return its valid entries, and all problems."""
    problems: list[Problem] = []
    by_language: dict[str, dict[str, str]] = {}
    if node is not None and not isinstance(node, Block):
        problems.append(Problem(node.place, "wrong-type", "This file is a block of languages.", "Begin with zh-CN:"))
    for language, block in node.entries if isinstance(node, Block) else ():
        row = LANGUAGES.get(language.text)
        if row is None or not row.local_voices:
            cure = did_you_mean(language.text, _languages()) or f"The languages are {', '.join(_languages())}."
            problems.append(Problem(language.place, "bad-language", f"No local voice speaks {language.text!r}.", cure))
        elif not isinstance(block, Block):
            problems.append(Problem(block.place, "wrong-type", "A language has a block of words.", _cure(row.script)))
        else:
            by_language[language.text] = dict(_entries(block, row.script, problems))
    return Readings(by_language), problems


def _languages() -> list[str]:
    return [tag for tag, row in LANGUAGES.items() if row.local_voices]


def _cure(script: str) -> str:
    return "Write 鑫享贷: xin1 xiang3 dai4." if script == "Hans" else "Write Yuebao: you eh bow."


def _entries(block: Block, script: str, problems: list[Problem]) -> list[tuple[str, str]]:
    valid = []
    for word, reading in block.entries:
        text = " ".join(reading.text.split()) if isinstance(reading, Scalar) else ""
        # Editors type lü, lu: or lv, by their input method; the readers have v.
        text = text.replace("u:", "v").replace("ü", "v") if script == "Hans" else text
        fault = _fault(word.text, text, script)
        if fault:
            problems.append(Problem(reading.place, "bad-reading", fault, _cure(script)))
        else:
            valid.append((word.text, text))
    return valid


def _fault(word: str, reading: str, script: str) -> str:
    """Return the fault of an entry, or an empty text."""
    if script != "Hans":
        return "" if _RESPELT.fullmatch(reading) else f"The reading of {word!r} is not written in English letters."
    syllables = reading.split()
    if wrong := [each for each in syllables if not is_syllable(each)]:
        return f"{wrong[0]!r} is no syllable of Mandarin with its tone."
    if not syllables:
        return f"{word!r} has no reading."
    # Words with Latin letters, such as 鑫e贷, have no fixed number of syllables.
    if re.fullmatch("[\u3400-\u9fff]+", word) and len(syllables) != len(word):
        return f"{word!r} has {len(word)} characters and {len(syllables)} syllables."
    return ""


def reading_of(text: str, language: str, readings: Readings) -> str:
    """Return how the local voices read a text: pinyin with tones as they are spoken, or English words.

    Raises CannotReadError, a ValueError, for a text that has no reading in Mandarin.
    """
    row = language_row(language)
    if row is None or row.script != "Hans":
        return readings.respelt(in_words(text, language), language)
    parts: list[str] = []
    for piece in read_mandarin(in_words(text, language), readings.lexicon(language)):
        match piece:
            case Word(syllables=syllables):
                parts.append(" " + "".join(map(str, syllables)))
            case Foreign(text=foreign):
                parts.append(f" [{foreign}]")
            case pause:
                parts.append(_PAUSES[pause])
    return "".join(parts).strip()
