"""The malware scanner of the settings, if there is one."""

import socket
import struct

from django.conf import settings
from django.utils.module_loading import import_string

from portal.refusals import RuleBroken

SECONDS = 30
_CHUNK = 1 << 16


class ScannerSilent(Exception):
    """The scanner gave no answer that can be used."""


def scan(content: bytes, name: str) -> None:
    """Ask ``settings.PAPERS_SCANNER``; off when that is empty.

    Raises RuleBroken when something was found, and also when the scanner does not answer:
    an unscanned file is not let in.
    """
    if not settings.PAPERS_SCANNER:
        return
    try:
        found = import_string(settings.PAPERS_SCANNER)(content, name)
    except (ScannerSilent, OSError) as fault:
        raise RuleBroken(
            "文件安全检查暂时无法进行，请稍后再上传。已填写的内容不会丢失。", field="file"
        ) from fault
    if found:
        raise RuleBroken(f"文件“{name}”未通过安全检查，不能接收。", field="file")


def clamd(content: bytes, name: str) -> str:
    """What ClamAV's daemon at ``settings.CLAMD_ADDRESS`` finds; empty when nothing.

    The address is ``unix:/path`` or ``host:port``. Raises OSError or ScannerSilent.
    """
    with _connected(settings.CLAMD_ADDRESS) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0"):
            received = line.recv(4096)
            if not received:
                break
            answer += received
    said = answer.rstrip(b"\0\n").decode(errors="replace").removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise ScannerSilent(said)


def _connected(address: str) -> socket.socket:
    if address.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(address.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)
