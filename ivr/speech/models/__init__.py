"""Speech models that are not part of the program: which there are, which are installed, and fetching them.

Nothing here is asked during a call; what is missing is a sentence, never an exception.
"""

from __future__ import annotations

from .catalogue import Model, chosen, installed, missing, model_catalogue
from .install import download_model, install_from

__all__ = ["Model", "chosen", "download_model", "install_from", "installed", "missing", "model_catalogue"]
