"""One request to Twilio's REST API: what is sent, what is read of the answer, and what is known after a fault."""

from __future__ import annotations

import base64
import json

import pytest

from ivr.channels.twilio.rest import NotAnswered, NotAsked, RestAccount, RestAnswer
from ivr.settings import Hidden

from .rest_api import MESSAGE, OVER, SID, TOKEN, Api, as_twilio

FORM = {"To": "+8613800000001", "Body": "740913"}


def account(api: Api, token: str = TOKEN, seconds: float = 5.0) -> RestAccount:
    return RestAccount(SID, Hidden(token), api=api.url, seconds=seconds)


def test_a_form_is_posted_to_a_resource_of_the_account(api: Api):
    assert account(api).post("Messages.json", FORM) == RestAnswer(201, MESSAGE, "status 201", "queued")
    assert api.asked == [(f"/2010-04-01/Accounts/{SID}/Messages.json", FORM)]


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (400, b'{"code": 21211, "message": "+8613800000001"}', RestAnswer(400, "", "error 21211")),
        (404, b"<html>740913</html>", RestAnswer(404, "", "status 404")),
        (429, b"[]", RestAnswer(429, "", "status 429")),
        (201, b'{"sid": "<740913>"}', RestAnswer(201, "", "status 201")),
        (500, b'{"sid": "SM1"}', RestAnswer(500, "", "status 500")),
        (200, b'{"sid": "SM1", "code": "x"}', RestAnswer(200, "SM1", "status 200")),
    ],
)
def test_an_answer_gives_an_id_or_twilios_number_and_none_of_its_words(
    api: Api, status: int, body: bytes, answer: RestAnswer
):
    api.status, api.body = status, body
    assert account(api).post("Messages.json", FORM) == answer
    assert answer.refused is (400 <= status < 500)


@pytest.mark.parametrize("fault", ["hangs", "drips"])
def test_who_does_not_answer_in_time_may_have_done_it(api: Api, fault: str):
    setattr(api, fault, True)
    with pytest.raises(NotAnswered) as caught:
        account(api, seconds=0.2).post("Messages.json", FORM)
    assert not any(secret in str(caught.value) for secret in (*FORM.values(), TOKEN, SID))


def test_a_server_that_is_not_there_has_surely_done_nothing():
    with pytest.raises(NotAsked):
        RestAccount(SID, Hidden(TOKEN), api="http://127.0.0.1:1").post("Messages.json", FORM)


def test_the_stand_in_refuses_as_twilio_does():
    right = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    path = f"/2010-04-01/Accounts/{SID}/"
    assert as_twilio(path + "Messages.json", "Basic wrong", FORM)[0] == 401
    assert as_twilio(path + "Messages.json", right, {"To": "1"})[0] == 400
    status, content = as_twilio(path + "Calls/CA9.json", right, {})
    assert (status, json.loads(json.dumps(content))["code"]) == (404, 20404)


def test_a_resource_is_read_with_its_own_status(api: Api):
    assert account(api).get(f"Calls/{OVER}.json") == RestAnswer(200, OVER, "status 200", "completed")
    assert account(api).get("Calls/CA9.json").refused
