"""Run pyttsx3 in a separate process, since pyttsx3 may hang, crash or lose a file. Started by its path.

A request is one line of JSON on standard input; an answer is one line of JSON on standard output, followed by as many
bytes as the line says: WAV, or JSON for phonemes. The process ends with its input, even in the middle of a sentence, so
it never outlives its parent.
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
"""Maximum seconds of a rendering; the parent ends this process earlier."""

_UTF8, _TIED_IPA = 1, 0x02 | 0x80 | ord("^") << 8
"""espeak's modes: the text's encoding, and IPA with a tie in affricates and diphthongs."""


def main() -> None:
    """Answer requests until the input ends."""
    # pyttsx3 prints to stdout, which must contain only our answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # In a thread, so that the end of the input ends the process even while espeak hangs.
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
            sound = _phonemes(engine, request) if "phonemes" in request else _rendered(engine, request)
        except Exception as fault:
            _answer(answers, {"fault": _fault_text(fault)})
        else:
            _answer(answers, {"bytes": len(sound)}, sound)


def _listen(requests: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    # Not sys.exit, which would only end this thread, and wait for the one that hangs.
    os._exit(0)


def _answer(out: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    out.write(json.dumps(head).encode() + b"\n" + body)
    out.flush()


def _fault_text(fault: BaseException) -> str:
    return str(fault) or type(fault).__name__


def _engine() -> Any:
    """Start pyttsx3 with the espeak-ng of its package, or with the system's if that one does not load."""
    import espeakng_loader

    with contextlib.suppress(OSError, RuntimeError):
        os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
        # Loaded by path first: pyttsx3 then requests libespeak-ng.so.1 and gets this one.
        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    import pyttsx3

    engine = pyttsx3.init(driverName="espeak")
    engine.runAndWait()  # pyttsx3 starts busy: until a first empty run, it only queues settings
    return engine


def _version() -> str:
    from importlib.metadata import version

    from pyttsx3.drivers import _espeak

    ask = _espeak.dll.espeak_Info
    ask.restype = ctypes.c_char_p
    return f"pyttsx3-{version('pyttsx3')}-espeak-{ask(None).decode().split()[0]}"


def _phonemes(engine: Any, request: dict[str, Any]) -> bytes:
    """Return the IPA of each text with ties, as a list in JSON."""
    from pyttsx3.drivers import _espeak

    engine.setProperty("voice", request["voice"])
    _espeak.dll.espeak_Synchronize()
    speak = _espeak.dll.espeak_TextToPhonemes
    speak.restype = ctypes.c_char_p
    return json.dumps([_ipa(speak, text) for text in request["phonemes"]]).encode()


def _ipa(speak: Any, text: str) -> str:
    """Return the IPA of a text, clause by clause: espeak moves the pointer on."""
    left = ctypes.c_char_p(text.encode())
    parts = []
    while left.value:
        parts.append((speak(ctypes.byref(left), _UTF8, _TIED_IPA) or b"").decode())
    return " ".join(part.strip() for part in parts)


def _rendered(engine: Any, request: dict[str, Any]) -> bytes:
    """Render a text to a WAV file and return its content. Raises RuntimeError for any deviation from the request."""
    wanted = {"voice": request["voice"], "rate": request["rate"]}
    for name, value in wanted.items():
        engine.setProperty(name, value)
    _check(engine, wanted)
    finished = threading.Event()
    token = engine.connect("finished-utterance", lambda **_: finished.set())
    try:
        with _file() as path:
            engine.save_to_file(request["text"], path)
            # The event is awaited as well: in 3 to 13 of 100 runs the file is missing or empty here.
            engine.runAndWait()  # often returns before the file is complete
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
    """Wait until espeak has processed its commands, and compare its settings with the request.

    espeak replaces an unknown voice by English, and sometimes loses settings that are made while it works.
    """
    from pyttsx3.drivers import _espeak

    _espeak.dll.espeak_Synchronize()
    for name, value in wanted.items():
        if (actual := engine.getProperty(name)) != value:
            raise RuntimeError(f"the engine has the {name} {actual} instead of {value}")


@contextlib.contextmanager
def _file() -> Iterator[str]:
    """Return the path of a temporary file, in memory if the system supports it, so that a full disk does not matter."""
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
