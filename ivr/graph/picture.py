"""The picture of flows: boxes for steps, arrows for ways, each with what a reader should know. Must not draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ivr.errors import IvrError
from ivr.flow.line_graph import RUN, Arc, LineGraph, StepName, StepNode
from ivr.flow.model import Choice, Flow, Release, Step
from ivr.flow.rules import HeardSpeech
from ivr.speech.prompts.dry_run import VALUE

from .usage import StepUsage

WORDS_SHOWN = 18
"""The characters of a prompt that a box shows."""
TAGS = {"zh": "zh-CN", "en": "en-US"}
"""The language of texts for each language of pictures."""
HeardOnEntering = Callable[[Flow, Step, str], Sequence[HeardSpeech]]
"""Returns what a caller hears on entering a step in a language."""


class GraphError(IvrError):
    """A picture cannot be drawn; the text says why and what to do."""


@dataclass(frozen=True)
class Box:
    """One step. Seconds are those of speech, and of silence until it asks again; `misses` is a share, None for none."""

    name: StepName
    kind: str
    words: str = ""
    speaks: float = 0.0
    waits: float = 0.0
    level: int = 0
    visits: int = 0
    misses: float | None = None
    role: str = ""
    """"start", "person", "end", "elsewhere" (a flow that is not in the picture), or ""."""


@dataclass(frozen=True)
class Arrow:
    """One way. `share` is that of the calls that leave the step by it; `manner` is "choice", "failure" or "on"."""

    source: StepName
    target: StepName
    label: str
    manner: str
    share: float = 0.0


@dataclass(frozen=True)
class Picture:
    """Boxes by flow, arrows, and for each flow the keys that work in every step."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    everywhere: tuple[tuple[str, tuple[str, ...]], ...]
    calls: int

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows of the boxes, in order."""
        return tuple(dict.fromkeys(box.name[0] for box in self.boxes))


@dataclass(frozen=True)
class Painter:
    """Makes pictures of a release in a language ("zh", "en")."""

    release: Release
    heard: HeardOnEntering
    usage: StepUsage
    language: str = "en"

    @cached_property
    def _graph(self) -> LineGraph:
        return LineGraph.of_release(self.release)

    def picture(self, flow: str = "", start: str = "") -> Picture:
        """Return the picture of one flow or of all; with `start` only what can be reached from that step.

        Raises GraphError for a flow or step that is not there.
        """
        flows = self._flows(flow)
        boxes = {box.name: box for each in flows for box in self._boxes(each)}
        arrows = [arrow for each in flows for arrow in self._arrows(each)]
        if start:
            boxes, arrows = self._from(self._named(start, flows), boxes, arrows)
        for arrow in arrows:
            boxes.setdefault(arrow.target, Box(arrow.target, "flow", role="elsewhere"))
        shown = {name[0] for name in boxes}
        everywhere = tuple((each.name, tuple(self._keys(each))) for each in flows if each.name in shown)
        return Picture(tuple(boxes.values()), tuple(arrows), everywhere, self.usage.calls)

    def _flows(self, flow: str) -> list[Flow]:
        if not flow:
            return list(self.release.flows.values())
        if flow not in self.release.flows:
            raise GraphError(f'there is no flow "{flow}"; there are {", ".join(sorted(self.release.flows))}.')
        return [self.release.flows[flow]]

    def _named(self, start: str, flows: Sequence[Flow]) -> StepName:
        names = [(flow.name, start) for flow in flows if start in flow.steps]
        if len(names) != 1:
            where = f"it is in {', '.join(name[0] for name in names)}; name the flow" if names else "there is none"
            raise GraphError(f'step "{start}": {where}.')
        return names[0]

    @staticmethod
    def _from(
        start: StepName, boxes: dict[StepName, Box], arrows: Sequence[Arrow]
    ) -> tuple[dict[StepName, Box], list[Arrow]]:
        reached, frontier = set[StepName](), [start]
        while frontier:
            name = frontier.pop()
            if name not in reached:
                reached.add(name)
                frontier += [arrow.target for arrow in arrows if arrow.source == name]
        return (
            {name: box for name, box in boxes.items() if name in reached},
            [arrow for arrow in arrows if arrow.source in reached],
        )

    def _boxes(self, flow: Flow) -> Iterator[Box]:
        tag = TAGS[self.language] if TAGS[self.language] in flow.languages else flow.language
        for step in flow.written_steps():
            name = (flow.name, step.name)
            speech = self.heard(flow, step, tag)
            words = "".join(each.words for each in speech).replace(VALUE, "…")
            box = Box(
                name,
                step.kind,
                words[:WORDS_SHOWN] + ("…" if len(words) > WORDS_SHOWN else ""),
                sum(each.seconds + each.pause for each in speech),
                level=step.requires,
                visits=self.usage.visits[name],
                misses=self.usage.miss_share(name),
                role=_role(flow, step),
            )
            yield replace(box, waits=_waits(flow, step))

    def _arrows(self, flow: Flow) -> Iterator[Arrow]:
        for step in flow.written_steps():
            node = StepNode(flow.name, step.name, run=True)
            for arc in self._graph.arcs(node):
                # Ways of the whole flow, and to the identity check, would be at every step; the frame and the level
                # show them.
                if arc.outcome in (RUN, *step.exits()) and self._graph.step(arc.to):
                    share = self.usage.way_share(node.name, arc.outcome)
                    yield Arrow(node.name, arc.to.name, self._label(arc), _manner(step, arc), share)

    def _label(self, arc: Arc) -> str:
        if arc.choice is not None:
            return self._choice(arc.choice)
        words = "" if arc.outcome == "next" else arc.outcome
        return " ".join(filter(None, (words, f"[{arc.when}]" if arc.when else "")))

    def _choice(self, choice: Choice) -> str:
        # Other characters of the same look: Mermaid reads # as the start of an entity, and * as Markdown.
        key = {"*": "✱", "#": "＃"}.get(choice.key, choice.key)
        label = choice.label.template(TAGS[self.language]).fixed if choice.label else ""
        return f"{key} {label or ''}".strip()

    def _keys(self, flow: Flow) -> Iterator[str]:
        for choice in flow.globals:
            if choice.key:
                here = StepNode(flow.name, flow.start, run=True)
                target = self._graph.target(choice.goto.name, here) if choice.goto else None
                yield f"{self._choice(choice)} → {'/'.join(target.name) if target else choice.do}"


def _role(flow: Flow, step: Step) -> str:
    if step.reaches_person:
        return "person"
    if step.ends:
        return "end"
    return "start" if step.name == flow.start else ""


def _waits(flow: Flow, step: Step) -> float:
    """Return the silence in seconds until a step that listens asks again."""
    if not step.listens or step.reaches_person:
        return 0.0
    return float(getattr(step, "timeout", 0.0) or flow.profile.first_timeout)


def _manner(step: Step, arc: Arc) -> str:
    if arc.outcome in step.choice_outcomes():
        return "choice"
    return "failure" if arc.outcome in step.fails_by() or arc.outcome == "otherwise" else "on"
