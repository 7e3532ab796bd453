"""更正申请: a person with evidence that a record about them is wrong (政府信息公开条例 第四十一条)."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from disclosure.models.requests.codes import RecordState
from portal.audit.history import statutory
from portal.papers.models import Attachment
from portal.people.crypto import EncryptedTextField, keyed_hash
from portal.people.masking import mask_id, mask_phone
from portal.people.models import Department, IdType, PostRole, User
from portal.workdays.models import Clock


class RecordCorrectionQuerySet(models.QuerySet["RecordCorrection"]):
    def visible_to(self, viewer: "User | AnonymousUser | None") -> Self:
        """The person's own; the department's for its staff; all for the disclosure office and supervisors."""
        if not isinstance(viewer, User) or not viewer.is_active:
            return self.none()
        if viewer.is_citizen:
            return self.filter(applicant_user=viewer)
        posts = viewer.posts.in_force(localdate()).exclude(role=PostRole.PUBLICITY)
        if posts.filter(Q(role="supervisor") | Q(department__code=settings.DISCLOSURE_OFFICE)).exists():
            return self.all()
        return self.filter(department__in=posts.values("department"))

    def tracked(self, number: str, code: str) -> Self:
        return self.filter(number=number.strip(), query_code_hash=keyed_hash("query_code", code.strip()))

    def locked(self, row: "RecordCorrection") -> "RecordCorrection":
        return self.select_for_update(of=("self",)).select_related("department", "clock").get(pk=row.pk)


@statutory(chained=True)
class RecordCorrection(models.Model):
    """Not a request for information: the annual report's table 3 does not count it."""

    number = models.CharField("登记号", max_length=50, unique=True)
    query_code = EncryptedTextField("查询码", purpose="query_code", editable=False)
    query_code_hash = models.CharField(max_length=64, editable=False)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="record_corrections", verbose_name="受理机关"
    )
    applicant_user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    name = models.CharField("姓名或者名称", max_length=200)
    id_type = models.CharField("证件类型", max_length=20, choices=IdType)
    id_number = EncryptedTextField("证件号码", purpose="id_number")
    phone = EncryptedTextField("联系电话", purpose="phone", blank=True, default="")
    record = models.CharField("记录所在的信息", max_length=200)
    wrong = models.TextField("不准确的内容")
    right = models.TextField("正确的内容")
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证据"
    )
    submitted_at = models.DateTimeField("提交时间")
    received_on = models.DateField("收到日期")
    state = models.CharField("状态", max_length=12, choices=RecordState, default=RecordState.RECEIVED)
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RecordCorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = "信息更正申请"
        verbose_name_plural = "信息更正申请"
        constraints = [
            models.CheckConstraint(
                name="record_correction_answered_exactly_when_settled",
                condition=Q(state=RecordState.RECEIVED, answered_at=None, answer="")
                | (~Q(state=RecordState.RECEIVED) & Q(answered_at__isnull=False) & ~Q(answer="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.record}"

    @property
    def masked_id(self) -> str:
        return self.id_number if self.id_type == IdType.USCC else mask_id(self.id_number)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)
