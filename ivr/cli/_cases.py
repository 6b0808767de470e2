"""The commands for complaints and for tasks share this: how they open the store, and how they show cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ._options import write_json
from ._refused import Refused
from ._stores import kept_store, settings_for

if TYPE_CHECKING:
    from ivr.stores import Store

D = TypeVar("D")
NUMBERS_OPTION = click.option("--numbers", is_flag=True, help="Show callers' numbers in full.")
HAND_OVER_OPTION = click.option("--hand-over", is_flag=True, help="Take it from the one who owns it.")


@contextmanager
def at_store(desk: Callable[[Store], D], *, reads: bool = False) -> Iterator[D]:
    """Open `desk`, such as `Tasks`, on the server's store; `reads` as for `kept_store`. A refused change is Refused."""
    from ivr.services.staff_words import StaffError

    with kept_store(settings_for(), reads=reads) as store:
        try:
            yield desk(store)
        except StaffError as fault:
            raise Refused(f"{fault}.") from None


def show_list(
    rows: Sequence[Mapping[str, Any]], line: Callable[[Mapping[str, Any]], str], *, as_json: bool, empty: str
) -> None:
    """Print a line for each case, or `empty` where there is none."""
    if as_json:
        write_json(rows)
    else:
        click.echo("\n".join(map(line, rows)) or empty)


def show_case(row: Mapping[str, Any], lines: Callable[[Mapping[str, Any]], Iterable[str]], *, as_json: bool) -> None:
    """Print one case."""
    if as_json:
        write_json(row)
    else:
        click.echo("\n".join(lines(row)))
