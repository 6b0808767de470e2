"""What callers can hear is known before they call: composed menus, ladders, sentences without values."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from ivr.engine.asking import answer_all
from ivr.engine.engine import Engine
from ivr.engine.inputs import CallStarted, NoInput, Speech
from ivr.engine.turn import Services
from ivr.engine.verbs import Say
from ivr.flow.loader import load
from ivr.flow.profiles import profiles
from ivr.session.step_registry import catalogue
from ivr.speech.prompts import known_prompts
from ivr.speech.prompts.catalogue import sound_of
from ivr.speech.prompts.words import sentences
from tests.asking import no_answer

from .conftest import release_of

FLOWS = Path(__file__).parents[3] / "flows"
MENU = """
  start:
    prompt: 请选择。
    short: 还要什么？
    menu:
      - {label: 查余额, goto: balance}
      - {label: 挂失, goto: bye, when: caller.age >= 65}
    no_match: [听不懂。, 请按键。]
  balance: {say: "您好。余额为{call.date|date}。再见。", next: bye}
"""


def texts(release, language="zh-CN"):
    return {prompt.id: prompt.text for prompt in known_prompts(release) if prompt.language == language}


def test_a_menu_is_known_as_the_engine_composes_it_with_and_without_what_depends_on_the_caller():
    found = texts(release_of(MENU))
    assert found["test.start.prompt"] == "请选择。"
    assert found["test.start.short"] == "还要什么？"
    assert found["test.start.menu"] == "查余额，请按1；挂失，请按2。"
    assert found["test.start.menu.without_2"] == "查余额，请按1。"
    assert (found["test.start.no_match.1"], found["test.start.no_match.2"]) == ("听不懂。", "请按键。")


def test_the_way_to_the_other_language_is_offered_in_that_language():
    text = "{zh-CN: 余额, en-US: your balance}"
    goodbye = "\n  agent: {transfer: general, otherwise: bye}\n  bye: {hangup: {zh-CN: 再见。, en-US: Goodbye.}}\n"
    flow = "flow: test\nstart: start\nsteps:\n  start:\n    menu:\n"
    flow += f'      - {{label: {text}, goto: bye}}\n      - {{key: "8", do: language}}\n{goodbye}'
    found = known_prompts(release_of(flow))
    spoken = {p.language: p.spoken for p in found if p.id == "phrases.option_language.8"}
    assert spoken == {"en-US": "For English, press eight.", "zh-CN": "普通话服务，请按八。"}


def test_options_with_pauses_between_them_are_prompts_of_their_own():
    found = {p.id: p for p in known_prompts(release_of(MENU, head="profile: elderly")) if p.flow}
    assert found["test.start.menu.1"].text == "查余额，请按1。"
    assert found["test.start.menu.1"].rate == profiles()["elderly"].rate


def test_of_a_text_with_values_only_whole_sentences_without_one_are_known():
    found = texts(release_of(MENU))
    assert (found["test.balance.say.1"], found["test.balance.say.3"]) == ("您好。", "再见。")
    assert "test.balance.say.2" not in found
    assert "test.balance.say" not in found


def test_what_is_said_slowly_is_known_at_that_rate_alone():
    release = release_of("\n  start: {say: 编号如下。, slowly: yes, next: bye}\n")
    assert {p.rate for p in known_prompts(release) if p.text == "编号如下。"} == {0.85}


def test_a_text_message_is_not_heard():
    steps = "\n  start: {sms: 您的余额已发送。, heading: 您好。, next: bye, on_error: bye}\n"
    assert not {"您的余额已发送。", "您好。"} & set(texts(release_of(steps)).values())


def test_the_same_words_at_two_places_are_one_prompt_with_two_names():
    steps = "\n  start: {say: 谢谢。, next: other}\n  other: {say: 谢谢, next: bye}\n"
    (thanks,) = [p for p in known_prompts(release_of(steps)) if p.text.startswith("谢谢")]
    assert (thanks.id, thanks.also) == ("test.start.say", ("test.other.say",))


def test_the_engines_own_phrases_and_prepared_announcements_are_known_in_every_profile():
    release = release_of(
        MENU, other="flow: other\nprofile: elderly\nstart: s\nagent: s\nsteps:\n  s: {hangup: 再见。}\n"
    )
    found = texts(release)
    assert found["phrases.verified"] == found["phrases.elderly.verified"]
    assert found["announcements.emergency.outage"] == found["announcements.elderly.emergency.outage"]
    assert not [name for name in found if "yes_words" in name or "option_end" in name]


def test_whatever_shipped_flows_say_to_silence_and_nonsense_is_known():
    release = load(FLOWS, catalogue())
    known = {prompt.sound for prompt in known_prompts(release)}
    engine = Engine(release, Services(lambda *_: "\ue000", lambda *_, **__: None, lambda *_, **__: None, lambda *_: ""))
    unknown = set()
    for flow in release.flows:
        for language in release.flows[flow].languages:
            for given in (NoInput(), Speech("嗯", None)):
                unknown |= {say.text for say in _heard(engine, flow, language, given) if not _known(say, known)}
    assert not unknown


def test_every_name_of_a_shipped_prompt_is_one_file():
    found = known_prompts(load(FLOWS, catalogue()))
    names = [(prompt.language, prompt.id) for prompt in found]
    assert len(set(names)) == len(names) > 300
    assert all(name.replace(".", "").replace("_", "").replace("-", "").isalnum() for _, name in names)


def _heard(engine: Engine, flow: str, language: str, given) -> list[Say]:
    reply = answer_all(engine.begin("CA1", CallStarted("+8613800000001", "+86100", flow), 1_795_399_200.0), no_answer)
    call = replace(reply.call, language=language)
    heard = [p for p in reply.closing.prompts if isinstance(p, Say)]
    for _ in range(6):
        if call.ended:
            break
        reply = answer_all(engine.turn(call, given, 1_795_399_200.0), no_answer)
        call = reply.call
        heard += [p for p in reply.closing.prompts if isinstance(p, Say)]
    return heard


def _known(say: Say, known) -> bool:
    if sound_of(say.text, say.language, say.rate) in known:
        return True
    return all("\ue000" in part or sound_of(part, say.language, say.rate) in known for part in sentences(say.text))


def test_what_is_said_outside_of_flows_is_said_at_the_normal_rate_and_its_parts_are_no_prompts():
    found = {p.id: p.rate for p in known_prompts(release_of(MENU, head="profile: elderly"))}
    assert found["phrases.agent_take"] == found["phrases.called_back"] == 1
    assert not found.keys() & {"phrases.elderly.agent_take", "phrases.elderly.called_back", "phrases.agent_vip"}
