"""Each role at each route of the API: who may, and who may not."""

from __future__ import annotations

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
