"""The language server on pygls: it answers text editors by the checks and names of flows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from ivr.calendar import local
from ivr.diagnostics.problem import Place, Problem
from ivr.flow.loader import check_files, inspect_files
from ivr.flow.renaming import renamed
from ivr.flow.uses import NameUse, uses_of
from ivr.session.step_registry import catalogue

from ._message_language import in_language, message_language

if TYPE_CHECKING:
    from ivr.flow.model import Release

_LEVEL = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
_WORD = re.compile(r"[\w-]+")


class FlowServer(LanguageServer):
    """The server, with the texts of the folder of the file that is open, and the flow language."""

    catalogue = catalogue()

    def texts(self, uri: str) -> Mapping[str, str]:
        """Return the texts of the YAML files beside a document by name; open ones as they are in the editor."""
        folder = _path(uri).parent
        texts = {path.name: path.read_text("utf-8", errors="replace") for path in sorted(folder.glob("*.yaml"))}
        # Text that is not saved yet counts, or findings would lag behind by one save.
        for document in self.workspace.text_documents.values():
            path = _path(document.uri)
            if path.parent == folder and path.suffix == ".yaml":
                texts[path.name] = document.source
        return texts

    def release(self, uri: str) -> Release | None:
        """Return the flows of a document's folder, if they can be used."""
        return inspect_files(self.texts(uri), self.catalogue)[0]

    def publish(self, uri: str) -> None:
        """Send the findings of every file of a document's folder."""
        texts, folder = self.texts(uri), _path(uri).parent
        problems = check_files(texts, self.catalogue, local(time.time()).date())[1]
        language = message_language()
        by_file: dict[str, list[Problem]] = {name: [] for name in texts}
        for problem in problems:
            by_file.setdefault(Path(problem.place.file).name, []).append(in_language(problem, language))
        # Files without findings, too: an empty list takes away those that the editor still shows.
        for name, listed in by_file.items():
            diagnostics = [_diagnostic(problem) for problem in listed]
            params = lsp.PublishDiagnosticsParams(uri=_uri(folder / name), diagnostics=diagnostics)
            self.text_document_publish_diagnostics(params)

    def fixes(self, uri: str, chosen: lsp.Range) -> Iterator[lsp.CodeAction]:
        """Yield the cures of findings in a range that need no decision."""
        name = _path(uri).name
        for problem in check_files(self.texts(uri), self.catalogue, local(time.time()).date())[1]:
            inside = chosen.start.line <= problem.place.line - 1 <= chosen.end.line
            if problem.fixes and inside and Path(problem.place.file).name == name:
                edits = [lsp.TextEdit(_range(fix.place), fix.text) for fix in problem.fixes]
                yield lsp.CodeAction(
                    title=in_language(problem, message_language()).cure or problem.rule,
                    kind=lsp.CodeActionKind.QuickFix,
                    diagnostics=[_diagnostic(problem)],
                    edit=lsp.WorkspaceEdit(changes={uri: edits}),
                )

    def uses(self, uri: str, position: lsp.Position) -> tuple[str, Sequence[NameUse]]:
        """Return the name at a position, and its uses: those of the same kind and flow as the one there."""
        word = _word_at(self.workspace.get_text_document(uri).source, position)
        release = self.release(uri)
        if not word or release is None:
            return word, ()
        uses = uses_of(word, release, "")
        here = [use for use in uses if _is_at(use.place, _path(uri).name, position.line)]
        meant = {(use.kind, use.flow) for use in here}
        return word, [use for use in uses if (use.kind, use.flow) in meant]

    def heard(self, uri: str, position: lsp.Position) -> str:
        """Return what callers hear at the step whose name is at a position, in each language, with its seconds."""
        word, release = _word_at(self.workspace.get_text_document(uri).source, position), self.release(uri)
        flow = release.flows.get(_path(uri).stem) if release is not None else None
        step = flow.steps.get(word) if flow is not None else None
        if release is None or flow is None or step is None:
            return ""
        lines = []
        for language in flow.languages:
            heard = self.catalogue.hear(flow, release.line, step, language)
            seconds = sum(text.seconds + text.pause for text in heard)
            words = " ".join(text.words.replace("\ue000", "…") for text in heard)
            lines.append(f"**{language}** ({seconds:.0f} s): {words}" if words else f"**{language}**: nothing")
        return "\n\n".join(lines)


def make_server() -> FlowServer:
    """Return the server with its features."""
    server = FlowServer("ivr", "1")

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(server: FlowServer, params: lsp.DidOpenTextDocumentParams) -> None:
        server.publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(server: FlowServer, params: lsp.DidChangeTextDocumentParams) -> None:
        server.publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(server: FlowServer, params: lsp.HoverParams) -> lsp.Hover | None:
        text = server.heard(params.text_document.uri, params.position)
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text)) if text else None

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(server: FlowServer, params: lsp.DefinitionParams) -> list[lsp.Location]:
        uri = params.text_document.uri
        return [_location(uri, use.place) for use in server.uses(uri, params.position)[1] if use.defines]

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(server: FlowServer, params: lsp.ReferenceParams) -> list[lsp.Location]:
        uri = params.text_document.uri
        return [_location(uri, use.place) for use in server.uses(uri, params.position)[1]]

    @server.feature(lsp.TEXT_DOCUMENT_RENAME)
    def rename(server: FlowServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        return _renamed(server, params)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    def fixes(server: FlowServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return list(server.fixes(params.text_document.uri, params.range))

    return server


def _renamed(server: FlowServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    """Return the edits of a rename, or None if the flows would have more problems by it, or a flow is meant."""
    uri = params.text_document.uri
    word, uses = server.uses(uri, params.position)
    # A flow is named like its file, and a text editor would rename the text and not the file.
    if not uses or "flow" in {use.kind for use in uses}:
        return None
    texts = server.texts(uri)
    changed, _ = renamed(texts, uses, word, params.new_name)
    release = server.release(uri)
    taken = release is not None and uses_of(params.new_name, release, "")
    after = {**texts, **changed}
    before, then = (sorted(p.rule for p in inspect_files(files, server.catalogue)[1]) for files in (texts, after))
    # A name that exists would become two things; by the rules alone, that need not show.
    if taken or before != then:
        return None
    folder = _path(uri).parent
    changes = {_uri(folder / file): [lsp.TextEdit(_whole(texts[file]), text)] for file, text in changed.items()}
    return lsp.WorkspaceEdit(changes=changes)


def _diagnostic(problem: Problem) -> lsp.Diagnostic:
    message = "\n".join(filter(None, (problem.message, problem.cure)))
    return lsp.Diagnostic(
        _range(problem.place), message, severity=_LEVEL[problem.level], code=problem.rule, source="ivr check"
    )


def _range(place: Place) -> lsp.Range:
    start = lsp.Position(place.line - 1, place.column - 1)
    return lsp.Range(start, lsp.Position(place.line - 1, place.column - 1 + place.length))


def _whole(text: str) -> lsp.Range:
    lines = text.split("\n")
    return lsp.Range(lsp.Position(0, 0), lsp.Position(len(lines) - 1, len(lines[-1])))


def _location(uri: str, place: Place) -> lsp.Location:
    return lsp.Location(_uri(_path(uri).parent / Path(place.file).name), _range(place))


def _is_at(place: Place, name: str, line: int) -> bool:
    return Path(place.file).name == name and place.line - 1 == line


def _word_at(text: str, position: lsp.Position) -> str:
    lines = text.split("\n")
    line = lines[position.line] if position.line < len(lines) else ""
    words = (match for match in _WORD.finditer(line) if match.start() <= position.character <= match.end())
    return next((match[0] for match in words), "")


def _path(uri: str) -> Path:
    return Path(to_fs_path(uri) or uri)


def _uri(path: Path) -> str:
    return from_fs_path(str(path)) or path.as_uri()
