"""Each role at each route of the API: who may, who may not; and no request with any token gives a 500."""

from __future__ import annotations

import random
from typing import Any

import pytest
from werkzeug.routing import Rule

from ivr.channels.twilio.channel import TwilioChannel
from ivr.crypto import Seal
from ivr.services.api_tokens import ROLES, ApiTokens
from ivr.settings import Hidden, Settings
from ivr.web import web_app
from tests.web_fixtures import API_TOKEN, NOW, TOKEN, Stub

NEEDS = {
    ("api_agents.listed", "GET"): "supervisor",
    ("api_agents.add", "PUT"): "operations",
    ("api_agents.remove", "DELETE"): "operations",
    ("api_agents.wrap_up", "POST"): "agent",
    ("api_agents.change", "POST"): "agent",
    ("api_queue.shown", "GET"): "supervisor",
    ("api_queue.done", "POST"): "supervisor",
    ("api_risk.mark", "POST"): "operations",
    ("api_tickets.listed", "GET"): "supervisor",
    ("api_tickets.shown", "GET"): "supervisor",
    ("api_tickets.change", "POST"): "supervisor",
    ("api_recordings.listed", "GET"): "supervisor",
    ("api_recordings.fetched", "GET"): "supervisor",
    ("api_tasks.listed", "GET"): "supervisor",
    ("api_tasks.shown", "GET"): "supervisor",
    ("api_tasks.change", "POST"): "supervisor",
}
"""The role that each route needs; a route without a line fails the test."""
VALUES = ["li.na", "T1", "x" * 300, "..", "%00", "\N{SNOWMAN}", "' OR 1=1", "ready", "take", "note", "done", "0", "-1"]
FIELDS = ["by", "text", "texts", "number", "account", "until", "risk", "reason", "result", "desks", "languages", "site",
          "call", "new_date", "to", "level", "severity", "internal", "called", "note"]  # fmt: skip
BODIES: list[Any] = [None, {}, [], "text", 7, True, {"by": {}}, {"texts": {"zh-CN": 7}}, {"until": "2026-13-45"}]


def machine_with(token: str = "") -> Stub:
    channel = TwilioChannel(TOKEN, None, fingerprint=Seal(b"k").fingerprint)
    return Stub(Settings(api_token=Hidden(token)), channel)


@pytest.fixture
def machine() -> Stub:
    return machine_with(API_TOKEN)


def api_routes(app) -> list[tuple[Rule, str]]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    return [(rule, method) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]


def path_of(rule: Rule, value: str) -> str:
    return "/".join(value if part.startswith("<") else part for part in rule.rule.split("/"))


def test_every_role_at_every_route(machine: Stub) -> None:
    app = web_app(machine)
    client, tokens = app.test_client(), ApiTokens(machine.store)
    routes = api_routes(app)
    assert {(rule.endpoint, method) for rule, method in routes} == set(NEEDS)
    for role in ROLES:
        headers = {"Authorization": f"Bearer {tokens.create('li.na', role, 'ops', NOW)}"}
        for rule, method in routes:
            for name in ("li.na", "wang.wei"):
                status = client.open(path_of(rule, name), method=method, headers=headers, json={}).status_code
                may = ROLES.index(role) >= ROLES.index(NEEDS[rule.endpoint, method])
                may = may and (role != "agent" or name == "li.na")
                assert (status != 403) == may, (role, rule.rule, method, name, status)
                assert status != 401


def test_a_revoked_token_is_refused_at_once_and_the_settings_token_may_do_everything(machine: Stub) -> None:
    client, tokens = web_app(machine).test_client(), ApiTokens(machine.store)
    text = tokens.create("wallboard", "supervisor", "ops", NOW)
    headers = {"Authorization": f"Bearer {text}"}
    assert client.get("/api/queue", headers=headers).status_code == 200
    assert tokens.revoke(text.split("_")[1], "ops", NOW)
    assert client.get("/api/queue", headers=headers).status_code == 401
    assert client.get("/api/queue", headers={"Authorization": f"Bearer {API_TOKEN}"}).status_code == 200


def test_tokens_of_the_store_suffice_and_without_any_there_is_no_such_path() -> None:
    machine = machine_with()
    client = web_app(machine).test_client()
    assert client.get("/api/queue").status_code == 404
    text = ApiTokens(machine.store).create("wallboard", "supervisor", "ops", NOW)
    assert client.get("/api/queue").status_code == 401
    assert client.get("/api/queue", headers={"Authorization": f"Bearer {text}"}).status_code == 200


def test_no_request_with_any_token_gives_a_500(machine: Stub) -> None:
    app = web_app(machine)
    client, tokens, chance = app.test_client(), ApiTokens(machine.store), random.Random(11)
    texts = [API_TOKEN, "", "é", *(tokens.create("li.na", role, "ops", NOW) for role in ROLES)]
    routes, statuses = api_routes(app), set[int]()
    for _ in range(4000):
        rule, method = chance.choice(routes)
        body = chance.choice(BODIES)
        if body == {}:
            body = {name: chance.choice([*VALUES, *BODIES, 10**30]) for name in chance.sample(FIELDS, 4)}
        path = path_of(rule, chance.choice(VALUES))
        query = {chance.choice(["all", "late", "owner", "numbers", "format", "by"]): chance.choice(VALUES)}
        headers = {"Authorization": f"Bearer {chance.choice(texts)}", "Idempotency-Key": chance.choice(VALUES[:6])}
        headers = {name: value.encode("utf-8").decode("latin-1") for name, value in headers.items()}
        sent = {"data": b"\xff{"} if chance.random() < 0.1 else {"json": body}
        answer = client.open(path, method=method, query_string=query, headers=headers, **sent)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (path, method, body, query, answer.data)
    assert {200, 400, 401, 403} <= statuses
