"""Many callers that nobody here wrote: Debian's `sipp`, with keys by RFC 4733 from its own captures."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .softphone import free_ports

CAPTURES = Path("/usr/share/sip-tester")
STEP_MS = 400
_HEAD = """\
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+8613800000001@[local_ip]>;tag=[call_number]
To: <sip:ivr@[remote_ip]>[peer_tag_param]
Call-ID: [call_id]
CSeq: {number} {method}
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
"""
_SDP = """\
v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
"""
_SEND = "<send{retrans}><![CDATA[\n{text}\n]]></send>\n"
_REPLY = """\
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:sipp@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

"""


def sipp_lacking() -> str:
    """Return why sipp cannot call here, or an empty text."""
    if not shutil.which("sipp"):
        return "sipp is not installed (apt-get install sip-tester)"
    return "" if os.geteuid() == 0 else "sipp plays captures as root only"


def scenario(keys: str, talk_ms: int) -> str:
    """Return a call: answered, asked again by the line's re-INVITE, keys in steps, and the end."""
    request = _SEND.format(retrans=' retrans="500"', text=_request("INVITE", 1, _SDP))
    ack = _SEND.format(retrans="", text=_request("ACK", 1))
    presses = "".join(
        f'<nop><action><exec play_pcap_audio="{CAPTURES}/dtmf_2833_{key}.pcap"/></action></nop>'
        f'<pause milliseconds="{STEP_MS}"/>\n'
        for key in keys
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="call">\n'
        f'{request}<recv response="100" optional="true"/>\n<recv response="180" optional="true"/>\n'
        f'<recv response="200" rtd="true"/>\n{ack}<recv request="INVITE"/>\n'
        f"{_SEND.format(retrans='', text=_REPLY + _SDP)}"
        f'<recv request="ACK"/>\n<pause milliseconds="{talk_ms}"/>\n{presses}<pause milliseconds="500"/>\n'
        f"{_SEND.format(retrans=' retrans=' + chr(34) + '500' + chr(34), text=_request('BYE', 2))}"
        '<recv response="200"/>\n</scenario>\n'
    )


def _request(method: str, number: int, body: str = "") -> str:
    head = f"{method} sip:ivr@[remote_ip]:[remote_port] SIP/2.0\n" + _HEAD.format(number=number, method=method)
    kind = "Content-Type: application/sdp\n" if body else ""
    return f"{head}{kind}Content-Length: {'[len]' if body else 0}\n\n{body}"


def run_sipp(folder: Path, line: tuple[str, int], *, calls: int, rate: int, keys: str = "", talk_ms: int = 500) -> str:
    """Make calls; return what sipp said. Fails if a call failed."""
    file = folder / "call.xml"
    file.write_text(scenario(keys, talk_ms), encoding="utf-8")
    ports = free_ports(4)
    command = [
        *("sipp", f"{line[0]}:{line[1]}", "-sf", str(file), "-m", str(calls), "-r", str(rate), "-l", str(calls)),
        *("-i", "127.0.0.1", "-p", str(ports), "-mi", "127.0.0.1", "-mp", str(ports + 2), "-nostdin"),
        *("-timeout", "120", "-trace_err"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=150, check=False)
    errors = "\n".join(each.read_text(errors="replace")[:2000] for each in folder.glob("*errors.log"))
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-500:]}\n{errors}"
    return done.stdout
