"""The states and choices of a request for information."""

from django.db import models

from portal.people.models import PostRole


class RequestChannel(models.TextChoices):
    WEB = "web", "网上提交"
    COUNTER = "counter", "当面提交"
    REGISTERED_MAIL = "registered", "挂号信或者特快专递"
    MAIL = "mail", "平常信函"
    FAX = "fax", "传真"
    EMAIL = "email", "电子邮件"
    ORAL = "oral", "口头提出（工作人员代为填写）"


# Received on the day both sides confirm (条例 第三十一条第（二）项、第（三）项).
CONFIRMED_BY_BOTH = frozenset(
    {RequestChannel.WEB, RequestChannel.MAIL, RequestChannel.FAX, RequestChannel.EMAIL}
)
BY_STAFF = tuple(channel for channel in RequestChannel if channel != RequestChannel.WEB)


class ObtainWay(models.TextChoices):
    POST = "post", "邮寄"
    EMAIL = "email", "电子邮件"
    COLLECT = "collect", "自行领取"
    INSPECT = "inspect", "当场查阅、抄录"
    WEB = "web", "在网上下载"


class Medium(models.TextChoices):
    ELECTRONIC = "electronic", "电子"
    PAPER = "paper", "纸质"


class RequestStatus(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "待确认收到"
    OPEN = "open", "办理中"
    CORRECTION = "correction", "待补正"
    CONSULTING = "consulting", "征求意见"
    PAYMENT = "payment", "待缴费"
    REASONS = "reasons", "待说明理由"
    SIGNING = "signing", "答复待审签"
    REPLIED = "replied", "已答复"
    ABANDONED = "abandoned", "不再处理"
    WITHDRAWN = "withdrawn", "已撤回"


RUNNING = (
    RequestStatus.UNCONFIRMED,
    RequestStatus.OPEN,
    RequestStatus.CORRECTION,
    RequestStatus.CONSULTING,
    RequestStatus.PAYMENT,
    RequestStatus.REASONS,
    RequestStatus.SIGNING,
)
ENDED = (RequestStatus.REPLIED, RequestStatus.ABANDONED, RequestStatus.WITHDRAWN)

LEGAL_MOVES: dict[str, set[str]] = {
    RequestStatus.UNCONFIRMED: {RequestStatus.OPEN, RequestStatus.WITHDRAWN},
    RequestStatus.OPEN: {
        RequestStatus.CORRECTION,
        RequestStatus.CONSULTING,
        RequestStatus.PAYMENT,
        RequestStatus.REASONS,
        RequestStatus.SIGNING,
        RequestStatus.WITHDRAWN,
    },
    RequestStatus.REASONS: {RequestStatus.OPEN, RequestStatus.WITHDRAWN},
    # The one way to a reply: what one person drafted, another signs.
    RequestStatus.SIGNING: {RequestStatus.OPEN, RequestStatus.REPLIED, RequestStatus.WITHDRAWN},
    RequestStatus.CORRECTION: {RequestStatus.OPEN, RequestStatus.ABANDONED, RequestStatus.WITHDRAWN},
    RequestStatus.CONSULTING: {RequestStatus.OPEN, RequestStatus.WITHDRAWN},
    RequestStatus.PAYMENT: {RequestStatus.OPEN, RequestStatus.ABANDONED, RequestStatus.WITHDRAWN},
}

PUBLIC_WORDS: dict[str, str] = {
    RequestStatus.UNCONFIRMED: "等待与您确认收到日期",
    RequestStatus.OPEN: "正在办理",
    RequestStatus.CORRECTION: "需要您补充说明申请内容",
    RequestStatus.CONSULTING: "正在征求意见",
    RequestStatus.PAYMENT: "等待您缴纳信息处理费",
    RequestStatus.REASONS: "需要您说明申请理由",
    RequestStatus.SIGNING: "正在办理",
    RequestStatus.REPLIED: "已答复",
    RequestStatus.ABANDONED: "不再处理",
    RequestStatus.WITHDRAWN: "已按您的要求撤回",
}
TONES: dict[str, str] = {
    RequestStatus.UNCONFIRMED: "warn",
    RequestStatus.OPEN: "info",
    RequestStatus.CORRECTION: "warn",
    RequestStatus.CONSULTING: "info",
    RequestStatus.PAYMENT: "warn",
    RequestStatus.REASONS: "warn",
    RequestStatus.SIGNING: "info",
    RequestStatus.REPLIED: "ok",
    RequestStatus.ABANDONED: "plain",
    RequestStatus.WITHDRAWN: "plain",
}


class ConsultKind(models.TextChoices):
    THIRD_PARTY = "third_party", "第三方"
    JOINT_MAKER = "joint_maker", "共同制作的行政机关"
    AGENCY = "agency", "其他机关、单位"


class Opinion(models.TextChoices):
    AGREES = "agrees", "同意公开"
    PARTLY = "partly", "同意部分公开"
    DISAGREES = "disagrees", "不同意公开"
    SILENT = "silent", "逾期未答复"


class CounselKind(models.TextChoices):
    CONFERENCE = "conference", "会商"
    LEGAL = "legal", "法律顾问意见"
    EXTENSION = "extension", "延期审批"


class FilePurpose(models.TextChoices):
    IDENTITY = "identity", "身份证明"
    ENCLOSURE = "enclosure", "申请附件"
    CORRECTION = "correction", "补正材料"
    REASONS = "reasons", "说明理由的材料"
    EVIDENCE = "evidence", "记录不准确的证据"
    DRAFT = "draft", "拟公开的信息"
    REPLY = "reply", "公开的信息"


class SignOff(models.TextChoices):
    """What somebody did to the draft of a reply."""

    DRAFTED = "drafted", "拟写"
    SUBMITTED = "submitted", "提交审签"
    RECALLED = "recalled", "收回"
    RETURNED = "returned", "退回修改"
    SIGNED = "signed", "同意签发"


DRAFTING_STEPS = (SignOff.DRAFTED, SignOff.SUBMITTED)
SIGNING_POSTS = (PostRole.APPROVER, PostRole.HEAD)


class Conversion(models.TextChoices):
    ADOPTED = "adopted", "已转为主动公开"
    DECLINED = "declined", "不转为主动公开"


class RecordState(models.TextChoices):
    RECEIVED = "received", "核实中"
    CORRECTED = "corrected", "已更正"
    FORWARDED = "forwarded", "已转送有权更正的机关"
    REFERRED = "referred", "已告知向有权更正的机关提出"
    UNFOUNDED = "unfounded", "经核实不予更正"
