"""The languages of calls, one row per language. `ivr check` rejects a tag without a row.

A new language is a row here and a phrasebook in `ivr/flow/phrasebook/`; if no existing reader or listener fits, also a
module in `verbalize/` and in `itn/`. Sources of the carrier's codes: the tables of languages of Twilio's <Gather> and
of the voices of <Say>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .negation import CANTONESE, ENGLISH, MANDARIN, TRADITIONAL_MANDARIN, Negation


@dataclass(frozen=True)
class CarrierVoice:
    """A voice of the carrier, and its language code."""

    name: str
    language: str


@dataclass(frozen=True)
class LocalVoice:
    """The settings of a local voice for a language; `kind` is the voice's module in `tts/`.

    For pyttsx3: `name` is espeak's voice, `rate` its words per minute at the standard speed, `unit` the seconds per
    letter, or per syllable if the text is passed as `pinyin`. For kokoro: `name` is the file of the voice, `rate` the
    characters or words per minute of the standard profile, pauses included, and `speed` the model's for it.
    """

    kind: str
    name: str = ""
    rate: int = 160
    unit: float = 0.075
    pinyin: bool = False
    speed: float = 1.0


@dataclass(frozen=True)
class WrittenFormat:
    """The format of values in text messages: an amount in yuan, days to seconds, and whether nouns have a plural."""

    yuan: str = "¥{}"
    units: tuple[str, str, str, str] = (" d ", " h ", " min ", " s")
    plurals: bool = True


@dataclass(frozen=True)
class Language:
    """One language. A feature whose field is empty is not available: values, speech or voices are then refused.

    Languages of one `family` replace each other in texts, and agents who speak one of them take calls in the others.
    `aliases` are other names, for use outside of flows. `recogniser` and `voice` are the carrier's; `reader` is a
    module of `verbalize/`, `listener` one of `itn/`; `vosk` and `whisper` are the language's names in these
    recognisers, and `models` its name in the list of models to download.
    """

    tag: str
    family: str
    recogniser: str
    voice: CarrierVoice
    reader: str = ""
    listener: str = ""
    negations: tuple[Negation, ...] = ()
    aliases: tuple[str, ...] = ()
    local_voices: tuple[LocalVoice, ...] = ()
    vosk: tuple[str, ...] = ()
    whisper: str = ""
    models: str = ""
    script: str = "Latn"
    """The script by ISO 15924. Our Mandarin lexicon reads only Hans."""
    written: WrittenFormat = field(default_factory=WrittenFormat)

    @property
    def phrasebook(self) -> str:
        """The phrasebook file in `ivr/flow/phrasebook/`, with the engine's own phrases."""
        return f"{self.tag}.yaml"

    def local_voice(self, kind: str) -> LocalVoice | None:
        """Return the settings of a local voice for this language, or None if the voice does not speak it."""
        return next((voice for voice in self.local_voices if voice.kind == kind), None)


_ROWS = (
    Language(
        tag="zh-CN",
        family="zh",
        aliases=("zh", "zh-Hans", "zh-Hans-CN", "cmn", "cmn-CN", "cmn-Hans-CN"),
        recogniser="cmn-Hans-CN",
        voice=CarrierVoice("Polly.Zhiyu", "cmn-CN"),
        local_voices=(
            LocalVoice("kokoro", "zf_xiaoxiao", 208, speed=0.88),
            LocalVoice("syllables"),
            LocalVoice("pyttsx3", "sit/cmn-latn-pinyin", 136, 0.33, pinyin=True),
        ),
        reader="zh",
        listener="zh",
        negations=(MANDARIN, ENGLISH),
        vosk=("zh-cn", "cn", "zh"),
        whisper="zh",
        models="zh",
        script="Hans",
        written=WrittenFormat("{}元", ("天", "小时", "分钟", "秒"), plurals=False),
    ),
    Language(  # no local voice: our Mandarin lexicon misreads traditional characters (還款 as hái kuǎn)
        tag="zh-TW",
        family="zh",
        aliases=("zh-Hant", "zh-Hant-TW", "cmn-TW", "cmn-Hant-TW"),
        recogniser="cmn-Hant-TW",
        voice=CarrierVoice("Google.cmn-TW-Wavenet-A", "cmn-TW"),
        script="Hant",
        reader="zh_tw",
        listener="zh",
        negations=(TRADITIONAL_MANDARIN, ENGLISH),
        whisper="zh",
        written=WrittenFormat("{}元", ("天", "小時", "分鐘", "秒"), plurals=False),
    ),
    Language(
        tag="zh-HK",
        family="yue",
        aliases=("zh-Hant-HK", "yue", "yue-CN", "yue-HK", "yue-Hant-HK"),
        recogniser="yue-Hant-HK",
        voice=CarrierVoice("Polly.Hiujin-Neural", "yue-CN"),
        script="Hant",
        reader="yue",
        listener="zh",
        negations=(CANTONESE, TRADITIONAL_MANDARIN, ENGLISH),
        written=WrittenFormat("{}元", ("日", "小時", "分鐘", "秒"), plurals=False),
    ),
    Language(
        tag="en-US",
        family="en",
        aliases=("en",),
        recogniser="en-US",
        voice=CarrierVoice("Polly.Joanna", "en-US"),
        local_voices=(LocalVoice("kokoro", "af_heart", 166, speed=0.95), LocalVoice("pyttsx3", "gmw/en-us")),
        reader="en",
        listener="en",
        negations=(ENGLISH, MANDARIN),
        vosk=("en-us", "en"),
        whisper="en",
        models="en",
    ),
    Language(
        tag="en-GB",
        family="en",
        aliases=("en-UK",),
        recogniser="en-GB",
        voice=CarrierVoice("Polly.Amy", "en-GB"),
        local_voices=(LocalVoice("kokoro", "bf_emma", 166, speed=0.95), LocalVoice("pyttsx3", "gmw/en")),
        reader="en_gb",
        listener="en",
        negations=(ENGLISH, MANDARIN),
        vosk=("en-gb", "en-us", "en"),
        whisper="en",
        models="en",
    ),
)

LANGUAGES: Mapping[str, Language] = {row.tag: row for row in _ROWS}
"""All languages by tag, as written in flows."""


def language_row(name: str) -> Language | None:
    """Return the row of a tag or an alias in any case, or None."""
    # First as written in flows, which is nearly always so: this is asked for each prompt of each turn.
    if (row := LANGUAGES.get(name)) is not None:
        return row
    plain = name.casefold().replace("_", "-")
    return next((row for row in LANGUAGES.values() if plain in map(str.casefold, (row.tag, *row.aliases))), None)


def family_of(name: str) -> str:
    """Return the family of a language; a language without a row is a family of its own."""
    row = language_row(name)
    return row.family if row else name.casefold()


def families() -> Mapping[str, str]:
    """Return the family of every language by tag, for the catalogue of the flow language."""
    return {tag: row.family for tag, row in LANGUAGES.items()}
