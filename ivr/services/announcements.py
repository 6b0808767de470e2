"""Announcements that operators switch on and off while calls run, and the back end that flows ask for them.

Kept as documents of the store, so that every server sees them; nothing here speaks, and no flow is changed.
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
"""How long a server goes on with what it has read: a call must not wait for the store, nor a switch for long."""

DEFAULT_SECONDS = 24 * 3600.0
"""How long an announcement is on when no end is set."""


class UnknownAnnouncement(IvrError):
    """line.yaml lacks an announcement or a prepared text; the text lists those that there are."""


@dataclass(frozen=True)
class Announcement:
    """One slot switched on: a text per language, the first being the fallback, from and until when (Unix times).

    `lines` limits it to called numbers; empty is all. In a drill only `callers` hear it. `preset` names the prepared
    text that it came from, if it did.
    """

    texts: Mapping[str, str]
    since: float
    until: float
    preset: str = ""
    lines: tuple[str, ...] = ()
    drill: bool = False
    callers: tuple[str, ...] = ()

    def text_for(self, language: str) -> tuple[str, str]:
        """Return the text for a language, or the nearest there is, and the language that it is in."""
        tag = nearest_language(language, self.texts, families())
        return self.texts[tag], tag

    def heard_by(self, caller: str, called: str) -> bool:
        """Tell whether a call hears it."""
        return (not self.lines or called in self.lines) and (not self.drill or caller in self.callers)


def check_slot(slot: str, line: Hotline) -> None:
    """Raise UnknownAnnouncement if line.yaml does not have the slot."""
    if slot not in line.announcements:
        names = line.announcements
        cure = f"there are {', '.join(names)}." if names else 'add it under "announcements:".'
        raise UnknownAnnouncement(f'line.yaml has no announcement "{slot}". {did_you_mean(slot, names) or cure}')


def prepared_texts(slot: str, preset: str, line: Hotline) -> dict[str, str]:
    """Return the texts of a preset by language. Raises UnknownAnnouncement if the slot has no preset of this name."""
    presets = line.announcements[slot]
    if preset not in presets:
        cure = f"there are {', '.join(presets)}" if presets else "there is none; use --text"
        raise UnknownAnnouncement(f'"{slot}" has no prepared text "{preset}". {did_you_mean(preset, presets) or cure}')
    return {tag: template.fixed or "" for tag, template in presets[preset].by_language.items()}


def switch_on(documents: Documents, slot: str, announcement: Announcement) -> None:
    """Switch a slot on, in place of what was on before. Raises StoreError."""
    document = {**vars(announcement), "texts": dict(announcement.texts)}
    documents.change(_COLLECTION, slot, lambda _: document)


def switch_off(documents: Documents, slot: str, now: float) -> bool:
    """Switch a slot off, and tell whether it was on. Raises StoreError."""
    announcement = _read(documents.get(_COLLECTION, slot))
    documents.change(_COLLECTION, slot, lambda _: None)
    return announcement is not None and now < announcement.until


def switched_on(documents: Documents, now: float) -> dict[str, Announcement]:
    """Return what is on now, by slot. Raises StoreError."""
    announcements = {slot: _read(documents.get(_COLLECTION, slot)) for slot in documents.keys(_COLLECTION)}
    return {
        slot: announcement
        for slot, announcement in announcements.items()
        if announcement is not None and now < announcement.until
    }


def _read(document: Document | None) -> Announcement | None:
    """Read what is kept; what another version wrote and this one cannot read counts as off."""
    try:
        announcement = Announcement(**document) if document else None
    except TypeError:
        return None
    return (
        replace(announcement, lines=tuple(announcement.lines), callers=tuple(announcement.callers))
        if announcement and announcement.texts
        else None
    )


class Announcements:
    """The service `line`. Thread-safe. While the store cannot be read, what was read last goes on."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._last_read: dict[str, tuple[float, Announcement | None]] = {}

    def announcement(self, question: AskAnnouncement, *, key: str, now: float) -> AnnouncementText:
        """Return what is announced. Raises LookupFailed while nothing is known because the store is gone."""
        del key  # asking changes nothing
        slot = self._current(question.slot, now)
        if slot is None or now >= slot.until or not slot.heard_by(question.caller, question.called):
            return AnnouncementText()
        text, language = slot.text_for(question.language)
        return AnnouncementText(text=text, language=language, drill=slot.drill)

    def _current(self, slot: str, now: float) -> Announcement | None:
        at, announcement = self._last_read.get(slot, (None, None))
        if at is not None and abs(now - at) < CACHE_SECONDS:
            return announcement
        try:
            announcement = _read(self._documents.get(_COLLECTION, slot))
        except IvrError:
            if at is None:
                raise LookupFailed("the store of announcements cannot be read") from None
        self._last_read[slot] = (now, announcement)
        return announcement
