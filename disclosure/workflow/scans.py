"""The scan for personal numbers: kept in step with the draft, cleared by masking or by a reviewer's reason."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure import rich_text, scanning
from disclosure.models import DocumentVersion, PersonalData, ScanFinding
from disclosure.workflow import duties
from portal.audit import workflow as audit
from portal.people.crypto import keyed_hash
from portal.people.models import User
from portal.refusals import RuleBroken

SCANNED = {
    "title": "标题",
    "summary": "内容概述",
    "text": "正文",
    "keywords": "关键词",
    "group": "组配分类",
    "source": "信息来源",
    "editor": "责任编辑",
    "office": "责任处室",
    "no_interpretation_reason": "不配解读的理由",
    "change_note": "修改说明",
}
MASKED = ("title", "summary", "keywords", "group", "source", "change_note")
MOST = 200  # findings kept of one version; nobody passes more by hand
BASIS = "《中华人民共和国个人信息保护法》第六条"


def rescan(version: DocumentVersion, *, at: datetime) -> list[ScanFinding]:
    """Make the findings those of the text as it stands; what was passed with a reason stays passed."""
    today = localdate(at)
    texts = [(label, getattr(version, name)) for name, label in SCANNED.items()]
    for file in version.files.public().in_order():
        texts += [(f"附件“{file.title}”"[:120], f"{file.title}\n{file.attachment.name}\n{file.text}")]
    wanted: dict[tuple[str, str, str], str] = {}
    for place, text in texts:
        for seen in scanning.scan(text, today=today):
            wanted[place, seen.kind, keyed_hash("personal_data", seen.value)] = seen.shown
    wanted = dict(list(wanted.items())[:MOST])
    known = {(row.place, row.kind, row.fingerprint): row for row in version.findings.all()}
    gone = [row.pk for key, row in known.items() if key not in wanted]
    if gone:
        version.findings.filter(pk__in=gone).delete()
    ScanFinding.objects.bulk_create(
        ScanFinding(
            version=version, place=place, kind=kind, fingerprint=fingerprint, shown=shown, found_at=at
        )
        for (place, kind, fingerprint), shown in wanted.items()
        if (place, kind, fingerprint) not in known
    )
    return list(version.findings.order_by("pk"))


def require_clear(version: DocumentVersion) -> None:
    """Raises RuleBroken while a personal number stands unmasked and unpassed."""
    count = version.findings.filter(overridden_at=None).count()
    if count:
        raise RuleBroken(
            f"还有{count}处疑似个人信息没有处理：请退回遮盖，或者逐处写明理由后放行。",
            field="findings",
            basis=BASIS,
        )


@transaction.atomic
def override(finding: ScanFinding, *, reason: str, by: User, at: datetime) -> ScanFinding:
    """Let a number stand, with the reason: a service line, say. A reviewer's word, not the author's."""
    version = DocumentVersion.objects.locked(finding.version)
    finding = ScanFinding.objects.select_for_update().get(pk=finding.pk)
    roles = (*duties.CLEARING, *duties.REVIEWING, *duties.APPROVING)
    duties.require_post(by, version.document, roles, localdate(at), office=True)
    if by.pk == version.author_id:
        raise RuleBroken("您是本文件的起草人，个人信息提示须由审核人员放行。")
    if not version.is_open:
        raise RuleBroken("文件已经发布或者作废，不能再放行。")
    if finding.overridden_at is not None:
        raise RuleBroken("这一处已经放行。")
    finding.override_reason = duties.opinion_of(reason, field="reason", what="放行理由", most=300)
    finding.overridden_by, finding.overridden_at = by, at
    finding.save(update_fields=["override_reason", "overridden_by", "overridden_at"])
    audit.record(
        "disclosure.document.personal_data_passed", subject=version.document, actor=by, at=at,
        place=finding.place, kind=PersonalData(finding.kind).label, shown=finding.shown,
        reason=finding.override_reason,
    )  # fmt: skip
    return finding


@transaction.atomic
def mask(version: DocumentVersion, *, by: User | None, at: datetime) -> DocumentVersion:
    """Mask every number in the words of a draft; attachments have to be replaced by masked copies."""
    version = DocumentVersion.objects.locked(version)
    duties.may_edit(by, version, localdate(at))
    if not version.is_editable:
        raise RuleBroken("只有起草中的文件才能遮盖，请先收回或者退回。")
    today = localdate(at)
    for name in MASKED:
        setattr(version, name, scanning.mask(getattr(version, name), today=today))
    version.body = scanning.mask(version.body, today=today)
    version.text = rich_text.text_of(version.body)
    version.save(update_fields=[*MASKED, "body", "text"])
    before = version.findings.count()
    left = len(rescan(version, at=at))
    audit.record(
        "disclosure.document.personal_data_masked", subject=version.document, actor=by, at=at,
        masked=before - left, left=left,
    )  # fmt: skip
    return version
