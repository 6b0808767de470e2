"""/api/recordings: what a call has recorded, and who listened."""

from __future__ import annotations

import json

from ivr.engine.ports import Changes, JournalRow
from tests.services.test_recordings import RE1
from tests.web.test_agents_api import ask
from tests.web_fixtures import NOW, Line


def test_a_message_is_listed_and_fetched_and_who_listens_is_noted(line: Line) -> None:
    data = json.dumps({"url": f"https://carrier/{RE1}", "seconds": 9.0})
    line.ivr.store.commit(Changes(rows=[JournalRow("CA1", 1, NOW, "message", data)]))
    (row,) = ask(line, "GET", "/api/recordings/CA1").json
    assert row == {"recording": RE1, "kind": "message", "seconds": 9.0, "at": NOW}
    assert ask(line, "GET", f"/api/recordings/CA1/{RE1}?by=8001").status_code == 502, "no carrier"
    assert ask(line, "GET", "/api/recordings/CA1/RE9?by=8001").status_code == 404
    assert not [row for row in line.ivr.store.journal("CA1") if row.kind == "listened"]


def test_a_wrong_token_gets_nothing(line: Line) -> None:
    assert ask(line, "GET", "/api/recordings/CA1", token="wrong").status_code == 401
