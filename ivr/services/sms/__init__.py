"""Text messages to callers: counted, and sent once by the backend of the settings. A backend is one module."""

from .sender import SmsSender
from .service import Messages, Rules, open_messages

__all__ = ["Messages", "Rules", "SmsSender", "open_messages"]
