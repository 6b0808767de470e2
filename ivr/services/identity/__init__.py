"""The service "identity": tries and locks over all calls, one-time codes, and weak PINs."""

from ivr.settings.identity import Limits

from .service import IdentityService, chosen_limits

__all__ = ["IdentityService", "Limits", "chosen_limits"]
