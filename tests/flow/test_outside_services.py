"""Declared services are found by the names that flows use."""

from ivr.flow.outside_services import Lookups, OutsideQuestion, OutsideService, SettingOrText
from ivr.flow.questions import DeclaredQuestion


def test_a_question_is_named_by_its_service_and_its_own_name():
    rates = OutsideQuestion("rates", DeclaredQuestion("", {}, {}), "GET", "/rates", 2.0)
    lookups = Lookups({"bank": OutsideService("bank", SettingOrText("https://a"), {"rates": rates})}, declared=True)
    assert lookups.questions == {"bank.rates": rates}
    assert lookups.may_ask("bank.rates")
    assert not lookups.may_ask("rates")
