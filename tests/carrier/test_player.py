import pytest

from ivr.carrier.caller import DeskAnswer, HangUp, Press, Silence, Speak, Talk
from ivr.carrier.carrier_options import CarrierOptions

SAY = '<Say language="en-US">{}</Say>'
LONG = SAY.format("one two three four five six seven eight")  # 8 words at 160 a minute: 3 seconds
MENU = f'<Gather action="/menu" numDigits="1" timeout="5">{LONG}</Gather><Redirect>/silent</Redirect>'
END = {"/menu": "<Hangup/>", "/silent": "<Hangup/>"}


def posted(phone, path="/menu"):
    return phone.server.asked(path)


def test_a_key_after_the_prompt_goes_to_the_action(phone, person):
    caller = person(Press("2", at=1.0))
    result = phone.call({"/voice": MENU, **END}, caller)
    assert posted(phone)[0]["Digits"] == "2"
    assert posted(phone)[0]["CallStatus"] == "in-progress"
    assert caller.heard == ["one two three four five six seven eight"]
    assert result.seconds == pytest.approx(4.0)
    assert (result.ended_by, result.status, result.faults) == ("server", "completed", ())


def test_a_key_within_the_prompt_stops_it(phone, person):
    result = phone.call({"/voice": MENU, **END}, person(lambda _: Press("2", at=1.0)))
    assert posted(phone)[0]["Digits"] == "2"
    assert result.seconds == pytest.approx(1.0)


def test_prompts_that_begin_after_the_key_are_never_heard(phone, person):
    caller = person(lambda _: Press("2", at=1.0))
    phone.call({"/voice": MENU.replace("</Gather>", SAY.format("more") + "</Gather>"), **END}, caller)
    assert len(caller.heard) == 1


def test_the_timeout_starts_when_the_prompts_are_over_and_then_the_next_verb_runs(phone, person):
    result = phone.call({"/voice": MENU, **END}, person(Silence()))
    assert posted(phone) == []
    assert len(posted(phone, "/silent")) == 1
    assert result.seconds == pytest.approx(3.0 + 5.0)


def test_a_pause_at_the_end_of_a_gather_is_time_to_think(phone, person):
    page = MENU.replace("</Gather>", '<Pause length="4"/></Gather>')
    caller = person(Silence())
    assert phone.call({"/voice": page, **END}, caller).seconds == pytest.approx(3 + 4 + 5)
    assert caller.listenings[0].timeout == 9.0
    assert phone.call({"/voice": page, **END}, person(Press("1", at=8.0))).seconds == pytest.approx(3 + 8)


def test_a_key_that_comes_too_late_is_silence(phone, person):
    phone.call({"/voice": MENU, **END}, person(Press("1", at=5.1)))
    assert posted(phone) == []


def test_each_key_restarts_the_timeout_and_too_few_are_posted_when_it_is_over(phone, person):
    page = '<Gather action="/menu" numDigits="4" timeout="5"/><Hangup/>'
    result = phone.call({"/voice": page, **END}, person(Press("12", at=4.0, gap=3.0)))
    assert posted(phone)[0]["Digits"] == "12"
    assert result.seconds == pytest.approx(4 + 3 + 5)


def test_a_gap_longer_than_the_timeout_ends_the_number(phone, person):
    page = '<Gather action="/menu" numDigits="4" timeout="2"/><Hangup/>'
    phone.call({"/voice": page, **END}, person(Press("12", gap=2.5)))
    assert posted(phone)[0]["Digits"] == "1"


def test_the_finishing_key_ends_the_number_and_is_not_in_it(phone, person):
    page = '<Gather action="/menu" timeout="5"/><Hangup/>'
    result = phone.call({"/voice": page, **END}, person(Press("123#", gap=0.5)))
    assert (posted(phone)[0]["Digits"], posted(phone)[0]["FinishedOnKey"]) == ("123", "#")
    assert result.seconds == pytest.approx(1.5)


def test_an_empty_finishing_key_makes_pound_a_digit(phone, person):
    page = '<Gather action="/menu" numDigits="2" finishOnKey=""/><Hangup/>'
    phone.call({"/voice": page, **END}, person(Press("#*")))
    assert posted(phone)[0]["Digits"] == "#*"


def test_star_may_finish(phone, person):
    phone.call({"/voice": '<Gather action="/menu" finishOnKey="*"/><Hangup/>', **END}, person(Press("1#*")))
    assert posted(phone)[0]["Digits"] == "1#"


def test_pound_before_any_digit_is_an_empty_result(phone, person):
    phone.call({"/voice": MENU.replace('numDigits="1"', 'numDigits="4"'), **END}, person(Press("#")))
    assert posted(phone) == []
    assert len(posted(phone, "/silent")) == 1


@pytest.mark.parametrize(("form", "digits"), [("blank", ""), ("absent", None)])
def test_an_empty_result_is_posted_only_where_it_is_asked_for(phone, person, form, digits):
    page = '<Gather action="/menu" actionOnEmptyResult="true"/>'
    result = phone.call({"/voice": page, **END}, person(Silence()), carrier_options=CarrierOptions(empty_result=form))
    assert posted(phone)[0].get("Digits") == digits
    assert result.faults == ()


def test_keys_outside_a_gather_are_lost(phone, person):
    page = LONG + MENU
    phone.call({"/voice": page, **END}, person(lambda _: Press("1", at=1.0), Silence()))
    assert posted(phone) == []


@pytest.mark.parametrize(("habit", "digits"), [("kept", ["1", "0128"]), ("lost", ["1"])])
def test_keys_beyond_what_a_gather_takes_reach_the_next_one_or_are_lost(phone, person, habit, digits):
    pages = {
        "/voice": '<Gather action="/menu" numDigits="1"/><Hangup/>',
        "/menu": LONG + f'<Gather action="/card" numDigits="6">{LONG}</Gather><Hangup/>',
        "/card": "<Hangup/>",
    }
    phone.call(pages, person(Press("10128#"), Silence()), carrier_options=CarrierOptions(early_keys=habit))
    assert [form["Digits"] for form in posted(phone) + posted(phone, "/card")] == digits


def test_speech_is_posted_with_its_confidence(phone, person):
    page = f'<Gather action="/menu" input="dtmf speech" speechTimeout="auto">{LONG}</Gather><Hangup/>'
    phone.call({"/voice": page, **END}, person(Speak("查询余额。", 0.91)))
    form = posted(phone)[0]
    assert (form["SpeechResult"], form["Confidence"], form.get("Digits")) == ("查询余额。", "0.91", None)


def test_confidence_may_be_missing(phone, person):
    phone.call({"/voice": '<Gather action="/menu" input="speech"/><Hangup/>', **END}, person(Speak("hello")))
    assert "Confidence" not in posted(phone)[0]


def test_speech_is_not_heard_where_only_keys_are_taken(phone, person):
    phone.call({"/voice": MENU, **END}, person(Speak("hello")))
    assert posted(phone) == []


def test_keys_are_not_taken_where_only_speech_is(phone, person):
    page = '<Gather action="/menu" input="speech"/><Redirect>/silent</Redirect>'
    phone.call({"/voice": page, **END}, person(Press("1")))
    assert posted(phone) == []


@pytest.mark.parametrize(("barge_in", "seconds"), [("true", 1.0), ("false", 3.0)])
def test_speech_stops_a_prompt_unless_told_otherwise(phone, person, barge_in, seconds):
    page = f'<Gather action="/menu" input="speech" speechTimeout="2" bargeIn="{barge_in}">{LONG}</Gather><Hangup/>'
    result = phone.call({"/voice": page, **END}, person(lambda _: Speak("yes", at=1.0, seconds=0.5)))
    assert result.seconds == pytest.approx(seconds + 0.5 + 2.0)


def test_the_caller_may_hang_up_within_a_prompt_and_the_server_is_told(phone, person):
    result = phone.call({"/voice": MENU, **END}, person(lambda _: HangUp(at=2.0)))
    assert (result.ended_by, result.seconds) == ("caller", pytest.approx(2.0))
    status = phone.server.asked("/status")[0]
    assert (status["CallStatus"], status["CallDuration"], status["Duration"]) == ("completed", "2", "1")
    assert posted(phone) == []


def test_relative_addresses_are_taken_from_the_document_they_stand_in(phone, person):
    pages = {
        "/voice": "<Redirect>deep/er/one?x=1&amp;y=2</Redirect>",
        "/deep/er/one?x=1&y=2": "<Redirect>../two</Redirect>",
        "/deep/two": "<Hangup/>",
    }
    assert phone.call(pages, person()).ended_by == "server"
    assert phone.server.requests[2][0] == "/deep/two"


def test_an_empty_redirect_is_this_document_again_and_a_loop_without_a_sound_is_a_fault(phone, person):
    result = phone.call({"/voice": "<Redirect/>"}, person(), carrier_options=CarrierOptions(hops=5))
    assert len(phone.server.asked("/voice")) == 5
    assert "endless loop" in str(result.faults[0])
    assert result.ended_by == "fault"


def test_a_call_that_never_ends_is_ended(phone, person):
    page = '<Pause length="60"/><Redirect>/voice</Redirect>'
    result = phone.call({"/voice": page}, person(), carrier_options=CarrierOptions(most_seconds=600))
    assert result.ended_by == "limit"


def test_the_end_of_a_document_hangs_up_and_is_dead_air(phone, person):
    result = phone.call({"/voice": SAY.format("bye")}, person())
    assert result.ended_by == "server"
    assert "dead air" in str(result.faults[0])


def test_reject_refuses_the_call(phone, person):
    assert phone.call({"/voice": '<Reject reason="busy"/>'}, person()).status == "busy"
    assert phone.call({"/voice": "<Reject/>"}, person()).status == "no-answer"


RECORD = '<Record action="/menu" timeout="4" maxLength="60" finishOnKey="#"/>'


@pytest.mark.parametrize(
    ("act", "digits", "seconds", "length"),
    [
        (Talk(8, "#"), "#", "8", 8.5),
        (Talk(8, "1"), "", "8", 12.5),
        (Talk(8), "", "8", 12.5),
        (Talk(90), "", "60", 60.5),
        (Press("#", at=2.0), "#", "2", 2.5),
        (Silence(), "", "4", 4.5),
    ],
)
def test_a_recording_ends_by_key_silence_or_length(phone, person, act, digits, seconds, length):
    caller = person(act)
    result = phone.call({"/voice": RECORD, **END}, caller)
    form = posted(phone)[0]
    assert (form["Digits"], form["RecordingDuration"]) == (digits, seconds)
    assert form["RecordingUrl"].endswith(form["RecordingSid"])
    assert result.seconds == pytest.approx(length)
    assert caller.heard == ["beep"]


def test_hanging_up_ends_a_recording_and_the_answer_is_thrown_away(phone, person):
    pages = {"/voice": RECORD, "/menu": SAY.format("never heard") + "<Hangup/>"}
    caller = person(HangUp(at=5.0))
    assert phone.call(pages, caller).ended_by == "caller"
    assert (posted(phone)[0]["Digits"], posted(phone)[0]["CallStatus"]) == ("hangup", "completed")
    assert caller.heard == ["beep"]


def test_the_recordings_own_callback_comes_later(phone, person):
    page = RECORD.replace("<Record", '<Record recordingStatusCallback="/ready"')
    phone.call({"/voice": page, "/ready": "", **END}, person(Talk(3, "#")))
    assert [path for path, _ in phone.server.requests] == ["/voice", "/menu", "/ready", "/status"]


DIAL = '<Dial action="/menu" timeout="20"><Number>+861055551111</Number></Dial>'


@pytest.mark.parametrize(
    ("desk", "seconds"),
    [
        (DeskAnswer("completed", talk=60, ring=6), 66),
        (DeskAnswer("busy"), 2),
        (DeskAnswer("no-answer"), 20),
        (DeskAnswer("failed"), 0.5),
    ],
)
def test_the_dialled_leg_ends_as_the_desk_does(phone, person, desk, seconds):
    result = phone.call({"/voice": DIAL, **END}, person(desk=desk))
    assert posted(phone)[0]["DialCallStatus"] == desk.status
    assert ("DialCallDuration" in posted(phone)[0]) is (desk.status == "completed")
    assert (result.dialled, result.seconds) == (("+861055551111",), pytest.approx(seconds))


def test_a_caller_who_leaves_the_talk_is_gone_but_the_action_is_told(phone, person):
    result = phone.call({"/voice": DIAL, **END}, person(desk=DeskAnswer("completed", caller_leaves=True)))
    assert (result.ended_by, posted(phone)[0]["CallStatus"]) == ("caller", "completed")


def test_without_an_action_the_verb_after_dial_runs(phone, person):
    assert phone.call({"/voice": "<Dial>+861</Dial><Redirect>/silent</Redirect>", **END}, person()).faults == ()
    assert len(posted(phone, "/silent")) == 1


def test_a_queue_plays_its_waiting_document_and_reports_how_it_ended(phone, person):
    pages = {"/voice": '<Enqueue action="/menu" waitUrl="/wait">vip</Enqueue>', "/wait": LONG, **END}
    caller = person()
    phone.call(pages, caller)
    assert posted(phone)[0]["QueueResult"] == "bridged"
    assert caller.heard == ["one two three four five six seven eight"]


def test_a_fault_without_a_fallback_ends_the_call(phone, person):
    result = phone.call({"/voice": (500, "text/html", "oops")}, person())
    assert (result.ended_by, result.status, result.faults[0].number) == ("fault", "failed", 11200)


def test_a_fault_goes_to_the_fallback_which_plays_on(phone, person):
    pages = {"/voice": MENU, "/menu": "<Gather><Dial/></Gather>", "/sorry": SAY.format("sorry") + "<Hangup/>"}
    caller = person(Press("1"))
    result = phone.call(pages, caller, fallback_url="https://bank.example/sorry")
    asked = phone.server.asked("/sorry")[0]
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == ("13320", "https://bank.example/menu")
    assert caller.heard[-1] == "sorry"
    assert (result.ended_by, [fault.number for fault in result.faults]) == ("server", [13320])


def test_a_fallback_that_fails_too_ends_the_call(phone, person):
    result = phone.call({}, person(), fallback_url="https://bank.example/sorry")
    assert (result.ended_by, len(result.faults)) == ("fault", 2)


def test_a_repeated_request_must_get_the_same_bytes(phone, person):
    answers = iter(["<Hangup/>", "<Hangup />", "<Hangup/>", "<Hangup/>"])
    pages = {"/voice": MENU, "/menu": lambda _: next(answers)}
    first = phone.call(pages, person(Press("1", repeat=True)))
    assert "different answer" in str(first.faults[0])
    tokens = [headers["HTTP_I_TWILIO_IDEMPOTENCY_TOKEN"] for headers in phone.server.headers[1:3]]
    assert tokens[0] == tokens[1]
    assert posted(phone)[0] == posted(phone)[1]
    assert phone.call(pages, person(Press("1", repeat=True))).faults == ()


def test_a_wrong_token_is_refused(phone, person):
    result = phone.call({"/voice": MENU}, person(), token="another")
    assert "status 403" in str(result.faults[0])
