"""The live release and the folder beside it, for the commands that publish and compare."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ._message_language import in_language, message_language
from ._refused import Refused
from ._stores import kept_store, lacks_store

if TYPE_CHECKING:
    from ivr.diagnostics.problem import Problem
    from ivr.flow.model import Release
    from ivr.services.publishing.publication import Publication
    from ivr.settings import Settings
    from ivr.stores import Store


def publication_of(settings: Settings) -> Publication:
    """Return what is live in the store of the settings; nothing if there is no store yet."""
    from ivr.services.publishing.publication import Publication
    from ivr.services.publishing.service import Publishing

    # Opening would make an empty store, and the first start of the server would then find one.
    if settings.store.startswith("memory:") or lacks_store(settings):
        return Publication()
    with kept_store(settings) as store:
        return Publishing(store).publication(time.time())


def folder_differs(folder: Path, release: Release) -> bool:
    """Return whether a folder has flow files, and others than a release. Unreadable ones are others, too."""
    from ivr.flow.folder_files import folder_files
    from ivr.flow.loader import content_hash

    if not folder.is_dir():
        return False
    _, files, _ = folder_files(folder)
    return bool(files) and content_hash(files) != release.version


def report_of(problems: Sequence[Problem]) -> str:
    """Return problems as text, with the lines of the files that are there."""
    from ivr.diagnostics import render
    from ivr.diagnostics.report import Report

    language = message_language()
    files = {problem.place.file: Path(problem.place.file) for problem in problems}
    texts = {name: file.read_text("utf-8", "replace") for name, file in files.items() if file.is_file()}
    return render("text", [in_language(problem, language) for problem in problems], Report(texts, language=language))


def release_named(store: Store, name: str) -> Release:
    """Return the release of a folder, a draft, or the beginning of a version; "" is what is live.

    Raises FlowError for faulty flow files, PublishingError or Refused for a name that nothing has.
    """
    from ivr.flow.loader import load
    from ivr.services.publishing.service import Publishing
    from ivr.session.published import stored_release
    from ivr.session.step_registry import catalogue

    if name and Path(name).is_dir():
        return load(Path(name), catalogue())
    publishing = Publishing(store)
    version = publishing.version_of(name) if name else publishing.publication(time.time()).version
    if not version:
        raise Refused("nothing is published in this store; ivr publish does so, or the first start of the server.")
    return stored_release(store, version)
