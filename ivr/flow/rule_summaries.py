"""Every rule that a problem can name, with its line in the manual. A test checks that the list is complete."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.flow.rules import all_rules

FILE = {
    "unreadable-file": "The file cannot be opened.",
    "not-utf8": "The file is not saved as UTF-8.",
    "byte-order-mark": "The file begins with an invisible mark that it does not need (warning).",
    "too-big": "The file is larger than 5 MB.",
    "odd-character": "An invisible or forbidden character stands in the text.",
    "empty-file": "The file holds nothing but comments.",
    "second-document": "A line of three dashes begins a second document.",
    "unused-file": "A file looks like a flow and is not read, such as one that ends with .yml (warning).",
    "too-deep": "More than 40 levels of lists and blocks stand inside one another.",
}
"""Rules about files."""

YAML = {
    "tab": "A line is indented with a tab; only blanks count.",
    "indentation": "A line is indented more or less than the lines that it belongs to.",
    "missing-colon": "A key has no colon.",
    "missing-space": "A colon or dash has no blank behind it.",
    "missing-dash": "A line of a list does not begin with a dash.",
    "missing-comma": "Two entries between brackets have no comma between them.",
    "extra-comma": "A comma stands where nothing follows.",
    "extra-bracket": "A bracket is closed that was never opened.",
    "unclosed-bracket": "A bracket is never closed.",
    "wrong-bracket": "A bracket is closed by one of another kind.",
    "bracket-in-text": "A text begins with a bracket and must stand in quotes.",
    "list-in-braces": "A list stands in braces; it belongs in square brackets.",
    "list-below-text": "A list follows below a key that already has a text.",
    "dash-behind-key": "A list begins on the line of its key; it belongs on the lines below.",
    "unclosed-quote": "A quote is never closed.",
    "text-after-quote": "Text stands behind a closing quote.",
    "colon-in-text": "A text holds a colon and a blank, and must stand in quotes.",
    "comma-in-text": "A text between brackets holds a comma, and must stand in quotes.",
    "special-start": "A text begins with a character that has a meaning in YAML.",
    "missing-value": "A key between brackets has nothing behind its colon.",
    "stray-sign": "A sign stands in front of a list or block and has no meaning there.",
    "backslash": "A backslash in double quotes begins no valid escape.",
    "hash": "A # begins a comment, so that text or key is lost.",
    "comment-sign": "A comment begins with another sign than #.",
    "full-width-colon": "A full-width ：stands where a colon belongs.",
    "full-width-comma": "A full-width ，or 、stands where a comma belongs.",
    "full-width-quotes": "Full-width quotes stand where plain ones belong.",
    "full-width-brackets": "Full-width brackets stand where plain ones belong.",
    "full-width-space": "A full-width or no-break blank stands where a plain one belongs.",
    "full-width-dash": "Another dash or bullet stands where a plain dash belongs.",
    "full-width-hash": "A full-width ＃ stands where a # belongs.",
    "repeated-key": "A key is given twice in one block.",
    "key-not-text": "A key is a list or a block.",
    "anchor": "The YAML signs & and * name or repeat a part; flows do not support them.",
    "merge-key": "The YAML key << merges blocks; flows do not support it.",
    "tag": "The YAML sign ! gives a type; flows do not support it.",
    "yaml": "The line cannot be read, and the cause is not known.",
}
"""Rules about YAML syntax."""

FIELDS = {
    "unknown-key": "A key is unknown here.",
    "missing-key": "A required key is missing.",
    "wrong-type": "A value has the wrong type, or is out of range.",
    "bad-language": "A key of a text is not a language tag, such as zh_CN for zh-CN.",
    "unknown-language": "A language is not supported.",
    "bad-slot": "A slot in a text, in braces, is not valid.",
    "missing-phrase": "A language of phrases.yaml lacks some of the engine's own phrases.",
    "unknown-kind": "A slot names a value kind that does not exist.",
    "bad-argument": "A value kind, or its argument as in `date:short`, is not available in the text's language.",
    "bad-condition": "A condition cannot be read.",
    "unknown-step-kind": "A step has no key of a step kind, or a misspelt one.",
    "two-kinds": "A step does two things; it must be two steps.",
    "choice-without-aim": "A choice has neither `goto` nor `do`, or both.",
    "repeated-choice": "Two choices have the same key.",
    "no-key-left": "There are more choices than keys.",
    "no-way-left": "The last entry of a route has a condition, so that a call may have no way on.",
    "bad-number": "A telephone number cannot be dialled, or lacks its country code.",
    "bad-hours": "Opening hours name a day or a span of time that cannot be read.",
    "unknown-survey-question": "A survey asks a question that does not exist.",
    "unknown-part": "A shared choice or step does not exist in line.yaml.",
    "old-form": "What is written is still read, and has a simpler form today (notice).",
    "flow-name": "The flow is called differently from its file.",
}
"""Rules about steps and their keys."""

CHECKS = {
    "no-flows": "The folder holds no flow.",
    "no-line-file": "There is no line.yaml beside the flows.",
    "secret-in-file": "A token stands in lookups.yaml instead of the name of its setting.",
    "secret-in-address": "A secret would be part of an address, which is logged on its way.",
    "wrong-sample": "A sample answer does not fit what the question gives: a field, its form or the kind of its value.",
    # The rules of the folder bring their own lines, so that a new rule needs no entry here.
    **{rule.id: rule.summary for rule in all_rules() if rule.at_load},
}
"""Rules about flows and `line.yaml` as a whole: those of the folder `rules`, and missing files."""

CALLERS = {rule.id: rule.summary for rule in all_rules() if not rule.at_load}
"""Rules about what callers hear and feel: those of the folder `rules` that do not run at load."""

ALLOWANCES = {
    "bad-allowance": "An allowance lacks its rule, its end or its reason, or names no rule that allows one (warning).",
    "ended-allowance": "An allowance has ended (warning).",
    "unused-allowance": "An allowance exempts nothing (warning).",
}
"""Rules about comments that exempt a line from a rule."""

_CONVERSATIONS = {
    "no-value": "A key has no value.",
    "wrong-value": "A key has an invalid value.",
    "wrong-keys": "A key is pressed that a telephone does not have.",
    "empty-turn": "A turn neither hears, does nor expects anything.",
    "two-deeds": "The caller does two things in one turn.",
    "misplaced-key": "A key needs another key that is missing.",
    "unknown-choice": "No choice of the flows has this aim, reason or label.",
    "unknown-fact": "A fact does not exist, or can never have this value.",
}
"""Rules about conversations only; the rules about YAML syntax apply to conversations too."""

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Files": FILE,
    "How YAML is written": YAML,
    "Steps and keys": FIELDS,
    "How the parts fit together": CHECKS,
    "What callers hear and feel": CALLERS,
    "Allowances": ALLOWANCES,
    "Conversations": _CONVERSATIONS,
}
RULES: Mapping[str, str] = {rule: line for group in GROUPS.values() for rule, line in group.items()}
