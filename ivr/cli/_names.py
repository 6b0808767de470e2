"""Read the flows and the conversations beside them, for `ivr where` and `ivr rename`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._refused import Refused

if TYPE_CHECKING:
    from ivr.flow.uses import NameUse

folder_option = click.option(
    "--flows",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    show_default="IVR_FLOWS",
    help="The folder of the flows.",
)


def name_uses(name: str, flows: Path | None) -> tuple[Sequence[NameUse], Mapping[str, str]]:
    """Return the uses of a name, and the texts of all files. Raises Refused for flows that cannot be used."""
    from ivr.flow.loader import inspect
    from ivr.flow.uses import uses_in_conversation, uses_of
    from ivr.session.step_registry import catalogue

    folder = _folder(flows)
    release, _ = inspect(folder, catalogue())
    if release is None:
        raise Refused(f"the flows have errors; see: ivr check {folder.as_posix()}")
    texts = {path.as_posix(): path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))}
    uses = list(uses_of(name, release, f"{folder.as_posix()}/"))
    for path in _conversations():
        texts[path.as_posix()] = text = path.read_text("utf-8")
        uses += uses_in_conversation(name, text, path.as_posix())
    return uses, texts


def refuse_unless_as_sound(flows: Path | None, texts: Mapping[str, str], changed: Mapping[str, str]) -> None:
    """Raise Refused if the flows have more problems with changed texts than they have now."""
    from ivr.flow.loader import inspect_files
    from ivr.session.step_registry import catalogue

    folder = _folder(flows).as_posix()

    def problems(of: Mapping[str, str]) -> list[str]:
        files = {Path(file).name: text for file, text in of.items() if Path(file).parent.as_posix() == folder}
        return sorted(problem.rule for problem in inspect_files(files, catalogue())[1])

    # By the rules' names, since places and messages change with the name.
    if problems({**texts, **changed}) != problems(texts):
        raise Refused("the flows would break by this; rename by hand, with: ivr where")


def _folder(flows: Path | None) -> Path:
    import os

    from ivr.settings import Settings

    folder = flows or Settings.from_environment({"IVR_FLOWS": os.environ.get("IVR_FLOWS", "")}).flows
    if not folder.is_dir():
        raise Refused(f"there is no folder {folder.as_posix()} here; name one with --flows.")
    return folder


def _conversations() -> Sequence[Path]:
    from .test import CONVERSATIONS_FOLDER

    return sorted(CONVERSATIONS_FOLDER.rglob("*.yaml")) if CONVERSATIONS_FOLDER.is_dir() else []
