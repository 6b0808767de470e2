"""The table of languages: every row is complete, the carrier takes its codes, and a row and a phrasebook are enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.carrier.languages import HEARD, saying_fault
from ivr.channels.twilio.prompts import recogniser_language, speak
from ivr.engine.asking import answer_all
from ivr.engine.engine import Engine
from ivr.engine.inputs import CallStarted, Digits, NoInput, Speech
from ivr.engine.turn import Services
from ivr.engine.verbs import Prompt, Say
from ivr.errors import FlowError
from ivr.flow import phrasebook
from ivr.flow.loader import reload
from ivr.session.step_registry import catalogue
from ivr.speech.display_format import display_format
from ivr.speech.itn import inverse_normalize
from ivr.speech.languages import LANGUAGES, CarrierVoice, Language, family_of, language_row
from ivr.speech.negation import Negation
from ivr.speech.phrases import understand
from ivr.speech.verbalize import Reader, speaker_of
from tests.asking import no_answer

BOOKS = Path(phrasebook.__file__).parent
LINE = 'lines: {default: test}\ndesks: {general: "+861000000001"}\ndesk: general\n'
FLOW = """\
flow: test
start: hello
language: %s
steps:
  hello:
    say: "%s"
    next: ask
  ask:
    menu:
      - {label: saldo, phrases: [saldo], goto: bye}
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: "Gis {call.date|date}."}
"""


@pytest.mark.parametrize("row", LANGUAGES.values(), ids=list(LANGUAGES))
def test_every_row_has_a_phrasebook_a_reader_and_codes_that_the_carrier_takes(row: Language) -> None:
    assert (BOOKS / row.phrasebook).is_file()
    assert phrasebook.language_of(row.tag) == row.tag
    assert speaker_of(row.tag)
    assert inverse_normalize("1", row.tag) == "1"
    assert row.recogniser in HEARD
    assert saying_fault(row.voice.language, row.voice.name, "您好") == ""


def test_all_phrasebooks_have_the_same_keys_and_values() -> None:
    keys = phrasebook.all_phrase_keys("zh-CN")
    for tag in (book.stem for book in BOOKS.glob("*.yaml")):
        assert phrasebook.all_phrase_keys(tag) == keys
        for key in keys:
            slots = [
                {part.partition("}")[0] for part in phrasebook.phrase(t, key).split("{")[1:]} for t in (tag, "zh-CN")
            ]
            assert slots[0] == slots[1], (tag, key)


def test_traditional_phrasebooks_hold_no_simplified_characters() -> None:
    for tag in ("zh-TW", "zh-HK"):
        said = "".join(phrasebook.phrase(tag, key) for key in phrasebook.all_phrase_keys(tag))
        assert not set(said) & set("请输为转码号时间个钟数没对还样单据银")


@pytest.mark.parametrize(
    ("tag", "recogniser", "voice"),
    [
        ("zh-CN", "cmn-Hans-CN", 'language="cmn-CN" voice="Polly.Zhiyu"'),
        ("zh-TW", "cmn-Hant-TW", 'language="cmn-TW" voice="Google.cmn-TW-Wavenet-A"'),
        ("zh-HK", "yue-Hant-HK", 'language="yue-CN" voice="Polly.Hiujin-Neural"'),
        ("en-GB", "en-GB", 'language="en-GB" voice="Polly.Amy"'),
    ],
)
def test_cantonese_and_taiwan_have_the_carriers_own_codes(tag: str, recogniser: str, voice: str) -> None:
    assert recogniser_language(tag) == recogniser
    assert voice in speak([Say("1", tag)], "")[0]


@pytest.mark.parametrize(("name", "tag"), [("zh", "zh-CN"), ("ZH_tw", "zh-TW"), ("yue-HK", "zh-HK"), ("en", "en-US")])
def test_a_row_is_found_by_its_aliases_in_any_case(name: str, tag: str) -> None:
    row = language_row(name)
    assert row is not None
    assert row.tag == tag


def test_a_mandarin_agent_does_not_stand_in_for_a_cantonese_one() -> None:
    assert family_of("zh-TW") == family_of("zh")
    assert family_of("zh-HK") not in (family_of("zh-CN"), family_of("en-GB"))
    assert family_of("fr-FR") == "fr-fr"


def problems_of(language: str, text: str = "Hola") -> list[tuple[str, int, str]]:
    with pytest.raises(FlowError) as refused:
        reload({"line.yaml": LINE, "test.yaml": FLOW % (language, text)}, catalogue())
    return [(problem.rule, problem.place.line, problem.cure) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("tag", "cure"),
    [
        ("cn", 'Did you mean "zh-CN"?'),
        ("hk", 'Did you mean "zh-HK"?'),
        ("zh", 'Did you mean "zh-CN"?'),
        ("fr-FR", f"The languages are {', '.join(LANGUAGES)}"),
    ],
)
def test_a_tag_without_a_row_is_an_error_at_its_line(tag: str, cure: str) -> None:
    rule, line, advice = problems_of(tag)[0]
    assert (rule, line) == ("unknown-language", 3)
    assert advice.startswith(cure)


@pytest.mark.parametrize("kind", ["code", "id_tail", "name"])
def test_what_cantonese_cannot_spell_is_an_error_at_its_place(kind: str) -> None:
    with pytest.raises(FlowError) as refused:
        reload({"line.yaml": LINE, "test.yaml": FLOW % ("zh-HK", f"編號{{call.number|{kind}}}")}, catalogue())
    problem = refused.value.problems[0]
    assert (problem.rule, problem.place.line) == ("bad-argument", 6)
    assert "in zh-HK" in problem.message
    with pytest.raises(ValueError, match="Latin letters"):
        Reader()("AB1", kind, "", "zh-HK")


ESPERANTO = Language(
    "eo-EO",
    family="eo",
    recogniser="eo-EO",
    voice=CarrierVoice("Polly.Ludoviko", "eo-EO"),
    reader="en",
    negations=(Negation(r"\bne ", r", *ne\b", r"\bne\b"),),
)


@pytest.fixture
def forgotten_books() -> Iterator[None]:
    yield
    phrasebook._book.cache_clear()


@pytest.mark.usefixtures("forgotten_books")
def test_a_row_and_a_phrasebook_make_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for book in BOOKS.glob("*.yaml"):
        (tmp_path / book.name).write_bytes(book.read_bytes())
    own = 'same_as: en-US\noption: "Por {label}, premu {key}"\nmenu_no_input_1: Mi ne aŭdis vin.\n'
    (tmp_path / "eo-EO.yaml").write_text(own, encoding="utf-8")
    monkeypatch.setattr(phrasebook, "FOLDER", tmp_path)
    monkeypatch.setitem(LANGUAGES, "eo-EO", ESPERANTO)  # type: ignore[arg-type]

    release = reload({"line.yaml": LINE, "test.yaml": FLOW % ("eo-EO", "Bonvenon.")}, catalogue())
    engine = Engine(release, Services(Reader(), inverse_normalize, understand, display_format))
    reply = answer_all(
        engine.begin("CA1", CallStarted("+8613800000001", "+861000", "test"), 1_795_310_000.0), no_answer
    )
    assert words(reply.closing.prompts) == "Bonvenon.Por saldo, premu 1."
    assert '<Say language="eo-EO" voice="Polly.Ludoviko">' in speak(reply.closing.prompts, "")[0]
    reply = answer_all(engine.turn(reply.call, NoInput(), 1_795_310_010.0), no_answer)
    assert "Mi ne aŭdis vin." in words(reply.closing.prompts)
    reply = answer_all(engine.turn(reply.call, Speech("ne saldo", 0.9), 1_795_310_020.0), no_answer)
    assert not reply.call.ended
    reply = answer_all(engine.turn(reply.call, Digits("1"), 1_795_310_030.0), no_answer)
    assert words(reply.closing.prompts).startswith("Gis November")


def words(prompts: tuple[Prompt, ...]) -> str:
    return "".join(prompt.text for prompt in prompts if isinstance(prompt, Say))
