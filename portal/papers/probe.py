"""Reads a hostile PDF in a process of its own and says what it found, as JSON.

Run by path (``python -I probe.py inspect|verify``) with the file on standard input, so that a
file made to exhaust its reader exhausts this process and not the portal. No Django here.
"""

import base64
import io
import json
import re
import resource
import sys
from typing import Any

MEMORY = 1 << 30
SECONDS = 20
MAX_OBJECTS = 300_000

# Keys and action names by which a PDF runs, opens, sends or carries something else.
FORBIDDEN_KEYS = {
    "/JS": "script",
    "/JavaScript": "script",
    "/XFA": "form",
    "/EmbeddedFiles": "attachment",
    "/EF": "attachment",
    "/AF": "attachment",
    "/RichMediaContent": "media",
}
FORBIDDEN_VALUES = {
    ("/S", "/JavaScript"): "script",
    ("/S", "/Launch"): "launch",
    ("/S", "/SubmitForm"): "launch",
    ("/S", "/ImportData"): "launch",
    ("/S", "/GoToE"): "launch",
    ("/S", "/GoToR"): "launch",
    ("/S", "/Rendition"): "media",
    ("/S", "/Movie"): "media",
    ("/S", "/Sound"): "media",
    ("/S", "/RichMediaExecute"): "media",
    ("/Subtype", "/FileAttachment"): "attachment",
    ("/Subtype", "/RichMedia"): "media",
    ("/Subtype", "/Movie"): "media",
    ("/Subtype", "/Sound"): "media",
    ("/Subtype", "/Screen"): "media",
    ("/Subtype", "/3D"): "media",
    ("/Type", "/EmbeddedFile"): "attachment",
}
# The same names in the raw text, for a reader that finds objects the cross-reference table hides.
RAW_NAMES = {
    b"JavaScript": "script",
    b"JS": "script",
    b"Launch": "launch",
    b"EmbeddedFile": "attachment",
    b"EmbeddedFiles": "attachment",
    b"RichMedia": "media",
    b"XFA": "form",
}
_NAME = re.compile(rb"/([^\s/<>\[\](){}%]+)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.S)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    if sys.argv[1] == "inspect":
        answer: dict[str, Any] = {"fault": inspect(content)}
    else:
        answer = verify(content, base64.b64decode(sys.argv[2]))
    json.dump(answer, sys.stdout)


def inspect(content: bytes) -> str:
    """The name of the first fault of a PDF, or an empty string."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        return "damaged"
    if re.search(rb"PK\x05\x06.{18}", content[-65_557:], re.S):
        return "two_faced"
    fault = _raw_fault(content)
    if fault:
        return fault
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        if reader.encrypted:
            return "encrypted"
        if int(reader.root["/Pages"]["/Count"]) < 1:
            return "damaged"
        return _structure_fault(reader)
    except MemoryError:
        return "too_big"
    except Exception:
        return "damaged"


def _raw_fault(content: bytes) -> str:
    outside = _STREAM.sub(b"", content)
    for name in _NAME.findall(outside):
        plain = _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), name)
        if plain in RAW_NAMES:
            return RAW_NAMES[plain]
    return ""


def _structure_fault(reader: Any) -> str:
    """Walk everything reachable from the trailer, once."""
    from pyhanko.pdf_utils import generic

    waiting: list[Any] = [reader.trailer.raw_get("/Root")]
    if "/Info" in reader.trailer:
        waiting.append(reader.trailer.raw_get("/Info"))
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > MAX_OBJECTS * 10 or len(seen) > MAX_OBJECTS:
            return "too_big"
        if isinstance(one, generic.IndirectObject):
            if (one.idnum, one.generation) not in seen:
                seen.add((one.idnum, one.generation))
                waiting.append(one.get_object())
        elif isinstance(one, generic.DictionaryObject):
            for key in one:
                value = one.raw_get(key)
                fault = FORBIDDEN_KEYS.get(str(key)) or FORBIDDEN_VALUES.get((str(key), str(value)))
                # A stream whose content lies in another file.
                if key == "/F" and isinstance(one, generic.StreamObject):
                    fault = "attachment"
                if fault:
                    return fault
                waiting.append(value)
        elif isinstance(one, generic.ArrayObject):
            waiting.extend(one.raw_get(index) for index in range(len(one)))
    return ""


def verify(content: bytes, root: bytes) -> dict[str, Any]:
    """What the last signature of a PDF is worth, against the root certificate (DER).

    ``verdict``: good | unsigned | damaged | altered | foreign | appended; ``signer`` the name in
    the certificate, as written there and trusted only when the verdict is not ``foreign``.
    """
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    signer = ""
    try:
        signatures = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures
        if not signatures:
            return {"verdict": "altered" if b"/ByteRange" in content else "unsigned", "signer": ""}
        first = signatures[0]
        trust = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False)
        status = validate_pdf_signature(first, trust)
        signer = str(first.signer_cert.subject.native.get("common_name", ""))
    except Exception:
        return {"verdict": "altered" if b"/ByteRange" in content else "damaged", "signer": signer}
    if not (status.intact and status.valid):
        verdict = "altered"
    elif not status.trusted:
        verdict = "foreign"
    elif status.coverage != SignatureCoverageLevel.ENTIRE_FILE or len(signatures) > 1:
        verdict = "appended"
    else:
        verdict = "good"
    return {"verdict": verdict, "signer": signer}


if __name__ == "__main__":
    main()
