"""`ivr lsp`, spoken to as a text editor does: JSON-RPC over stdin and stdout of the real process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


class Editor:
    """A text editor that has one file open."""

    def __init__(self, file: Path) -> None:
        command = [sys.executable, "-m", "ivr.cli", "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        self.uri, self.text, self.number = file.as_uri(), file.read_text("utf-8"), 0
        self.findings: dict[str, list[dict[str, Any]]] = {}
        self.ask("initialize", processId=None, rootUri=None, capabilities={})
        self.tell("initialized")
        item = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": self.text}
        self.tell("textDocument/didOpen", textDocument=item)

    def tell(self, method: str, **params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        self.number += 1
        self._send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        while (message := self._receive()).get("id") != self.number or "method" in message:
            pass
        assert "error" not in message, message
        return message["result"]

    def at(self, method: str, word: str, **more: Any) -> Any:
        """Ask about a word of the file."""
        before = self.text[: self.text.index(word) + 1]
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self.ask(method, textDocument={"uri": self.uri}, position=position, **more)

    def write(self, text: str) -> list[dict[str, Any]]:
        """Change the text, and return the findings in the file."""
        self.text = text
        document = {"uri": self.uri, "version": 2}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])
        self.at("textDocument/hover", "flow")
        return self.findings[self.uri]

    def close(self) -> None:
        self.ask("shutdown")
        self.tell("exit")
        self.process.communicate(timeout=20)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.findings[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message


@pytest.fixture
def editor(tmp_path) -> Iterator[Editor]:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    editor = Editor(tmp_path / "flows" / "credit_card.yaml")
    yield editor
    editor.close()


def test_findings_come_while_the_file_is_written_and_go_when_it_is_mended(editor):
    sound = editor.text
    assert editor.write(sound) == []
    (finding,) = editor.write(sound.replace("您名下还没有信用卡。", "您必须先办信用卡。"))
    assert (finding["code"], finding["severity"]) == ("commanding-words", 2)
    assert "请您" in finding["message"]
    assert editor.write(sound) == []


def test_a_cure_that_needs_no_decision_is_offered_as_an_edit(editor):
    editor.write(editor.text.replace("您名下还没有信用卡。", "请键入卡号。"))
    line = editor.text[: editor.text.index("请键入")].count("\n")
    place = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}}
    document = {"uri": editor.uri}
    (action,) = editor.ask("textDocument/codeAction", textDocument=document, range=place, context={"diagnostics": []})
    assert [edit["newText"] for edit in action["edit"]["changes"][editor.uri]] == ["输入"]


def test_hover_tells_what_callers_hear_at_a_step(editor):
    text = editor.at("textDocument/hover", "nothing_due")["contents"]["value"]
    assert "本期不用还款" in text
    assert "There is nothing to pay" in text


def test_a_name_leads_to_its_definition_and_its_uses(editor):
    (place,) = editor.at("textDocument/definition", "after_bill")
    defined = editor.text.split("\n")[place["range"]["start"]["line"]]
    assert defined.strip() == "after_bill:"
    uses = editor.at("textDocument/references", "after_bill", context={"includeDeclaration": True})
    assert len(uses) == editor.text.count("after_bill")


def test_a_name_is_renamed_everywhere_and_not_to_one_that_is_used(editor):
    edit = editor.at("textDocument/rename", "after_bill", newName="what_next")
    (change,) = edit["changes"][editor.uri]
    assert change["newText"] == editor.text.replace("after_bill", "what_next")
    assert editor.at("textDocument/rename", "after_bill", newName="bill_sent") is None
