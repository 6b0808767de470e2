"""Open the queue of the server's store, for commands that show it or sign agents on and off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._refused import Refused
from ._stores import KEY_SETTINGS, NO_KEY, kept_store, lacks_store, seal_of, settings_for

if TYPE_CHECKING:
    from ivr.flow.model import Hotline
    from ivr.services.queue.service import Queue


@contextmanager
def kept_queue(*, reads: bool = False) -> Iterator[Queue]:
    """Open the queue in the store of IVR_STORE, with the desks of line.yaml in IVR_FLOWS; `reads` as for `kept_store`.

    Raises Refused if line.yaml cannot be used, or without the server's key, since callers' data is encrypted.
    """
    from ivr.crypto import KEY_BYTES, Seal
    from ivr.services.queue.repository import QueueRepository
    from ivr.services.queue.service import Queue

    settings, line = settings_for("IVR_FLOWS", *KEY_SETTINGS), line_of_flows()
    is_empty = reads and lacks_store(settings)
    with kept_store(settings, reads=reads) as store:
        # An empty store has nothing to open, so that `ivr queue` can say "no caller" before the server has made a
        # key.
        seal = Seal(bytes(KEY_BYTES)) if is_empty else seal_of(settings)
        if seal is None:
            raise Refused(NO_KEY)
        yield Queue(QueueRepository(store), store, seal, line)


def line_of_flows() -> Hotline:
    """Return the line.yaml of IVR_FLOWS. Raises Refused if it cannot be used."""
    from ivr.errors import FlowError
    from ivr.flow.loader import load
    from ivr.session.step_registry import catalogue

    flows = settings_for("IVR_FLOWS").flows
    try:
        return load(flows, catalogue()).line
    except FlowError:
        raise Refused(f"the flows in {flows} cannot be used; ivr check tells why.") from None
