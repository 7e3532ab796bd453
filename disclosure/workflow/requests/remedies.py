"""The paragraph on remedies, by kind of reply."""

import re
from datetime import datetime

from django.db import transaction

from disclosure.models.requests import Remedy, default_remedy
from disclosure.replies import Reply
from disclosure.workflow.requests import duties
from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken


def add_missing_remedies() -> int:
    """A row for every kind of reply; those staff have written stay. Returns how many were new."""
    there = set(Remedy.objects.values_list("reply", flat=True))
    missing = [default_remedy(reply) for reply in Reply.values if reply not in there]
    Remedy.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


@transaction.atomic
def edit_remedy(remedy: Remedy, *, review_first: bool, text: str, by: User, at: datetime) -> Remedy:
    """New words from the next letter on; letters already issued keep theirs."""
    require(by, "disclosure.change_remedy", "只有负责人可以修改救济途径。")
    remedy = Remedy.objects.select_for_update(of=("self",)).get(pk=remedy.pk)
    text = duties.checked_text(text, field="text", what="救济途径", most=600)
    strange = set(re.findall(r"\{([^}]*)\}", text)) - {"行政复议机关", "人民法院"}
    if strange:
        raise RuleBroken("只能使用{行政复议机关}和{人民法院}两个代号。", field="text")
    if review_first and "行政复议" not in text:
        raise RuleBroken(
            "复议前置的答复必须告知先申请行政复议。",
            field="text",
            basis="《中华人民共和国行政复议法》第二十三条第二款",
        )
    before = remedy.text
    remedy.review_first, remedy.text, remedy.edited_by, remedy.edited_at = review_first, text, by, at
    remedy.save(update_fields=["review_first", "text", "edited_by", "edited_at"])
    audit.record(
        "disclosure.remedy.edited", subject=remedy, actor=by, at=at, before=before, after=text, review_first=review_first
    )  # fmt: skip
    return remedy
