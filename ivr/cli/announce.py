"""`ivr announce`: switch announcements of line.yaml on and off while calls run, on every server of the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from ._datetime_param import Moment, moment_text
from ._folder_line import folder_line
from ._options import BY_OPTION, write_json
from ._refused import Refused
from ._stores import kept_store
from ._texts import texts_by_language

if TYPE_CHECKING:
    from ivr.services.announcements import Announcement
    from ivr.settings import Settings
    from ivr.stores import Store

_MOST_CHARACTERS = 300
"""About 80 seconds of Mandarin; callers hang up on longer announcements."""


@click.group(short_help="Switch announcements on and off.")
def command() -> None:
    """Switch the announcements that line.yaml lists on and off, while calls run.

    \b
    Example:
      ivr announce on emergency --preset outage --until 18:00
      ivr announce list
      ivr announce off emergency

    A flow speaks an announcement in a step of kind "announce". The state is stored in IVR_STORE and takes effect within
    a few seconds on every server that shares the store.
    """  # noqa: D301


@command.command("on")
@click.argument("slot")
@click.option("--text", "texts", multiple=True, help="The text; LANG=TEXT for another language. May be repeated.")
@click.option("--preset", help="Use the prepared text of this name in line.yaml.")
@click.option("--since", type=Moment(), help="When it begins, written as for --until.  [default: now]")
@click.option(
    "--until", type=Moment(), help='18:00, "2026-11-24 08:00" or 2h, in the line\'s time.  [default: for 24 hours]'
)
@click.option("--reason", default="", help="Why; shown by ivr announce list.")
@BY_OPTION
@click.option("--line", "lines", multiple=True, metavar="NUMBER", help="Only on this called number. May be repeated.")
@click.option("--drill", is_flag=True, help="An exercise: only the numbers of --from hear it.")
@click.option(
    "--from", "callers", multiple=True, metavar="NUMBER", help="A caller who hears the drill. May be repeated."
)
def on(
    slot: str,
    texts: tuple[str, ...],
    preset: str | None,
    since: float | None,
    until: float | None,
    reason: str,
    by: str,
    lines: tuple[str, ...],
    drill: bool,
    callers: tuple[str, ...],
) -> None:
    """Switch an announcement on, now or from a later time.

    \b
    Example:
      ivr announce on emergency --text 柜面系统正在维护，电话查询照常办理。 --until 18:00
      ivr announce on service --preset holiday --since "2026-12-31 18:00" --until "2027-01-04 08:00" --reason 元旦

    It replaces the announcement that was on. Callers who reach the step from then on hear it.
    """  # noqa: D301
    from ivr.services.announcements import DEFAULT_SECONDS, Announcement, check_slot, prepared_texts, switch_on

    if bool(texts) == bool(preset):
        raise click.UsageError("give the announcement, by either --text or --preset")
    if callers and not drill:
        raise click.UsageError("--from names who hears a drill; without --drill everybody hears it")
    settings = _settings()
    line = folder_line(settings)
    check_slot(slot, line)
    by_language = (
        prepared_texts(slot, preset, line)
        if preset
        else texts_by_language(texts, "an announcement", most=_MOST_CHARACTERS)
    )
    begins = since or time.time()
    ends = until or begins + DEFAULT_SECONDS
    if ends <= begins:
        raise click.UsageError("--until is not after --since")
    announcement = Announcement(by_language, begins, ends, preset or "", lines, drill, callers, by, reason)
    _with_store(settings, lambda store: switch_on(store, slot, announcement))
    click.echo(f"{slot} {_state(announcement)}")
    for language, text in by_language.items():
        click.echo(f"  {language}  {text}")


@command.command("off")
@click.argument("slot")
def off(slot: str) -> None:
    """Switch an announcement off.

    \b
    Example: ivr announce off emergency
    """  # noqa: D301
    from ivr.services.announcements import check_slot, switch_off

    settings = _settings()
    was_on: list[bool] = []
    _with_store(settings, lambda store: was_on.append(switch_off(store, slot, time.time())))
    # An announcement that is on can be switched off although line.yaml no longer lists it; other names must be listed.
    if not was_on[0]:
        check_slot(slot, folder_line(settings))
    click.echo(f"{slot} is off" if was_on[0] else f"{slot} was off")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(as_json: bool) -> None:
    """List the announcements, and which are on.

    \b
    Example: ivr announce list --json
    """  # noqa: D301
    from ivr.services.announcements import switched_on

    settings = _settings()
    now, announcements = time.time(), dict[str, "Announcement"]()
    with kept_store(settings, reads=True) as store:
        announcements.update(switched_on(store, now))
    slots = folder_line(settings).announcements
    # Callers hear what is on, listed or not.
    names = [*slots, *(name for name in announcements if name not in slots)]
    if as_json:
        rows = [_row(name, announcements.get(name), sorted(slots.get(name, ()))) for name in names]
        write_json(rows)
        return
    for name in names:
        _tell(name, announcements.get(name), slots.get(name, {}))
    if not names:
        click.echo('line.yaml lists no announcement; add "announcements:" there', err=True)


def _tell(name: str, announcement: Announcement | None, prepared: Mapping[str, Any]) -> None:
    if announcement is None:
        ready = f"; prepared: {', '.join(prepared)}" if prepared else ""
        click.echo(f"{name} is off{ready}")
        return
    click.echo(f"{name} {_state(announcement)}")
    for language, text in announcement.texts.items():
        click.echo(f"  {language}  {text}")


def _state(announcement: Announcement) -> str:
    """Say since when and until when an announcement is on, where and for which callers, and by whose order."""
    until = moment_text(announcement.until)
    on = announcement.is_on(time.time())
    when = f"is on until {until}" if on else f"goes on at {moment_text(announcement.since)}, until {until}"
    order = f"; by {announcement.by}" if announcement.by else ""
    why = f": {announcement.reason}" if announcement.reason else ""
    return f"{when}{_limits(announcement)}{order}{why}"


def _row(name: str, announcement: Announcement | None, prepared: list[str]) -> dict[str, Any]:
    on = announcement is not None and announcement.is_on(time.time())
    row: dict[str, Any] = {"slot": name, "on": on, "presets": prepared}
    if announcement is not None:
        row |= {
            **vars(announcement),
            "texts": dict(announcement.texts),
            "since": moment_text(announcement.since),
            "until": moment_text(announcement.until),
        }
    return row


def _limits(announcement: Announcement) -> str:
    where = f", on {', '.join(announcement.lines)}" if announcement.lines else ""
    heard = f"heard by {', '.join(announcement.callers)}" if announcement.callers else "heard by no caller"
    return where + (f"; a drill, {heard}" if announcement.drill else "")


def _settings() -> Settings:
    from ivr.settings import Settings, store_kind

    settings = Settings.from_environment()
    if store_kind(settings.store) == "memory":
        raise Refused("IVR_STORE=memory: is private to one program, so no server would see the change.")
    return settings


def _with_store(settings: Settings, do: Callable[[Store], Any]) -> None:
    from ivr.stores import open_store

    store = open_store(settings.store)
    try:
        do(store)
    finally:
        store.close()
