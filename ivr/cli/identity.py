"""`ivr identity`: show, lock and unlock accounts. Must not show a name unmasked."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ._refused import Refused
from ._stores import KEY_SETTINGS, kept_store, operator, seal_of, settings_for

if TYPE_CHECKING:
    from ivr.flow.outside_services import Lookups
    from ivr.services.identity import IdentityService
    from ivr.services.identity.pseudonyms import Account
    from ivr.settings import Settings

_REFERENCE = 8
"""Number of characters of an account's key that form its reference, in lists and as an argument."""
_LONGEST_REASON = 200
BANK_SECONDS = 3.0
_HOUR = 3600
_NAME = "ACCOUNT|NUMBER"
_OTHER_KEY = (
    "the server uses another key than this command, so accounts cannot be looked up by name."
    " Set IVR_KEY as on the server, or give the reference that ivr identity list shows."
)


@click.group(short_help="Show, lock and unlock accounts.")
def command() -> None:
    """Show, lock and unlock accounts after failed identity checks.

    \b
    Example:
      ivr identity list
      ivr identity show 13800000001
      ivr identity unlock 13800000001 --reason "came to the branch with her ID card"

    Name an account as the flow does (by customer number or telephone number), by the reference that the list shows, or,
    if IVR_BANK_URL is set, by the telephone number that the bank has on file. Reads and writes the store of IVR_STORE.
    Exit codes: 1 if there is nothing to unlock, 2 for wrong usage.
    """  # noqa: D301


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def list_locked(as_json: bool) -> None:
    """List locked accounts and the newest alarms.

    \b
    Example:
      ivr identity list --json
    """  # noqa: D301
    now = int(time.time())
    with _identity() as (identity, _):
        locked = [_described(identity, account, record, now) for account, record in identity.accounts.locked(now)]
        alarms = [{**alarm, "at": _iso(alarm["at"])} for alarm in identity.alarms.newest()]
        sprayed = identity.watch.alarmed_since()
    if as_json:
        _write({"locked": locked, "alarms": alarms, "spraying_since": _iso(sprayed) if sprayed else None})
        return
    click.echo("No account is locked." if not locked else f"Locked accounts: {len(locked)}")
    for entry in locked:
        caller = f", last from {entry['caller']}" if entry["caller"] else ""
        click.echo(f"  {entry['reference']}  {entry['name']:<12} {_lock_line(entry)}{caller}")
    if sprayed:
        click.echo(f"PINs of many accounts have been guessed at since {_iso(sprayed)}.")
    if alarms:
        click.echo("Alarms, newest first")
    for alarm in alarms:
        click.echo(f"  {alarm['at']}  {alarm['text']}")


@command.command()
@click.argument("name", metavar=_NAME)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def show(name: str, as_json: bool) -> None:
    """Show the tries, locks and history of an account, and the failed tries of a calling number.

    \b
    Example:
      ivr identity show 13800000001
    """  # noqa: D301
    now = int(time.time())
    with _identity() as (identity, settings):
        accounts = _accounts(identity, settings, name)
        rows = [_described(identity, account, identity.accounts.standing(account, now), now) for account in accounts]
        shown, tries, different, wait = identity.callers.standing(name, now)
    number = {"name": shown, "failed_tries": tries, "accounts": different, "wait_s": wait}
    if as_json:
        _write({"accounts": rows, "number": number})
        return
    for entry in rows:
        state = _lock_line(entry) if entry["locked"] else "not locked"
        click.echo(f"{entry['reference']}  {entry['name']}: {state}; {entry['failures']} wrong answers in a row")
        click.echo(f"  {_next_line(entry)}")
        for event in entry["events"]:
            click.echo(f"  {event['at']}  {event['what']} by {event['by']}: {event['why']}")
    click.echo(f"As a calling number within the last hour: {tries} failed tries, {different} accounts{_wait(wait)}")


@command.command()
@click.argument("name", metavar=_NAME)
@click.option("--reason", help="The reason, in a few words; it is stored. Default: ask for it.")
def lock(name: str, reason: str | None) -> None:
    """Lock an account until an operator unlocks it.

    \b
    Example:
      ivr identity lock 13800000001 --reason "customer reports a stolen telephone"
    """  # noqa: D301
    why = _reason(reason)
    with _identity() as (identity, settings):
        accounts = _accounts(identity, settings, name)
        done = [identity.accounts.lock(account, why, operator(), int(time.time())) for account in accounts]
    references = ", ".join(account.key[:_REFERENCE] for account in accounts)
    click.echo(f"{'Locked' if any(done) else 'It was locked already'}: {references}")


@command.command()
@click.argument("name", metavar=_NAME)
@click.option("--reason", help="The reason, in a few words; it is stored. Default: ask for it.")
def unlock(name: str, reason: str | None) -> None:
    """Unlock an account and reset its failed tries, and those of the calling number of that name.

    \b
    Example:
      ivr identity unlock 3fa9c2d1 --reason "came to the branch with her ID card"
    """  # noqa: D301
    why = _reason(reason)
    with _identity() as (identity, settings):
        accounts = _accounts(identity, settings, name)
        done = [identity.accounts.unlock(account, why, operator(), int(time.time())) for account in accounts]
        forgotten = identity.callers.forget(name)
    if any(done):
        click.echo("Unlocked.")
    if forgotten:
        click.echo("The failed tries of this calling number are reset.")
    if not any(done) and not forgotten:
        click.echo("There is nothing to unlock: this name has no lock and no wrong answers.", err=True)
        raise click.exceptions.Exit(1)


@contextmanager
def _identity() -> Iterator[tuple[IdentityService, Settings]]:
    """Open the identity service on the server's store. Raises Refused if there is no store."""
    from ivr.crypto import Seal
    from ivr.services.identity import IdentityService, chosen_limits

    settings = settings_for("IVR_BANK_URL", "IVR_LOCK_HOURS", *KEY_SETTINGS)
    with kept_store(settings) as store:
        yield IdentityService(store, chosen_limits(settings), seal=seal_of(settings) or Seal(b"")), settings


def _accounts(identity: IdentityService, settings: Settings, name: str) -> list[Account]:
    """Return the account of a reference, or the accounts of a name and of the bank's name for it. Raises Refused."""
    from ivr.engine.service_ports.identity import LONGEST_GIVEN
    from ivr.services.identity.pseudonyms import account_of

    if not name.strip() or len(name) > LONGEST_GIVEN:
        raise click.BadParameter("name a customer number, a telephone number or a reference.", param_hint=_NAME)
    # A reference needs no key; all other names are hashed with it.
    if (listed := identity.accounts.named_by(name.strip().lower())) is not None:
        return [listed]
    if seal_of(settings) is None or identity.watch.key_differs():
        raise Refused(_OTHER_KEY)
    names = [name, *_names_at_the_bank(settings, name)]
    # A caller may have been locked under the number of the call and under that of the account.
    return list(dict.fromkeys(account_of(identity.seal, each) for each in names))


def _lookups(settings: Settings) -> Lookups:
    from ivr.flow.loader import inspect
    from ivr.flow.outside_services import Lookups
    from ivr.session.step_registry import catalogue

    release, _ = inspect(settings.flows, catalogue())
    return release.lookups if release else Lookups()


def _names_at_the_bank(settings: Settings, name: str) -> list[str]:
    from ivr.app import outside_lookup
    from ivr.engine.telephone import one_spelling
    from ivr.errors import LookupFailed

    number = one_spelling(name)
    if not settings.bank_url or not re.fullmatch(r"\+[0-9]{7,15}", number):
        return []
    lookup = outside_lookup(settings, _lookups(settings))
    try:
        answer = lookup("bank.account", {"number": number}, deadline=BANK_SECONDS, key=f"ivr identity {time.time()}")
    except LookupFailed as fault:
        click.echo(f"The account is searched by this name only: {fault}.", err=True)
        return []
    finally:
        lookup.close()
    return [answer["account"]] if isinstance(answer.get("account"), str) else []


def _reason(reason: str | None) -> str:
    """Return the reason; ask for it on a terminal. Raises UsageError if it is missing, too long or has a number."""
    if reason is None and sys.stdin.isatty():
        reason = click.prompt("Reason", err=True)
    reason = (reason or "").strip()
    if not reason:
        raise click.UsageError("Give a reason with --reason; it is stored with the account.")
    if len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise click.UsageError(f"A reason is one line of at most {_LONGEST_REASON} characters.")
    if re.search(r"(?:[0-9][ -]?){12}", reason):
        raise click.UsageError("A reason must not contain a card, ID or account number; it is stored as it is.")
    return reason


def _described(identity: IdentityService, account: Account, record: dict[str, Any], now: int) -> dict[str, Any]:
    account_lock = record["lock"]
    until, next_try = identity.accounts.until(record), identity.accounts.next_try(record, now)
    next_lock = identity.accounts.next_length(record)
    return {
        "reference": account.key[:_REFERENCE],
        "name": record["name"],
        "locked": bool(account_lock),
        "since": _iso(account_lock["since"]) if account_lock else None,
        "until": _iso(until) if until else None,
        "why": account_lock["why"] if account_lock else None,
        "by": account_lock["by"] if account_lock else None,
        "next_try": _iso(next_try) if next_try else None,
        "next_lock_hours": next_lock // _HOUR if next_lock else None,
        "failures": record["failures"],
        "caller": record.get("caller", ""),
        "pieces": record.get("pieces", []),
        "events": [{**event, "at": _iso(event["at"])} for event in record["events"]],
    }


def _next_line(entry: Mapping[str, Any]) -> str:
    hours = entry["next_lock_hours"]
    lock_line = f"the next lock ends after {hours} hours" if hours else "the next lock is lifted by an operator only"
    if entry["locked"] and not entry["until"]:
        return f"no try is taken until an operator lifts the lock; {lock_line}"
    when = f"from {entry['next_try']} on" if entry["next_try"] else "at once"
    return f"the next try is taken {when}; {lock_line}"


def _lock_line(entry: Mapping[str, Any]) -> str:
    until = f" until {entry['until']}" if entry["until"] else ""
    return f"locked since {entry['since']}{until} by {entry['by']}: {entry['why']}"


def _wait(seconds: int) -> str:
    return f"; refused for {seconds} s more" if seconds else ""


def _iso(at: int) -> str:
    """Write a Unix time in the time of the line."""
    from ivr.calendar import local

    return local(at).isoformat(timespec="minutes")


def _write(answer: Mapping[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
