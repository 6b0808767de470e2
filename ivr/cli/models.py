"""`ivr models`: list and install speech models, from the network or from a file."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._options import write_json

if TYPE_CHECKING:
    from ivr.speech.models import Model
    from ivr.speech.models.fetch import FetchProgress


@click.group(short_help="List and download speech models.")
def command() -> None:
    """List and download speech models: recordings for voices, models for recognisers.

    \b
    Example:
      ivr models list
      ivr models download zh
      ivr models download zh-syllables --from-file audio-cmn.zip

    Models are data with their own licences and no part of this program. They are installed in the folder of IVR_MODELS.
    """  # noqa: D301


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON array.")
def list_models(as_json: bool) -> None:
    """List the models, and which are installed.

    \b
    Example:
      ivr models list --json
    """  # noqa: D301
    from ivr.speech.models import installed, model_catalogue

    folder, models = _folder(), model_catalogue().values()
    if as_json:
        write_json([_described(model, folder) for model in models])
        return
    for model in models:
        state = "installed" if installed(model, folder) else "missing"
        click.echo(f"{model.name:<14} {model.kind:<11} {model.size / 1e6:>5.1f} MB  {state:<10} {model.title}")
        click.echo(f"{'':<14} {model.licence}")


@command.command()
@click.argument("wanted", metavar="LANGUAGE|NAME")
@click.option(
    "--from-file",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="Install from this file, archive or folder instead of the network.",
)
def download(wanted: str, source: Path | None) -> None:
    """Download, check and install the models of a language, or one model by its name.

    \b
    Example:
      ivr models download zh
      ivr models download vosk-zh --from-file vosk-model-small-cn-0.22.zip

    Files are checked against the pinned SHA-256 before they are used. Run the command again to resume a download that
    broke off.
    """  # noqa: D301
    from ivr.errors import ModelError
    from ivr.speech.models import chosen, installed, model_catalogue

    models, folder = chosen(wanted), _folder()
    if not models:
        names = ", ".join([*model_catalogue(), *sorted({model.language for model in model_catalogue().values()})])
        raise click.BadParameter(f"there is no model {wanted!r}; there are {names}.", param_hint="LANGUAGE|NAME")
    if source is not None:
        _from(models, source, folder)
        return
    failed: list[Model] = []
    for model in models:
        if home := installed(model, folder):
            click.echo(f"{model.name} is installed already, in {home}")
            continue
        try:
            click.echo(f"{model.name} installed in {_fetched(model, folder)}; licence {model.licence}")
        except ModelError as fault:
            click.echo(f"{model.name}: {fault}", err=True)
            failed.append(model)
    # A language may have two recognisers, and one is enough.
    there = {model.kind for model in models if installed(model, folder)}
    if any(model.kind not in there for model in failed):
        raise click.exceptions.Exit(1)
    for model in failed:
        click.echo(f"{model.name} is not needed: another {model.kind} of this language is installed.", err=True)


def _from(models: list[Model], source: Path, folder: Path) -> None:
    from ivr.errors import ModelError
    from ivr.speech.models import install_from

    if len(models) > 1:
        names = " or ".join(model.name for model in models)
        raise click.UsageError(f"With --from-file, name the model in the file: {names}.")
    model = models[0]
    try:
        home, checked = install_from(model, source, folder)
    except ModelError as fault:
        click.echo(f"{model.name}: {fault}", err=True)
        raise click.exceptions.Exit(1) from None
    if not checked:
        click.echo("An unpacked folder cannot be checked against the pinned SHA-256; it is trusted.", err=True)
    click.echo(f"{model.name} installed in {home}; licence {model.licence}")


def _fetched(model: Model, folder: Path) -> Path:
    from ivr.speech.models import download_model as fetch

    with _shown(model) as progress:
        return fetch(model, folder, progress)


@contextlib.contextmanager
def _shown(model: Model) -> Iterator[FetchProgress]:
    """Yield a function that shows the progress of a download: a bar on a terminal, one line elsewhere."""
    if not sys.stderr.isatty():
        click.echo(f"fetching {model.name}, {model.size / 1e6:.1f} MB", err=True)
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = ("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(model.name, total=model.size)
        yield lambda more: bar.advance(task, more)


def _described(model: Model, folder: Path) -> dict[str, object]:
    from ivr.speech.models import installed

    home = installed(model, folder)
    return {
        "name": model.name,
        "language": model.language,
        "kind": model.kind,
        "title": model.title,
        "licence": model.licence,
        "url": _address(model),
        "files": len(model.files),
        "bytes": model.size,
        "sha256": model.sha256,
        "installed": str(home) if home else None,
    }


def _address(model: Model) -> str:
    """Return the address of a model, or of its first part that has one."""
    of_parts = next((part.url for part in model.parts if part.url), "")
    return of_parts if model.parts else model.url + ("" if model.names else model.file)


def _folder() -> Path:
    from ivr.settings import Settings

    env = {name: os.environ[name] for name in ("IVR_MODELS",) if name in os.environ}
    return Settings.from_environment(env).models
