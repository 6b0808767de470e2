"""The audit of publishing: who changed what is live, when and why, or was refused."""

from __future__ import annotations

import msgspec


class AuditEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One action, numbered from 1; `at` is a Unix time, `before` the release that was live.

    `action` is "publish", "stage", "plan", "begin" (a planned release has gone live), "rollback", "end_stage",
    "return" (a staged release was taken back automatically), "unplan", "draft" or "refuse". `overruled` are the
    objections that `overrule_reason` overrules; `changes` says in callers' words what is different.
    """

    number: int
    at: float
    action: str
    by: str
    version: str = ""
    before: str = ""
    why: str = ""
    share: float = 0.0
    planned_at: float = 0.0
    draft: str = ""
    overruled: tuple[str, ...] = ()
    overrule_reason: str = ""
    changes: tuple[str, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """A release that is stored under a name and not live."""

    name: str
    version: str
    at: float
    by: str
    why: str = ""
