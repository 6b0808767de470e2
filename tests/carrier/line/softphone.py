"""A softphone that nobody here wrote: Debian's `baresip`, driven through its control port."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ivr.speech.audio import Audio, read_wav, silence, write_wav
from tests.waiting import wait_until

MODULES = Path("/usr/lib/baresip/modules")
_CONFIG = """\
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
module_path {modules}
audio_source {source}
audio_player aubridge,none
audio_alert aubridge,none
rtp_ports {rtp}-{rtp_end}
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{control}
module g711.so
module aubridge.so
module aufile.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
"""


def lacking() -> str:
    """Return why there is no softphone here, or an empty text."""
    if not shutil.which("baresip") or not (MODULES / "sndfile.so").exists():
        return "baresip is not installed (apt-get install baresip-core)"
    return ""


def free_ports(count: int = 1) -> int:
    """Return the first of some free UDP ports in a row, and the same TCP ports."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
        if port + count < 60000 and all(map(_is_free, range(port, port + count))):
            return port


def _is_free(port: int) -> bool:
    try:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


@dataclass
class Softphone:
    """One running softphone."""

    folder: Path
    sip: int
    control: socket.socket
    events: list[dict[str, object]] = field(default_factory=list)

    def command(self, command: str, params: str = "") -> None:
        """Give a command, as its user would."""
        message = json.dumps({"command": command, "params": params}).encode()
        self.control.sendall(b"%d:%s," % (len(message), message))

    def dial(self, address: str) -> None:
        self.command("dial", address)

    def press(self, keys: str) -> None:
        for key in keys:
            self.command("sndcode", key)

    def hang_up(self) -> None:
        self.command("hangup")

    def has(self, kind: str) -> bool:
        return any(event.get("type") == kind for event in list(self.events))

    def until(self, kind: str) -> None:
        """Wait for an event, such as CALL_ESTABLISHED."""
        wait_until(lambda: self.has(kind))

    @property
    def kinds(self) -> list[object]:
        return [event.get("type") for event in list(self.events)]

    def heard(self) -> Audio:
        """Return what it has received so far."""
        sounds = [_growing_wav(file) for file in sorted(self.folder.glob("dump-*-dec.wav"))]
        return Audio(np.concatenate([sound.samples for sound in sounds] or [silence(0.0).samples]))

    def _read(self) -> None:
        data = b""
        with suppress(OSError):
            while piece := self.control.recv(65536):
                data += piece
                while b":" in data and data.partition(b":")[0].isdigit():
                    size, _, rest = data.partition(b":")
                    if len(rest) <= int(size):
                        break
                    self.events.append(json.loads(rest[: int(size)]))
                    data = rest[int(size) + 1 :]


def _growing_wav(file: Path) -> Audio:
    """Read a WAV file whose header still says that it is empty."""
    data = file.read_bytes()
    with suppress(ValueError):
        audio = read_wav(data)
        if len(audio.samples):
            return audio
    return Audio(np.frombuffer(data[44 : 44 + (len(data) - 44) // 2 * 2], np.int16))


@contextmanager
def softphone(
    folder: Path, user: str = "+8613800000001", *, says: Audio | None = None, answers: bool = False, ports: int = 0
) -> Iterator[Softphone]:
    """Run a softphone; with `answers` it picks up by itself. `says` is its microphone."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = ports or free_ports(16)
    microphone = folder / "microphone.wav"
    microphone.write_bytes(write_wav(says or silence(60.0)))
    settings = _CONFIG.format(
        sip=ports, rtp=ports + 4, rtp_end=ports + 14, control=ports + 2,
        modules=MODULES, source=f"aufile,{microphone}", folder=folder,
    )  # fmt: skip
    (folder / "config").write_text(settings, encoding="utf-8")
    mode = "auto" if answers else "manual"
    account = f"<sip:{user}@127.0.0.1:{ports}>;regint=0;audio_codecs=PCMA,PCMU;answermode={mode}\n"
    (folder / "accounts").write_text(account, encoding="utf-8")
    (folder / "contacts").write_text("", encoding="utf-8")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["baresip", "-f", str(folder)], stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, cwd=folder
        )
    try:
        with socket.socket() as control:
            wait_until(lambda: control.connect_ex(("127.0.0.1", ports + 2)) in (0, 106))
            phone = Softphone(folder, ports, control)
            threading.Thread(target=phone._read, daemon=True).start()
            yield phone
            control.shutdown(socket.SHUT_RDWR)
    finally:
        process.kill()  # it hangs at quit if a call rings
        process.communicate()
