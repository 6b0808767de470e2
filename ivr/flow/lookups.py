"""Read lookups.yaml: outside services, their questions, and the answers that the simulator gives."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, cast

from ivr.diagnostics.problem import Place, Problem
from ivr.yamlfile.plain_value import plain_value
from ivr.yamlfile.source import Mapping as SourceMapping
from ivr.yamlfile.source import Node, Scalar
from ivr.yamlfile.suggest import did_you_mean

from .fields import Block, FieldKind, ListOf, MapOf, Reading, Schema, option, options, read_options, scalar
from .outside_services import (
    DEMO_BANK,
    LOOKUP_SECONDS,
    Lookups,
    Outcome,
    OutsideQuestion,
    OutsideService,
    SampleAnswer,
    SettingOrText,
)
from .questions import ANSWER_KINDS, AnswerField, DeclaredQuestion, FieldType, Kinds, QuestionField, type_fault
from .sample_answers import sample_faults
from .scalars import Flag, IdentityLevel, Name, OneOf, Seconds, WordField

SLOW = "slow"
"""The word that a conversation writes beside the fields of an answer that comes late; no field can be called that."""
_SETTING = re.compile(r"[A-Z][A-Z0-9_]{1,63}\Z")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SECRET = "secret"  # noqa: S105 - the name of a type


@dataclass(frozen=True)
class SettingOrTextField(FieldKind[SettingOrText]):
    """A text, or the name of the setting that holds it."""

    words: str = "a text, or {setting: NAME}"
    sample: str = "{setting: IVR_BANK_URL}"
    secret: bool = False

    def read(self, node: Node, reading: Reading) -> SettingOrText | None:
        """Read the text or the name."""
        if not isinstance(node, SourceMapping):
            written = scalar(node, self, reading)
            # Flow files lie in version control and are mailed around, so a token in one is a token lost.
            if written is not None and self.secret:
                cure = f"Write {self.sample}, and set that variable, or the one with _FILE behind it."
                reading.problem(written.place, "secret-in-file", f'"{reading.key}" is a secret.', cure)
                return None
            return None if written is None else SettingOrText(written.text)
        values = read_options(node, options(_SettingFields), reading, what=f'"{reading.key}"')
        return None if values is None else SettingOrText(**values)

    def schema(self) -> Schema:
        """Return the schema."""
        block = Block(_SettingFields, "a setting").schema()
        return block if self.secret else {"anyOf": [{"type": "string"}, block]}


@dataclass(frozen=True)
class _SettingName(WordField):
    words: str = "the name of a setting, in capitals"
    sample: str = "IVR_BANK_URL"

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read the name of an environment variable."""
        name = super().read(node, reading)
        if name is not None and not _SETTING.match(name):
            self.wrong(node, reading)
            return None
        return name


@dataclass(frozen=True)
class _SettingFields:
    setting: str = option(_SettingName(), help="The environment variable that holds it.")


@dataclass(frozen=True)
class AnyBlock(FieldKind[Node]):
    """A block that is read when its neighbours are known."""

    words: str = "a block of fields"
    sample: str = '{sell: "7.12"}'

    def read(self, node: Node, reading: Reading) -> Node | None:
        """Return the node."""
        return node

    def schema(self) -> Schema:
        """Return the schema."""
        return {}


@dataclass(frozen=True)
class TakenFields:
    """The keys of a field that a question takes."""

    type: str = option(
        WordField("one of text, digits, number, amount, date, phone, flag, secret"), help="What it takes."
    )
    help: str = option(WordField(), help="What it means, for editors.", default="")
    needed: bool = option(Flag(), help="Whether it must be given.", default=True)


@dataclass(frozen=True)
class SampleFields:
    """The keys of a sample answer."""

    answer: Node = option(AnyBlock("the fields of the answer, missing, or error"), help="What is answered.")
    asked: Mapping[str, str] = option(
        MapOf(WordField()), help="Only to a question with these values.", default=None, shown="to every question"
    )


@dataclass(frozen=True)
class QuestionFields:
    """The keys of a question."""

    help: str = option(WordField(), help="What is asked, for editors.", default="")
    method: str = option(OneOf(("GET", "POST")), help="The HTTP method.", default="", shown="that of the service")
    path: str = option(
        WordField(sample="/rates/{currency}"),
        help="The path behind the address; `{name}` is replaced by a field.",
        default="",
        shown="/ and the question's name",
    )
    level: int = option(
        IdentityLevel(), help="The identity level that a step which asks it must require.", default=0, shown="L0"
    )
    confirm: bool = option(
        Flag(), help="Whether callers must have said yes to it in a `confirm` step, on every way.", default=False
    )
    deadline: float | None = option(
        Seconds(0.1, 10), help="How long the answer may take.", default=None, shown="that of the service"
    )
    takes: Mapping[str, TakenFields] = option(
        MapOf(Block(TakenFields, "a type, or its block", short="type")), help="The fields that it takes.", default=None
    )
    gives: Node | None = option(AnyBlock(sample="{balance: amount}"), help="The fields of the answer.", default=None)
    samples: tuple[SampleFields, ...] = option(
        ListOf(Block(SampleFields, "a sample")),
        help="What `ivr call` and `ivr test` answer: the first sample that fits what was asked.",
        default=(),
    )


@dataclass(frozen=True)
class ServiceFields:
    """The keys of a service."""

    address: SettingOrText = option(SettingOrTextField(), help="Its address, such as https://api.example/v1.")
    questions: Mapping[str, QuestionFields] = option(
        MapOf(Block(QuestionFields, "a question")), help="Its questions by name."
    )
    token: SettingOrText | None = option(
        SettingOrTextField("{setting: NAME}", "{setting: CLINIC_TOKEN}", secret=True),
        help="Sent as `Authorization: Bearer …`.",
        default=None,
    )
    headers: Mapping[str, SettingOrText] = option(
        MapOf(SettingOrTextField(sample="ivr")), help="Further headers of every request.", default=None
    )
    certificate: SettingOrText | None = option(
        SettingOrTextField(sample="{setting: CLINIC_CERTIFICATE}"),
        help="The file with the client's certificate and its key (PEM).",
        default=None,
    )
    method: str = option(OneOf(("GET", "POST")), help="The method of its questions.", default="POST")
    deadline: float = option(Seconds(0.1, 10), help="How long an answer may take.", default=LOOKUP_SECONDS, shown="2s")
    probe: str = option(
        Name("the name of a question"),
        help="The question that `ivr doctor` asks, with the values of its first sample.",
        default="",
        shown="it only connects",
    )
    stand_in: str = option(
        OneOf((DEMO_BANK,)),
        help="What answers in `ivr call` and `ivr test` without `--bank`, instead of samples.",
        default="",
        shown="the samples",
    )


@dataclass(frozen=True)
class LookupsFields:
    """The keys of `lookups.yaml`."""

    services: Mapping[str, ServiceFields] = option(
        MapOf(Block(ServiceFields, "a service")), help="The outside services by name."
    )


@dataclass(frozen=True)
class LookupTypes:
    """The names that lookups.yaml may use: types of fields and kinds of spoken values. `reserved` are no services."""

    taken: Mapping[str, FieldType]
    spoken: Collection[str] = ()
    reserved: Collection[str] = ()


def read_lookups(node: Node | None, types: LookupTypes) -> tuple[Lookups, list[Problem]]:
    """Read lookups.yaml; services with problems are left out."""
    reading = Reading()
    if node is None:
        return Lookups(declared=True), []
    if not isinstance(node, SourceMapping):
        reading.problem(node.place, "wrong-type", "lookups.yaml is a block of keys.", 'Begin with "services:".')
        return Lookups(declared=True), reading.problems
    # Names are checked even if the blocks below are faulty, so that one run tells all.
    services = node.get("services")
    for key, _ in services.entries if isinstance(services, SourceMapping) else ():
        _check_service_name(key, types, reading)
    values = read_options(node, options(LookupsFields), reading, what="lookups.yaml")
    if values is None or not isinstance(services, SourceMapping):
        return Lookups(declared=True), reading.problems
    read: dict[str, OutsideService] = {}
    for key, body in services.entries:
        # `cast` is safe here and below: `read_options` has refused everything that is no block.
        read[key.text] = _service(key, cast("SourceMapping", body), values["services"][key.text], types, reading)
    return Lookups(read, declared=True), reading.problems


def _check_service_name(key: Scalar, types: LookupTypes, reading: Reading) -> None:
    if Name("the name of a service").read(key, reading) and key.text in types.reserved:
        message = f'"{key.text}" is a service of the engine itself.'
        reading.problem(key.place, "bad-name", message, "Give the service another name.")


def _service(
    key: Scalar, node: SourceMapping, fields: ServiceFields, types: LookupTypes, reading: Reading
) -> OutsideService:
    written = cast("SourceMapping", node.get("questions"))
    questions = {
        name.text: _question(name, cast("SourceMapping", body), fields, types, reading)
        for name, body in written.entries
        if Name("the name of a question").read(name, reading)
    }
    if fields.probe and fields.probe not in questions:
        place = cast("Node", node.get("probe")).place
        cure = did_you_mean(fields.probe, questions) or f"Its questions are {', '.join(questions)}."
        reading.problem(place, "unknown-question", f'"{key.text}" has no question "{fields.probe}".', cure)
    return OutsideService(
        key.text, fields.address, questions, fields.token, fields.headers or {}, fields.certificate,
        fields.probe, fields.stand_in, key.place,
    )  # fmt: skip


def _question(
    key: Scalar, node: SourceMapping, service: ServiceFields, types: LookupTypes, reading: Reading
) -> OutsideQuestion:
    fields = service.questions[key.text]
    method = cast('Literal["GET", "POST"]', fields.method or service.method)
    taken = {name: _taken(name, field, node, types, reading) for name, field in (fields.takes or {}).items()}
    answer = _answer_fields(fields.gives, types, reading) if fields.gives is not None else {}
    declared = DeclaredQuestion(
        fields.help, {name: field for name, field in taken.items() if field}, answer, fields.level,
        open_answer=fields.gives is None, confirm=fields.confirm,
    )  # fmt: skip
    _check_path(fields, method, declared, node, reading)
    # The engine adds the customer by itself, but only after verification: without a level the question could never be
    # asked.
    if "customer" in declared.fields and declared.fields["customer"].required and not fields.level:
        message = "The customer is known only of a verified caller."
        reading.problem(_place_in(node, "takes", "customer"), "level-too-low", message, 'Add "level: L1".')
    samples = _samples(fields, declared, reading)
    path = fields.path or f"/{key.text}"
    return OutsideQuestion(key.text, declared, method, path, fields.deadline or service.deadline, samples)


def _taken(
    name: str, field: TakenFields, node: SourceMapping, types: LookupTypes, reading: Reading
) -> QuestionField | None:
    kind = types.taken.get(field.type)
    if kind is None:
        cure = did_you_mean(field.type, types.taken) or f"The types are {', '.join(types.taken)}."
        place = _place_in(node, "takes", name)
        reading.problem(place, "wrong-type", f'"{field.type}" is no type of a field that is asked with.', cure)
        return None
    fault = partial(type_fault, kind, name)
    return QuestionField(kind.words, field.help, field.needed, fault, private=field.type == _SECRET)


def _answer_fields(node: Node, types: LookupTypes, reading: Reading) -> dict[str, AnswerField]:
    """Read the fields of an answer: each a kind, a block of fields, or a list with the block of each item."""
    if not isinstance(node, SourceMapping):
        cure = "Write each field with its kind, as in: {balance: amount, as_of: date}"
        reading.problem(node.place, "wrong-type", "The fields of an answer are a block.", cure)
        return {}
    return {key.text: field for key, body in node.entries if (field := _answer_field(key, body, types, reading))}


def _answer_field(key: Scalar, body: Node, types: LookupTypes, reading: Reading) -> AnswerField | None:
    if key.text == SLOW:
        message = f'No field can be called "{SLOW}": conversations say so of a late answer.'
        reading.problem(key.place, "bad-name", message, "Give it another name.")
    if isinstance(body, SourceMapping):
        return AnswerField("a block of fields", "", (), _answer_fields(body, types, reading))
    if not isinstance(body, Scalar):
        # One item stands for all. A second one would suggest that places of the list differ, which no rule follows.
        items = [_answer_fields(item, types, reading) for item in body.items[:1]]
        if len(body.items) != 1:
            cure = "Write one item, which stands for all: [{amount: amount, date: date}]"
            reading.problem(body.place, "wrong-type", "A list has items of one form.", cure)
        return AnswerField("a list", "", (), items[0] if items else {}, listed=True)
    kinds = kinds_of(body.text, types.spoken)
    if kinds is None:
        kinds_there = sorted({*ANSWER_KINDS, *types.spoken})
        cure = did_you_mean(body.text, kinds_there) or f"The kinds are {', '.join(kinds_there)}."
        reading.problem(body.place, "unknown-kind", f'"{body.text}" is no kind of value.', cure)
        return None
    return AnswerField(kinds.words, "", kinds.names, listed=body.text == "list", kind=body.text)


def kinds_of(word: str, spoken: Collection[str]) -> Kinds | None:
    """Return the kinds as which a field may be read aloud that is declared as `word`; None for no kind."""
    if word in ANSWER_KINDS:
        return ANSWER_KINDS[word]
    return Kinds(f"a value of the kind {word}", (word,)) if word in spoken else None


def _check_path(
    fields: QuestionFields, method: str, declared: DeclaredQuestion, node: SourceMapping, reading: Reading
) -> None:
    written = node.get("path")
    place = written.place if written is not None else node.place
    named = _PLACEHOLDER.findall(fields.path)
    for name in named:
        if name not in declared.fields:
            cure = did_you_mean(name, declared.fields) or f"It takes {', '.join(declared.fields) or 'no fields'}."
            reading.problem(place, "wrong-question", f'The path names "{name}", which is not taken.', cure)
    for name, field in declared.fields.items():
        # Proxies and the bank's own access log write addresses down, and never bodies.
        if field.private and (method == "GET" or name in named):
            message = f'"{name}" is secret, and an address is logged on its way.'
            cure = 'Ask with "method: POST", and leave it out of the path.'
            reading.problem(_place_in(node, "takes", name), "secret-in-address", message, cure)


def _samples(fields: QuestionFields, declared: DeclaredQuestion, reading: Reading) -> tuple[SampleAnswer, ...]:
    samples = []
    for sample in fields.samples:
        for name in sample.asked or {}:
            if name not in declared.fields:
                cure = did_you_mean(name, declared.fields) or f"It takes {', '.join(declared.fields) or 'no fields'}."
                place = sample.answer.place
                reading.problem(place, "wrong-sample", f'A sample is asked with "{name}", which is not taken.', cure)
        outcome, answer = _sample_answer(sample.answer, reading)
        if isinstance(sample.answer, SourceMapping):
            for place, message, cure in sample_faults(sample.answer, declared.answer):
                reading.problem(place, "wrong-sample", message, cure)
        samples.append(SampleAnswer(sample.asked or {}, outcome, answer))
    return tuple(samples)


def _sample_answer(node: Node, reading: Reading) -> tuple[Outcome, Mapping[str, Any]]:
    if isinstance(node, SourceMapping):
        return "answer", cast("Mapping[str, Any]", plain_value(node))
    if isinstance(node, Scalar) and node.text in ("missing", "error"):
        return cast("Outcome", node.text), {}
    cure = 'Write the fields, as in {sell: "7.12"}; or missing; or error.'
    reading.problem(node.place, "wrong-type", "A sample is the fields of an answer.", cure)
    # The value is never used: the problem above makes the whole release unusable. "error" keeps the type.
    return "error", {}


def _place_in(node: SourceMapping, block: str, name: str) -> Place:
    written = node.get(block)
    key = written.key(name) if isinstance(written, SourceMapping) else None
    return key.place if key else node.place
