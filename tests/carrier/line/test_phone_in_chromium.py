"""The telephone page in a real browser: dial, keys, sound, the balance, hanging up; by keyboard and screen reader."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.flow.model import Release
from tests.waiting import PATIENCE

from .bank_line import BankLine, bank_line

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium (apt-get install chromium)")

LOUDEST = """async () => {
  const context = new AudioContext(), meter = context.createAnalyser(), data = new Float32Array(meter.fftSize);
  context.createMediaStreamSource(document.getElementById("sound").srcObject).connect(meter);
  let most = 0;
  for (let i = 0; i < 400 && most < 0.05; i++) {
    await new Promise((done) => setTimeout(done, 20));
    meter.getFloatTimeDomainData(data);
    most = Math.max(most, ...data.map(Math.abs));
  }
  return most;
}"""


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, shipped: Release) -> Iterator[BankLine]:
    folder: Path = tmp_path_factory.mktemp("bank")
    with bank_line(folder, shipped, sip=False) as ready:
        yield ready


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    switches = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--no-sandbox"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield started
        started.close()


@pytest.fixture
def open_page(browser, line: BankLine):
    """Return a function that opens the page in one window; faults of the page fail the test."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE * 1000)
    faults: list[str] = []

    def opened(query: str = ""):
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(line.browser.url + query)
        return page

    yield opened
    context.close()
    assert not faults


def said(page, words: str) -> None:
    page.locator("#said", has_text=words).wait_for()


def test_a_customer_hears_the_balance_by_keyboard_alone(open_page) -> None:
    page = open_page()
    page.get_by_role("textbox", name="Your number").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Connected").wait_for()
    assert page.evaluate(LOUDEST) > 0.05
    assert page.evaluate("document.getElementById('sound').paused") is False
    page.get_by_role("heading", name="Telephone").click()
    for words, keys in (("查询余额", "1"), ("最后四位", "0128"), ("查询密码", "135790")):
        said(page, words)
        for key in keys:
            page.keyboard.press(key)
    said(page, "一万二千三百四十五元六角七分")
    page.get_by_role("button", name="Hang up").press("Enter")
    page.get_by_role("status").filter(has_text="The call is over").wait_for()
    assert page.get_by_role("button", name="Hang up").is_disabled()


def test_everything_has_a_name_for_a_screen_reader(open_page) -> None:
    page = open_page()
    tree = page.locator("body").aria_snapshot()
    for part in ('heading "Telephone 电话"', "status", 'log "What is said', 'group "Keypad', 'button "Call 拨打"'):
        assert part in tree
    for key in ("1", "0", "star 星号键", "pound 井号键"):
        assert f'button "{key}"' in tree
    assert page.locator("button:not([type]), input:not([id])").count() == 0


def test_an_agents_tab_is_rung_and_both_hear_each_other(open_page) -> None:
    agent = open_page("?side=agent")
    agent.get_by_role("button", name="Wait for calls").click()
    agent.get_by_role("status").filter(has_text="Waiting for calls").wait_for()
    caller = open_page()
    caller.get_by_role("button", name="Call 拨打").click()
    said(caller, "查询余额")
    caller.get_by_role("button", name="0", exact=True).click()
    agent.get_by_role("button", name="Answer").click()
    for speaks, hears in ((agent, caller), (caller, agent)):
        speaks.get_by_role("button", name="Microphone on").click()
        speaks.get_by_role("button", name="Microphone off").wait_for()
        assert hears.evaluate(LOUDEST) > 0.05
    agent.get_by_role("button", name="Hang up").click()
    caller.locator("#said", has_text=re.compile("打分|另一位同事")).wait_for()
