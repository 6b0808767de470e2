"""The phonemes that Kokoro was trained on: IPA of Mandarin syllables with tones as arrows, and espeak's IPA of English.

The tables are those of misaki (Apache-2.0), by which its training texts were written.
"""

# ruff: noqa: SIM905 - tables of sounds to read
from __future__ import annotations

import re
from collections.abc import Sequence

from ._mandarin import Foreign, Syllable, TextPiece, Word
from ._pinyin import initial_and_final

_INITIALS = dict(
    zip(
        "b p m f d t n l g k h j q x zh ch sh r z c s".split(),
        "p pʰ m f t tʰ n l k kʰ x ʨ ʨʰ ɕ ꭧ ꭧʰ ʂ ɻ ʦ ʦʰ s".split(),
        strict=True,
    )
)
_FINALS = {
    "a": "a",
    "ai": "ai",
    "an": "an",
    "ang": "aŋ",
    "ao": "au",
    "e": "ɤ",
    "ei": "ei",
    "en": "ən",
    "eng": "əŋ",
    "er": "ɚ",
    "o": "wo",
    "ong": "ʊŋ",
    "ou": "ou",
    "i": "i",
    "ia": "ja",
    "ian": "jɛn",
    "iang": "jaŋ",
    "iao": "jau",
    "ie": "je",
    "in": "in",
    "ing": "iŋ",
    "iong": "jʊŋ",
    "iu": "jou",
    "u": "u",
    "ua": "wa",
    "uai": "wai",
    "uan": "wan",
    "uang": "waŋ",
    "ueng": "wəŋ",
    "ui": "wei",
    "un": "wən",
    "uo": "wo",
    "v": "y",
    "ve": "ɥe",
    "van": "ɥɛn",
    "vn": "yn",
    "ê": "ɛ",
    "n": "n",
    "ng": "ŋ",
    "m": "m",
}
_TONES = {1: "→", 2: "↗", 3: "↓", 4: "↘", 5: ""}
_VOWEL = re.compile("[aeiouyɤəɛɨʊɚ]")
_OPENED = {"yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian", "yin": "in", "yang": "iang"}
_OPENED |= {"ying": "ing", "yong": "iong", "yo": "o", "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "ui"}
_OPENED |= {
    "wan": "uan",
    "wen": "un",
    "wang": "uang",
    "weng": "ueng",
    "yu": "v",
    "yue": "ve",
    "yuan": "van",
    "yun": "vn",
}
_PAUSES = {"sentence": ".", "comma": ",", "group": ","}
_ENGLISH = (
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("o^ʊ", "O"),
    ("ʔˌn\u0329", "tn"), ("ʔn\u0329", "tn"), ("ɚ", "əɹ"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""),
    ("ʲo", "jo"), ("ʲə", "jə"), ("ʲ", ""), ("r", "ɹ"), ("x", "k"), ("ç", "k"), ("ɐ", "ə"), ("ɬ", "l"), ("\u0303", ""),
    ("e", "A"), ("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"), ("^", ""),
)  # fmt: skip


def mandarin_phonemes(pieces: Sequence[TextPiece]) -> str:
    """Return the phonemes of a text that has no English words in it."""
    parts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Word):
            parts.append(" " + "".join(map(_syllable, piece.syllables)))
        elif isinstance(piece, Foreign):
            raise ValueError(piece.text)
        elif parts:
            parts.append(_PAUSES[piece])
    return "".join(parts).strip()


def _syllable(syllable: Syllable) -> str:
    """Return initial, vowel with its tone, and the end: x waŋ→ is xwa→ŋ."""
    initial, final = initial_and_final(syllable.letters)
    final = _OPENED.get(final, final) if not initial else final
    # Pinyin writes ju for jü, since no other u can follow these initials.
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    if final == "ue":
        final = "ve"
    sounds = _FINALS[final]
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        sounds = "ɨ"
    if not initial and final == "o" and syllable.letters == "o":
        sounds = "ɔ"
    return _INITIALS.get(initial, "") + _toned(sounds, _TONES[syllable.tone])


def _toned(sounds: str, tone: str) -> str:
    """Put the tone behind the vowels, before a final n or ŋ."""
    end = re.search("[nŋ]$", sounds)
    if end and _VOWEL.search(sounds):
        return sounds[: end.start()] + tone + sounds[end.start() :]
    return sounds + tone


def english_phonemes(ipa: str) -> str:
    """Return the phonemes of espeak's IPA with ties."""
    # In this order: diphthongs before the vowels that they are made of.
    for old, new in _ENGLISH:
        ipa = ipa.replace(old, new)
    return re.sub("(\\S)\u0329", r"ᵊ\1", ipa).replace("\u0329", "")
