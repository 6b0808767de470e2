"""Puts the demo's flows, audio and conversations into the wheel; everything else stands in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHARED = {
    "flows": ("flows", ("*.yaml", "*.md", ".schema/*.json")),
    "audio": ("audio", ("*.md", "music/*", "??-??/*")),
    "conversations": ("tests/conversations", ("**/*.yaml", "*.md")),
}
"""Folders of the demo in the package: where each comes from, and which of its files."""


class BuildWithDemo(build_py):
    """Copies what lies beside the package into it; an editable install reads it where it is."""

    def run(self) -> None:
        """Build the package, then its demo."""
        super().run()
        if not self.editable_mode:
            self._copy_demo(Path(self.build_lib) / "ivr" / "demo")

    def _copy_demo(self, demo: Path) -> None:
        for name, (source, patterns) in SHARED.items():
            for path in sorted({path for pattern in patterns for path in Path(source).glob(pattern)}):
                if path.is_file():
                    target = demo / name / path.relative_to(source)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    self.copy_file(str(path), str(target))


setup(cmdclass={"build_py": BuildWithDemo})
