"""Load flow files into a release. Reads every file and collects all problems before it succeeds or fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from ivr.diagnostics.problem import Place, Problem
from ivr.errors import FlowError
from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import Node, read_text
from ivr.yamlfile.suggest import did_you_mean

from .allowances import with_allowances
from .catalogue import Catalogue
from .class_fields import named_priorities
from .deep_steps import raised_steps
from .fields import FieldKind, ListOf, Reading, option, options, read_options
from .folder_files import folder_files
from .hotline import read_line
from .lookups import read_lookups
from .model import Choice, Flow, Hotline, Release, Step
from .outcomes import verify_name
from .outside_services import Lookups
from .own_classes import OwnClasses
from .own_phrases import read_phrases
from .parts_within import within
from .profiles import profiles
from .routes import Choices, Goto
from .rules import Parts, all_rules, check_parts, judge_parts
from .scalars import IdentityLevel, Name, OneOf
from .shared_parts import SharedParts, parts_of, written_step
from .text import Text
from .text_field import LanguageField

LINE, LOOKUPS, READINGS, PHRASES = "line.yaml", "lookups.yaml", "readings.yaml", "phrases.yaml"
NO_FLOWS = (LINE, LOOKUPS, READINGS, PHRASES)
"""The files of a folder that are no flows."""
_CONTENT = "1"
"""Must change whenever the same files would mean something else, so that a version never has two meanings."""


@dataclass(frozen=True)
class _Anything(FieldKind[Node]):
    words: str = "a block of named steps"
    sample: str = "{main: {say: 您好。, next: goodbye}}"

    def read(self, node: Node, reading: Reading) -> Node | None:
        """Return the node; it is read later."""
        return node

    def schema(self) -> dict[str, Any]:
        """Return the schema; `schema.flow_schema` adds the steps."""
        return {"type": "object"}


@dataclass(frozen=True)
class FlowFields:
    """The keys of a flow file."""

    flow: str = option(Name(), help="The flow's name; the file is called the same.")
    steps: Node = option(_Anything(), help="The steps, by name.")
    start: Any = option(Goto(), help="The step that a call begins with.")
    language: str = option(
        LanguageField(), help="The language that texts are in unless they say otherwise.", default="zh-CN"
    )
    profile: str = option(OneOf(("standard", "elderly")), help="How the flow speaks and waits.", default="standard")
    globals: tuple[Choice, ...] = option(
        Choices(numbered=False), help="Choices that work at every step that listens.", default=()
    )
    globals_of: Any = option(
        Goto(), help="Another flow whose globals also apply in this one, after its own.", default=None
    )
    requires: int = option(
        IdentityLevel(),
        help="The identity level that every step requires, except those that lead to a person or end the call.",
        default=0,
        shown="L0",
    )
    agent: Any = option(
        Goto(),
        help="The step that leads callers to a person, on request or after failures.",
        default=None,
        shown="agent",
    )
    main_menu: Any = option(Goto(), help="The step that `do: main_menu` goes to.", default=None, shown="start")
    parameters: tuple[str, ...] = option(
        ListOf(Name()), help="The values that a flow which runs this one must pass.", default=()
    )
    returns: tuple[str, ...] = option(
        ListOf(Name()), help="The values that this flow returns to a flow which runs it.", default=()
    )


def load(folder: Path, catalogue: Catalogue) -> Release:
    """Read every `*.yaml` of a folder. Raises FlowError with all problems of all files."""
    release, problems = inspect(folder, catalogue)
    if release is None or any(problem.level == "error" for problem in problems):
        raise FlowError(problems)
    return release


def inspect(folder: Path, catalogue: Catalogue) -> tuple[Release | None, list[Problem]]:
    """Read a folder; return the release, if it can be built, and all problems, warnings included."""
    built = _read_folder(folder, catalogue)
    return built.release, built.problems


def check_folder(folder: Path, catalogue: Catalogue, today: date) -> tuple[Release | None, list[Problem]]:
    """Read a folder as `inspect` does, and judge what callers will feel, too; `today` decides which allowances hold."""
    built = _read_folder(folder, catalogue)
    return built.release, _judged(built, f"{folder.as_posix()}/", today)


def check_files(files: Mapping[str, str], catalogue: Catalogue, today: date) -> tuple[Release | None, list[Problem]]:
    """Read stored files, and judge them as `check_folder` does a folder."""
    built = _read_files(files, catalogue)
    return built.release, _judged(built, "", today)


def _judged(built: _Built, prefix: str, today: date) -> list[Problem]:
    """Return all problems; `prefix` stands before the names of the files in problems."""
    judged = judge_parts(built.parts) if built.parts is not None else []
    allowable = {rule.id for rule in all_rules() if not rule.at_load}
    named = {f"{prefix}{name}": text for name, text in built.files.items()}
    return [*built.problems, *with_allowances(judged, named, allowable, today)]


@dataclass(frozen=True)
class _Built:
    """The result of reading files; `parts` is None where there are none."""

    release: Release | None
    problems: list[Problem]
    files: Mapping[str, str] = field(default_factory=dict)
    parts: Parts | None = None


def _read_folder(folder: Path, catalogue: Catalogue) -> _Built:
    nodes, files, problems = folder_files(folder)
    if not files:
        message = f"There is no flow file in {folder.as_posix()}."
        cure = "Name the folder that holds the flows, or set IVR_FLOWS to it; ivr new FOLDER makes one."
        return _Built(None, [Problem(Place(folder.as_posix(), 1, 1), "no-flows", message, cure), *problems])
    return _build(nodes, files, problems, catalogue, folder.as_posix())


def inspect_files(files: Mapping[str, str], catalogue: Catalogue) -> tuple[Release | None, list[Problem]]:
    """Read stored files as `inspect` reads a folder; return the release, if it can be built, and all problems."""
    built = _read_files(files, catalogue)
    return built.release, built.problems


def _read_files(files: Mapping[str, str], catalogue: Catalogue) -> _Built:
    nodes, problems = _nodes_of(files)
    return _build(nodes, dict(files), problems, catalogue, "flows")


def _nodes_of(files: Mapping[str, str]) -> tuple[dict[str, Node | None], list[Problem]]:
    read = {name: read_text(text, name) for name, text in files.items()}
    return {name: node for name, (node, _) in read.items()}, [slip for _, slips in read.values() for slip in slips]


def reload(files: Mapping[str, str], catalogue: Catalogue) -> Release:
    """Rebuild a release from stored files. Raises FlowError if the present flow language cannot read them.

    No rule judges it: a release was judged when it was published, and its calls must go on under a newer ivr, whose
    rules may be stricter.
    """
    nodes, problems = _nodes_of(files)
    built = _build(nodes, dict(files), problems, catalogue, "flows", judged=False)
    if built.release is None:
        raise FlowError(built.problems)
    return built.release


def _build(
    nodes: Mapping[str, Node | None],
    files: Mapping[str, str],
    problems: list[Problem],
    catalogue: Catalogue,
    folder: str,
    *,
    judged: bool = True,
) -> _Built:
    """Build a release; `judged` by the rules that every release must pass before it is published."""
    place = Place(f"{folder}/{LINE}", 1, 1)
    priorities = named_priorities(nodes.get(LINE)).priorities
    own, phrase_problems = read_phrases(nodes.get(PHRASES), catalogue.families, priorities)
    catalogue = replace(catalogue, families={**catalogue.families, **own.families} if catalogue.families else {})
    line, line_problems = read_line(
        nodes.get(LINE), place, exists=LINE in files, reading=catalogue.reading(), judged=judged
    )
    lookups, lookup_problems = (
        read_lookups(nodes.get(LOOKUPS), catalogue.lookup_types) if LOOKUPS in files else (Lookups(), [])
    )
    line = replace(line, phrases=own.books) if line is not None else None
    problems = problems + phrase_problems + line_problems + lookup_problems
    problems += catalogue.check_readings(nodes.get(READINGS))
    flows: dict[str, Flow] = {}
    shared = parts_of(nodes.get(LINE)) if LINE in files else SharedParts()
    # Every file is read, also after a fault in another: an editor sees the faults of all files in one run.
    sound = True
    for name, node in nodes.items():
        if name in NO_FLOWS:
            continue
        flow, flow_problems = (
            read_flow(node, Path(name).stem, catalogue, line, shared) if node is not None else (None, [])
        )
        problems += flow_problems
        sound = sound and flow is not None and not any(problem.level == "error" for problem in flow_problems)
        if flow is not None:
            flows[flow.name] = flow
    # Flows that cannot be read count as existing, or each reference to one would be reported as a second fault.
    names = frozenset(flows) | {Path(name).stem for name in files if name not in NO_FLOWS}
    problems += _share_globals(flows, names)
    sound_lookups = not any(problem.level == "error" for problem in lookup_problems) and (
        LOOKUPS not in files or nodes.get(LOOKUPS) is not None
    )
    outside = {name: question.declared for name, question in lookups.questions.items()}
    # Without a sound lookups.yaml no question is checked: every question to a misspelt service would be a fault at a
    # place where nothing is wrong.
    questions = {**catalogue.questions, **outside} if catalogue.questions and sound_lookups else {}
    declared = lookups.declared
    parts = Parts(
        *(flows, names, line, questions, catalogue.unclear_numbers, declared, frozenset(outside), catalogue.hear),
        line_node=nodes.get(LINE),
    )
    problems += check_parts(parts) if judged else []
    release = None if line is None or not sound else Release(content_hash(files), flows, line, files, lookups)
    return _Built(release, problems, files, parts)


def _share_globals(flows: dict[str, Flow], names: frozenset[str]) -> list[Problem]:
    """Add to each flow the globals that the flow in its `globals_of` defines itself.

    A flow of `names` that could not be read adds none; its own problems were reported already.
    """
    own = {name: flow.globals for name, flow in flows.items()}
    problems = []
    for name, flow in flows.items():
        other = flow.globals_of
        if other and other not in names:
            place = flow.place_of("globals_of")
            cure = did_you_mean(other, names) or f"The flows are {', '.join(sorted(names))}."
            problems.append(Problem(place, "unknown-flow", f'"{other}" is no flow.', cure))
        elif other in own:
            flows[name] = replace(flow, globals=(*flow.globals, *own[other]))
    return problems


def content_hash(files: Mapping[str, str]) -> str:
    """Return the version of a set of files: 16 hex digits of the SHA-256 of their contents."""
    # Sorted, since folders list their files in another order on each machine, and JSON, so that no text can end one
    # file and begin the next.
    content = json.dumps([_CONTENT, sorted(files.items())], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def read_flow(
    node: Node, stem: str, catalogue: Catalogue, line: Hotline | None = None, shared: SharedParts | None = None
) -> tuple[Flow | None, list[Problem]]:
    """Read one flow without its invalid steps, so that the rest can be checked; None if the rest is unusable."""
    reading = catalogue.reading()
    reading.line_texts, reading.shared = (line.texts if line is not None else None), shared
    reading.classes = line.classes if line is not None else OwnClasses()
    if not isinstance(node, Block):
        reading.problem(node.place, "wrong-type", "A flow file is a block of keys.", 'Begin with "flow: its_name".')
        return None, reading.problems
    # Before the rest: a text without a language is in the flow's, wherever that stands in the file.
    reading.language = _language(node)
    values = read_options(node, options(FlowFields), reading, what="a flow")
    level = values.get("requires", 0) if values else 0
    steps = _read_steps(node.get("steps"), reading, catalogue, level)
    if values is None or steps is None or reading.left_out:  # without its shared parts a flow cannot be judged
        return None, reading.problems
    fields = FlowFields(**values)
    _check_name(node, fields.flow, stem, reading)
    flow = Flow(
        name=fields.flow,
        language=fields.language,
        languages=_languages(fields, steps),
        profile=profiles()[fields.profile],
        start=fields.start.name,
        agent=fields.agent.name if fields.agent else "agent",
        main_menu=fields.main_menu.name if fields.main_menu else fields.start.name,
        globals=fields.globals,
        globals_of=fields.globals_of.name if fields.globals_of else "",
        steps=steps,
        parameters=fields.parameters,
        returns=fields.returns,
        place=node.place,
        places={key.text: value.place for key, value in node.entries},
        unread=frozenset(key.text for key, _ in getattr(node.get("steps"), "entries", ())) - set(steps),
    )
    return flow, reading.problems


def _language(node: Block) -> str:
    written = node.get("language")
    read = LanguageField().read(written, Reading()) if written is not None else None
    return read or FlowFields.language


def _check_name(node: Block, name: str, stem: str, reading: Reading) -> None:
    written = node.get("flow")
    if name != stem and written is not None:
        message = f'The file is called "{stem}", the flow "{name}".'
        reading.problem(written.place, "flow-name", message, f'Write "flow: {stem}", or rename the file.')


def _read_steps(node: Node | None, reading: Reading, catalogue: Catalogue, level: int) -> dict[str, Step] | None:
    if node is None:
        return None
    if not isinstance(node, Block) or not node.entries:
        cure = "Write each step's name on a line of its own, and its keys below it, further in."
        reading.problem(node.place, "wrong-type", 'Under "steps" belongs a block of named steps.', cure)
        return None
    steps = {}
    own_keys = {declared.key for cls in catalogue.steps.values() for declared in options(cls)}
    for key, body in raised_steps(node.entries, catalogue.step_keys, own_keys, reading):
        # A step with a bad name is read all the same, for the faults inside it.
        name = Name("the name of a step").read(key, reading)
        if name == "return":
            message = '"return" ends a sub-flow, so no step can be called that.'
            reading.problem(key.place, "bad-name", message, "Give the step another name.")
        steps[key.text] = _read_step(key.text, key.place, body, reading, catalogue)
    # The guards come after the flow's own level is set: a step that requires nothing itself needs one for it, too.
    usable = {name: _at_least(step, level) for name, step in steps.items() if step}
    return usable | _guards(usable, catalogue)


def _at_least(step: Step, level: int) -> Step:
    """Require the flow's identity level of a step, unless its kind is open to all callers."""
    if step.open_to_all or step.requires >= level:
        return step
    return replace(step, requires=level)


def _guards(steps: Mapping[str, Step], catalogue: Catalogue) -> dict[str, Step]:
    """Return the generated steps that verify the caller before protected steps."""
    guards = (_guard(step, catalogue) for step in steps.values() if step.requires)
    return {guard.name: guard for guard in guards if guard}


def _guard(step: Step, catalogue: Catalogue) -> Step | None:
    made = (kind.in_front_of(step, verify_name(step.name)) for kind in catalogue.steps.values())
    return next(filter(None, made), None)


def _read_step(name: str, place: Place, body: Node, reading: Reading, catalogue: Catalogue) -> Step | None:
    what = f'Step "{name}"'
    written = written_step(body, reading)
    if written is None:
        return None
    body = written
    if not isinstance(body, Block):
        cure = "Write its keys below it, two blanks further in."
        reading.problem(place, "wrong-type", f"{what} is no block of keys.", cure)
        return None
    kinds = [(key, value) for key, value in body.entries if key.text in catalogue.step_keys]
    if not kinds:
        _report_no_kind(what, body, reading, catalogue)
        return None
    if len(kinds) > 1:
        words = " and ".join(f'"{key.text}"' for key, _ in kinds)
        reading.problem(
            kinds[1][0].place, "two-kinds", f"{what} has {words}; a step does one thing.", "Make two steps of it."
        )
        return None
    cls = catalogue.step_of(*kinds[0])
    values = read_options(body, options(cls), reading, what=f"a {cls.kind} step")
    places = {key.text: value.place for key, value in body.entries}
    return None if values is None else cls(name=name, place=place, places=places, **values)


def _report_no_kind(what: str, body: Block, reading: Reading, catalogue: Catalogue) -> None:
    every = {declared.key for cls in catalogue.steps.values() for declared in options(cls)}
    for key, _ in body.entries:
        cure = did_you_mean(key.text, catalogue.step_keys)
        if cure and key.text not in every:
            reading.problem(key.place, "unknown-step-kind", f'"{key.text}" is no kind of step.', cure)
            return
    # The first key: there editors look for the kind.
    place = body.entries[0][0].place if body.entries else body.place
    cure = f"It needs one of: {', '.join(sorted(catalogue.step_keys))}."
    reading.problem(place, "unknown-step-kind", f"{what} does not say what it does.", cure)


def _languages(fields: FlowFields, steps: Mapping[str, Step]) -> tuple[str, ...]:
    """Return the languages of all texts of the flow, its own first."""
    spoken: Iterable[Text] = within([fields.globals, steps], Text)
    tags = {tag for text in spoken for tag in text.by_language}
    return (fields.language, *sorted(tags - {fields.language}))
