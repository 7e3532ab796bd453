"""Plain input of each deed on a request; the workflow judges it."""

from typing import Any

from django import forms
from django.utils.timezone import localdate

from disclosure import fees
from disclosure.fees import FeeMethod
from disclosure.forms.requests import FILES_HINT, FilesField
from disclosure.models import Consultation, Counsel, InformationRequest, RequestFile
from disclosure.models.requests import ConsultKind, Conversion, CounselKind, FilePurpose, Opinion
from disclosure.replies import RULES, Reply, ReplyGroup
from disclosure.workflow.requests import Words, requests_this_month, requests_this_year
from disclosure.workflow.requests.charging import PAY_WAY
from disclosure.workflow.requests.drafting import BY_ITSELF
from disclosure.workflow.requests.duties import WORKING
from disclosure.workflow.requests.reasons import DAYS as REASONS_DAYS
from portal.people.models import Department, Post, User


class DeedForm(forms.Form):
    def __init__(self, *args: Any, found: InformationRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found, self.user = found, user
        self.settle()

    def settle(self) -> None:
        """Choices and first values that follow from the request."""

    def to_confirm(self) -> list[str]:
        """What has to be read once more before the deed is done; asked of a valid form."""
        return []


def _long(
    label: str, hint: str = "", *, required: bool = True, rows: int = 4, most: int = 2000
) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=most, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多{most}个字。"},
    )  # fmt: skip


def _short(label: str, hint: str = "", *, required: bool = True, most: int = 200) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=most,
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多{most}个字。"},
    )  # fmt: skip


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=hint, initial=localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}应形如 2026-09-18。"},
    )  # fmt: skip


def _number(label: str, initial: int | None = None, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, initial=initial, help_text=hint, min_value=1, max_value=100_000,
        error_messages={
            "required": f"请填写{label}。", "invalid": f"{label}应为整数。", "min_value": f"{label}应为正整数。",
            "max_value": f"{label}过大，请核对。",
        },
    )  # fmt: skip


def _one_of(label: str, queryset: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=label, queryset=queryset, empty_label="请选择",
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请在所列选项中选择{label}。"},
    )  # fmt: skip


def _pick(label: str, choices: Any, hint: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, help_text=hint,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请在所列选项中选择{label}。"},
    )  # fmt: skip


class NoForm(DeedForm):
    pass


class ConfirmForm(DeedForm):
    on = _day("双方确认日期", "与申请人确认收到申请的日期，为答复期限的起算日。")


class AssignForm(DeedForm):
    to = _one_of("承办人", User.objects.none())
    reason = _short("理由", required=False)

    def settle(self) -> None:
        posts = Post.objects.present(localdate()).filter(
            department=self.found.department_id, role__in=WORKING
        )
        people = User.objects.filter(pk__in=posts.values("user")).order_by("name")
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class CorrectionForm(DeedForm):
    items = _long("需要补正的事项", "每行一项，一次写全；补正只能告知一次。", rows=5)
    days = _number("补正期限（工作日）", 15, "合理期限，一般10至15个工作日。")


class CorrectedForm(DeedForm):
    on = _day("收到补正的日期", "信函、传真等方式送来的，由工作人员登记；网上提交的自动登记。")
    answer = _long("补正内容")


class AskReasonsForm(DeedForm):
    facts = _long(
        "数量、频次的情况", "写明该申请人在多长时间里申请了多少件，会写进通知书。", rows=4, most=1000
    )
    days = _number("说明理由的期限（工作日）", REASONS_DAYS, "5至15个工作日；期间答复期限不中止。")

    def settle(self) -> None:
        months = requests_this_month(self.found) if self.found.received_on else 0
        year = requests_this_year(self.found)
        self.fields[
            "facts"
        ].initial = (
            f"本年内向本机关提出政府信息公开申请{year}件，其中本月{months}件，数量、频次明显超过合理范围。"
        )


class GivenReasonsForm(DeedForm):
    on = _day("收到理由的日期", "信函、传真等方式送来的，由工作人员登记；网上提交的自动登记。")
    answer = _long("申请人的理由")


class DelayForm(DeedForm):
    days = _number("延迟工作日数", 20, "申请理由合理，但是期限内无法答复的，确定合理期限，只能确定一次。")
    reason = _long("延迟答复的原因", rows=3, most=500)


class ConsultForm(DeedForm):
    kind = _pick("征求谁的意见", ConsultKind.choices)
    name = _short("名称")
    contact = _short("联系方式", required=False)
    question = _long("征求意见的内容")
    is_delivered = forms.BooleanField(label="今天已经当面送达", required=False)


class RowForm(DeedForm):
    """A deed on one of several rows of the request."""

    row = _one_of("哪一份", Consultation.objects.none())
    opens: dict[str, Any] = {"opinion": ""}

    def settle(self) -> None:
        rows = self.found.consultations.filter(**self.opens).order_by("pk")
        self.fields["row"].queryset = rows  # type: ignore[attr-defined]
        self.fields["row"].initial = rows.first()


class DeliveryForm(RowForm):
    opens = {"opinion": "", "delivered_on": None}
    on = _day("对方收到的日期")


class OpinionForm(RowForm):
    opinion = _pick("对方意见", [choice for choice in Opinion.choices if choice[0] != Opinion.SILENT])
    answer = _long("答复内容")
    on = _day("收到答复的日期")


class FeeForm(DeedForm):
    method = _pick("计收方式", FeeMethod.choices, "一件申请只选一种方式。")
    quantity = _number("数量", hint="按件：本自然月内该申请人的第几件；按量：页数。")
    pay_way = _long("缴费方式", rows=2, most=300)
    agreed = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def settle(self) -> None:
        self.fields["quantity"].initial = requests_this_month(self.found) if self.found.received_on else None
        self.fields["pay_way"].initial = PAY_WAY

    def to_confirm(self) -> list[str]:
        """The calculation, until the amount it comes to is the one that was read."""
        method, quantity = self.cleaned_data["method"], self.cleaned_data["quantity"]
        amount = fees.fee(method, quantity)
        if not amount or self.cleaned_data.get("agreed") == amount:
            return []
        steps = [f"标准：{fees.STANDARDS[FeeMethod(method)]}。", *fees.calculation(method, quantity)]
        if method == FeeMethod.BY_CASE and (registered := requests_this_month(self.found)) != quantity:
            steps.append(f"注意：按登记，本件是该申请人本自然月内的第{registered}件，与填写的不同。")
        self.data = {**self.data.dict(), self.add_prefix("agreed"): str(amount)}  # type: ignore[attr-defined]
        return [*steps, f"应收{amount}元，通知书载明30日内缴纳。"]


class PaymentForm(DeedForm):
    on = _day("缴费日期")
    receipt_no = _short("缴款凭证号", most=60)


class CounselForm(DeedForm):
    kind = _pick("种类", CounselKind.choices)
    of = _one_of("请谁答复", User.objects.none())
    question = _long("问题")

    def settle(self) -> None:
        posts = Post.objects.present(localdate()).exclude(user=self.user)
        people = User.objects.filter(pk__in=posts.values("user")).order_by("name")
        self.fields["of"].queryset = people  # type: ignore[attr-defined]


class CounselAnswerForm(DeedForm):
    row = _one_of("问题", Counsel.objects.none())
    answer = _long("答复")

    def settle(self) -> None:
        rows = self.found.counsels.filter(asked_of=self.user, answered_at=None).order_by("pk")
        self.fields["row"].queryset = rows  # type: ignore[attr-defined]
        self.fields["row"].initial = rows.first()


class CounselDropForm(DeedForm):
    row = _one_of("征询", Counsel.objects.none())

    def settle(self) -> None:
        rows = self.found.counsels.filter(answered_at=None).order_by("pk")
        self.fields["row"].queryset = rows  # type: ignore[attr-defined]


class ExtendForm(DeedForm):
    days = _number("延长工作日数", 20, "最多20个工作日，只能延长一次。")
    reason = _long("延期理由", rows=3, most=500)


class KeptField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.attachment.name}（{obj.attachment.size_label}）"


def reply_choices() -> list[Any]:
    """The rows of table 3 by group, without those a period ends by itself."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind, rule in RULES.items():
        if kind not in BY_ITSELF:
            groups.setdefault(ReplyGroup(rule.group).label, []).append(
                (kind, f"{rule.code} {Reply(kind).label}")
            )
    return [("", "请选择"), *groups.items()]


class ReplyForm(DeedForm):
    kind = _pick("答复类型", reply_choices, "告知书、救济途径和年度报告的统计项随类型而定。")
    content = _long(
        "公开的内容", "予以公开、部分公开：信息内容，或者获取的方式、途径、时间。", required=False, most=5000
    )
    withheld = _long("不予公开的部分", "部分公开时填写。", required=False, rows=2, most=5000)
    reasons = _long("理由", "除予以公开外都要填写。", required=False, most=5000)
    law = _short(
        "禁止公开的法律、行政法规", "其他法律行政法规禁止公开的，写明名称和条款。", required=False, most=500
    )
    route = _short("办理途径", "行政查询、信访、公开出版物：告知到哪里办理。", required=False, most=500)
    agency = _short("掌握信息的机关", "本机关不掌握而知道由谁负责公开的，写名称和联系方式。", required=False)
    earlier = _short("此前申请的登记号", "重复申请时填写。", required=False, most=60)
    public_interest = _long(
        "第三方不同意仍予公开的理由", "有第三方不同意而公开的填写，将书面告知第三方。", required=False, rows=2
    )
    kept = KeptField(
        label="已经附上的文件", queryset=RequestFile.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="不再提供的，去掉勾选。",
        error_messages={"invalid_choice": "有文件已经去掉，请核对。", "invalid_pk_value": "请在所列文件中选择。"},
    )  # fmt: skip
    enclosed = FilesField(label="随告知书提供的文件", required=False, help_text=FILES_HINT)

    def settle(self) -> None:
        words = getattr(self.found, "reply_words", None)
        if words:
            for name in ("kind", *Words.__dataclass_fields__):
                self.initial[name] = getattr(words, name)
            self.initial["earlier"] = words.earlier.number if words.earlier else ""
        files = self.found.files.filter(purpose=FilePurpose.DRAFT).select_related("attachment").order_by("pk")
        self.fields["kept"].queryset = files  # type: ignore[attr-defined]
        self.initial["kept"] = [row.pk for row in files]
        if not files:
            del self.fields["kept"]


class SubmitForm(DeedForm):
    opinion = _long("给审签人的说明", required=False, rows=2, most=1000)


class SignForm(DeedForm):
    opinion = _long("审签意见", "已经核对类型、理由、依据和救济途径的，写明意见。", rows=3, most=1000)
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def settle(self) -> None:
        words = getattr(self.found, "reply_words", None)
        self.initial["edition"] = words.edition if words else None


class ReturnForm(DeedForm):
    reason = _long("退回理由", "写明要改什么，拟稿人会看到。", rows=3, most=1000)


class WithdrawForm(DeedForm):
    on = _day("撤回日期")
    reason = _short("申请人的说明", required=False, most=300)


class TransferForm(DeedForm):
    to = _one_of("转由哪个机关答复", Department.objects.none())
    reason = _long("转办理由", rows=2, most=300)

    def settle(self) -> None:
        others = Department.objects.active().exclude(pk=self.found.department_id).order_by("pk")
        self.fields["to"].queryset = others  # type: ignore[attr-defined]


class PublishForm(DeedForm):
    title = _short("公布的标题")
    text = _long("公布的内容", "不得出现申请人姓名、证件号码和手机号码。", rows=6, most=5000)

    def settle(self) -> None:
        words = getattr(self.found, "reply_words", None)
        self.fields["title"].initial = self.found.title
        if words:
            self.fields["text"].initial = words.content or words.reasons


class ConversionForm(DeedForm):
    conversion = _pick("是否转为主动公开", Conversion.choices)
    note = _short("处理说明", "已转的写明在哪里公布；不转的写明理由。", most=300)


class UnmaskForm(forms.Form):
    field = _pick(
        "要查看的信息",
        [("id_number", "证件号码"), ("phone", "联系电话"), ("email", "电子邮箱"), ("address", "通信地址")],
    )
    reason = _short("查看原因", "原因和查看人将留痕，并可由审计管理员查阅。")
