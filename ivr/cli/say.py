"""`ivr say`: how a local voice reads a text, and its sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._refused import Refused

if TYPE_CHECKING:
    from ivr.settings import Settings
    from ivr.speech.audio import Audio

_SECONDS = 60.0


@click.command(short_help="How a voice reads a text: words, pinyin, duration, sound.")
@click.argument("text")
@click.option("--language", default="zh-CN", show_default=True, metavar="TAG", help="The language of the text.")
@click.option("--profile", default="standard", show_default=True, help="The rate: standard or elderly.")
@click.option("--voice", "wanted", default="", metavar="NAME", help="A voice by name.  [default: the best one here]")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the sound to a WAV file.")
@click.option("--play", is_flag=True, help="Play the sound on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def command(
    text: str, language: str, profile: str, wanted: str, output: Path | None, play: bool, as_json: bool
) -> None:
    """Print how a text is read, and how long its sound is; play or keep the sound.

    \b
    Example:
      ivr say 您的还款日是2026年11月21日。
      ivr say --language en-US "Please hold, 2 callers are before you." -o hold.wav

    Figures are put into words as in prompts. A wrong reading is corrected in readings.yaml beside the flows.
    """  # noqa: D301
    from ivr.flow.profiles import profiles
    from ivr.settings import Settings
    from ivr.speech.languages import LANGUAGES, language_row
    from ivr.speech.prompts.words import in_words
    from ivr.speech.readings import line_readings, reading_of
    from ivr.speech.verbalize import unclear_numbers

    row = language_row(language)
    if row is None:
        raise click.BadParameter(f"there is no language {language!r}; there are {', '.join(LANGUAGES)}.")
    if profile not in profiles():
        raise click.BadParameter(f"there is no profile {profile!r}; there are {', '.join(profiles())}.")
    settings = Settings.from_environment()
    words = in_words(text, row.tag)
    try:
        reading = reading_of(text, row.tag, line_readings(settings))
    except ValueError as fault:
        raise Refused(f"this text cannot be read aloud: {fault}") from None
    unclear = [
        f'"{number.figure}" can be read in several ways. {number.cure}.' for number in unclear_numbers(text, row.tag)
    ]
    voice, sound = _spoken(words, row.tag, profiles()[profile].rate, wanted, settings)
    seconds = round(sound.seconds, 2)
    if as_json:
        entry = {"words": words, "reading": reading, "voice": voice, "seconds": seconds, "unclear": unclear}
        click.echo(json.dumps(entry, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(dict.fromkeys((words, reading, f"{seconds:.1f} s by {voice}"))))
    for line in unclear:
        click.echo(line, err=True)
    _heard(sound, output, play)


def _spoken(words: str, language: str, rate: float, wanted: str, settings: Settings) -> tuple[str, Audio]:
    """Return the voice that spoke, and the sound. Raises Refused if no voice can."""
    from ivr.errors import VoiceFailed
    from ivr.speech.prompts.voices import Voices, rendered
    from ivr.speech.readings import line_voices

    voices = Voices(line_voices(settings))
    reasons: list[str] = []
    try:
        if wanted and wanted not in [voice.name for voice in voices.all]:
            names = ", ".join(voice.name for voice in voices.all) or "none"
            raise Refused(f"there is no voice {wanted!r}; there are {names}.")
        for voice in voices.speaking(language):
            if wanted in ("", voice.name):
                try:
                    return voice.name, rendered(voice, words, language, rate, _SECONDS)
                except VoiceFailed as fault:
                    reasons.append(str(fault))
        raise Refused("; ".join(reasons or voices.reasons(language)))
    finally:
        voices.close()


def _heard(sound: Audio, output: Path | None, play: bool) -> None:
    from ivr.speech.prompts.duration import wav_of

    if output is not None:
        output.write_bytes(wav_of(sound))
        click.echo(f"The sound is in {output}.", err=True)
    if play:
        from ivr.speech.audio.loudspeaker import NoSoundCard, play_sound

        try:
            play_sound(sound)
        except NoSoundCard as fault:
            raise Refused(f"{fault}; -o FILE.wav writes the sound") from None
