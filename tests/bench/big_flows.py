"""Writes flow folders of any size: menus that lead on to one another, as a large hotline has."""

from __future__ import annotations

from pathlib import Path

LINE = 'lines: {{default: {flow}}}\ndesks: {{general: "+861085550100"}}\ndesk: general\n'
HEAD = """\
flow: {flow}
language: zh-CN
start: step0
globals:
  - {{key: "0", label: 人工服务, phrases: [人工, 转人工], goto: agent}}
  - {{key: star, phrases: [返回], do: back}}
steps:
"""
STEP = """\
  step{here}:
    prompt: 这里是第{here}项。
    menu:
      - label: 查询第{one}项业务
        phrases: [业务{one}]
        goto: step{one}
      - label: 办理第{two}项业务
        phrases: [办理{two}]
        goto: step{two}
      - label: 了解第{three}项业务
        phrases: [了解{three}]
        goto: step{three}
"""
TAIL = """\
  agent: {transfer: general, next: goodbye, otherwise: goodbye}
  goodbye: {hangup: 感谢您的来电，再见。}
"""


def write(folder: Path, steps: int, *, flows: int = 1) -> int:
    """Write that many menus, spread over that many files, and return the lines written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for number in range(flows):
        flow = f"flow{number}"
        text = HEAD.format(flow=flow) + "".join(_step(here, steps // flows) for here in range(steps // flows)) + TAIL
        (folder / f"{flow}.yaml").write_text(text, encoding="utf-8")
        written += text.count("\n")
    (folder / "line.yaml").write_text(LINE.format(flow="flow0"), encoding="utf-8")
    return written


def _step(here: int, of: int) -> str:
    # Three ways that spread, so that every step is reached within some turns of any other.
    return STEP.format(here=here, one=(here + 1) % of, two=(2 * here + 1) % of, three=(3 * here + 2) % of)
