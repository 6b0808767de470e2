"""Differences in the words of an approver, in Chinese and English; the sentences are data, in sentences.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files

from ivr.yamlfile.shipped import shipped_block
from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import Node, Scalar

from .model import Difference

LANGUAGES_OF_REPORTS = ("zh", "en")


def sentence_of(difference: Difference, language: str) -> str:
    """Return a difference as a sentence in "zh" or "en"."""
    table = _sentences()
    facts = {name: fact if isinstance(fact, str) else fact[language] for name, fact in difference.facts.items()}
    if "outcome" in facts:
        words = table.get(f"outcomes.{facts['outcome']}.{language}") or table[f"outcomes.other.{language}"]
        facts["outcome"] = words.format(outcome=facts["outcome"])
    at = difference.where
    if not difference.step and difference.kind.startswith(("key", "option", "phrases")):
        at = table[f"everywhere.{language}"].format(flow=difference.flow)
    return table[f"sentences.{difference.kind}.{language}"].format(at=at, **facts)


@functools.cache
def _sentences() -> Mapping[str, str]:
    """Read the sentences, by their dotted path."""
    return dict(_leaves(shipped_block(files(__package__) / "sentences.yaml"), ()))


def _leaves(node: Node, path: tuple[str, ...]) -> list[tuple[str, str]]:
    if isinstance(node, Scalar):
        return [(".".join(path), node.text)]
    entries = node.entries if isinstance(node, Block) else ()
    return [leaf for key, value in entries for leaf in _leaves(value, (*path, key.text))]
