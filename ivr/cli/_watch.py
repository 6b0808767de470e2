"""Publish a folder whenever its files change and pass, for development: what `ivr serve --watch` runs beside itself."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.flow.folder_files import flow_files

from ._published import report_of

if TYPE_CHECKING:
    from ivr.settings import Settings
    from ivr.stores import Store

WATCH_SECONDS = 0.3
Seen = Mapping[str, tuple[int, int]]
"""The time of change in nanoseconds and the size of each file."""


def watch_folder(settings: Settings, folder: Path, by: str) -> None:
    """Publish what passes `ivr check`, until Ctrl-C or, under another program, the end of the standard input."""
    from ivr.stores import open_store

    end = threading.Event()
    if not sys.stdin.isatty():
        threading.Thread(target=_wait_for_the_end, args=(end,), daemon=True).start()
    store = open_store(settings.store)
    published: Seen = {}
    try:
        while not end.is_set():
            published = look_again(store, folder, published, by)
            end.wait(WATCH_SECONDS)
    except KeyboardInterrupt:
        return
    finally:
        store.close()


def look_again(store: Store, folder: Path, before: Seen, by: str) -> Seen:
    """Publish the folder if its files have changed and pass; return the files as they were looked at.

    Files that are being written are left until they rest.
    """
    there = seen_files(folder)
    if there == before or not there:
        return before
    # Editors write a file in several steps; half a file would be published, or reported as broken.
    time.sleep(WATCH_SECONDS / 2)
    if seen_files(folder) != there:
        return before
    _publish_if_it_passes(store, folder, by)
    # Also after a refusal: it is reported once, and again only when a file changes.
    return there


def seen_files(folder: Path) -> Seen:
    """Return the flow files of a folder; files that vanish meanwhile are left out."""
    seen = {}
    for path in flow_files(folder):
        try:
            status = path.stat()
        except OSError:
            continue
        seen[path.name] = (status.st_mtime_ns, status.st_size)
    return seen


def _publish_if_it_passes(store: Store, folder: Path, by: str) -> None:
    from ivr.flow.loader import inspect
    from ivr.services.publishing.audit import AuditEntry
    from ivr.services.publishing.service import Publishing
    from ivr.session.step_registry import catalogue

    release, problems = inspect(folder, catalogue())
    if release is None or any(problem.level == "error" for problem in problems):
        click.echo(report_of(problems), err=True)
        click.echo("Not published; the flows that are live stay.", err=True)
        return
    publishing, now = Publishing(store), time.time()
    live = publishing.publication(now).version
    if release.version != live:
        publishing.publish(release, AuditEntry(0, now, "publish", by, why="a file changed (--watch)"), expected=live)
        click.echo(f"Published {release.version}.", err=True)


def _wait_for_the_end(end: threading.Event) -> None:
    # A server that is killed cannot end this process, but its end closes the pipe.
    while sys.stdin.buffer.read(4096):
        pass
    end.set()
