"""Pictures, decoded and written anew: what is kept holds pixels and nothing else."""

import io
import warnings

from PIL import Image, ImageOps

from portal.refusals import RuleBroken

MAX_PIXELS = 60_000_000
MAX_SIDE = 20_000
JPEG_QUALITY = 90


def clean_image(content: bytes, name: str, expected: str) -> bytes:
    """The picture in its own format, upright, without EXIF, comments, profiles or what was appended.

    The same bytes in give the same bytes out. Raises RuleBroken for a damaged picture, one of
    more than 60 million pixels, or an animation.
    """
    broken = f"图片“{name}”已损坏或者不完整，请重新拍摄或扫描。"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=[expected]) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                    raise RuleBroken(
                        f"图片“{name}”有 {width}×{height} 像素，太大了。请缩小到 {MAX_PIXELS // 10_000} 万像素以内。",
                        field="file",
                    )
                if getattr(picture, "n_frames", 1) > 1:
                    raise RuleBroken(f"图片“{name}”是动画，请上传静态图片。", field="file")
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                return _written(upright, expected)
    except RuleBroken:
        raise
    except Exception as fault:
        # Decoders fail in as many ways as there are broken files; each of them means the same.
        raise RuleBroken(broken, field="file") from fault


def _written(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        plain = picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
        _bare(plain).save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        wanted = {"1", "L", "LA", "RGB", "RGBA"}
        plain = (
            picture
            if picture.mode in wanted
            else picture.convert("RGBA" if "A" in picture.mode or "transparency" in picture.info else "RGB")
        )
        _bare(plain).save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels alone: ``info`` would carry EXIF, comments and profiles into the new file."""
    bare = picture.copy()
    bare.info = {}
    return bare
