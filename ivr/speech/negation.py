"""The words that negate a request, per language: 不要转人工, 唔要, "I haven't lost my card".

Each is a regular expression over a text in lower case, without full-width signs and without apostrophes.
"""

from __future__ import annotations

from dataclasses import dataclass

from .traditional import traditional


@dataclass(frozen=True)
class Negation:
    """The negations of a language: words `before` a refused phrase, `behind` a retracted one, `within` one."""

    before: str
    behind: str
    within: str


_UNDONE = "取消|解除|撤销|撤回|撤掉|停办|恢复"
"""Verbs that undo what they name: 解除挂失 is no new loss."""

MANDARIN = Negation(
    before=(
        r"(?:(?<![要是想能会可好有特级个分区识差查看找接收听搜得])"
        r"(?:不(?:要|用|想|是|需要|必)|(?<!还)不(?![到了出见小过])|没(?:说|要|有)?(?![查看找接收听到])|别(?![人的家处])|甭|无需)"
        rf"|{_UNDONE})"
        r"(?:一下|打算|准备|遇到|碰到|告诉|打听|了解|关心|(?<=[想要])知道|[转给我帮再想要找到接查办报按选去看听问跟和说讲用换成改的您你个把被锁先来做上这那张人]){0,6}"
    ),
    behind=(
        r"[就都先也]?不(?:查|要|用|问|看|办|改|转|听|找)了|[啊哦]?[，,] *(?:不对|不是|说错了|错了)|不要了|不用了|不要$"
        r"|[^，,。]{0,10}(?:不要了|不用了|算了)$"
    ),
    within="不(?!小心|见)|(?<!有)没|[别未]",
)
"""要不, 是不是 and 有没有 do not negate; 没有查到余额 and 查不到余额 still ask for the balance."""

TRADITIONAL_MANDARIN = Negation(*map(traditional, (MANDARIN.before, MANDARIN.behind, MANDARIN.within)))

CANTONESE = Negation(
    before=(
        r"(?:(?<![要係想會可好有得])"
        r"(?:唔(?:要|用|使|想|係|需要|好|搵|揀|撳|查)|冇(?:講|話|要)|冇(?![查睇搵收])|咪|毋須|無須)"
        rf"|{traditional(_UNDONE)})"
        r"(?:一下|[轉畀俾給我幫再想要搵到接查辦撳揀去睇同講嘅您你個]){0,6}"
    ),
    behind=r"[呀啊]?[，,] *(?:唔啱|唔係|講錯|錯咗)|唔(?:要|使)(?:喇|啦|了)|唔要$",
    within="唔(?!小心|見|該)|[冇未咪]",
)
"""唔該 is a courtesy, 唔見咗 means a loss, and 係唔係 and 有冇 are questions: none of them negates."""

ENGLISH = Negation(
    before=(
        r"\b(?:not|dont|havent|hasnt|didnt|doesnt|isnt|wasnt|without|never|rather than|instead of|nobody|no one)"
        r"(?: (?:want|need|like|here|to know|to|speak|forg\w+|interested|in|send|sent|put|tell|give|talk|"
        r"with|been|yet|go|see|hear|report|make|"
        r"for|be|transferred|connected|connect|me|any|about|check|my|the|a|an|that|ask|say|\w+ing))* "
        r"|\b(?:cancel|undo|remove|lift|withdraw|revoke)(?: (?:my|the|a|that|this))* "
        # With its blank: "no" alone is an answer of its own, and "no, ..." retracts what stands before it.
        r"|\bno (?:need to (?:\w+ ){0,2}(?:my |the )?)?"
    ),
    behind=(
        r", *(?:no\b|sorry\b|wrong\b)"
        r"| (?:isnt|is not|wasnt|was not) (?:the|my|a) (?:problem|issue|question|point)\b"
    ),
    within=r"\b(?:not|no|never|dont|havent|hasnt|didnt|doesnt|isnt|wasnt)\b",
)
