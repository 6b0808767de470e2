"""`ivr check`: all problems of all files, in four formats, with exit codes that programs can trust and no traceback."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main

ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "flows"
CONVERSATION = """\
conversation: a caller asks for the balance
flow: main_menu
turns:
  - hear: 欢迎致电
    press: "1"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the shipped flows in an empty working directory, with no setting made."""
    shutil.copytree(FLOWS, tmp_path / "flows")
    monkeypatch.chdir(tmp_path)
    for name in ("IVR_FLOWS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "flows"


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_flows_are_fine(folder):
    result = check()
    assert (result.exit_code, result.stdout, result.stderr) == (0, "no problems in 11 files\n", "")


def test_all_problems_of_all_files_come_in_one_run(folder):
    change(folder / "main_menu.yaml", "goto: branches", "goto: branchs")
    change(folder / "main_menu.yaml", "do: main_menu", "do: mainmenu")
    change(folder / "elderly_simple.yaml", "tries: 1", "tries: 9")
    change(folder / "line.yaml", "desk: general", "desk: genral")
    result = check()
    assert result.exit_code == 1
    for told in (
        'unknown-step: "branchs" is no step of this flow and no flow.\n',
        'Did you mean "branches"?',
        'Did you mean "main_menu"?',
        '"tries" takes a whole number from 1 to 5, not "9".',
        'Did you mean "general"?',
        "4 errors in 3 files\n",
    ):
        assert told in result.stdout
    assert "Traceback" not in result.output


def test_a_report_for_programs_is_json_alone_on_stdout(folder):
    change(folder / "main_menu.yaml", "goto: branches", "goto: branchs")
    for arguments in (["--json"], ["--format", "json"]):
        result = check(*arguments)
        (problem,) = json.loads(result.stdout)
        assert (problem["rule"], problem["level"]) == ("unknown-step", "error")
        assert problem["file"] == "flows/main_menu.yaml"
        assert result.exit_code == 1
        assert result.stderr == "1 error in 1 file\n"


@pytest.mark.parametrize(("kind", "begins"), [("sarif", "{"), ("github", "::error file=flows/main_menu.yaml,line=")])
def test_other_programs_get_their_format(folder, kind, begins):
    change(folder / "main_menu.yaml", "goto: branches", "goto: branchs")
    result = check("--format", kind)
    assert result.exit_code == 1
    assert result.stdout.startswith(begins)
    if kind == "sarif":
        (run,) = json.loads(result.stdout)["runs"]
        assert [found["ruleId"] for found in run["results"]] == ["unknown-step"]
        assert len(run["artifacts"]) == 11


def test_warnings_fail_only_when_strict(folder):
    with (folder / "main_menu.yaml").open("a", encoding="utf-8") as file:
        file.write("\n  forgotten:\n    hangup: {zh-CN: 再见。, en-US: Goodbye.}\n")
    assert check().exit_code == 0
    assert "1 warning in 1 file" in check().stdout
    assert check("--strict").exit_code == 1


def test_a_file_named_alone_is_judged_among_its_neighbours_but_tells_its_own_problems(folder):
    change(folder / "main_menu.yaml", "goto: elderly_simple", "goto: elderly")
    change(folder / "elderly_simple.yaml", "tries: 1", "tries: 9")
    one = check("flows/main_menu.yaml")
    assert one.exit_code == 1
    assert "unknown-step" in one.stdout
    assert "tries" not in one.stdout
    assert "1 problem in other files" in one.stderr
    line = check("flows/line.yaml")
    assert line.exit_code == 0
    assert "no problems in 1 file" in line.stdout
    both = check("flows/main_menu.yaml", "flows/elderly_simple.yaml")
    assert "2 errors in 2 files" in both.stdout
    assert both.stderr == ""


def test_a_folder_named_beside_one_of_its_files_is_checked_whole(folder):
    change(folder / "elderly_simple.yaml", "tries: 1", "tries: 9")
    for paths in (("flows", "flows/main_menu.yaml"), ("flows/main_menu.yaml", "flows")):
        assert "1 error in 1 file" in check(*paths).stdout


def test_conversations_are_checked_with_the_flows(folder):
    conversations = Path("tests/conversations")
    conversations.mkdir(parents=True)
    assert "no problems in 11 files" in check().stdout
    (conversations / "fine.yaml").write_text(CONVERSATION, encoding="utf-8")
    assert "no problems in 12 files" in check().stdout
    (conversations / "slip.yaml").write_text(CONVERSATION.replace("press", "pres"), encoding="utf-8")
    (conversations / "lost.yaml").write_text(CONVERSATION.replace("main_menu", "main_menus"), encoding="utf-8")
    result = check()
    assert result.exit_code == 1
    assert "unknown-key" in result.stdout
    assert 'calls the flow "main_menus", which is not there.' in result.stdout
    assert 'Did you mean "main_menu"?' in result.stdout
    assert check("tests/conversations/fine.yaml").exit_code == 0
    assert check("tests/conversations").exit_code == 1


@pytest.mark.parametrize("slip", ["conversation：", "conversatoin:"])
def test_a_conversation_whose_first_key_is_wrong_is_no_flow(folder, slip):
    path = folder.parent / "call.yaml"
    path.write_text(CONVERSATION.replace("conversation:", slip), encoding="utf-8")
    result = check(str(path))
    assert result.exit_code == 1
    assert "call.yaml:1:" in result.output
    assert "a flow needs it" not in result.output


def test_the_folder_of_the_settings_is_checked(folder, monkeypatch):
    folder.rename(folder.parent / "menus")
    monkeypatch.setenv("IVR_FLOWS", "menus")
    assert "no problems in 11 files" in check().stdout


@pytest.mark.parametrize("arguments", [["nowhere"], ["--format", "xml"], ["--nonsense"]])
def test_wrong_usage_is_two(folder, arguments):
    result = check(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_folder_that_is_not_there_is_named_with_the_setting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVR_FLOWS", raising=False)
    result = check()
    assert result.exit_code == 2
    assert "there is no folder flows here" in result.stderr
    assert "IVR_FLOWS" in result.stderr


def test_an_empty_folder_is_a_finding(folder):
    (folder.parent / "empty").mkdir()
    result = check("empty")
    assert result.exit_code == 1
    assert "no-flows" in result.stdout


@pytest.mark.parametrize("kind", ["text", "json", "sarif", "github"])
def test_no_bytes_in_a_file_bring_a_traceback(folder, kind):
    files = ("flow: 您好\n".encode("gb18030"), b"\x00\xff\xfe", b"", b"[" * 300, "：\t“".encode())
    for number, content in enumerate(files):
        (folder / f"raw{number}.yaml").write_bytes(content)
    result = check("--format", kind)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "This did not work" not in result.output
    assert all(f"raw{number}.yaml" in result.output for number in range(len(files)))


def test_a_file_that_may_not_be_read_is_a_finding(folder):
    (folder / "dangling.yaml").symlink_to("nowhere.yaml")
    result = check()
    assert result.exit_code == 1
    assert "unreadable-file" in result.stdout


def ran_on_a_terminal(**env: str) -> bytes:
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr.cli", "check"], stdout=writer, stderr=subprocess.DEVNULL, env={**os.environ, **env}
    )
    os.close(writer)
    told = b""
    try:
        while part := os.read(reader, 4096):
            told += part
    except OSError:
        pass  # the terminal closes with the process
    os.close(reader)
    assert process.wait(timeout=20) == 1
    return told


def test_colour_is_for_terminals_and_for_those_who_want_it(folder):
    change(folder / "main_menu.yaml", "goto: branches", "goto: branchs")
    assert b"\033[31merror" in ran_on_a_terminal(PYTHONPATH=str(ROOT))
    assert b"\033" not in ran_on_a_terminal(PYTHONPATH=str(ROOT), NO_COLOR="1")
    assert "\033" not in check().stdout


def test_checking_loads_neither_the_server_nor_the_carrier_nor_the_chart(folder):
    code = "import sys; from ivr.cli import main; main(['check'], standalone_mode=False); print(sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = {"flask", "twilio", "statemachine", "granian", "urllib3", "prometheus_client", "cryptography"}
    assert not [name for name in heavy if f"'{name}'" in told]


def test_the_server_refuses_a_broken_folder_with_the_same_report(folder, monkeypatch):
    change(folder / "main_menu.yaml", "goto: branches", "goto: branchs")
    monkeypatch.setenv("IVR_STORE", "memory:")
    result = CliRunner().invoke(main, ["serve", "--insecure", "--bind", "127.0.0.1:0"])
    assert result.exit_code == 2
    assert "unknown-step" in result.stderr
    assert 'Did you mean "branches"?' in result.stderr
    assert "Traceback" not in result.output
