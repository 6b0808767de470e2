"""The languages that calls can be held in: one row a language. A tag without a row is refused by `ivr check`.

A new language is a row here and the phrasebook of its tag in `ivr/flow/phrasebook/`; where no reader of values and no
listener fits, also a module in `verbalize/` and in `itn/`. Sources of the carrier's codes: the tables of languages of
Twilio's <Gather> and of the voices of <Say>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .negation import CANTONESE, ENGLISH, MANDARIN, TRADITIONAL_MANDARIN, Negation


@dataclass(frozen=True)
class CarrierVoice:
    """A voice of the carrier and the language code that goes with it."""

    name: str
    language: str


@dataclass(frozen=True)
class LocalVoice:
    """What a local voice needs to know of a language; `kind` is the voice's module in `tts/`.

    For pyttsx3: `name` is espeak's voice, `rate` its words a minute at the standard speed, `unit` the seconds that a
    letter takes, or a syllable where the text is handed over as `pinyin`.
    """

    kind: str
    name: str = ""
    rate: int = 160
    unit: float = 0.075
    pinyin: bool = False


@dataclass(frozen=True)
class WrittenFormat:
    """How values are written in text messages: an amount of yuan, days to seconds, and whether nouns have a plural."""

    yuan: str = "¥{}"
    units: tuple[str, str, str, str] = (" d ", " h ", " min ", " s")
    plurals: bool = True


@dataclass(frozen=True)
class Language:
    """One language. Whatever is left out, the language does not have: then values, speech or voices are refused.

    Languages of one `family` stand in for each other in texts, and an agent who speaks one understands the other.
    `aliases` are other names for it outside of flows. `recogniser` and `voice` are the carrier's; `reader` is a module
    of `verbalize/`, `listener` one of `itn/`; `vosk` and `whisper` are the names that these recognisers give it, and
    `models` the name in the list of models to download.
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
    """ISO 15924. Our Mandarin lexicon reads Hans, and nothing else."""
    written: WrittenFormat = field(default_factory=WrittenFormat)

    @property
    def phrasebook(self) -> str:
        """The file of what the engine itself says, in `ivr/flow/phrasebook/`."""
        return f"{self.tag}.yaml"

    def local_voice(self, kind: str) -> LocalVoice | None:
        """Return what a local voice needs to speak this language, or None if it does not speak it."""
        return next((voice for voice in self.local_voices if voice.kind == kind), None)


_ROWS = (
    Language(
        tag="zh-CN",
        family="zh",
        aliases=("zh", "zh-Hans", "zh-Hans-CN", "cmn", "cmn-CN", "cmn-Hans-CN"),
        recogniser="cmn-Hans-CN",
        voice=CarrierVoice("Polly.Zhiyu", "cmn-CN"),
        local_voices=(LocalVoice("syllables"), LocalVoice("pyttsx3", "sit/cmn-latn-pinyin", 136, 0.33, pinyin=True)),
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
        listener="zh_hant",
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
        listener="zh_hant",
        negations=(CANTONESE, TRADITIONAL_MANDARIN, ENGLISH),
        written=WrittenFormat("{}元", ("日", "小時", "分鐘", "秒"), plurals=False),
    ),
    Language(
        tag="en-US",
        family="en",
        aliases=("en",),
        recogniser="en-US",
        voice=CarrierVoice("Polly.Joanna", "en-US"),
        local_voices=(LocalVoice("pyttsx3", "gmw/en-us"),),
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
        local_voices=(LocalVoice("pyttsx3", "gmw/en"),),
        reader="en_gb",
        listener="en",
        negations=(ENGLISH, MANDARIN),
        vosk=("en-gb", "en-us", "en"),
        whisper="en",
        models="en",
    ),
)

LANGUAGES: Mapping[str, Language] = {row.tag: row for row in _ROWS}
"""Every language by its tag, as flows write it."""


def language_row(name: str) -> Language | None:
    """Return the row of a tag or an alias, whatever its case, or None."""
    if (row := LANGUAGES.get(name)) is not None:
        return row
    plain = name.casefold().replace("_", "-")
    return next((row for row in LANGUAGES.values() if plain in map(str.casefold, (row.tag, *row.aliases))), None)


def family_of(name: str) -> str:
    """Return the family of a language; a language without a row is a family of its own."""
    row = language_row(name)
    return row.family if row else name.casefold()


def families() -> Mapping[str, str]:
    """Return the family of every language by its tag: what the flow language needs to know of them."""
    return {tag: row.family for tag, row in LANGUAGES.items()}
