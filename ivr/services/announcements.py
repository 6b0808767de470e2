"""Announcements that operators switch on and off while calls run, and the service that flows ask for them.

They are documents of the store, so that every server reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.line import AnnouncementText, AskAnnouncement
from ivr.errors import IvrError, LookupFailed
from ivr.flow.model import Hotline
from ivr.flow.text import nearest_language
from ivr.speech.languages import families
from ivr.yamlfile.suggest import did_you_mean

_COLLECTION = "announcements"
CACHE_SECONDS = 2.0
"""The time for which a server caches announcements, so that few calls wait for the store."""

DEFAULT_SECONDS = 24 * 3600.0
"""The duration of an announcement without an end."""


class UnknownAnnouncement(IvrError):
    """line.yaml lacks an announcement or a preset; the error text lists those that it has."""


@dataclass(frozen=True)
class Announcement:
    """A slot that is switched on: a text per language (the first is the fallback), its begin and end in Unix seconds.

    `lines` limits it to called numbers; empty means all. In a drill only `callers` hear it. `preset` is the name of the
    prepared text; empty for a text of its own. `by` switched it on, for a `reason`.
    """

    texts: Mapping[str, str]
    since: float
    until: float
    preset: str = ""
    lines: tuple[str, ...] = ()
    drill: bool = False
    callers: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""

    def is_on(self, now: float) -> bool:
        """Return whether it has begun and not ended."""
        return self.since <= now < self.until

    def text_for(self, language: str) -> tuple[str, str]:
        """Return the text for a language, or the nearest one, and the language of that text."""
        tag = nearest_language(language, self.texts, families())
        return self.texts[tag], tag

    def heard_by(self, caller: str, called: str) -> bool:
        """Return whether a call hears the announcement."""
        return (not self.lines or called in self.lines) and (not self.drill or caller in self.callers)


def check_slot(slot: str, line: Hotline) -> None:
    """Raise UnknownAnnouncement if line.yaml does not have the slot."""
    if slot not in line.announcements:
        names = line.announcements
        cure = f"There are {', '.join(names)}." if names else 'Add it under "announcements:".'
        raise UnknownAnnouncement(f'line.yaml has no announcement "{slot}". {did_you_mean(slot, names) or cure}')


def prepared_texts(slot: str, preset: str, line: Hotline) -> dict[str, str]:
    """Return the texts of a preset by language. Raises UnknownAnnouncement if the slot has no preset of this name."""
    presets = line.announcements[slot]
    if preset not in presets:
        cure = f"There are {', '.join(presets)}." if presets else "There is none; use --text."
        raise UnknownAnnouncement(f'"{slot}" has no prepared text "{preset}". {did_you_mean(preset, presets) or cure}')
    return {tag: template.fixed or "" for tag, template in presets[preset].by_language.items()}


def switch_on(documents: Documents, slot: str, announcement: Announcement) -> None:
    """Switch a slot on; replace its earlier announcement. Raises StoreError."""
    document = {**vars(announcement), "texts": dict(announcement.texts)}
    documents.change(_COLLECTION, slot, lambda _: document)


def switch_off(documents: Documents, slot: str, now: float) -> bool:
    """Switch a slot off, also before its announcement begins; return whether there was one. Raises StoreError."""
    announcement = _read(documents.get(_COLLECTION, slot))
    documents.change(_COLLECTION, slot, lambda _: None)
    return announcement is not None and now < announcement.until


def switched_on(documents: Documents, now: float) -> dict[str, Announcement]:
    """Return the announcements that are on now or begin later, by slot. Raises StoreError."""
    announcements = {slot: _read(documents.get(_COLLECTION, slot)) for slot in documents.keys(_COLLECTION)}
    return {
        slot: announcement
        for slot, announcement in announcements.items()
        if announcement is not None and now < announcement.until
    }


def _read(document: Document | None) -> Announcement | None:
    """Decode a stored announcement; return None for one that another version wrote in another form."""
    try:
        announcement = Announcement(**document) if document else None
    # An old server beside a new one goes on with its calls instead of failing every greeting.
    except TypeError:
        return None
    return (
        replace(announcement, lines=tuple(announcement.lines), callers=tuple(announcement.callers))
        if announcement and announcement.texts
        else None
    )


class Announcements:
    """The service `line`. Thread-safe. While the store cannot be read, it uses the announcements read last."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._last_read: dict[str, tuple[float, Announcement | None]] = {}

    def announcement(self, question: AskAnnouncement, *, key: str, now: float) -> AnnouncementText:
        """Return the announcement of a slot for a call. Raises LookupFailed when the slot could never be read."""
        del key  # a question that changes nothing
        slot = self._current(question.slot, now)
        if slot is None or not slot.is_on(now) or not slot.heard_by(question.caller, question.called):
            return AnnouncementText()
        text, language = slot.text_for(question.language)
        return AnnouncementText(text=text, language=language, drill=slot.drill)

    def _current(self, slot: str, now: float) -> Announcement | None:
        at, announcement = self._last_read.get(slot, (None, None))
        # Of either sign: after a clock was set back, the cache would otherwise be fresh for hours.
        if at is not None and abs(now - at) < CACHE_SECONDS:
            return announcement
        try:
            announcement = _read(self._documents.get(_COLLECTION, slot))
        # An announcement read before is better than none: an emergency is still one when the store is in trouble.
        except IvrError:
            if at is None:
                raise LookupFailed("the store of announcements cannot be read") from None
        self._last_read[slot] = (now, announcement)
        return announcement
