"""Asks the probe about a PDF from outside, within bounds of time and memory."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROBE = Path(__file__).with_name("probe.py")
SECONDS = 30

_FAULTS = {
    "script": "含有脚本程序，请打印或导出为普通 PDF 后上传。",
    "launch": "含有打开程序或外部文件的动作，请打印或导出为普通 PDF 后上传。",
    "attachment": "内嵌了其他文件，请取出后分别上传。",
    "media": "含有音视频或三维内容，请导出为普通 PDF 后上传。",
    "form": "含有动态表单，请打印为普通 PDF 后上传。",
    "encrypted": "已加密或者设有密码，请去掉密码后上传。",
    "two_faced": "同时又是压缩包，不能接收。请重新导出后上传。",
    "too_big": "结构过于复杂，无法检查。请重新导出或分成几个文件上传。",
    "damaged": "已损坏或者不完整，请重新导出后上传。",
}


def find_active_content(content: bytes) -> str:
    """Why a PDF is not let in, as the end of a sentence in Chinese; empty when it is."""
    answer = _ask("inspect", content=content)
    fault = "too_big" if answer is None else str(answer["fault"])
    return _FAULTS[fault] if fault else ""


def check_signature(content: bytes, root: bytes) -> tuple[str, str]:
    """Verdict and signer's name of a PDF's signature, as ``probe.verify`` gives them."""
    answer = _ask("verify", base64.b64encode(root).decode(), content=content)
    return ("damaged", "") if answer is None else (str(answer["verdict"]), str(answer["signer"]))


def _ask(*words: str, content: bytes) -> dict[str, Any] | None:
    """The probe's answer; None when the file was more than it could bear."""
    try:
        run = subprocess.run(  # noqa: S603 (our own script, no shell, words of our own)
            [sys.executable, "-I", "-X", "utf8", str(PROBE), *words],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
        return json.loads(run.stdout) if run.returncode == 0 else None
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
