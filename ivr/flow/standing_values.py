"""The predefined values that every flow can read, for checks and the manual."""

from __future__ import annotations

from collections.abc import Mapping

STANDING_VALUES: Mapping[str, Mapping[str, str]] = {
    "call": {
        "number": "the number that was called",
        "language": "the language that is spoken now, such as `zh-CN`",
        "date": "today, as 2026-11-21, in the time zone of `line.yaml`",
        "time": "the time, as 15:05",
        "hour": "its hour, 0 to 23",
        "weekday": "1 for Monday to 7 for Sunday",
    },
    "caller": {
        "number": "the number that calls, as +8613800000001",
        "known": "whether the bank knows this number",
        "shown": "whether the number can be called back: not if it is withheld, or a SIP address",
        "segment": "the bank's group of customers: 'standard', 'vip', 'corporate' ...; 'none' for unknown numbers",
        "name": "the customer's name",
        "age": "the customer's age in years",
        "born": "the customer's date of birth",
        "customer": "the bank's own key for the customer",
        "profile": "the menu that was chosen in this call or an earlier one: 'elderly' or 'standard'; else none",
        "frequent": "the `reason`s that this number calls for most, two at most; none for elderly callers",
        "risk": "whether the bank warns of fraud with this number or customer: warn, and lead to a person",
        "tier": "the caller's segment in `line.yaml`; 'none' for callers of none",
        "desk": "the desk of that segment; for callers of none the `desk` of `line.yaml`",
        "priority": "the priority of that segment: 'normal', 'elderly', 'vip' ...",
    },
    "line": {
        "open": "whether the called number is open now, by its `hours` in `line.yaml`",
        "next_opening": "when it opens next, as 2026-11-23T09:00; none while it is open",
        "values.NAME": "that text of the called number's `values` in `line.yaml`",
    },
    "desks": {
        "NAME.open": "whether that desk of `line.yaml` is open now",
        "NAME.next_opening": "when it opens next; none while it is open",
    },
    "hours": {
        "NAME.open": "whether those `hours` of `line.yaml` are open now, holidays and make-up days counted",
        "NAME.today": "whether they open on this day at all",
        "NAME.next_opening": "when they open next; none while they are open",
    },
    "numbers": {"NAME": "that telephone number of `numbers` in `line.yaml`"},
    "queue": {
        "position": "the caller's place among those who wait for an agent; none for a caller who has not waited",
        "minutes": "the expected wait as it was announced last; none while it is unknown",
        "call_back": "whether the wait is long enough to offer a call back",
    },
    "identity": {"level": "the level that the caller has proved, 0 to 3"},
    "card": {"tail": "the last four digits of the card by which the caller was verified"},
}
"""Values that every flow can read, and their parts."""

VALUE_TYPES: Mapping[str, str] = {
    "call.date": "date",
    "call.time": "time",
    "call.hour": "number",
    "call.weekday": "number",
    "caller.known": "flag",
    "caller.shown": "flag",
    "caller.risk": "flag",
    "caller.age": "number",
    "caller.born": "date",
    "line.open": "flag",
    "line.next_opening": "datetime",
    "desks.NAME.open": "flag",
    "desks.NAME.next_opening": "datetime",
    "hours.NAME.open": "flag",
    "hours.NAME.today": "flag",
    "hours.NAME.next_opening": "datetime",
    "queue.position": "number",
    "queue.minutes": "number",
    "queue.call_back": "flag",
    "identity.level": "number",
}
"""The type of a standing value, for comparisons; those that are missing here are texts or lists."""

OPEN_VALUES = ("caller", "card")
"""The values to which the bank may add parts."""

SPOKEN_AS: Mapping[str, str] = {
    "call.number": "phone",
    "call.date": "date",
    "call.time": "time",
    "call.hour": "number",
    "call.weekday": "number",
    "caller.number": "phone",
    "caller.name": "text",
    "caller.age": "number",
    "caller.born": "date",
    "line.next_opening": "datetime",
    "numbers.NAME": "phone",
    "queue.position": "number",
    "queue.minutes": "number",
    "card.tail": "card_tail",
}
"""The value kind by which a standing value is read aloud; those that are missing here are for conditions."""

# Only for the cure in a message: a guess by name, which the editor sees and can change.
_BY_LAST_PART: Mapping[str, str] = {
    **dict.fromkeys(("amount", "balance", "fee", "limit", "available"), "amount"),
    **dict.fromkeys(("date", "day", "born", "due"), "date"),
    **dict.fromkeys(("time", "opens", "closes"), "time"),
    **dict.fromkeys(("next_opening", "at", "since", "until"), "datetime"),
    **dict.fromkeys(("phone", "mobile", "telephone"), "phone"),
    **dict.fromkeys(("age", "minutes", "position"), "number"),
    **dict.fromkeys(("tail",), "card_tail"),
}


def kind_to_advise(path: str) -> str:
    """Return the value kind that fits a value best, judged by its name; `text` where the name tells nothing."""
    if path.startswith("numbers."):
        return SPOKEN_AS["numbers.NAME"]
    return SPOKEN_AS.get(path) or _BY_LAST_PART.get(path.rpartition(".")[2], "text")
