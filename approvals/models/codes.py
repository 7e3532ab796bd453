"""Code sets of GB/T 39046-2020 annex A and the house's own states."""

from django.db import models


class ItemType(models.TextChoices):  # A.1
    POWER = "00", "行政权力事项"
    LICENCE = "01", "行政许可"
    PENALTY = "02", "行政处罚"
    COERCION = "03", "行政强制"
    LEVY = "04", "行政征收"
    PAYMENT = "05", "行政给付"
    INSPECTION = "06", "行政检查"
    CONFIRMATION = "07", "行政确认"
    REWARD = "08", "行政奖励"
    RULING = "09", "行政裁决"
    OTHER = "10", "其他类别事项"
    PUBLIC_SERVICE = "20", "公共服务事项"


class ExerciseLevel(models.TextChoices):  # A.2
    NATION = "1", "国家级"
    PROVINCE = "2", "省级"
    CITY = "3", "市级"
    COUNTY = "4", "县级"
    STREET = "5", "镇（乡、街道）级"
    VILLAGE = "6", "村（社区）级"
    GRADED = "7", "分级管理"


class BodyNature(models.TextChoices):  # A.3
    STATUTORY = "1", "法定机关"
    AUTHORISED = "2", "授权组织"
    ENTRUSTED = "3", "受委托组织"
    OTHER = "9", "其他"


class Audience(models.TextChoices):  # A.4
    NATURAL = "1", "自然人"
    ENTERPRISE = "2", "企业法人"
    INSTITUTION = "3", "事业法人"
    SOCIAL = "4", "社会组织法人"
    ADMINISTRATION = "5", "行政机关"
    OTHER = "6", "其他组织"


class Channel(models.TextChoices):  # A.5
    WINDOW = "1", "窗口办理"
    WEB = "2", "电脑端网上办理"
    MOBILE = "3", "移动端网上申请"
    POST = "4", "快递申请"
    OTHER = "9", "其他"


class CaseType(models.TextChoices):  # A.6
    INSTANT = "1", "即办件"
    PROMISED = "2", "承诺件"
    OTHER = "9", "其他"


class SpecialProcedure(models.TextChoices):  # A.7
    NONE = "", "无"
    EXTENSION = "1", "延长审批"
    OTHER = "2", "除延长审批之外的情况"


class Coverage(models.TextChoices):
    LOCAL = "", "不通办"
    NATION = "nation", "全国"
    PROVINCES = "provinces", "跨省"
    CITIES = "cities", "跨市"
    COUNTIES = "counties", "跨县"


class ItemStatus(models.TextChoices):
    IN_USE = "in_use", "在用"
    PAUSED = "paused", "暂停"
    CANCELLED = "cancelled", "取消"


class VersionState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    RETIRED = "retired", "已停用"


class Unit(models.TextChoices):
    WORKING = "working", "工作日"
    CALENDAR = "calendar", "自然日"


class StageKind(models.TextChoices):
    HANDLE = "handle", "承办"
    REVIEW = "review", "审核"
    APPROVE = "approve", "批准"


STAGE_ROLES = {StageKind.HANDLE: "handler", StageKind.REVIEW: "reviewer", StageKind.APPROVE: "approver"}


class CaseStatus(models.TextChoices):
    SUBMITTED = "submitted", "待受理"
    SUPPLEMENT = "supplement", "待补正"
    ACCEPTED = "accepted", "办理中"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    GRANTED = "granted", "准予许可"
    REFUSED = "refused", "不予许可"
    WITHDRAWN = "withdrawn", "已撤回"
    DELIVERED = "delivered", "已送达"
    CLOSED = "closed", "已办结"


LEGAL_MOVES: dict[str, set[str]] = {
    CaseStatus.SUBMITTED: {
        CaseStatus.ACCEPTED,
        CaseStatus.SUPPLEMENT,
        CaseStatus.NOT_ACCEPTED,
        CaseStatus.WITHDRAWN,
    },
    CaseStatus.SUPPLEMENT: {CaseStatus.SUBMITTED, CaseStatus.WITHDRAWN},
    CaseStatus.ACCEPTED: {CaseStatus.GRANTED, CaseStatus.REFUSED, CaseStatus.WITHDRAWN},
    CaseStatus.GRANTED: {CaseStatus.DELIVERED},
    CaseStatus.REFUSED: {CaseStatus.DELIVERED},
    CaseStatus.DELIVERED: {CaseStatus.CLOSED},
}

OPEN = (
    CaseStatus.SUBMITTED,
    CaseStatus.SUPPLEMENT,
    CaseStatus.ACCEPTED,
    CaseStatus.GRANTED,
    CaseStatus.REFUSED,
)
DECIDED = (CaseStatus.GRANTED, CaseStatus.REFUSED)
AFTER_DECISION = (*DECIDED, CaseStatus.DELIVERED, CaseStatus.CLOSED)
AFTER_ACCEPTANCE = (CaseStatus.ACCEPTED, *AFTER_DECISION)

# What an applicant reads instead of the house's own words.
PUBLIC_WORDS: dict[str, str] = {
    CaseStatus.SUBMITTED: "已提交，等待受理",
    CaseStatus.SUPPLEMENT: "需要您补充材料",
    CaseStatus.ACCEPTED: "已受理，正在办理",
    CaseStatus.NOT_ACCEPTED: "不予受理",
    CaseStatus.GRANTED: "准予许可，等待送达",
    CaseStatus.REFUSED: "不予许可，等待送达",
    CaseStatus.WITHDRAWN: "申请已撤回",
    CaseStatus.DELIVERED: "决定已送达",
    CaseStatus.CLOSED: "已办结",
}
TONES: dict[str, str] = {
    CaseStatus.SUBMITTED: "info",
    CaseStatus.SUPPLEMENT: "warn",
    CaseStatus.ACCEPTED: "info",
    CaseStatus.NOT_ACCEPTED: "alarm",
    CaseStatus.GRANTED: "ok",
    CaseStatus.REFUSED: "alarm",
    CaseStatus.WITHDRAWN: "plain",
    CaseStatus.DELIVERED: "ok",
    CaseStatus.CLOSED: "plain",
}


class CaseChannel(models.TextChoices):
    WEB = "web", "网上"
    WINDOW = "window", "窗口"


class StepState(models.TextChoices):
    TODO = "todo", "待办"
    DONE = "done", "已办"
    SENT_BACK = "sent_back", "退回"
    STOPPED = "stopped", "终止"


class Proposal(models.TextChoices):
    NONE = "", "无"
    GRANT = "grant", "建议准予"
    REFUSE = "refuse", "建议不予"


class Result(models.TextChoices):
    GRANT = "grant", "准予许可"
    REFUSE = "refuse", "不予许可"
