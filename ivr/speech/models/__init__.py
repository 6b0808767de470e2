"""Speech models, which are not part of the distribution: list and install them. Must not be used during a call."""

from __future__ import annotations

from .catalogue import Model, chosen, installed, missing, model_catalogue
from .install import download_model, install_from

__all__ = ["Model", "chosen", "download_model", "install_from", "installed", "missing", "model_catalogue"]
