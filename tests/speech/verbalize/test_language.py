"""Which reader of values a language has, and what every reader must be able to say."""

from __future__ import annotations

import pytest

from ivr.speech.languages import LANGUAGES
from ivr.speech.verbalize.en_gb import BritishEnglish
from ivr.speech.verbalize.language import CURRENCY_PLACES, SpokenLanguage, languages, speaker_of
from ivr.speech.verbalize.yue import Cantonese
from ivr.speech.verbalize.zh import Mandarin


def test_the_row_of_a_language_names_its_reader() -> None:
    assert speaker_of("zh-CN") is Mandarin
    assert speaker_of("en-GB") is BritishEnglish
    assert speaker_of("zh-HK") is Cantonese


@pytest.mark.parametrize("tag", [tag for tag, row in LANGUAGES.items() if row.reader])
def test_every_reader_says_everything_that_is_asked_of_one(tag: str) -> None:
    reader = speaker_of(tag)()
    assert isinstance(reader, SpokenLanguage)
    assert "1" not in reader.in_words("1")


def test_a_reader_that_leaves_something_out_cannot_be_made() -> None:
    class Mute(SpokenLanguage):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Mute()


def test_a_language_without_a_reader_is_named_with_those_that_have_one() -> None:
    with pytest.raises(
        ValueError, match=f"no language 'xx' to read values aloud in; there are {', '.join(languages())}"
    ):
        speaker_of("xx")


def test_yen_and_won_have_no_smaller_coin() -> None:
    assert {currency for currency, places in CURRENCY_PLACES.items() if not places} == {"JPY", "KRW"}
