"""What callers type in secret is found nowhere: all files, logs, replies and reports of real processes are searched."""

from __future__ import annotations

import base64
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest

from ivr.app import build, server_rounds
from ivr.carrier.clock import VirtualClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.requests import new_sid, signature
from ivr.carrier.transport import CarrierAnswer, NoAnswer, WsgiTransport
from ivr.cli._sockets import claim_port
from ivr.conversations.play import play_conversation
from ivr.conversations.reader import read_conversations
from ivr.crypto import Seal
from ivr.demo.bank.serving import BackgroundBank
from ivr.session.call_codec import TYPED_SECONDS
from ivr.settings import Settings
from ivr.steps.collect import CollectStep
from ivr.steps.verify import VerifyStep
from ivr.telemetry import log
from ivr.web import web_app
from tests.waiting import wait_until_ready

ROOT = Path(__file__).parents[1]
TOKEN = "cafe0123456789abcafe0123456789ab"
PINS = ("135790", "975310", "482915", "604827")
CARDS = ("6217000000001000128", "6217000000003000365", "4111111111111111")
IDS = ("110101198803071018", "31010119790915202X")
SECRETS = (*PINS, *CARDS, *IDS)

FLOW = """
flow: canary
language: zh-CN
start: ask_id
steps:
  ask_id: {collect: id, as: id_number, prompt: 请输入证件号码。, next: ask_card}
  ask_card: {collect: card, as: card_number, prompt: 请输入卡号。, next: ask_pin}
  ask_pin: {collect: pin, as: code, prompt: 请输入密码。, next: ask_bank}
  ask_bank:
    lookup: {from: bank.prove, as: proof, with: {id: id_number, card: card_number, pin: code}, on_error: keep}
    next: keep
  keep:
    set: {copy: id_number}
    next: choose
  choose:
    branch:
      - {when: code == card_number, goto: right}
      - {goto: wrong}
  right: {prompt: 对。, menu: [{label: 再来, goto: ask_id}]}
  wrong: {prompt: 不对。, menu: [{label: 再来, goto: ask_id}]}
  agent: {transfer: general, otherwise: leave}
  leave: {message: 请留言。, as: message, next: bye, on_failure: bye}
  bye: {hangup: 再见。}
"""

CONVERSATIONS = """
conversation: a customer with one wrong PIN
flow: main_menu
turns:
  - {press: "1"}
  - {press: "0128"}
  - {press: "482915"}
  - {hear: 信息没有核对上, press: "135790", repeat_request: true}
  - hear: 六角七分
    hang_up: true
---
conversation: a customer without slips
flow: main_menu
turns:
  - {hear: 欢迎致电, press: "1"}
  - {press: "0128"}
  - {press: "135790"}
  - {hear: 六角七分, press: "9"}
  - hear: 再见
---
conversation: a stranger with a whole card, wrong and right, and a PIN corrected by star
flow: main_menu
from: "+8613912345678"
turns:
  - {press: "1"}
  - {press: "6217000000001000129#"}
  - {hear: 请输入您的银行卡号, press: "4111111111111111#"}
  - {hear: 查询密码, press: "482915"}
  - {hear: 信息没有核对上, press: "*#"}
  - {hear: 请输入您的银行卡号, press: "6217000000001000128#"}
  - {hear: 查询密码, press: "604827"}
  - {hear: 信息没有核对上, press: "13*135790#"}
  - hear: 六角七分
    hang_up: true
---
conversation: all at once, at the wrong step, and as words
flow: main_menu
turns:
  - {press: "10128135790", after: 1s}
  - {hear: 收到的卡号和卡面有出入, press: "0128#135790", after: 1s}
  - {hear: 六角七分, press: "3"}
  - {say: 我的密码是135790, confidence: 0.9}
  - {say: 卡号六二一七零零零零零零零零一零零零一二八, confidence: 0.9}
  - {press: "6482915"}
  - hear: 正在为您转接
---
conversation: an older caller whose PIN does not fit
flow: elderly_simple
from: "+8613800000003"
turns:
  - {press: "1"}
  - {press: "1"}
  - {press: "0365"}
  - {press: "482915"}
  - {hear: 信息没有核对上, press: "604827"}
  - {hear: 信息没有核对上, press: "482915"}
  - hear: 由人工为您核实
    dial: busy
---
conversation: identity papers and a card, with slips
flow: canary
turns:
  - {press: "11010119880307101*"}
  - {hear: 身份证, press: "31010119790915202*"}
  - {hear: 卡号, press: "6217000000003000365#"}
  - {hear: 密码, press: "975310"}
  - {hear: 不对, press: "1"}
  - {press: "110101198803071018"}
  - {press: "6217000000001000128#"}
  - {press: "135790"}
  - {hear: 不对, press: "0"}
  - {dial: busy}
  - {record: 3s}
---
conversation: a caller who goes another way than this says
flow: main_menu
secret: true
turns:
  - {press: "1"}
  - {press: "0128"}
  - {press: "482915"}
  - {hear: 一句从来没有说过的话, press: "135790"}
"""
SCRIPTED = CONVERSATIONS.partition("---\nconversation: identity")[0]


def forms_of(secret: str) -> dict[str, bytes]:
    """Return a secret in every spelling that a careless line of code gives it."""
    raw = secret.encode()
    spoken = {"零": "零一二三四五六七八九", "〇": "〇一二三四五六七八九", "幺": "零幺二三四五六七八九"}
    forms = {
        "as typed": raw,
        "reversed": raw[::-1],
        "in hex": raw.hex().encode(),
        "in Hex": raw.hex().upper().encode(),
        "in wide characters": secret.encode("utf-16-le"),
        "with blanks": b" ".join(raw[place : place + 1] for place in range(len(raw))),
        **{
            f"spoken {kind}": secret.translate(str.maketrans("0123456789", digits)).encode()
            for kind, digits in spoken.items()
        },
    }
    for offset in range(
        3
    ):  # in base64 of a longer text a secret shows in one of three ways, its ends mixed with the rest
        coded = base64.b64encode(b"\0" * offset + raw + b"\0\0\0")
        forms[f"in base64, place {offset}"] = coded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]
    return {name: form for name, form in forms.items() if len(form) >= 6}


def leaks(evidence: Mapping[str, bytes]) -> list[str]:
    """Name every place where a secret is found. Identifiers in hexadecimal hold random digits and are skipped."""
    found = []
    for where, content in evidence.items():
        text = re.sub(rb"(?=[0-9]*[a-f])[0-9a-f]{32,64}", b"~", content)
        for secret in SECRETS:
            for how, form in forms_of(secret).items():
                place = text.find(form)
                if place >= 0:
                    found.append(f"{where}: {secret[:2]}…, {how}: {text[max(0, place - 40) : place + 40]!r}")
    return found


class Listening:
    """A transport that keeps every address and answer as evidence."""

    def __init__(self, inner: HttpTransport | WsgiTransport) -> None:
        self.inner = inner
        self.heard = b""

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        answer = self.inner.send(method, url, body, headers)
        self.heard += url.encode() + answer.body + answer.location.encode() + "".join(answer.cookies).encode()
        return answer

    def post(self, url: str, **form: str) -> CarrierAnswer:
        headers = {"X-Twilio-Signature": signature(TOKEN, url, form)}
        return self.send("POST", url, urlencode(form).encode(), headers)


def environment(**more: str) -> dict[str, str]:
    """Return this environment without settings of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IVR_", "TWILIO_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def run(home: Path, name: str, *arguments: str, codes: tuple[int, ...] = (0,), **env: str) -> None:
    """Run the command line; its output becomes files."""
    command = [sys.executable, "-m", "ivr.cli", *arguments]
    done = subprocess.run(command, cwd=home, env=environment(**env), capture_output=True, timeout=120, check=False)
    (home / f"{name}.out").write_bytes(done.stdout)
    (home / f"{name}.err").write_bytes(done.stderr)
    assert done.returncode in codes, (name, done.returncode, done.stderr.decode())


def files(folder: Path, *but: str) -> dict[str, bytes]:
    """Read every file under a folder but those named."""
    found = (file for file in sorted(folder.rglob("*")) if file.is_file() and file.name not in but)
    return {str(file.relative_to(folder)): file.read_bytes() for file in found}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("canary")
    shutil.copytree(ROOT / "flows", folder / "flows")
    (folder / "flows" / "canary.yaml").write_text(FLOW, encoding="utf-8")
    declared = folder / "flows" / "lookups.yaml"
    declared.write_text(declared.read_text("utf-8").replace(CALLER, f"{PROVE}{CALLER}", 1), encoding="utf-8")
    (folder / "typed.yaml").write_text(CONVERSATIONS, encoding="utf-8")
    (folder / "scripted.yaml").write_text(SCRIPTED, encoding="utf-8")
    return folder


CALLER = "      caller:\n"
PROVE = """\
      prove:
        takes: {id: secret, card: secret, pin: secret}
        gives: {known: flag}
"""
INPUTS = ("typed.yaml", "scripted.yaml")


@pytest.fixture(scope="module")
def served(home) -> Iterator[tuple[str, BackgroundBank]]:
    """Run `ivr serve` as operators do, with its bank; everything it writes lands in `home`."""
    port = claim_port("127.0.0.1", 0, "")
    url = f"http://127.0.0.1:{port}"
    with (
        BackgroundBank(home / "bank.db") as bank,
        (home / "serve.out").open("wb") as out,
        (home / "serve.err").open("wb") as err,
    ):
        env = environment(TWILIO_AUTH_TOKEN=TOKEN, IVR_BANK_URL=bank.url, IVR_STORE="sqlite:///calls.db")
        command = [sys.executable, "-m", "ivr.cli", "serve", "--bind", f"127.0.0.1:{port}"]
        process = subprocess.Popen(command, cwd=home, env=env, stdout=out, stderr=err)
        try:
            wait_until_ready(url, process, home / "serve.err")
            yield url, bank
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def odd_requests(carrier: Listening, url: str) -> None:
    """Send secrets to every address, at the wrong steps and in the wrong parameters."""
    sid = new_sid("CA")
    common = {"CallSid": sid, "From": "+8613800000001", "To": "+86", "CallStatus": "in-progress"}
    carrier.post(f"{url}/twilio/voice/main_menu", **common, Digits="135790")
    turn = 1
    for typed in ("135790", "482915", "*", "1", "0128", "482915", *CARDS, *IDS, *PINS, "0", *PINS, *CARDS):
        for _ in range(2):
            answer = carrier.post(f"{url}/twilio/turn/{turn}", **common, Digits=typed)
        follows = re.search(rb'action="/twilio/turn/(\d+)"', answer.body)
        turn = int(follows[1]) if follows else turn
    carrier.post(f"{url}/twilio/turn/{turn}", **common, SpeechResult="密码 135790")
    carrier.post(f"{url}/twilio/turn/0", **common, Digits="482915")
    carrier.post(f"{url}/twilio/fallback", **common, Digits="135790", ErrorCode="11200")
    carrier.post(f"{url}/twilio/turn/7", **{**common, "CallSid": ""}, Digits="135790")
    carrier.post(f"{url}/twilio/status", **{**common, "CallStatus": "completed"}, Digits="135790")
    body = urlencode({**common, "Digits": "135790"}).encode()
    assert carrier.send("POST", f"{url}/twilio/turn/1", body, {}).status == 403
    assert carrier.send("POST", f"{url}/twilio/turn/1", body, {"X-Twilio-Signature": "x"}).status == 403


def unfinished(carrier: Listening, url: str) -> None:
    """Leave calls in the middle: with a PIN half typed, and with papers and card in the store."""
    common = {"From": "anonymous", "To": "+86", "CallStatus": "in-progress"}
    for flow, typed in (
        ("main_menu", ("1", "6217000000001000128", "1357*9")),
        ("main_menu", ("1", "6217000000003000365", "482915", "975310")),
        ("main_menu", ("135790", "482915", "4111111111111111")),
        ("canary", ("110101198803071018", "6217000000003000365", "482915")),
        ("canary", ("31010119790915202*", "4111111111111111", "135790")),
    ):
        sid = new_sid("CA")
        carrier.post(f"{url}/twilio/voice/{flow}", CallSid=sid, **common)
        for turn, keys in enumerate(typed, 1):
            carrier.post(f"{url}/twilio/turn/{turn}", CallSid=sid, Digits=keys, **common)


def test_nothing_that_was_typed_is_in_any_file_log_reply_figure_or_transcript_of_a_real_server(home, served):
    url, bank = served
    carrier = Listening(HttpTransport())
    transcripts = []
    for faults in ({}, {"fail_rate": 1.0}):
        bank.reset()
        bank.faults(**faults)
        for conversation in read_conversations([home / "typed.yaml"]):
            played = play_conversation(conversation, carrier, VirtualClock(time.time()), base_url=url, token=TOKEN)
            expected_to_fail = faults or conversation.secret
            assert expected_to_fail or played.passed, [str(failure) for failure in played.failures]
            transcripts += [f"{entry}" for entry in played.transcript]
            transcripts += [f"{failure}{failure!r}" for failure in played.failures]
            transcripts += [repr(conversation), repr(played)]
        odd_requests(carrier, url)
        unfinished(carrier, url)
    bank.faults(slow_ms=3000, fail_rate=0)
    carrier.post(f"{url}/twilio/voice/main_menu", CallSid="CAslow", From="anonymous", To="", CallStatus="ringing")
    for turn, keys in enumerate(("1", "6217000000001000128", "135790"), 1):
        carrier.post(f"{url}/twilio/turn/{turn}", CallSid="CAslow", From="anonymous", To="", Digits=keys)
    bank.reset()
    pages = {
        page: urllib.request.urlopen(url + page, timeout=5).read()
        for page in ("/metrics", "/health/ready", "/health/live")
    }
    carrier.inner.close()
    evidence = files(home, *INPUTS) | pages | {"replies": carrier.heard, "transcripts": "\n".join(transcripts).encode()}
    assert {"calls.db", "calls.db-wal", "serve.err", "bank.db"} <= set(evidence)
    assert [name for name in evidence if name.startswith("calls.db-vault/")]  # calls were left in the middle
    assert b'"input": "Digits"' in evidence["serve.err"]
    assert leaks(evidence) == []


def test_nothing_that_was_typed_is_in_what_the_commands_print_or_write(home, served):
    url, _ = served
    env = {"TWILIO_AUTH_TOKEN": TOKEN}
    run(home, "call", "call", "--url", url, "--script", "scripted.yaml", codes=(0, 1), **env)
    run(home, "test", "test", "typed.yaml", "-v", codes=(1,))
    run(home, "test-json", "test", "typed.yaml", "--json", codes=(1,))
    evidence = files(home, *INPUTS)
    assert "从来没有说过" in evidence["test.out"].decode()
    assert "••••••" in evidence["call.out"].decode()
    assert leaks(evidence) == []


@pytest.mark.skipif(importlib.util.find_spec("locust") is None, reason="the load test is not installed")
def test_nothing_that_was_typed_is_in_the_reports_of_a_load_test(home, served):
    url, _ = served
    reports = ("--json", "load.json", "--html", "load.html")
    run(
        home, "load", "load", "main_menu", "--url", url, "--users", "4", "--duration", "3s", "--speed", "50",
        "--think", "100ms", "--conversations", "scripted.yaml", *reports, codes=(0, 1), TWILIO_AUTH_TOKEN=TOKEN,
    )  # fmt: skip
    evidence = files(home, *INPUTS)
    assert len(evidence["load.html"]) > 1000
    assert leaks(evidence) == []


VAULT = re.compile(rb"call |otp\.|letter ")
"""How the purposes of entries of the vault begin."""


def test_the_key_opens_no_secret_from_anything_that_was_ever_written_but_the_vault_which_empties(
    home, tmp_path, monkeypatch
):
    """What the key opens is what was sealed. It is noted when it is sealed, so no page escapes the search."""
    opened, entries = [], []
    close, seal = Seal.close, Seal.seal

    def noted_close(self, data, purpose):
        (entries if VAULT.match(purpose) else opened).append(data)
        return close(self, data, purpose)

    def noted_seal(self, secret):
        opened.append(secret.reveal().encode())
        return seal(self, secret)

    monkeypatch.setattr(Seal, "close", noted_close)
    monkeypatch.setattr(Seal, "seal", noted_seal)
    clock = VirtualClock(time.time())
    with BackgroundBank(tmp_path / "bank.db") as bank:
        env = {"TWILIO_AUTH_TOKEN": TOKEN, "IVR_STORE": f"sqlite:///{tmp_path}/calls.db", "IVR_BANK_URL": bank.url}
        ivr = build(Settings.from_environment({**env, "IVR_FLOWS": str(home / "flows")}), clock=clock.now)
        rounds = server_rounds(ivr, clock.now)
        carrier = Listening(WsgiTransport(web_app(ivr)))
        base = "http://ivr.invalid"
        for conversation in read_conversations([home / "typed.yaml"]):
            play_conversation(conversation, carrier, clock, base_url=base, token=TOKEN)
        codes = change_a_pin(carrier, base, ivr)
        unfinished(carrier, base)
    assert leaks({"entries": b"\n".join(entries)})
    assert codes[0].encode() in b"".join(entries)
    assert len(opened) > 100
    evidence = {f"sealed {number}": data for number, data in enumerate(opened)}
    assert leaks(evidence) == []
    assert not [data for data in opened if codes[0].encode() in data]
    folder = tmp_path / "calls.db-vault"
    assert list(folder.iterdir())
    for seconds in (0, TYPED_SECONDS + 1):
        clock.sleep(seconds)
        for job in rounds:
            job(clock.now())
    assert list(folder.iterdir()) == []
    ivr.store.close()


def change_a_pin(carrier: Listening, url: str, ivr) -> list[str]:
    """Prove L2 with a one-time code and type a new PIN twice; return the code, and the PIN's place in SECRETS."""
    common = {"CallSid": new_sid("CA"), "From": "+8613800000003", "To": "+86", "CallStatus": "in-progress"}
    carrier.post(f"{url}/twilio/voice/change_pin", **common)
    for turn, keys in enumerate(("0365", "975310"), 1):
        carrier.post(f"{url}/twilio/turn/{turn}", **common, Digits=keys)
    code = re.findall(r"\d{6}", ivr.texts_sent()[-1])[0]
    for turn, keys in enumerate((code, "482915", "482915"), 3):
        answer = carrier.post(f"{url}/twilio/turn/{turn}", **common, Digits=keys)
    assert "密码改好了".encode() in answer.body
    carrier.post(f"{url}/twilio/status", **{**common, "CallStatus": "completed"})
    return [code]


def crash(turn, value):
    raise RuntimeError(f"{value!r} {getattr(value, 'reveal', lambda: value)()} {turn.frame.scratch}")


@pytest.mark.parametrize("broken", [(VerifyStep, "accept"), (CollectStep, "accept")])
def test_a_step_that_breaks_over_a_secret_tells_nobody_what_it_was(home, tmp_path, monkeypatch, capfd, caplog, broken):
    monkeypatch.setattr(*broken, lambda self, turn, value: crash(turn, value))
    handlers, propagate = log.LOG.handlers[:], log.LOG.propagate
    env = {"TWILIO_AUTH_TOKEN": TOKEN, "IVR_STORE": f"sqlite:///{tmp_path}/calls.db", "IVR_FLOWS": str(home / "flows")}
    ivr = build(Settings.from_environment(env))
    carrier = Listening(WsgiTransport(web_app(ivr)))
    log.to_stderr()
    log.LOG.propagate = True
    try:
        odd_requests(carrier, "http://ivr.invalid")
        unfinished(carrier, "http://ivr.invalid")
    finally:
        log.LOG.handlers[:], log.LOG.propagate = handlers, propagate
    out, err = capfd.readouterr()
    evidence = files(tmp_path) | {
        "out": out.encode(),
        "err": err.encode(),
        "log": caplog.text.encode(),
        "replies": carrier.heard,
    }
    ivr.store.close()
    assert '"fault": "RuntimeError"' in err
    assert "正在为您转接人工".encode() in carrier.heard
    assert leaks(evidence) == []


def test_a_bank_that_gives_a_secret_back_in_its_error_does_not_bring_it_into_the_journal(home, tmp_path):
    def echo(source, question, *, deadline, key):
        from ivr.errors import LookupFailed

        raise LookupFailed("the bank said no")

    env = {"TWILIO_AUTH_TOKEN": TOKEN, "IVR_STORE": f"sqlite:///{tmp_path}/calls.db", "IVR_FLOWS": str(home / "flows")}
    ivr = build(Settings.from_environment(env), lookup=echo)
    carrier = Listening(WsgiTransport(web_app(ivr)))
    unfinished(carrier, "http://ivr.invalid")
    journal = "".join(f"{row}" for row in ivr.store.journal()).encode()
    ivr.store.close()
    assert b"lookup" in journal
    assert leaks(files(tmp_path) | {"journal": journal, "replies": carrier.heard}) == []


@pytest.mark.parametrize("secret", SECRETS)
def test_the_search_finds_a_secret_in_every_spelling(secret):
    for how, form in forms_of(secret).items():
        assert leaks({"file": b'{"a": "' + form + b'"}'}), how
    for around in (b"", b"x", b"xy", b"pin="):
        assert leaks({"file": base64.b64encode(around + secret.encode() + b"zzzz")}), around


def test_a_server_that_cannot_be_reached_is_reported_without_what_was_typed():
    with pytest.raises(NoAnswer) as caught:
        HttpTransport().send("POST", "http://127.0.0.1:1/twilio/turn/1", b"Digits=135790", {})
    assert leaks({"text": f"{caught.value}{caught.value!r}".encode()}) == []
