"""File names as they are kept and handed out again. Pure."""

import re
import unicodedata

EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/ofd": ".ofd",
}
STEM_LENGTH = 80
_EXTENSION = re.compile(r"(?:\.[A-Za-z0-9]{1,5})+$")
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\s]+')


def clean_name(name: str, mime: str) -> str:
    """A name without path, control or direction marks, and with the extension of its content."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C" or letter in "\t\n")
    stem = _FORBIDDEN.sub(" ", _EXTENSION.sub("", name)).strip(" .")[:STEM_LENGTH].strip(" .")
    return (stem or "材料") + EXTENSIONS[mime]
