from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin

from portal.audit.words import span_words
from portal.notices import segments, workflow
from portal.notices.forms import GatewayCodesForm, RevokeForm
from portal.notices.models import Channel, Halt, OptOut, Template
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import User


def _set_codes(template: Template, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.set_gateway_codes(template, **answers, by=by, at=at)
    return f"已登记“{template.title}”的网关模板编号。"


@admin.register(Template)
class TemplateAdmin(DeedsAdmin):
    """The words come with the release; the operators' numbers for them are set here."""

    list_display = ["code", "title", "kind", "shown_channels", "aliyun_code", "tencent_code", "is_retired"]
    list_filter = ["kind", "is_retired"]
    search_fields = ["code", "title"]
    ordering = ["code"]
    fields = [
        "code", "title", "kind", "body", "shown_length", "shown_channels", "bypass_quiet", "shown_life",
        "aliyun_code", "tencent_code", "is_retired",
    ]  # fmt: skip
    readonly_fields = ["shown_channels", "shown_length", "shown_life"]
    deeds = (
        Deed(
            "gateway-codes", "登记网关模板编号", "notices.change_template", _set_codes, GatewayCodesForm,
            "填写运营商审核通过后给出的编号；留空表示尚未报备，该网关不会发送此模板。",
        ),
    )  # fmt: skip

    @admin.display(description="渠道")
    def shown_channels(self, template: Template) -> str:
        return "、".join(Channel(channel).label for channel in template.channels)

    @admin.display(description="有效时长")
    def shown_life(self, template: Template) -> str:
        return span_words(template.lives_for)

    @admin.display(description="长度")
    def shown_length(self, template: Template) -> str:
        """Without its variables: what they add is only known when it is sent."""
        text = segments.signed(settings.SMS_SIGNATURE, template.body)
        return f"含签名{segments.units(text)}字，短信{segments.segments(text)}条（变量按名称计）"


def _revoke(opt_out: OptOut, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.revoke_opt_out(opt_out, reason=answers["reason"], by=by, at=at)
    return "已恢复短信提醒。"


@admin.register(OptOut)
class OptOutAdmin(DeedsAdmin):
    list_display = ["masked_phone", "keyword", "opted_out_at", "revoked_at"]
    ordering = ["-opted_out_at"]
    fields = list_display
    deeds = (
        Deed(
            "revoke", "恢复短信提醒", "notices.revoke_optout", _revoke, RevokeForm,
            fits=lambda row: row.revoked_at is None,
        ),
    )  # fmt: skip


@admin.register(Halt)
class HaltAdmin(DeedsAdmin):
    list_display = ["halted_at", "channel", "gateway", "code", "detail", "probe_at", "lifted_at"]
    ordering = ["-halted_at"]
    fields = list_display
