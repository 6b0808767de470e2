"""The server for gunicorn, granian and any other WSGI server: `ivr.wsgi:application`, its background work included."""

from __future__ import annotations

from .app import create_app
from .web.per_process import PerProcess

application = PerProcess(create_app)
