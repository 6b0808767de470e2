"""What a bank's hotline owes its callers, and the conversations that show each of it, in Mandarin and in English.

Add a line here with every new service. Whether the conversations go as written is tested where they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.conversations.model import Conversation
from ivr.conversations.reader import read_conversations

FOLDER = Path(__file__).parents[1] / "conversations"
BY_TITLE = {one.title: one for one in read_conversations([FOLDER])}


@dataclass(frozen=True)
class Shown:
    """Titles of conversations by language. `zh_only` tells why English is not asked for."""

    zh: tuple[str, ...]
    en: tuple[str, ...] = ()
    zh_only: str = ""
    titles: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "titles", (*self.zh, *self.en))


CAPABILITIES = {
    "self-service day and night, with nobody at any desk": Shown(
        (
            "at three in the night of a holiday with every desk closed a customer hears the balance",
            "at three in the night with every desk closed a customer locks a lost card",
            "at three in the night with every desk closed a caller hears bill, limits and branches",
        ),
        ("an English speaker hears the balance at night with every desk closed",),
    ),
    "balance: greeting, proof, answer, end": Shown(
        ("a customer hears the balance after card tail and PIN", "a corporate customer hears a large balance"),
        ("an English speaker hears the balance",),
    ),
    "transactions page by page": Shown(
        (
            "a customer listens to the last transaction page by page",
            "a customer has the first page of transactions sent and goes on listening",
        ),
        (
            "an English speaker hears an earlier page and has it sent",
            "an English speaker hears transactions and then the branches",
        ),
    ),
    "lost card": Shown(
        (
            "a customer locks a lost card and hears the reference twice",
            "a card that was reported before is not reported again",
            "from another telephone a lost card is locked by its whole number",
        ),
        ("an English speaker locks a lost card",),
    ),
    "credit card bill": Shown(
        ("a customer hears the credit card bill and when it is due", "a customer who owes nothing is told so"),
        ("an English speaker hears the credit card bill", "an English speaker without a credit card is told so"),
    ),
    "transfer limits": Shown(
        ("a customer asks how much can be sent by phone", "a customer hears the limits again and has them sent"),
        ("an English speaker hears the limits",),
    ),
    "change of query PIN": Shown(
        (
            "a customer changes the PIN and the old one no longer works",
            "weak PINs are explained and after the third a person helps",
        ),
        ("an English speaker changes the PIN",),
    ),
    "branches and hours by city": Shown(
        (
            "a caller hears the branches of a city with addresses, days and hours",
            "a city with many branches is heard three at a time",
            "a city that is not named is asked for by its area code",
            "a caller asks about opening hours in their own words",
        ),
        ("an English speaker hears the branches of a city and has them sent",),
    ),
    "proof once, only where it is needed, without a word on what was wrong": Shown(
        (
            "a customer hears the balance twice and the transactions without proving anything again",
            "a caller hears branches and hours without any proof",
            "three wrong PINs lead to a person, and the words never tell what was wrong",
            "a PIN said aloud is neither heard nor kept",
        ),
        (
            "a verified caller changes the language and is not asked to prove anything again",
            "an English speaker with three wrong PINs is told nothing about which was wrong",
        ),
    ),
    "a person from everywhere": Shown(
        (
            "0 leads to a person at once",
            "whoever asks for a person gets one however badly it was heard",
            "star and 0 at the card tail lead to a person",
            "a caller who says nothing is nudged once and then reaches a person",
        ),
        ("an English speaker asks for a person in words", "an English speaker who says nothing reaches a person"),
    ),
    "what was said freely is understood, and who is not understood reaches a person": Shown(
        ("a caller who says what they want needs no key", "words that mean nothing here are asked for again"),
        ("an English speaker asks for a person in words",),
    ),
    "complaint within two keys at three in the night": Shown(
        (
            "at three in the night a complaint is two keys away and no desk is needed",
            "a complaint about a cash machine is taken at three in the night of a holiday",
        ),
        (
            "at three in the night an English speaker complains within two keys",
            "at three in the night of a holiday an unknown English speaker complains",
        ),
    ),
    "complaint with kind, number, promised times and text message": Shown(
        (
            "a complaint about a product gets a number, two promised times and a text message",
            "where next year's holidays are not known yet the outcome is promised in working days",
        ),
        ("an English speaker complains about a fee",),
    ),
    "complaint made again goes higher": Shown(
        ("the same complaint within a week goes to a higher desk",),
        ("an English speaker who complains a second time within a week is told that it goes higher",),
    ),
    "progress by telephone": Shown(
        ("a caller complains and hears at once how far it is",),
        ("an English speaker hears how far a complaint is", "an English speaker hears that there is nothing to tell"),
    ),
    "survey after a person": Shown(
        (
            "a standard customer reaches the general desk and answers two questions",
            "an unhappy customer tells so by key and hears by when somebody calls",
            "a caller who wants no survey says nothing and is thanked",
        ),
        ("an English speaker answers the survey", "an English speaker refuses the survey by silence"),
    ),
    "emergency announcements: on, off, over, drill, one number": Shown(
        (
            "in an emergency callers hear what works before the menu",
            "while nothing is switched on callers hear the menu at once",
            "an emergency that has ended is heard no more",
            "a drill is heard by the number that was named for it and says that it is one",
            "a drill is not heard by anybody else",
            "an announcement for one called number is heard there",
            "an announcement for one called number is not heard on another",
            "a text written in the hour of need is heard as it was written",
        ),
        (
            "on the English number the emergency is told in English",
            "on the English number a drill is called one in English",
        ),
    ),
    "warning of fraud": Shown(
        ("a warning of fraud is heard to its end whatever key is pressed",),
        ("on the English number a drill is called one in English",),
    ),
    "closed desks, half-days, holidays and make-up workdays": Shown(
        (
            "outside the hours of the desks a caller hears when they open and leaves a message",
            "on a Saturday afternoon the desks are closed until Monday",
            "on a Saturday morning the desks are open",
            "on a public holiday the desks are closed until the first day after it",
            "on a Saturday that is worked for a holiday the desks keep the hours of a Friday",
        ),
        (
            "an English speaker hears when the desks open and leaves a message",
            "an English speaker on a holiday hears the day after it",
        ),
    ),
    "outage: gone from the start, failing, slow, and in the middle of a call": Shown(
        (
            "with the bank gone the balance is a matter for a person",
            "with the bank gone a caller finds complaints, progress and hours as ever",
            "a slow bank is given up on and callers still hear the hours",
            "the bank fails between the PIN and the balance",
            "the bank fails when the lock is confirmed and a person locks the card",
            "the bank becomes slow within the call and the caller is not kept waiting",
            "the bank comes back within the call and the caller goes on without a new proof",
        ),
        ("an English speaker hears that the bank does not answer and keeps a way on",),
    ),
    "language by key, by word and by number": Shown(
        ("a caller changes the language back and forth and stays in the menu",),
        ("an English speaker hears the balance", "on the English number the emergency is told in English"),
    ),
    "pause for relayed callers": Shown(
        (
            "callers who must put the telephone down are waited for",
            "a relayed caller asks for a minute three times and nothing is counted",
        ),
        ("a relayed English speaker asks for a minute",),
    ),
    "keys alone, without a word": Shown(
        (
            "by keys alone a caller goes through every service in one call",
            "a caller who can't speak has a complaint taken down by keys alone",
        ),
        ("an English speaker goes by keys alone and has the answers sent",),
    ),
    "any answer as a text message": Shown(
        ("by keys alone a caller goes through every service in one call",),
        (
            "an English speaker goes by keys alone and has the answers sent",
            "an older caller on the English number hears the balance and has it sent",
        ),
    ),
    "more time for what must be fetched": Shown(
        (
            "a caller who looks for the card asks for more time by pound",
            "a caller who reads the code from another telephone has half a minute and can ask for more",
        ),
        zh_only="the waits are the same in every language",
    ),
    "waiting for a person: the place, and a call back or a message instead": Shown(
        (
            "who called before is served before, and the place only falls",
            "a caller who has waited for three minutes is called back instead",
            "a caller who has waited for three minutes leaves a message",
            "an older caller who has waited for a minute is called back by one key",
        ),
        ("an English speaker who has waited for three minutes is called back",),
    ),
    "groups of customers and their desks": Shown(
        (
            "a standard customer reaches the general desk and answers two questions",
            "a corporate customer reaches the general desk in business hours",
            "a corporate customer reaches the general desk in the middle of the night",
            "a VIP caller reaches the VIP desk",
            "a VIP caller whose desk is closed reaches the general desk before others",
            "callers of the number for VIP customers reach their desk from any telephone",
            "an older VIP caller without a word reaches the VIP desk",
        ),
        ("an English speaking VIP customer reaches the VIP desk and answers two questions",),
    ),
    "callers whom the bank does not know, who withhold the number, or call over the internet": Shown(
        (
            "a caller whom the bank does not know hears first how older callers reach a person",
            "a caller who withholds the number hears the same and reaches the same desk",
            "a caller over the internet hears the same and reaches the same desk",
            "a caller whom the bank does not know gives the whole card number",
            "a caller without a number asks for the balance by card",
            "a caller who withholds the number is asked for one and gets no text message",
        ),
        ("at three in the night of a holiday an unknown English speaker complains",),
    ),
    "older callers: a person first, and silence is enough": Shown(
        (
            "an older caller who says nothing reaches a person within twenty seconds",
            "any key that was not named leads an older caller to a person as well",
            "an older caller at three in the night reaches a person like by day",
            "with the bank gone an older caller on the simple menu's own number still reaches a person by silence",
        ),
        ("an older caller on the English number reaches a person by silence",),
    ),
    "older callers: balance and lost card in short sentences, said twice": Shown(
        (
            "an older caller hears the balance twice and is seen off kindly",
            "an older caller locks the card with two keys and is then put through to a person",
            "an older caller has the balance sent to the mobile phone",
        ),
        (
            "an older caller on the English number hears the balance and has it sent",
            "an older English speaker locks a lost card",
        ),
    ),
    "older callers: slower and faster": Shown(
        (
            "an older caller who asks for slower speech hears the same again and is still with a person soon",
            "an older caller says that it is too fast",
        ),
        zh_only="the keys are the same in every language",
    ),
    "older callers: in and out of the simple menu": Shown(
        (
            "a caller of 65 and over leaves the simple menu for this call and hears the standard one",
            "a caller chooses the simple menu by key 6 and gets it in the next call too",
        ),
        (
            "a verified older customer on the English number leaves the simple menu",
            "an English speaker chooses the simple menu",
        ),
    ),
    "older callers: one question afterwards": Shown(
        ("an older caller is asked one question and no more after a talk",),
        ("an older customer on the English number reaches the desk for older callers and is asked one question",),
    ),
    "older callers: never a dead end when desks are closed": Shown(
        (
            "an older caller who says nothing while desks are closed hears when they open and by when they are called",
            "an older caller hears the balance on a holiday with every desk closed",
        ),
        ("an older English speaker hears when the desks open",),
    ),
}
ENGLISH_LINE = "+861085550102"


def speaks_english(conversation: Conversation) -> bool:
    words = [str(wish.value) for turn in conversation.turns for wish in turn.hear]
    return any(word.isascii() for word in words)


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_is_shown_by_conversations_that_there_are(capability):
    shown = CAPABILITIES[capability]
    assert shown.zh, "no conversation in Mandarin"
    assert bool(shown.en) != bool(shown.zh_only), "no conversation in English, and no reason why"
    missing = [title for title in shown.titles if title not in BY_TITLE]
    assert not missing


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_conversations_are_in_the_language_that_they_stand_for(capability):
    shown = CAPABILITIES[capability]
    assert not [title for title in shown.en if not speaks_english(BY_TITLE[title])]
    mandarin = [BY_TITLE[title] for title in shown.zh]
    assert not [one.title for one in mandarin if one.to == ENGLISH_LINE]
    assert any(not speaks_english(one) for one in mandarin) or capability.startswith("language")


def test_every_flow_has_conversations_of_its_own_or_through_another():
    flows = {path.stem for path in (FOLDER.parents[1] / "flows").glob("*.yaml")} - {"line", "lookups"}
    flows.add("kinds_of_callers")  # calls through all flows, each of one kind of callers
    assert flows == {path.name for path in FOLDER.iterdir() if path.is_dir() and any(path.glob("*.yaml"))}
