from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from portal.people import workflow
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.crypto import keyed_hash
from portal.people.forms import ReasonForm
from portal.people.identity import normalise_phone
from portal.people.masking import mask_address
from portal.people.models import Authorisation, Party, User


class UnmaskForm(ReasonForm):
    FIELDS = tuple(workflow.UNMASKED_WORDS.items())
    field = forms.ChoiceField(label="查看的内容", choices=FIELDS)
    field_order = ["field", "reason"]


def _unmask(party: Party, answers: dict[str, Any], by: User, at: datetime) -> str:
    value = workflow.unmask(party, answers["field"], answers["reason"], by=by, at=at)
    return f"{dict(UnmaskForm.FIELDS)[answers['field']]}：{value or '未登记'}"


@admin.register(Party)
class PartyAdmin(DeedsAdmin):
    list_display = ["name", "kind", "applicant_type", "shown_id", "shown_phone", "registry_verified"]
    list_filter = ["kind", "applicant_type", "registry_verified"]
    search_fields = ["name"]
    search_help_text = "姓名或名称的开头，或者完整的证件号码、电话"
    ordering = ["-pk"]
    fields = [
        "name", "kind", "applicant_type", "id_type", "shown_id", "shown_phone", "shown_address",
        "legal_representative", "registry_verified", "created_at",
    ]  # fmt: skip
    deeds = (
        Deed(
            "unmask", "查看完整信息", "people.unmask_party", _unmask, UnmaskForm,
            "依据《中华人民共和国个人信息保护法》第六条，限于办理事项所必需。", stays=True,
        ),
    )  # fmt: skip

    @admin.display(description="证件号码")
    def shown_id(self, party: Party) -> str:
        return party.masked_id or "—"

    @admin.display(description="联系电话")
    def shown_phone(self, party: Party) -> str:
        return party.masked_phone or "—"

    @admin.display(description="地址")
    def shown_address(self, party: Party) -> str:
        return mask_address(party.address) or "—"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Party], search_term: str
    ) -> tuple[QuerySet[Party], bool]:
        """By the beginning of a name, or by the hash of a whole number: it is nowhere to be read."""
        term = search_term.strip()
        if not term:
            return queryset, False
        by_number = Q(id_hash=keyed_hash("id_number", term.replace(" ", "").upper()))
        by_phone = Q(phone_hash=keyed_hash("phone", normalise_phone(term)))
        return queryset.filter(Q(name__startswith=term) | by_number | by_phone), False


class WhyForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, required=False)


def _verify(authorisation: Authorisation, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.verify_authorisation(authorisation, by=by, at=at)
    return f"已核验：{authorisation}。"


def _withdraw(authorisation: Authorisation, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.withdraw_authorisation(authorisation, reason=answers["reason"], by=by, at=at)
    return f"已撤回：{authorisation}。"


class PendingFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("pending", "待核验"), ("standing", "已核验"), ("withdrawn", "已撤回")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Authorisation]) -> QuerySet[Authorisation]:
        match self.value():
            case "pending":
                return queryset.filter(verified_at=None, withdrawn_at=None)
            case "standing":
                return queryset.filter(verified_at__isnull=False, withdrawn_at=None)
            case "withdrawn":
                return queryset.filter(withdrawn_at__isnull=False)
        return queryset


@admin.register(Authorisation)
class AuthorisationAdmin(DeedsAdmin):
    list_display = ["user", "party", "role", "shown_state", "requested_at", "ends_on"]
    list_filter = [PendingFilter, "role"]
    list_select_related = ["user", "party"]
    search_fields = ["=user__name", "party__name"]
    search_help_text = "经办人姓名，或者单位名称"
    ordering = ["-requested_at"]
    fields = [
        "user", "party", "role", "shown_state", "starts_on", "ends_on", "requested_at", "verified_at",
        "verified_by", "withdrawn_at", "withdrawn_reason",
    ]  # fmt: skip
    deeds = (
        Deed(
            "verify", "核验通过", "people.verify_authorisation", _verify,
            text="请核对营业执照、授权委托书和经办人身份证件的原件。",
            fits=lambda row: row.verified_at is None and row.withdrawn_at is None,
        ),
        Deed(
            "withdraw", "撤回授权", "people.verify_authorisation", _withdraw, WhyForm,
            "立即生效，已提交的办件不受影响。", lambda row: row.withdrawn_at is None,
        ),
    )  # fmt: skip

    @admin.display(description="状态")
    def shown_state(self, authorisation: Authorisation) -> str:
        return authorisation.state
