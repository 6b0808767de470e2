"""Sets up a fresh clone: a virtual environment with everything installed, once. Standard library only, any Python 3.

A stamp in the environment says for which list of packages it was made, so that later runs cost nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

_ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
_ENTERED = "IVR_SET_UP_BY"


def ensure(module: str, extra: str = "") -> None:
    """Return once this process runs where everything is installed; else set up and start `python -m module` there.

    The active virtual environment is used where there is one, else `.venv` in the clone. Exits with a sentence when
    the set-up is impossible.
    """
    if sys.version_info < OLDEST:
        _fail(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]} ({sys.executable})."
        )
    if not (_ROOT / "pyproject.toml").is_file():
        return  # installed as a package, not a clone
    active = sys.prefix != sys.base_prefix
    home = Path(sys.prefix) if active else _ROOT / ".venv"
    if not _is_ready(home, extra):
        try:
            with _alone():
                if not _is_ready(home, extra):
                    _set_up(home, extra, active=active)
        except OSError as fault:
            _fail(f"The set-up failed: {fault.strerror}: {fault.filename}")
        except KeyboardInterrupt:
            _fail("Interrupted; the next run goes on with the set-up.")
    if not active:
        _enter(home, module)


def _enter(home: Path, module: str) -> NoReturn:
    if os.environ.get(_ENTERED) == str(os.getpid()):
        _fail(f"{home} is no working virtual environment; delete that folder and run this again.")
    python = str(_python(home))
    sys.stdout.flush()
    os.execve(python, [python, "-m", module, *sys.argv[1:]], os.environ | {_ENTERED: str(os.getpid())})  # noqa: S606


def _is_ready(home: Path, extra: str) -> bool:
    try:
        return _stamp(home, extra).read_text(encoding="utf-8") == _fingerprint(home)
    except OSError:
        return False


def _set_up(home: Path, extra: str, *, active: bool) -> None:
    _say("Setting up, this once; it takes a minute or two.")
    if not active:
        if not _python(home).exists():
            shutil.rmtree(home, ignore_errors=True)
        _make(home)
    _install(home, extra)
    for name in {"", extra}:
        _stamp(home, name).write_text(_fingerprint(home), encoding="utf-8")
    _say("Set up.")


def _make(home: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _install_venv()
    _say(f"  virtual environment in {home}")
    made = _run([sys.executable, "-m", "venv", str(home)])
    if made.returncode:
        _fail(f"The virtual environment {home} cannot be made:\n{_end(made.stdout)}")


def _install_venv() -> None:
    """Debian and Ubuntu ship Python without its venv part."""
    wanted = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    packages = ["python3-venv"] if sys.executable.startswith("/usr/bin/") else [wanted]
    by_hand = f"install it with: sudo apt-get install {packages[0]}"
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        _fail(f"This Python has no venv module; {by_hand}")
    _say(f"  system package {packages[0]}")
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", *packages]):
        done = _run(command, DEBIAN_FRONTEND="noninteractive")
    if done.returncode:
        _fail(f"This Python has no venv module, and installing it failed; {by_hand}\n{_end(done.stdout)}")


def _install(home: Path, extra: str) -> None:
    what = f".[{extra}]" if extra else "."
    _say(f"  packages of {what}")
    done = _run([str(_python(home)), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-e", what])
    if done.returncode:
        _fail(
            f"The packages cannot be installed into {home}; is the package index reachable?"
            f" The last lines of pip were:\n{_end(done.stdout)}"
        )


def _run(command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        command,
        cwd=_ROOT,
        env=os.environ | env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Let one set-up run at a time; whoever waited finds it done."""
    import fcntl

    (_ROOT / "var").mkdir(exist_ok=True)
    with (_ROOT / "var" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _python(home: Path) -> Path:
    return home / "bin" / "python"


def _stamp(home: Path, extra: str) -> Path:
    return home / f"ivr-set-up-{extra or 'run'}"


def _fingerprint(home: Path) -> str:
    """Say what the environment was made from: the package's own list, this clone, and the Python behind it."""
    import tomllib

    wanted = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    digest = hashlib.sha256(repr([wanted.get("build-system"), wanted.get("project")]).encode())
    for part in (str(_ROOT), os.path.realpath(_python(home)), (home / "pyvenv.cfg").read_text(encoding="utf-8")):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


def _end(text: str) -> str:
    """Pick what a failed program said of its failure, else its last lines."""
    lines = [line.strip() for line in text.strip().splitlines()]
    faults = [line for line in lines if line.startswith(("ERROR:", "E:"))]
    return "\n".join("  " + line for line in (faults or lines)[-6:])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _fail(text: str) -> NoReturn:
    _say(text)
    raise SystemExit(2)
