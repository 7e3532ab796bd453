"""Service items and their versions: a version is frozen once published."""

from datetime import time
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from approvals.models.codes import (
    Audience,
    BodyNature,
    CaseType,
    Channel,
    Coverage,
    ExerciseLevel,
    ItemStatus,
    ItemType,
    SpecialProcedure,
    Unit,
    VersionState,
)
from portal.audit.history import statutory
from portal.people.models import Department, User

# What may still change on a published version: its retirement, nothing an applicant relied on.
LIVING = ("state", "is_current", "retired_at")

frozen_when_published = pgtrigger.Trigger(
    name="frozen_when_published",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Q(old__state__in=["published", "retired"]),
    func=f"""
        IF TG_OP = 'UPDATE' AND NEW.state <> 'draft'
           AND to_jsonb(NEW) - ARRAY{list(LIVING)} = to_jsonb(OLD) - ARRAY{list(LIVING)} THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a published item version is frozen';
    """,
)


class ServiceItemQuerySet(models.QuerySet["ServiceItem"]):
    def open_to_public(self) -> Self:
        """Items in use with a current published version."""
        return self.filter(status=ItemStatus.IN_USE, versions__is_current=True)


@statutory
class ServiceItem(models.Model):
    code = models.SlugField("代号", max_length=60, unique=True)
    name = models.CharField("事项名称", max_length=200)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="items", verbose_name="实施主体"
    )
    basic_code = models.CharField("基本编码", max_length=12)
    implementation_code = models.CharField("实施编码", max_length=36, unique=True)
    status = models.CharField("事项状态", max_length=12, choices=ItemStatus, default=ItemStatus.IN_USE)

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        verbose_name = "服务事项"
        verbose_name_plural = "服务事项"

    def __str__(self) -> str:
        return self.name

    @property
    def current(self) -> "ItemVersion | None":
        return self.versions.filter(is_current=True).first()


class ItemVersionQuerySet(models.QuerySet["ItemVersion"]):
    def current(self) -> Self:
        """What a newcomer reads and applies under today."""
        return self.filter(is_current=True, item__status=ItemStatus.IN_USE)

    def with_contents(self) -> Self:
        return self.select_related("item", "item__department").prefetch_related(
            "conditions", "materials", "situations", "stages", "fees", "legal_bases__article__act"
        )


@statutory
class ItemVersion(models.Model):
    item = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, related_name="versions", verbose_name="事项"
    )
    number = models.PositiveIntegerField("版本号")
    state = models.CharField("状态", max_length=12, choices=VersionState, default=VersionState.DRAFT)
    is_current = models.BooleanField("现行版本", default=False)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发布人"
    )
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)
    effective_on = models.DateField("计划生效日期", null=True, blank=True)
    change_note = models.CharField("修订说明", max_length=500, blank=True)

    name = models.CharField("事项名称", max_length=200)
    summary = models.CharField("一句话说明", max_length=200, blank=True)
    scope = models.TextField("适用范围", blank=True)
    item_type = models.CharField("事项类型", max_length=2, choices=ItemType, default=ItemType.LICENCE)
    power_source = models.CharField("权力来源", max_length=40, blank=True, default="法定本级行使")
    exercise_level = models.CharField(
        "行使层级", max_length=1, choices=ExerciseLevel, default=ExerciseLevel.CITY
    )
    authority_split = models.TextField("权限划分", blank=True)
    exercise_content = models.TextField("行使内容", blank=True)
    body_nature = models.CharField(
        "实施主体性质", max_length=1, choices=BodyNature, default=BodyNature.STATUTORY
    )
    decision_office = models.CharField("决定机构", max_length=100, blank=True)
    handling_office = models.CharField("承办机构", max_length=100, blank=True)
    joint_offices = models.CharField("共同实施部门", max_length=300, blank=True)
    intermediary = models.CharField("中介服务", max_length=300, blank=True)
    quantity_limit = models.CharField("数量限制", max_length=300, blank=True, default="无数量限制")
    prohibitions = models.TextField("禁止性要求", blank=True)
    procedure = models.TextField("办理流程", blank=True)
    rights_and_duties = models.TextField("申请人权利和义务", blank=True)
    case_type = models.CharField("办件类型", max_length=1, choices=CaseType, default=CaseType.PROMISED)
    special_procedure = models.CharField("特别程序", max_length=1, choices=SpecialProcedure, blank=True)
    special_procedure_note = models.CharField("特别程序说明", max_length=300, blank=True)

    statutory_limit = models.PositiveSmallIntegerField("法定办结时限", null=True, blank=True)
    statutory_unit = models.CharField("法定时限单位", max_length=8, choices=Unit, default=Unit.WORKING)
    statutory_note = models.CharField("法定时限说明", max_length=300, blank=True)
    statutory_basis = models.CharField("法定时限依据", max_length=300, blank=True)
    promise_limit = models.PositiveSmallIntegerField("承诺办结时限", null=True, blank=True)
    promise_unit = models.CharField("承诺时限单位", max_length=8, choices=Unit, default=Unit.WORKING)
    promise_note = models.CharField("承诺时限说明", max_length=300, blank=True)
    supplement_limit = models.PositiveSmallIntegerField("补正期限（工作日）", default=10)
    receipt_closes_at = models.TimeField("当日收件截止", default=time(17, 30))
    handler_quota = models.PositiveSmallIntegerField("承办人每日分办上限", default=20)

    result_name = models.CharField("结果名称", max_length=100, blank=True)
    result_type = models.CharField("审批结果类型", max_length=40, blank=True, default="证照")
    result_sample = models.ForeignKey(
        "papers.Attachment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="结果样本",
    )
    result_valid_months = models.PositiveSmallIntegerField("有效期（月）", null=True, blank=True)
    issues_certificate = models.BooleanField("发放证照", default=True)
    has_fee = models.BooleanField("是否收费", default=False)

    applicant_kinds = ArrayField(
        models.CharField(max_length=16), verbose_name="可申请的主体", default=list, blank=True,
        help_text="natural 自然人、enterprise 企业、other 其他组织；空为不限",
    )  # fmt: skip
    audiences = ArrayField(
        models.CharField(max_length=1, choices=Audience), verbose_name="服务对象", default=list, blank=True
    )
    theme = models.CharField("服务主题", max_length=60, blank=True)
    legal_person_theme = models.CharField("法人服务主题", max_length=60, blank=True)
    natural_person_theme = models.CharField("自然人服务主题", max_length=60, blank=True)
    channels = ArrayField(
        models.CharField(max_length=1, choices=Channel), verbose_name="办理形式", default=list, blank=True
    )
    coverage = models.CharField("通办范围", max_length=12, choices=Coverage, blank=True)
    jurisdiction = models.CharField("行政管辖", max_length=100, blank=True)
    is_bookable = models.BooleanField("支持预约办理", default=False)
    has_online_payment = models.BooleanField("支持网上支付", default=False)
    has_post = models.BooleanField("支持物流快递", default=False)
    is_online = models.BooleanField("网上办理", default=True)
    online_url = models.URLField("网办地址", blank=True)
    system_level = models.CharField("运行系统层级", max_length=40, blank=True, default="市级")
    is_in_hall = models.BooleanField("进驻政务大厅", default=True)
    visits = models.PositiveSmallIntegerField("到办事现场次数", default=0)
    visit_reason = models.CharField("必须现场办理原因说明", max_length=300, blank=True)
    place = models.CharField("办理地点", max_length=300, blank=True)
    hours = models.CharField("办理时间", max_length=300, blank=True)
    consult_way = models.CharField("咨询方式", max_length=300, blank=True)
    consult_phone = models.CharField("咨询电话", max_length=40, blank=True)
    complaint_phone = models.CharField("监督电话", max_length=40, blank=True)
    faq = models.JSONField("常见问题", default=list, blank=True)
    write_back = models.JSONField(
        "批后入库", default=dict, blank=True,
        help_text="准予后写入企业库、人才库的内容，如 {write: qualification, category: {field: category}, grade: {field: grade}}；空为不写入",
    )  # fmt: skip
    form_schema = models.JSONField("申请表结构", default=dict, blank=True)

    objects = ItemVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "事项版本"
        verbose_name_plural = "事项版本"
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="version_numbers_run_once_per_item"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_current=True), name="an_item_has_one_current_version"
            ),
            models.CheckConstraint(
                name="only_a_published_version_is_current",
                condition=Q(is_current=False) | Q(state=VersionState.PUBLISHED),
            ),
            models.CheckConstraint(
                name="version_published_at_set_exactly_when_published",
                condition=Q(state=VersionState.DRAFT, published_at=None)
                | (~Q(state=VersionState.DRAFT) & Q(published_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="the_promise_is_never_longer_than_the_law",
                condition=Q(state=VersionState.DRAFT)
                | ~Q(promise_unit=F("statutory_unit"))
                | Q(promise_limit__lte=F("statutory_limit")),
            ),
        ]
        triggers = [frozen_when_published]

    def __str__(self) -> str:
        return f"{self.name}（第{self.number}版）"

    @property
    def is_draft(self) -> bool:
        return self.state == VersionState.DRAFT

    @property
    def form_pages(self) -> list[dict[str, Any]]:
        return list(self.form_schema.get("pages", []))

    def limit_words(self, which: str) -> str:
        """ "7个工作日", for ``which`` in promise, statutory; empty when not set."""
        limit, unit = getattr(self, f"{which}_limit"), getattr(self, f"{which}_unit")
        return "" if limit is None else f"{limit}个{Unit(unit).label}"

    @property
    def promise_words(self) -> str:
        if self.case_type == CaseType.INSTANT and not self.promise_limit:
            return "即时办结"
        return self.limit_words("promise")

    @property
    def statutory_words(self) -> str:
        return self.limit_words("statutory")
