"""Whether a paper is what it claims to be, for anyone who asks.

A file is valid when its bytes are exactly those issued, the signature in them holds, and the
paper was not revoked. Everything else is 无效, with the reason in one plain sentence.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from portal.days import spoken
from portal.papers import probe
from portal.papers.authority import root_certificate
from portal.papers.models import CODE_LENGTH, Paper, PaperState, typed_code
from portal.papers.numbering import normalise_document_number
from portal.papers.probing import check_signature
from portal.refusals import RuleBroken

_REASONS = {
    "not_pdf": "这不是 PDF 文件。核验只认签发时的 PDF 原件，照片、扫描件和截图请改用查验码核验。",
    "damaged": "文件已损坏或者不完整，不是签发时的原件。",
    "unsigned": "文件没有电子签名，不是本平台签发的电子文书原件。打印件、扫描件请改用查验码核验。",
    "altered": "文件内容在签名之后被改动过，与签发时的原件不一致。",
    "appended": "签名之后又追加了内容，与签发时的原件不一致。",
    "foreign": "签名人的证书不是本平台的签发机关所有，文件不是本平台签发的。",
    "unknown": "签名出自本平台的签发机关，但文件与签发记录不符，不是签发时的原件。",
}


@dataclass(frozen=True)
class Finding:
    """The answer about one uploaded file; ``paper`` only when its bytes are known."""

    verdict: str
    reason: str
    paper: Paper | None = None
    signer: str = ""

    @property
    def is_valid(self) -> bool:
        return self.verdict == "good"


@dataclass(frozen=True)
class Standing:
    """How a paper stands on a day: a word, its tone, and what it means."""

    word: str
    tone: str
    meaning: str


def check_file(content: bytes) -> Finding:
    """Check an uploaded PDF against the signature in it and the record. Stores nothing."""
    if not content.startswith(b"%PDF-"):
        return Finding("not_pdf", _REASONS["not_pdf"])
    paper = (
        Paper.objects.filter(sha256=hashlib.sha256(content).hexdigest()).select_related("department").first()
    )
    try:
        root = root_certificate().dump()
        if paper:  # bytes we made ourselves hold no trap, and need no process of their own
            found = probe.verify(content, root)
            verdict, signer = found["verdict"], found["signer"]
        else:
            verdict, signer = check_signature(content, root)
    except ImproperlyConfigured:
        raise RuleBroken("核验服务暂时无法使用，请稍后再试或改用查验码核验。") from None
    if verdict != "good":
        return Finding(verdict, _REASONS[verdict], signer=signer if verdict != "foreign" else "")
    if paper is None:
        return Finding("unknown", _REASONS["unknown"], signer=signer)
    if paper.state == PaperState.REVOKED:
        return Finding("revoked", _revoked(paper), paper=paper, signer=signer)
    return Finding("good", "文件与签发时的原件完全一致，电子签名有效。", paper=paper, signer=signer)


def find_paper(typed: str) -> Paper:
    """The paper of a check code, or of a number that is public.

    Raises RuleBroken with the same sentence for a number that does not exist and for one of a
    paper that is not public, so that nobody learns who has a case.
    """
    code = typed_code(typed)
    found = Paper.objects.filter(check_code=code).first() if len(code) == CODE_LENGTH else None
    if found is None:
        found = Paper.objects.published().filter(number__in=_spellings(typed)).first()
    if found is None:
        raise RuleBroken(
            "没有查到。文号只能查准予行政许可决定书和许可证件；其他文书请输入二维码旁的12位查验码，"
            "或者上传 PDF 原件核验。",
            field="number",
        )
    return found


def standing(paper: Paper, today: date) -> Standing:
    """Valid, expired, revoked or in the making."""
    if paper.state == PaperState.REVOKED:
        return Standing(paper.state_word, "alarm", _revoked(paper))
    if paper.valid_until and paper.valid_until < today:
        return Standing("已过有效期", "warn", f"有效期至{spoken(paper.valid_until)}，现已届满。")
    if paper.state == PaperState.DUE:
        return Standing("有效", "ok", "文书已签发，PDF 原件正在制作。")
    return Standing("有效", "ok", "文书由本平台签发，现行有效。")


def _revoked(paper: Paper) -> str:
    on = spoken(timezone.localdate(paper.revoked_at)) if paper.revoked_at else ""
    return f"该文书已于{on}{paper.revoked_word}，不再有效。理由：{paper.revoked_reason}"


def _spellings(typed: str) -> list[str]:
    bare = "".join(typed.split())
    try:
        return [bare, normalise_document_number(typed)]
    except RuleBroken:
        return [bare]
