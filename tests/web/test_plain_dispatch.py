"""Whether Flask would call a channel's views and nothing around them: asked anew at each request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, Request, signals

from ivr.web import web_app
from ivr.web.plain_dispatch import PlainDispatch
from tests.web_fixtures import stub


class OtherRequest(Request):
    """A request class of the application's own."""


class Turns:
    """Turns at one path of a blueprint."""

    blueprint = "phone"
    content_type = "text/xml"
    samples = ("/phone/turn/1",)

    def find(self, path: str) -> None:
        return None


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/phone/turn/<int:turn>", "phone.turn", lambda turn: "", methods=["POST"])
    return app


def test_an_application_of_views_alone_is_plain(app: Flask) -> None:
    assert PlainDispatch(app, Turns()).holds()


@pytest.mark.parametrize(
    "change",
    [
        lambda app: app.before_request(lambda: None),
        lambda app: app.after_request(lambda response: response),
        lambda app: app.teardown_request(lambda fault: None),
        lambda app: app.teardown_appcontext(lambda fault: None),
        lambda app: app.url_value_preprocessor(lambda endpoint, values: None),
        lambda app: app.before_request_funcs.setdefault("phone", []).append(lambda: None),
        lambda app: setattr(app, "request_class", OtherRequest),
        lambda app: app.config.update(SECRET_KEY="a key"),
        lambda app: app.config.update(SERVER_NAME="ivr.example"),
        lambda app: app.view_functions.update({"phone.turn": lambda turn: "other"}),
    ],
)
def test_whatever_the_application_adds_later_is_noticed(app: Flask, change: Callable[[Flask], object]) -> None:
    dispatch = PlainDispatch(app, Turns())
    assert dispatch.holds()
    change(app)
    assert not dispatch.holds()


def test_a_function_of_another_blueprint_changes_nothing(app: Flask) -> None:
    app.before_request_funcs.setdefault("other", []).append(lambda: None)
    assert PlainDispatch(app, Turns()).holds()


def test_a_listener_to_a_signal_is_noticed_while_it_listens(app: Flask) -> None:
    dispatch = PlainDispatch(app, Turns())

    def listener(sender: object, **_: object) -> None: ...

    with signals.request_started.connected_to(listener):
        assert not dispatch.holds()
    assert dispatch.holds()


def test_a_route_for_something_else_changes_nothing_and_one_in_the_way_does(app: Flask) -> None:
    dispatch = PlainDispatch(app, Turns())
    app.add_url_rule("/other", "other", lambda: "")
    assert dispatch.holds()
    app.add_url_rule("/phone/turn/1", "other_turn", lambda: "", methods=["POST"])
    assert not dispatch.holds()


def test_an_application_without_the_channels_routes_never_reaches_them() -> None:
    app = Flask(__name__)
    assert PlainDispatch(app, Turns())._matched_views() == {}


def test_the_application_as_it_is_made_is_plain(tmp_path) -> None:
    ivr = stub(tmp_path)
    app = web_app(ivr)
    turns = ivr.channel.direct_turns(ivr, app.extensions.get("ivr_metrics"))
    assert PlainDispatch(app, turns).holds()
