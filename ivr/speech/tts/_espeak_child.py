"""Runs pyttsx3 in a process of its own, since pyttsx3 may hang, crash or lose a file. Started by its path.

A request is one line of JSON on standard input, an answer one line of JSON on standard output, followed by as many
bytes of WAV as it says. It ends when its input does, even in the middle of a sentence, so it never outlives its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import queue
import sys
import tempfile
import threading
import wave
from collections.abc import Iterator
from typing import Any, BinaryIO

_PATIENCE = 60.0
"""Seconds; the parent gives up earlier and ends this process."""


def main() -> None:
    """Answer requests until the input ends."""
    # pyttsx3 prints, and what it prints must not get between our answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    try:
        engine = _engine()
    except Exception as fault:
        _answer(answers, {"fault": f"the speech engine does not start: {_fault_text(fault)}"})
        return
    _answer(answers, {"ready": _version()})
    while True:
        request = json.loads(requests.get())
        try:
            sound = _rendered(engine, request)
        except Exception as fault:
            _answer(answers, {"fault": _fault_text(fault)})
        else:
            _answer(answers, {"bytes": len(sound)}, sound)


def _listen(requests: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _answer(out: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    out.write(json.dumps(head).encode() + b"\n" + body)
    out.flush()


def _fault_text(fault: BaseException) -> str:
    return str(fault) or type(fault).__name__


def _engine() -> Any:
    """Start pyttsx3 on the espeak-ng that came with its package, or on the system's where that one does not load."""
    import espeakng_loader

    with contextlib.suppress(OSError, RuntimeError):
        os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
        # Loaded by path first: pyttsx3 then asks for libespeak-ng.so.1 and gets this one.
        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    import pyttsx3

    engine = pyttsx3.init(driverName="espeak")
    engine.runAndWait()  # it is born busy: until a first empty run, what is set only waits in a queue
    return engine


def _version() -> str:
    from importlib.metadata import version

    from pyttsx3.drivers import _espeak

    ask = _espeak.dll.espeak_Info
    ask.restype = ctypes.c_char_p
    return f"pyttsx3-{version('pyttsx3')}-espeak-{ask(None).decode().split()[0]}"


def _rendered(engine: Any, request: dict[str, Any]) -> bytes:
    """Speak one text into a WAV file and return it. Raises RuntimeError when anything is not as asked for."""
    wanted = {"voice": request["voice"], "rate": request["rate"]}
    for name, value in wanted.items():
        engine.setProperty(name, value)
    _check(engine, wanted)
    finished = threading.Event()
    token = engine.connect("finished-utterance", lambda **_: finished.set())
    try:
        with _file() as path:
            engine.save_to_file(request["text"], path)
            engine.runAndWait()  # which returns before the sound is there more often than not
            if not finished.wait(_PATIENCE):
                raise RuntimeError("the engine did not finish")
            _check(engine, wanted)
            with open(path, "rb") as file:
                sound = file.read()
    finally:
        engine.disconnect(token)
    with wave.open(io.BytesIO(sound)) as made:
        if not made.getnframes():
            raise RuntimeError("the engine wrote an empty file")
    return sound


def _check(engine: Any, wanted: dict[str, Any]) -> None:
    """Wait until espeak has worked off its commands, and hold what it now has against what was asked for.

    It answers an unknown voice with English, and what is set while it still works is lost now and then.
    """
    from pyttsx3.drivers import _espeak

    _espeak.dll.espeak_Synchronize()
    for name, value in wanted.items():
        if (actual := engine.getProperty(name)) != value:
            raise RuntimeError(f"the engine has the {name} {actual} instead of {value}")


@contextlib.contextmanager
def _file() -> Iterator[str]:
    """Give the path of a file for one sound: in memory where the system can, so that a full disk does not matter."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("speech")
        try:
            yield f"/proc/self/fd/{number}"
        finally:
            os.close(number)
        return
    with tempfile.TemporaryDirectory(prefix="ivr-speech-") as folder:
        yield os.path.join(folder, "speech.wav")


if __name__ == "__main__":
    main()
