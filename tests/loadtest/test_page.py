"""The report as text and as a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from ivr.loadtest import page, plots, report
from ivr.loadtest.results import ErrorCount, ObjectiveVerdict, Percentiles, StepFigures, TimeSlice

from .test_objective import found

VOID = {"meta", "link", "br", "img", "input"}


class Checker(HTMLParser):
    """Checks that every element is closed where it must be, and collects what would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def full() -> object:
    moments = [TimeSlice(float(n), 1.0, 20, 2, 90 + n, n % 2, 1.5, 20.0 + n, 60.0) for n in range(30)]
    step = StepFigures(
        "press 1 after 查询余额，请按1<&>", 1, 2, Percentiles(900, 9, 8, 20, 30, 40, 50, 1600), Percentiles()
    )
    return found(
        moments=moments,
        steps=[step],
        error_counts=[ErrorCount("status 500", step.name, 2, 'heard: "<b>你好</b>"')],
        curve=[(0, 0.5, 0.4), (50, 8, 4), (99, 40, 20), (100, 1600, 900)],
        objectives=[ObjectiveVerdict("p99<250ms", "249.9ms", True), ObjectiveVerdict("errors<=0", "2", False)],
        left_out={"at a fixed time": 1},
        conversations={"asks": 40},
    )


@pytest.fixture
def checked() -> Checker:
    checker = Checker()
    checker.feed(page.html(full()))
    checker.close()
    return checker


def test_the_page_is_whole_and_fetches_nothing(checked: Checker) -> None:
    assert not checked.open
    assert not checked.fetched
    text = page.html(full())
    assert "<script" not in text
    assert "http" not in re.sub(r"http://127\.0\.0\.1", "", text)
    assert "url(" not in text
    assert "@import" not in text


def test_the_page_shows_what_was_found_with_every_name_escaped(checked: Checker) -> None:
    for words in ("press 1 after 查询余额，请按1<&>", 'heard: "<b>你好</b>"', "249.9ms", "at a fixed time", "1.60 s"):
        assert words in checked.words


def test_every_plot_is_well_formed() -> None:
    drawn = re.findall(r"<svg.*?</svg>", page.html(full()), re.DOTALL)
    assert len(drawn) == 4
    for svg in drawn:
        lines = list(ElementTree.fromstring(svg).iter("polyline"))
        assert lines
        for line in lines:
            for place in line.attrib["points"].split():
                x, y = (float(part) for part in place.split(","))
                assert plots.LEFT <= x <= plots.WIDTH - plots.RIGHT
                assert plots.TOP <= y <= plots.HEIGHT - plots.BOTTOM


def test_a_run_without_anything_has_a_page_and_a_text() -> None:
    empty = found(turns=0, errors=0, turns_per_second=0.0)
    assert "<svg" not in page.html(empty)
    assert "turns    0 (0.0/s after the ramp), 0 failed (0 %)" in report.report_text(empty)
