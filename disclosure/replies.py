"""The ways a request for information ends: the rows of the annual report's table 3. Pure.

国办公开办函〔2021〕30号 gives the rows and their wording; the articles are those of
《中华人民共和国政府信息公开条例》 (2019). The assignment of articles to rows is practice, not text.
"""

from dataclasses import dataclass

from django.db import models


class ReplyGroup(models.TextChoices):
    GRANTED = "granted", "予以公开"
    PARTIAL = "partial", "部分公开"
    DENIED = "denied", "不予公开"
    UNABLE = "unable", "无法提供"
    NOT_PROCESSED = "not_processed", "不予处理"
    OTHER = "other", "其他处理"


class Reply(models.TextChoices):
    """The value is the row key of table 3, the label the exact wording of the form."""

    GRANTED = "granted", "予以公开"
    PARTIAL = "partial", "部分公开（区分处理的，只计这一情形，不计其他情形）"
    STATE_SECRET = "deny1", "属于国家秘密"
    FORBIDDEN_BY_LAW = "deny2", "其他法律行政法规禁止公开"
    SAFETY = "deny3", "危及“三安全一稳定”"
    THIRD_PARTY = "deny4", "保护第三方合法权益"
    INTERNAL = "deny5", "属于三类内部事务信息"
    PROCESS = "deny6", "属于四类过程性信息"
    ENFORCEMENT_FILE = "deny7", "属于行政执法案卷"
    QUERY_MATTER = "deny8", "属于行政查询事项"
    NOT_HELD = "unable1", "本机关不掌握相关政府信息"
    TO_BE_MADE = "unable2", "没有现成信息需要另行制作"
    STILL_UNCLEAR = "unable3", "补正后申请内容仍不明确"
    PETITION = "np1", "信访举报投诉类申请"
    REPEATED = "np2", "重复申请"
    PUBLICATION = "np3", "要求提供公开出版物"
    EXCESSIVE = "np4", "无正当理由大量反复申请"
    CONFIRMATION = "np5", "要求行政机关确认或重新出具已获取信息"
    NOT_CORRECTED = "oth1", "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"
    NOT_PAID = "oth2", "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"
    OTHER = "oth3", "其他"


@dataclass(frozen=True)
class ReplyRule:
    """``code`` as rules and letters number it; ``needs`` names what the letter must say besides."""

    code: str
    group: ReplyGroup
    article: str
    needs: tuple[str, ...] = ()


_WHY = ("reasons",)
RULES: dict[str, ReplyRule] = {
    Reply.GRANTED: ReplyRule("1", ReplyGroup.GRANTED, "第三十六条第（一）项、第（二）项", ("content",)),
    Reply.PARTIAL: ReplyRule("2", ReplyGroup.PARTIAL, "第三十七条", ("content", "withheld", "reasons")),
    Reply.STATE_SECRET: ReplyRule("3.1", ReplyGroup.DENIED, "第十四条", _WHY),
    Reply.FORBIDDEN_BY_LAW: ReplyRule("3.2", ReplyGroup.DENIED, "第十四条", ("reasons", "law")),
    Reply.SAFETY: ReplyRule("3.3", ReplyGroup.DENIED, "第十四条", _WHY),
    Reply.THIRD_PARTY: ReplyRule("3.4", ReplyGroup.DENIED, "第十五条、第三十二条", _WHY),
    Reply.INTERNAL: ReplyRule("3.5", ReplyGroup.DENIED, "第十六条第一款", _WHY),
    Reply.PROCESS: ReplyRule("3.6", ReplyGroup.DENIED, "第十六条第二款", _WHY),
    Reply.ENFORCEMENT_FILE: ReplyRule("3.7", ReplyGroup.DENIED, "第十六条第二款", _WHY),
    Reply.QUERY_MATTER: ReplyRule("3.8", ReplyGroup.DENIED, "第三十六条第（七）项", ("reasons", "route")),
    Reply.NOT_HELD: ReplyRule("4.1", ReplyGroup.UNABLE, "第三十六条第（四）项、第（五）项", _WHY),
    Reply.TO_BE_MADE: ReplyRule("4.2", ReplyGroup.UNABLE, "第三十八条", _WHY),
    Reply.STILL_UNCLEAR: ReplyRule("4.3", ReplyGroup.UNABLE, "第三十条", _WHY),
    Reply.PETITION: ReplyRule("5.1", ReplyGroup.NOT_PROCESSED, "第三十九条第一款", ("reasons", "route")),
    Reply.REPEATED: ReplyRule("5.2", ReplyGroup.NOT_PROCESSED, "第三十六条第（六）项", _WHY),
    Reply.PUBLICATION: ReplyRule("5.3", ReplyGroup.NOT_PROCESSED, "第三十九条第二款", ("reasons", "route")),
    Reply.EXCESSIVE: ReplyRule("5.4", ReplyGroup.NOT_PROCESSED, "第三十五条", _WHY),
    Reply.CONFIRMATION: ReplyRule("5.5", ReplyGroup.NOT_PROCESSED, "", _WHY),
    Reply.NOT_CORRECTED: ReplyRule("6.1", ReplyGroup.OTHER, "第三十条", ()),
    Reply.NOT_PAID: ReplyRule("6.2", ReplyGroup.OTHER, "", ()),
    Reply.OTHER: ReplyRule("6.3", ReplyGroup.OTHER, "", _WHY),
}


def spoken(reply: str) -> str:
    """The outcome in a few words: the group, and of those with several rows which one."""
    group = ReplyGroup(RULES[reply].group)
    if group in (ReplyGroup.GRANTED, ReplyGroup.PARTIAL):
        return str(group.label)
    return f"{group.label}（{Reply(reply).label}）"
