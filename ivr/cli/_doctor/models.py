"""Check which speech models are installed."""

from __future__ import annotations

from collections.abc import Iterator

from . import Check, Deployment, Finding


class ModelsCheck(Check):
    """Lists the models for the languages of the flows."""

    kind = "models"
    order = 60

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield whether each model is installed; a missing one is no error, since calls work without it."""
        from ivr.speech.models import chosen, installed

        models = {model.name: model for language in deployment.languages for model in chosen(language)}
        for model in models.values():
            if (home := installed(model, deployment.settings.models)) is not None:
                yield Finding("fine", model.name, f"{model.kind}, in {home}")
            else:
                yield Finding(
                    "note",
                    model.name,
                    f"{model.kind}, not installed ({model.size / 1e6:.0f} MB)",
                    f"Get it with: ivr models download {model.name}",
                )
