"""What the product is measured against: Flask and twilio written by hand as their tutorials do; nothing is stored.

It speaks the same words on the same six turns, checks signatures with the tutorials' decorator, and knows its one
customer from constants. It is fair game to run under any server: `app`, and `constant`, which checks nothing at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

HINTS = {
    "zh": "查询余额,余额,还有多少钱,查余额,最近交易,交易,明细,流水,银行卡挂失,挂失,丢卡,卡丢了,锁卡,网点和营业时间,"
    "网点,营业时间,几点,地址,英文,英语,English,人工服务,人工,转人工,找人,客服,接线员,返回,上一步,重复,再说一遍,没听清",
    "en": "your balance,balance,recent transactions,transactions,history,a lost card,lost card,lost my card,stolen,"
    "branches and opening hours,branch,hours,address,Chinese,Mandarin,a person,agent,person,operator,representative",
}
MENUS = {
    "zh": "查询余额，请按1；最近交易，请按2；银行卡挂失，请按3；网点和营业时间，请按4；"
    "更多服务，请按5；长者慢速服务，请按6；人工服务，请按0。",
    "en": "For your balance, press 1; For recent transactions, press 2; To report a lost card, press 3; "
    "For branches and opening hours, press 4; For more services, press 5; For a slower, simpler menu, press 6; "
    "For a person, press 0.",
}
SPOKEN = {"查询余额": "1", "最近交易": "2", "英文": "8", "人工服务": "0", "结束通话": "9"}
OTHER = {"zh": ("en", "For English, press 8."), "en": ("zh", "普通话服务，请按8。")}
VOICES = {"zh": ("Polly.Zhiyu", "cmn-CN"), "en": ("Polly.Joanna", "en-US")}
HEARD = {"zh": "cmn-Hans-CN", "en": "en-US"}
CARD, PIN = "0128", "135790"
BALANCE = "您尾号零幺二八的账户，余额为一万二千三百四十五元六角七分。"
TRANSACTIONS = (
    "十一月二十一日，餐饮消费，支出三十六元五角。",
    "十一月十九日，手机话费，支出一百二十八元整。",
    "十一月十六日，工资，收入八千六百元整。",
)
REPLY = b'<?xml version="1.0" encoding="UTF-8"?><Response><Say>Hello.</Say><Hangup /></Response>'

app = Flask(__name__)
constant = Flask(__name__)
View = Callable[..., Response]


def validate_twilio_request(view: View) -> View:
    """Refuse requests that Twilio did not sign."""

    @wraps(view)
    def decorated(*args: Any, **kwargs: Any) -> Response:
        # Made for each request, as the tutorial's decorator makes it.
        validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
        if not validator.validate(request.url, request.form, request.headers.get("X-TWILIO-SIGNATURE", "")):
            abort(403)
        return view(*args, **kwargs)

    return decorated


@app.route("/voice", methods=["POST"])
@validate_twilio_request
def voice() -> Response:
    """Welcome the caller and offer the menu."""
    return _ask_menu("zh", "您好，欢迎致电示范银行。")


@app.route("/menu", methods=["POST"])
@validate_twilio_request
def menu() -> Response:
    """Follow the key that was pressed."""
    lang = request.args.get("lang", "zh")
    key = _choice()
    if key == "1":
        return _collect("请输入您银行卡的最后四位数字。", "/tail", 4)
    if key == "8":
        return _ask_menu(OTHER[lang][0])
    if key == "0":
        response = VoiceResponse()
        _say(response, "正在为您转接人工服务，请不要挂机。")
        response.dial(action="/dialled", method="POST", timeout=30).number("+861085550100")
        return _xml(response)
    return _ask_menu(lang, "请再选一次。", "还需要什么服务？")


@app.route("/tail", methods=["POST"])
@validate_twilio_request
def tail() -> Response:
    """Take the card's last digits."""
    typed = request.form.get("Digits", "")
    return _collect("请输入六位查询密码。为了安全，请不要用免提。", f"/pin?tail={typed}", 6)


@app.route("/pin", methods=["POST"])
@validate_twilio_request
def pin() -> Response:
    """Check the PIN and tell the balance."""
    if request.args.get("tail") != CARD or request.form.get("Digits") != PIN:
        return _collect("密码不对，请重新输入。", f"/pin?tail={request.args.get('tail', '')}", 6)
    return _offer(
        "/after_balance",
        "好的，核对完成。",
        BALANCE,
        "再听一遍，请按1；最近交易，请按2；返回主菜单，请按4；结束通话，请按9；人工服务，请按0。",
    )


@app.route("/after_balance", methods=["POST"])
@validate_twilio_request
def after_balance() -> Response:
    """Tell the transactions."""
    if _choice() == "2":
        return _offer("/after_transactions", *TRANSACTIONS, "再听一遍，请按2；返回主菜单，请按4；结束通话，请按9。")
    return _ask_menu("zh")


@app.route("/after_transactions", methods=["POST"])
@validate_twilio_request
def after_transactions() -> Response:
    """End the call, or start again."""
    if _choice() != "9":
        return _ask_menu("zh")
    response = VoiceResponse()
    _say(response, "感谢您的来电，再见。")
    response.hangup()
    return _xml(response)


@app.route("/dialled", methods=["POST"])
@validate_twilio_request
def dialled() -> Response:
    """Take a message when nobody answered."""
    response = VoiceResponse()
    if request.form.get("DialCallStatus") == "completed":
        response.hangup()
        return _xml(response)
    _say(response, "人工座席都在通话中。请在提示音后留下姓名和要求，说完请按井号键，我们2小时内给您回电。")
    response.record(action="/voice", method="POST", max_length=120, timeout=5, finish_on_key="#0", play_beep=True)
    response.redirect("/voice", method="POST")
    return _xml(response)


@constant.route("/", defaults={"path": ""}, methods=["POST"])
@constant.route("/<path:path>", methods=["POST"])
def always(path: str) -> Response:
    """Answer without having read anything."""
    return Response(REPLY, mimetype="text/xml")


def _choice() -> str:
    """Return the key that was pressed, or the one that the words stand for."""
    said = request.form.get("SpeechResult", "")
    return SPOKEN.get(said, "") if said else request.form.get("Digits", "")


def _ask_menu(lang: str, *first: str) -> Response:
    response = VoiceResponse()
    gather = _gather(f"/menu?lang={lang}", lang, HINTS[lang])
    for words in (*first, MENUS[lang]):
        _say(gather, words, lang)
    _say(gather, OTHER[lang][1], OTHER[lang][0])
    response.append(gather)
    response.redirect(f"/menu?lang={lang}", method="POST")
    return _xml(response)


def _offer(action: str, *words: str) -> Response:
    response = VoiceResponse()
    gather = _gather(action, "zh", "再听一遍,再听,再说,返回主菜单,主菜单,结束通话,没有了,不用了,再见,人工服务,人工")
    for text in words:
        _say(gather, text)
    response.append(gather)
    response.redirect(action, method="POST")
    return _xml(response)


def _gather(action: str, lang: str, hints: str) -> Gather:
    return Gather(
        action=action,
        method="POST",
        input="dtmf speech",
        language=HEARD[lang],
        hints=hints,
        num_digits=1,
        timeout=5,
        speech_timeout="auto",
    )


def _collect(words: str, action: str, digits: int) -> Response:
    response = VoiceResponse()
    gather = Gather(action=action, method="POST", input="dtmf", num_digits=digits, finish_on_key="#", timeout=5)
    _say(gather, words)
    response.append(gather)
    response.redirect(action, method="POST")
    return _xml(response)


def _say(parent: VoiceResponse | Gather, words: str, lang: str = "zh") -> None:
    voice, language = VOICES[lang]
    parent.say(words, voice=voice, language=language)


def _xml(response: VoiceResponse) -> Response:
    return Response(str(response), mimetype="text/xml")
