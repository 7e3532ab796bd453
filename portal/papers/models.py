"""Uploads, issued papers and the numbers they carry."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Model, Q

from portal.audit.history import statutory
from portal.audit.models import subject_key
from portal.papers.kinds import FORMS, PaperForm, PaperKind
from portal.people.crypto import decrypt
from portal.people.masking import mask_name
from portal.people.models import Department
from portal.refusals import RuleBroken

_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another
CODE_LENGTH = 12
SEALED = "paper query code"  # the purpose under which it is encrypted inside ``Paper.data``


def make_check_code() -> str:
    """Twelve letters and digits a person can type: 58 bits, so that none is guessed."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(CODE_LENGTH))


class CounterManager(models.Manager["Counter"]):
    def take(self, series: str, period: str) -> int:
        """Advance the counter by one and hold its row until the transaction ends; the serial taken."""
        return self.take_all({(series, period): 1})[series, period]

    def take_all(self, counts: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
        """Advance each counter (series, period) by its count, held as by ``take``; the last serial of each.

        In the order of their names, so that two who need the same ones wait and do not lock each other.
        """
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("a number is taken inside a transaction")
        keys = sorted(counts)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO papers_counter AS c (series, period, last)"
                " SELECT * FROM unnest(%s::text[], %s::text[], %s::int[])"
                " ON CONFLICT (series, period) DO UPDATE SET last = c.last + excluded.last"
                " RETURNING series, period, last",
                [
                    [series for series, _ in keys],
                    [period for _, period in keys],
                    [counts[key] for key in keys],
                ],
            )
            return {(series, period): last for series, period, last in cursor.fetchall()}

    def reach(self, levels: Mapping[tuple[str, str], int]) -> None:
        """Advance each counter (series, period) to at least its serial, in the order of their names.

        As ``take``, the rows are held until the transaction ends; none is ever set back.
        """
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("a number is taken inside a transaction")
        keys = sorted(levels)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO papers_counter AS c (series, period, last)"
                " SELECT * FROM unnest(%s::text[], %s::text[], %s::int[])"
                " ON CONFLICT (series, period) DO UPDATE SET last = greatest(c.last, excluded.last)",
                [
                    [series for series, _ in keys],
                    [period for _, period in keys],
                    [levels[key] for key in keys],
                ],
            )


class Counter(models.Model):
    """The last serial given in a series and period."""

    series = models.CharField("序列", max_length=80)
    period = models.CharField("期间", max_length=16)
    last = models.PositiveIntegerField("已用到")

    objects = CounterManager()

    class Meta:
        verbose_name = "编号序列"
        verbose_name_plural = "编号序列"
        constraints = [
            models.UniqueConstraint(
                name="counter_is_one_row_a_series_and_period", fields=["series", "period"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.period} {self.last}"


class Attachment(models.Model):
    """One uploaded file as it is kept: checked, stripped, renamed.

    Equal bytes are stored once: rows with the same ``sha256`` share ``stored_as``.
    """

    key = models.UUIDField("标识", unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField("文件名", max_length=120)
    mime = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64)
    received_sha256 = models.CharField("原文件摘要", max_length=64, db_index=True)
    stored_as = models.CharField("存储位置", max_length=120, db_index=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", null=True, related_name="+"
    )
    at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "上传材料"
        verbose_name_plural = "上传材料"

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")

    @property
    def size_label(self) -> str:
        """2.4 MB, 87 KB: as people read it."""
        return (
            f"{self.size / 1_048_576:.1f} MB" if self.size >= 1_048_576 else f"{max(1, self.size // 1024)} KB"
        )


class Letterhead(models.Model):
    """What a department prints on its papers: its word, its remedies, its seal."""

    department = models.OneToOneField(
        Department, models.CASCADE, verbose_name="机构", related_name="letterhead"
    )
    word = models.CharField("机关代字", max_length=10, help_text="文号的第一部分，例如“示建”")
    reconsideration_organ = models.CharField("行政复议机关", max_length=100)
    court = models.CharField("有管辖权的人民法院", max_length=100)
    seal_name = models.CharField("印章名称", max_length=40, blank=True, help_text="空白时用机构名称")
    seal_note = models.CharField("印章下方文字", max_length=10, blank=True, default="示范专用")

    class Meta:
        verbose_name = "发文抬头"
        verbose_name_plural = "发文抬头"

    def __str__(self) -> str:
        return f"{self.department} {self.word}"


class PaperState(models.TextChoices):
    DUE = "due", "待制作"
    ISSUED = "issued", "有效"
    REVOKED = "revoked", "已撤销"


class RevokedWord(models.TextChoices):
    """How the law calls it: a void paper is 撤销, a licence may also be 撤回 or 注销."""

    REVOKED = "撤销", "撤销"
    WITHDRAWN = "撤回", "撤回"
    CANCELLED = "注销", "注销"


LEGAL_MOVES: dict[str, set[str]] = {
    PaperState.DUE: {PaperState.ISSUED, PaperState.REVOKED},
    PaperState.ISSUED: {PaperState.REVOKED},
    PaperState.REVOKED: set(),
}


class PaperQuerySet(models.QuerySet["Paper"]):
    def of(self, subject: Model | tuple[str, str]) -> Self:
        """The papers about one subject, oldest first."""
        subject_type, subject_id = subject_key(subject)
        return self.filter(subject_type=subject_type, subject_id=subject_id).order_by("issued_at", "pk")

    def due(self) -> Self:
        """Promised but not yet typeset and signed."""
        return self.filter(state=PaperState.DUE)

    def published(self) -> Self:
        """Those anyone may look up by their number (行政许可法 第四十条)."""
        return self.filter(kind__in=[kind for kind, form in FORMS.items() if form.is_public])


@statutory(chained=True)
class Paper(models.Model):
    """A document issued to someone: its words are frozen with the row, its file follows."""

    key = models.UUIDField("核验标识", unique=True, default=uuid.uuid4, editable=False)
    check_code = models.CharField(
        "查验码", max_length=16, unique=True, default=make_check_code, editable=False
    )
    kind = models.CharField("文书种类", max_length=20, choices=PaperKind)
    title = models.CharField("标题", max_length=100)
    number = models.CharField("文号", max_length=60, unique=True)
    subject_type = models.CharField("对象类别", max_length=64)
    subject_id = models.CharField("对象编号", max_length=64)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="发文机关", related_name="papers")
    data = models.JSONField("内容")
    frame = models.JSONField("抬头")
    state = models.CharField("状态", max_length=8, choices=PaperState, default=PaperState.DUE)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="签发人", null=True, related_name="+"
    )
    issued_at = models.DateTimeField("签发时间")
    produced_at = models.DateTimeField("制作时间", null=True)
    file = models.CharField("存储位置", max_length=120, blank=True)
    sha256 = models.CharField("文件摘要", max_length=64, blank=True, db_index=True)
    sm3 = models.CharField("文件摘要（国密）", max_length=64, blank=True)
    size = models.PositiveIntegerField("字节数", default=0)
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoked_reason = models.CharField("撤销理由", max_length=300, blank=True)
    revoked_word = models.CharField(
        "撤销方式", max_length=4, choices=RevokedWord, default=RevokedWord.REVOKED
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = "文书"
        verbose_name_plural = "文书"
        constraints = [
            models.CheckConstraint(
                name="paper_has_its_file_exactly_when_produced",
                condition=Q(produced_at=None, file="", sha256="")
                | (Q(produced_at__isnull=False) & ~Q(file="") & ~Q(sha256="")),
            ),
            models.CheckConstraint(
                name="paper_issued_has_been_produced",
                condition=~Q(state="issued") | Q(produced_at__isnull=False),
            ),
            models.CheckConstraint(
                name="paper_revoked_at_set_exactly_when_revoked",
                condition=Q(state="revoked", revoked_at__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="paper_by_subject"),
            models.Index(fields=["issued_at"], name="paper_due", condition=Q(state="due")),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="words_are_frozen",
                fields=[
                    "key",
                    "check_code",
                    "kind",
                    "title",
                    "number",
                    "subject_type",
                    "subject_id",
                    "department",
                    "data",
                    "frame",
                    "issued_by",
                    "issued_at",
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def form(self) -> PaperForm:
        return FORMS[self.kind]

    @property
    def file_name(self) -> str:
        """The name a download gets: 受理通知书 示建受〔2026〕7号.pdf."""
        return f"{self.title} {self.number}.pdf"

    @property
    def holder(self) -> str:
        """To whom it was issued, as a public page may show it (个人信息保护法 第六条)."""
        name = self.data["applicant"]
        return mask_name(name) if self.data["applicant_kind"] == "natural" else name

    @property
    def valid_until(self) -> date | None:
        """The last day it is valid, when it has one."""
        until = self.data.get("valid_until")
        return date.fromisoformat(until) if until else None

    @property
    def state_word(self) -> str:
        """有效, or in which way it ended."""
        return f"已{self.revoked_word}" if self.state == PaperState.REVOKED else str(self.get_state_display())

    @property
    def printed(self) -> dict[str, Any]:
        """The data as it is typeset: with the query code readable."""
        sealed = self.data.get("query_code")
        return {**self.data, "query_code": decrypt(sealed, SEALED)} if sealed else self.data

    @property
    def check_code_label(self) -> str:
        """K7QM-2F9X-8RTD: as it is printed."""
        return "-".join(self.check_code[start : start + 4] for start in range(0, len(self.check_code), 4))

    def move_to(self, state: PaperState) -> None:
        """Change the state in memory; raises RuleBroken when the move is not legal."""
        if state not in LEGAL_MOVES[self.state]:
            raise RuleBroken(f"文书{self.number}{self.get_state_display()}，不能再改为{state.label}。")
        self.state = state


def typed_code(text: str) -> str:
    """A check code however it was typed: spaces, dashes and case do not matter."""
    return "".join(letter for letter in text.upper() if letter.isalnum())
