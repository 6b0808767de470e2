"""Read texts by language from options: TEXT, or LANG=TEXT for another language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ._refused import Refused

_IN_LANGUAGE = re.compile(r"([a-z]{2,3}(?:-[A-Za-z]+)*)=(.*)", re.DOTALL)
_LANGUAGE = "zh-CN"


def texts_by_language(options: Iterable[str], what: str, *, most: int, heard: bool = True) -> dict[str, str]:
    """Return the texts of `what` by language, each of at most `most` characters. Raises Refused.

    Figures that can be read aloud in several ways are refused where a caller hears the text (`heard`).
    """
    from ivr.speech.languages import LANGUAGES
    from ivr.speech.verbalize import unclear_numbers
    from ivr.yamlfile.suggest import did_you_mean

    texts: dict[str, str] = {}
    for option in options:
        match = _IN_LANGUAGE.fullmatch(option)
        language, text = (match[1], match[2]) if match else (_LANGUAGE, option)
        text = " ".join(text.split())
        if language not in LANGUAGES:
            meant = did_you_mean(language, LANGUAGES) or f"The languages are {', '.join(LANGUAGES)}."
            raise Refused(f'"{language}" is no language of this server. {meant}')
        # A control character makes some voices stop in the middle of a sentence.
        if not text or not text.isprintable():
            raise Refused(f"{what} needs words, and no control characters.")
        if len(text) > most:
            raise Refused(f"the text has {len(text)} characters; the limit is {most}.")
        if heard and (unclear := unclear_numbers(text, language)):
            figures = "; ".join(f'"{number.figure}": {number.cure}' for number in unclear)
            raise Refused(f"the text has figures that can be read aloud in several ways. {figures}.")
        if language in texts:
            raise Refused(f"there are two texts in {language}; write another language as en-US=TEXT.")
        texts[language] = text
    return texts
