"""Which remedy a letter names, by kind of reply: rows, since courts and reviewers differ and change."""

from django.db import models

from disclosure.replies import RULES, Reply, ReplyGroup
from portal.people.models import User

# 行政复议法（2023） 第二十三条第一款第（四）项、第二款: review comes first, and the letter must say so.
REVIEW_FIRST = (
    "如不服本答复，应当自知道本答复之日起六十日内先向{行政复议机关}申请行政复议；对行政复议决定不服的，"
    "可以自收到行政复议决定书之日起十五日内向{人民法院}提起行政诉讼"
    "（《中华人民共和国行政复议法》第二十条、第二十三条）。"
)
EITHER = (
    "如不服本答复，可以自知道本答复之日起六十日内向{行政复议机关}申请行政复议，"
    "或者自知道本答复之日起六个月内向{人民法院}提起行政诉讼。"
)


class Remedy(models.Model):
    """The paragraph for one reply. ``{行政复议机关}`` and ``{人民法院}`` stand for the letterhead's own."""

    reply = models.CharField("答复类型", max_length=10, choices=Reply, unique=True)
    review_first = models.BooleanField("复议前置", default=False)
    text = models.TextField("救济途径", max_length=600)
    edited_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="修改人"
    )
    edited_at = models.DateTimeField("修改时间", null=True, blank=True)

    class Meta:
        verbose_name = "答复的救济途径"
        verbose_name_plural = "答复的救济途径"
        constraints = [models.CheckConstraint(name="remedy_says_something", condition=~models.Q(text=""))]

    def __str__(self) -> str:
        return self.get_reply_display()


def default_remedy(reply: str) -> Remedy:
    """What stands until staff write something else: review first for every 不予公开."""
    first = RULES[reply].group == ReplyGroup.DENIED
    return Remedy(reply=reply, review_first=first, text=REVIEW_FIRST if first else EITHER)
