"""`ivr prompts`: list prompts and missing sounds, render them, and judge the rendered sounds."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._refused import need_extras

if TYPE_CHECKING:
    from ivr.flow.model import Release
    from ivr.settings import Settings
    from ivr.speech.prompts import Standing, Workshop
    from ivr.speech.prompts.audio_qc import Checked
    from ivr.speech.prompts.intelligibility import PromptVerdict

_TEXT_WIDTH = 46
_SHOWN = 15
"""Maximum prompts that are listed if many are wrong."""
_ENOUGH = 0.95
"""The share of prompts that the judge must identify."""


@click.group(short_help="List, render and judge what callers hear.")
def command() -> None:
    """List the prompts, render them, and judge the rendered sounds.

    \b
    Example:
      ivr prompts list --missing
      ivr prompts list --script --language zh-CN > script.md
      ivr prompts build
      ivr prompts check

    Put recordings into audio/LANGUAGE under the names in the list; see audio/README.md. IVR_TTS sets who speaks prompts
    without a recording. Exit codes: 1 if something is missing or wrong, 2 for wrong usage.
    """  # noqa: D301


@command.command("list")
@click.option("--language", default="", metavar="TAG", help="Only prompts of this language, such as zh-CN.")
@click.option("--missing", is_flag=True, help="Only prompts that have no sound.")
@click.option("--stale", is_flag=True, help="Only prompts whose sound has another text or comes from another voice.")
@click.option("--script", is_flag=True, help="Print a reading script of the prompts without a recording.")
@click.option("--readings", is_flag=True, help="Also print how the local voices read each text: pinyin, English words.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_prompts(language: str, missing: bool, stale: bool, script: bool, readings: bool, as_json: bool) -> None:
    """List every prompt that is known before a call: its name, its sound if it has one, and its text.

    \b
    Example:
      ivr prompts list --language zh-CN --missing
      ivr prompts list --language zh-CN --readings
      ivr prompts list --json

    A file whose length does not fit its text is marked. Of texts with slots, the sentences without a slot are listed;
    the others are rendered when they are first heard. Wrong readings are corrected in readings.yaml.
    """  # noqa: D301
    with _workshop() as (settings, release, workshop):
        standings = [standing for standing in workshop.standings() if language in ("", standing.prompt.language)]
        if not standings:
            raise click.UsageError(f"no prompt is in {language!r}; the languages are {_languages(workshop)}")
        if missing or stale:
            states = {"missing"} if not stale else {"stale"} if not missing else {"missing", "stale"}
            standings = [standing for standing in standings if standing.state in states]
        if script:
            _print_script(settings, release, standings)
        elif as_json:
            entries = [
                _as_json(standing, settings.audio) | ({"reading": _reading(standing, release)} if readings else {})
                for standing in standings
            ]
            click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        else:
            _print_table(standings, (lambda standing: _reading(standing, release)) if readings else None)


@command.command()
@click.option("--prune", is_flag=True, help="Remove rendered files that no prompt uses.")
def build(prune: bool) -> None:
    """Render every prompt without a sound by the sources of IVR_TTS, and convert recordings.

    \b
    Example:
      ivr prompts build
      IVR_TTS=local ivr prompts build --prune

    Only changed prompts are rendered again. With IVR_TTS=recordings,cloud the carrier speaks prompts without a
    recording. Files go to rendered/ in the audio folder, which is not committed; running servers use them at once. Do
    not use --prune while calls of older flows are live.
    """  # noqa: D301
    need_extras("speech")
    with _workshop() as (_, _, workshop), _progress("prompts rendered") as progress:
        built = workshop.build(prune=prune, progress=progress)
    for line in (*built.refused, *built.warnings):
        click.echo(f"Look at {line}", err=True)
    for prompt, why in built.failed[:_SHOWN]:
        click.echo(f"{prompt.id} ({prompt.language}): {why}", err=True)
    if len(built.failed) > _SHOWN:
        click.echo(f"... and {len(built.failed) - _SHOWN} more; see: ivr prompts list --missing", err=True)
    left = f", {built.left} left to the carrier's voice" if built.left else ""
    removed = f", {built.removed} files removed" if prune else ""
    click.echo(f"{built.made} made, {built.kept} as they were{left}{removed}, {len(built.failed)} without a sound.")
    if built.failed or built.refused:
        raise click.exceptions.Exit(1)


@command.command()
@click.option("--language", default="", metavar="TAG", help="Only prompts of this language.")
@click.option(
    "--model", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Also judge with the faster-whisper model in this folder.",
)  # fmt: skip
@click.option(
    "--most", type=click.IntRange(1), default=_SHOWN, show_default=True, help="How many of the worst prompts to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def check(language: str, model: Path | None, most: int, as_json: bool) -> None:
    """Measure every sound: length against its text, level, silence, syllables; with --model intelligibility.

    \b
    Example:
      ivr prompts check
      ivr prompts check --language zh-CN --model models/whisper-small

    The judge hears each prompt as over a telephone line (300 to 3400 Hz, mu-law) and must pick its text among all texts
    of the language; 95 of 100 must be right. It needs the extra "whisper".
    """  # noqa: D301
    with _workshop() as (_, _, workshop):
        checked = [sound for sound in _checked(workshop) if language in ("", sound.standing.prompt.language)]
        verdicts = _judged(checked, workshop.index.audio, model) if model else []
    faulty = [sound for sound in checked if sound.faults]
    if as_json:
        click.echo(json.dumps(_check_json(checked, verdicts), ensure_ascii=False, indent=1))
    else:
        _print_checked(checked, faulty, most)
        _print_verdicts(verdicts, most)
    if faulty or _share(verdicts) < _ENOUGH:
        raise click.exceptions.Exit(1)


# reading


@contextmanager
def _workshop() -> Iterator[tuple[Settings, Release, Workshop]]:
    from ivr.flow.loader import load
    from ivr.session.step_registry import catalogue
    from ivr.settings import Settings
    from ivr.speech.prompts import known_prompts, open_workshop
    from ivr.speech.readings import readings_of
    from ivr.speech.tts import local_voices

    settings = Settings.from_environment()
    release = load(settings.flows, catalogue())
    voices = local_voices(settings.models, readings_of(release.files), settings.voice_url)
    workshop = open_workshop(known_prompts(release), settings.tts, settings.audio, voices)
    try:
        yield settings, release, workshop
    finally:
        workshop.voices.close()


def _languages(workshop: Workshop) -> str:
    return ", ".join(sorted({prompt.language for prompt in workshop.prompts}))


def _checked(workshop: Workshop) -> list[Checked]:
    from ivr.speech.prompts.audio_qc import check_sound as measure

    results = []
    for standing in workshop.standings():
        # No fault: the carrier reads it in the call.
        if standing.piece is None and workshop.carrier_speaks_the_rest:
            continue
        file = workshop.index.audio / standing.piece.file if standing.piece else None
        results.append(measure(standing, file.read_bytes() if file and file.is_file() else None))
    return results


def _judged(checked: Sequence[Checked], audio: Path, model: Path) -> list[PromptVerdict]:
    from ivr.speech.audio import read_wav
    from ivr.speech.prompts.intelligibility import judge_prompts, whisper

    rendered = [(sound.standing.prompt, sound.standing.piece) for sound in checked if sound.standing.piece]
    sounds = [(prompt, read_wav((audio / piece.file).read_bytes())) for prompt, piece in rendered if piece]
    recogniser = whisper(model)
    with _progress("prompts judged") as progress:
        verdicts = []
        for done, verdict in enumerate(judge_prompts(sounds, recogniser), 1):
            verdicts.append(verdict)
            progress(done, len(sounds))
    return verdicts


# showing


def _quiet(done: int, of: int) -> None:
    """Ignore progress."""


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on stderr if it is a terminal."""
    if not sys.stderr.isatty():
        yield _quiet
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn(what), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _as_json(standing: Standing, audio: Path) -> dict[str, Any]:
    prompt, piece = standing.prompt, standing.piece
    return {
        "id": prompt.id,
        "language": prompt.language,
        "text": prompt.text,
        "spoken": prompt.spoken,
        "file": (audio / piece.file).as_posix() if piece else None,
        "engine": piece.engine if piece else None,
        "seconds": piece.seconds if piece else None,
        "rate": prompt.rate,
        "state": standing.state,
        "remark": standing.remark or standing.length_fault,
        "also": list(prompt.also),
    }


def _reading(standing: Standing, release: Release) -> str:
    """Return how the local voices read a prompt, or why they cannot."""
    from ivr.speech.readings import reading_of, readings_of

    prompt = standing.prompt
    try:
        return reading_of(prompt.text, prompt.language, readings_of(release.files))
    except ValueError as fault:
        return f"cannot be read: {fault}"


def _print_table(standings: Sequence[Standing], reading: Callable[[Standing], str] | None) -> None:
    width = max((len(standing.prompt.id) for standing in standings), default=0)
    for standing in standings:
        piece = standing.piece
        sound = f"{piece.seconds:5.1f} s {piece.engine:<10}" if piece else " " * 18
        length = f"  [wrong length: {standing.length_fault}]" if standing.length_fault else ""
        remark = f"  [{standing.remark}]" if standing.remark else ""
        prompt = standing.prompt
        words = _short(prompt.spoken)
        click.echo(f"{prompt.id:{width}}  {prompt.language:<5}  {standing.state:<7}  {sound}  {words}{length}{remark}")
        if reading:
            click.echo(f"    {reading(standing)}")
    counts = {state: sum(standing.state == state for standing in standings) for state in ("ready", "stale", "missing")}
    wrong = sum(bool(standing.length_fault) for standing in standings)
    summary = ", ".join(f"{count} {state}" for state, count in counts.items())
    click.echo(f"{len(standings)} prompts: {summary}, {wrong} of the wrong length.", err=True)


def _print_script(settings: Settings, release: Release, standings: Sequence[Standing]) -> None:
    from ivr.speech.prompts.script import reading_script

    unread = [
        standing
        for standing in standings
        if not (standing.piece and standing.piece.recorded and standing.state == "ready")
    ]
    for language in dict.fromkeys(standing.prompt.language for standing in unread):
        click.echo("\n".join(reading_script(release, unread, settings.audio, language)) + "\n")


def _print_checked(checked: Sequence[Checked], faulty: Sequence[Checked], most: int) -> None:
    for sound in sorted(faulty, key=lambda sound: -len(sound.faults))[:most]:
        prompt = sound.standing.prompt
        click.echo(f"{prompt.id} ({prompt.language}): {'; '.join(sound.faults)}")
        click.echo(f"    {_short(prompt.spoken)}")
    if len(faulty) > most:
        click.echo(f"... and {len(faulty) - most} more")
    for (language, rate), group in _by_voice(checked).items():
        paces = sorted(sound.pace for sound in group)
        levels = sorted(sound.level for sound in group)
        click.echo(
            f"{language} at rate {rate:g}: {len(group)} sounds, {paces[0]:.0f} to {paces[-1]:.0f} a minute "
            f"(middle {paces[len(paces) // 2]:.0f}), {levels[0]:.1f} to {levels[-1]:.1f} LUFS"
        )
    click.echo(f"{len(checked)} prompts checked, {len(faulty)} with faults.")


def _by_voice(checked: Iterable[Checked]) -> dict[tuple[str, float], list[Checked]]:
    groups: dict[tuple[str, float], list[Checked]] = {}
    for sound in checked:
        if sound.standing.piece:
            groups.setdefault((sound.standing.prompt.language, sound.standing.prompt.rate), []).append(sound)
    return groups


def _share(verdicts: Sequence[PromptVerdict]) -> float:
    return sum(verdict.right for verdict in verdicts) / len(verdicts) if verdicts else 1.0


def _print_verdicts(verdicts: Sequence[PromptVerdict], most: int) -> None:
    if not verdicts:
        return
    worst = sorted(verdicts, key=lambda verdict: (verdict.right, -verdict.error))[:most]
    for verdict in worst:
        mark = "      " if verdict.right else "WRONG "
        click.echo(f"{mark}{verdict.error:4.0%} misheard  {verdict.prompt.id}: {_short(verdict.prompt.spoken)}")
        click.echo(f"      heard: {_short(verdict.heard)}")
    error = sum(verdict.error for verdict in verdicts) / len(verdicts)
    click.echo(
        f"{sum(verdict.right for verdict in verdicts)} of {len(verdicts)} understood ({_share(verdicts):.0%}), "
        f"{error:.0%} of syllables misheard."
    )


def _check_json(checked: Sequence[Checked], verdicts: Sequence[PromptVerdict]) -> dict[str, Any]:
    heard = {(item.prompt.id, item.prompt.language): item for item in verdicts}
    entries = []
    for item in checked:
        prompt = item.standing.prompt
        verdict = heard.get((prompt.id, prompt.language))
        entry = {
            "id": prompt.id, "language": prompt.language, "faults": list(item.faults), "pace": round(item.pace, 1),
            "level": round(item.level, 1), "lead": round(item.lead, 2), "tail": round(item.tail, 2),
            "syllables": item.syllables,
        }  # fmt: skip
        if verdict:
            entry |= {"heard": verdict.heard, "picked": verdict.picked.id, "right": verdict.right}
        entries.append(entry)
    return {"prompts": entries, "understood": round(_share(verdicts), 4) if verdicts else None}


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_WIDTH else text[: _TEXT_WIDTH - 1] + "…"
