import io

import segno


def qr(address: str) -> bytes:
    """An address as a QR code on white, in SVG; with its quiet zone, to be scanned from screen or paper."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=4, border=4, light="#fff")
    return out.getvalue()
