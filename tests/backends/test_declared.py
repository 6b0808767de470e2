"""Services of lookups.yaml are asked as they are declared: over a real HTTP server, with their settings."""

from __future__ import annotations

import json

import pytest

from ivr.backends.declared import missing_settings, service_addresses
from ivr.backends.http import HttpLookup
from ivr.errors import LookupFailed
from ivr.flow.lookups import read_lookups
from ivr.session.step_registry import catalogue
from ivr.yamlfile.source import read_text
from tests.backends.test_http import answer, bank

DECLARED = """
services:
  clinic:
    address: {setting: CLINIC_URL}
    token: {setting: CLINIC_TOKEN}
    headers: {X-Line: main}
    method: GET
    questions:
      doctor:
        path: /doctors/{name}/desk
        takes: {name: text, day: {type: date, needed: no}}
        gives: {desk: text}
      rooms:
        gives: {items: [{name: text}]}
      book:
        method: POST
        takes: {name: text}
        gives: {reference: code}
"""
SET = {"CLINIC_URL": "http://127.0.0.1:9/v1", "CLINIC_TOKEN": "t0ken"}


def lookups():
    node, problems = read_text(DECLARED, "lookups.yaml")
    read, found = read_lookups(node, catalogue().lookup_types)
    assert not problems + found
    return read


def asking(url: str, **instead: str) -> HttpLookup:
    named = {**SET, "CLINIC_URL": f"{url}/v1"}
    return HttpLookup(service_addresses(lookups(), lambda name: named.get(name, ""), instead))


def test_get_has_its_fields_in_path_and_query_and_carries_the_token():
    with bank(answer('{"desk": "ent"}')) as server:
        lookup = asking(server.url)
        asked = {"name": "O'Hara/ Ann", "day": "2026-12-01"}
        assert lookup("clinic.doctor", asked, deadline=2, key="1") == {"desk": "ent"}
        lookup.close()
        head, body = server.requests[0]
    assert head.startswith(b"GET /v1/doctors/O%27Hara%2F%20Ann/desk?day=2026-12-01 HTTP/1.1\r\n")
    assert b"Authorization: Bearer t0ken" in head
    assert b"X-Line: main" in head
    assert b"Idempotency-Key" not in head
    assert not body


def test_a_list_is_an_answer_with_items_where_items_are_declared():
    with bank(answer('[{"name": "a"}]')) as server:
        lookup = asking(server.url)
        assert lookup("clinic.rooms", {}, deadline=2, key="1") == {"items": [{"name": "a"}]}
        with pytest.raises(LookupFailed, match="not a JSON object"):
            lookup("clinic.doctor", {"name": "a"}, deadline=2, key="1")
        lookup.close()


def test_post_has_its_fields_in_the_body():
    with bank(answer('{"reference": "A1"}')) as server:
        lookup = asking(server.url)
        assert lookup("clinic.book", {"name": "Ann"}, deadline=2, key="call-7") == {"reference": "A1"}
        lookup.close()
        head, body = server.requests[0]
    assert head.startswith(b"POST /v1/book HTTP/1.1\r\n")
    assert b"Idempotency-Key: call-7" in head
    assert json.loads(body) == {"name": "Ann"}


def test_another_address_gets_neither_token_nor_headers():
    with bank(answer('{"desk": "ent"}')) as server:
        lookup = asking("http://127.0.0.1:9", clinic=server.url)
        assert lookup("clinic.doctor", {"name": "Ann"}, deadline=2, key="1") == {"desk": "ent"}
        lookup.close()
        assert b"Authorization" not in server.requests[0][0]
        assert b"X-Line" not in server.requests[0][0]


def test_a_service_without_its_settings_is_not_asked():
    (clinic,) = lookups().services.values()
    assert missing_settings(clinic, lambda _: "") == ["CLINIC_URL", "CLINIC_TOKEN"]
    lookup = HttpLookup(service_addresses(lookups(), lambda _: ""))
    with pytest.raises(LookupFailed, match="no address is set for clinic"):
        lookup("clinic.doctor", {"name": "Ann"}, deadline=2, key="1")
    assert lookup.troubles() == {"clinic": "no address is set"}


def test_a_question_that_is_not_declared_is_not_sent():
    with bank(answer("{}")) as server:
        lookup = asking(server.url)
        with pytest.raises(LookupFailed, match="no question of this name"):
            lookup("clinic.floors", {}, deadline=2, key="1")
        lookup.close()
        assert server.requests == []
