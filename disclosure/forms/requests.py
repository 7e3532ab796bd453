"""What is asked of those who ask: shapes only, the workflow judges. No field for a purpose, nor will there be."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile

from disclosure.models.requests import BY_STAFF, FilePurpose, Medium, ObtainWay
from disclosure.workflow import requests as workflow
from portal.people.models import ApplicantType, Department, IdType, Party, User

ACCEPTED = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd"
FILES_HINT = "可上传 PDF、图片、文档和表格文件，单个不超过 20 MB，可以选多个。"


class FilesWidget(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of one kind."""

    widget = FilesWidget(attrs={"accept": ACCEPTED, "multiple": True})
    limit = FILES_HINT  # what the upload component says about types and size

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        single = super().clean
        return [single(one, initial) for one in given]


class OneFileField(forms.FileField):
    limit = "可上传 PDF、图片、文档和表格文件，单个不超过 20 MB。"


def _text(
    label: str, hint: str = "", *, most: int = 200, required: bool = True, error: str = "", **attrs: Any
) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=most, required=required, widget=forms.TextInput(attrs=attrs),
        error_messages={"required": error or f"请填写{label}。", "max_length": f"{label}最多{most}个字。"},
    )  # fmt: skip


def _long(
    label: str, hint: str = "", *, most: int = 2000, required: bool = True, rows: int = 4
) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=most, required=required, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多{most}个字。"},
    )  # fmt: skip


def _choice(
    label: str, choices: Any, hint: str = "", *, radio: bool = True, **more: Any
) -> forms.ChoiceField:
    pairs = list(choices) if radio else [("", "请选择"), *choices]
    return forms.ChoiceField(
        label=label, choices=pairs, help_text=hint, widget=forms.RadioSelect if radio else forms.Select,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请在所列选项中选择{label}。"}, **more,
    )  # fmt: skip


def offices() -> Any:
    """Departments that have somebody to answer."""
    return Department.objects.active().filter(posts__isnull=False).distinct().order_by("pk")


class DepartmentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def office_field() -> DepartmentField:
    return DepartmentField(
        queryset=Department.objects.none(), label="向哪个机关申请", to_field_name="code", empty_label="请选择",
        help_text="由制作或者保存该信息的机关负责公开。不清楚时，选市政府的政务公开机构或者打电话问。",
        error_messages={"required": "请选择向哪个机关申请。", "invalid_choice": "请在所列机关中选择。"},
    )  # fmt: skip


UPLOADS: dict[str, str] = {"identity_files": FilePurpose.IDENTITY, "enclosures": FilePurpose.ENCLOSURE}
CONTENT = ("department", "title", "doc_no", "description", "enclosures")
DELIVERY = ("way", "medium", "assistance", "suggests_publication")
CONTACT = ("contact", "phone", "email", "address")


class KeyedMixin(forms.Form):
    """A form whose uploads are held under its own key while it is put right."""

    form_key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": "页面已过期，请刷新后重试。", "required": "页面已过期，请刷新后重试。"}
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    @property
    def key(self) -> UUID | None:
        """As posted, even when other fields are wrong."""
        try:
            return UUID(str(self["form_key"].value()))
        except ValueError:
            return None


class AskForm(KeyedMixin):
    """What is wanted, how, and where the applicant can be reached; shared by every way of asking."""

    contact = _text("联系人", "法人或者其他组织填写。", most=60, required=False, autocomplete="name")
    phone = _text(
        "联系电话", "手机号码能收到办理短信。", most=20, required=False, autocomplete="tel", inputmode="tel"
    )
    email = forms.EmailField(
        label="电子邮箱", required=False, max_length=120,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "电子邮箱应形如 name@example.cn，请核对。"},
    )  # fmt: skip
    address = _text(
        "通信地址", "选择邮寄的必须填写，写到门牌号。", required=False, autocomplete="street-address"
    )
    department = office_field()
    title = _text("所需信息的名称", "例如：湖滨路道路改造工程规划许可文件")
    doc_no = _text("文号", "知道文号时填写，例如：示府办〔2026〕7号", most=100, required=False)
    description = _long(
        "其他特征性描述", "时间、地点、项目等，便于查找。写得越具体，越不需要补正。", required=False
    )
    enclosures = FilesField(label="附件", required=False)
    way = _choice("获取方式", ObtainWay.choices, initial=ObtainWay.WEB)
    medium = _choice("载体形式", Medium.choices, initial=Medium.ELECTRONIC)
    assistance = _text(
        "需要的帮助", "阅读有困难，或者视力、听力有障碍的，请写明需要什么帮助，我们会提供。", required=False
    )
    suggests_publication = forms.BooleanField(label="我建议将这项信息主动公开", required=False)
    SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = offices()  # type: ignore[attr-defined]

    def sections(self) -> list[dict[str, Any]]:
        """Title, hint and fields of each part of the form, in order."""
        return [
            {"title": title, "hint": hint, "fields": [self[name] for name in names if name in self.fields]}
            for title, hint, names in self.SECTIONS
        ]

    def words(self) -> dict[str, Any]:
        """The cleaned answers about the content, delivery and contact."""
        names = ("title", "doc_no", "description", *DELIVERY, *CONTACT)
        return {name: self.cleaned_data[name] for name in names}


class PersonMixin(forms.Form):
    """Who asks, for those the portal does not know."""

    applicant_type = _choice(
        "申请人类型",
        [(value, f"法人或者其他组织（{label}）" if value != "natural" else "公民") for value, label in ApplicantType.choices],
        initial=ApplicantType.NATURAL,
    )  # fmt: skip
    name = _text("姓名或者名称", "与证件一致。", most=100, autocomplete="name")
    id_type = _choice(
        "证件类型",
        IdType.choices,
        "公民选个人证件，单位选统一社会信用代码。",
        radio=False,
        initial=IdType.ID_CARD,
    )
    id_number = _text("证件号码", most=20, autocomplete="off")


class PublicForm(PersonMixin, AskForm):
    """Without an account."""

    identity_files = FilesField(
        label="身份证明", error_messages={"required": "请上传身份证明，例如身份证照片。"}
    )
    SECTIONS = (
        ("申请人", "条例第二十九条要求提供姓名或者名称、身份证明和联系方式。",
         ("applicant_type", "name", "id_type", "id_number", "identity_files")),
        ("联系方式", "至少填一种。", CONTACT),
        ("所需信息", "不需要说明用途。", CONTENT),
        ("获取方式", "", DELIVERY),
    )  # fmt: skip

    def asked(self, user: User | None) -> workflow.Asked:
        person = {
            name: self.cleaned_data[name] for name in ("applicant_type", "name", "id_type", "id_number")
        }
        return workflow.Asked(**person, **self.words())


class AccountForm(AskForm):
    """With an account: who asks is on record, for oneself or for whom one may act."""

    party = forms.ModelChoiceField(
        label="申请人", queryset=Party.objects.none(), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "请选择申请人。", "invalid_choice": "请选择本人或者您可以代办的单位。"},
    )  # fmt: skip
    identity_files = FilesField(label="身份证明", required=False, help_text="已经核验过身份的不用上传。")
    SECTIONS = (
        ("申请人", "", ("party", "identity_files")),
        ("联系方式", "至少填一种。", CONTACT),
        ("所需信息", "不需要说明用途。", CONTENT),
        ("获取方式", "", DELIVERY),
    )

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties  # type: ignore[attr-defined]

    def asked(self, user: User | None) -> workflow.Asked:
        party: Party = self.cleaned_data["party"]
        person: dict[str, Any] = {"applicant_type": party.applicant_type, "name": party.name, "id_type": party.id_type,
                  "id_number": party.id_number, "party": party}  # fmt: skip
        return workflow.Asked(**person, **self.words())


class EntryForm(PersonMixin, AskForm):
    """Entered by staff: a letter, a fax, an e-mail, or what was said at the counter."""

    channel = _choice(
        "收到的渠道", [(channel.value, channel.label) for channel in BY_STAFF], radio=False, initial="counter"
    )
    handed_in = forms.DateField(
        label="收件日期", help_text="当面提交之日、签收之日或者收到之日。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写收件日期。", "invalid": "收件日期应形如 2026-09-18。"},
    )  # fmt: skip
    confirmed_on = forms.DateField(
        label="双方确认日期", required=False,
        help_text="平常信函、传真、电子邮件：与申请人确认收到的日期，为答复期限的起算日；还没有确认的先空着。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "双方确认日期应形如 2026-09-18。"},
    )  # fmt: skip
    identity_files = FilesField(label="身份证明", required=False)
    SECTIONS = (
        ("收件", "", ("channel", "handed_in", "confirmed_on")),
        ("申请人", "", ("applicant_type", "name", "id_type", "id_number", "identity_files", *CONTACT)),
        ("所需信息", "", CONTENT),
        ("获取方式", "", DELIVERY),
    )

    def __init__(self, *args: Any, departments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]

    def asked(self, user: User | None) -> workflow.Asked:
        person = {
            name: self.cleaned_data[name] for name in ("applicant_type", "name", "id_type", "id_number")
        }
        return workflow.Asked(**person, **self.words())


class FollowForm(forms.Form):
    number = _text("登记号", "形如 YSQ-zjj-2026-00001，印在登记回执上", most=60, autocomplete="off", size=24)
    code = _text(
        "查询码", "8位数字，在短信和登记回执里", most=12, autocomplete="off", inputmode="numeric", size=10
    )

    def clean_number(self) -> str:
        return "".join(str(self.cleaned_data["number"]).split())

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split())


class AnswerForm(forms.Form):
    """An answer to a notice of the office; its files are held under the request's key."""

    answer = _long("补正说明", "逐项回答补正告知书列明的事项。", rows=6)
    materials = FilesField(label="补正材料", required=False)


class ReasonsForm(AnswerForm):
    answer = _long("申请理由", "说明为什么需要这些信息，以及为什么需要多次、大量申请。", rows=6)
    materials = FilesField(label="有关材料", required=False)


class WithdrawForm(forms.Form):
    reason = _long("撤回原因", most=300, required=False, rows=3)


class RecordForm(KeyedMixin):
    """更正申请 (条例 第四十一条)."""

    department = office_field()
    name = _text("姓名或者名称", "与证件一致。", most=100, autocomplete="name")
    id_type = _choice("证件类型", IdType.choices, radio=False, initial=IdType.ID_CARD)
    id_number = _text("证件号码", most=20, autocomplete="off")
    phone = _text("联系电话", most=20, autocomplete="tel", inputmode="tel")
    record = _text("记录所在的信息", "例如：2026年公共租赁住房配租公示名单")
    wrong = _long("不准确的内容", rows=3)
    right = _long("正确的内容", rows=3)
    evidence = OneFileField(
        label="证据", required=False, widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text="能够证明记录不准确的材料；换一个文件时，以后选的为准。",
        error_messages={"empty": "选择的文件是空的，请重新选择。", "missing": "请选择文件。", "invalid": "请选择文件。"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = offices()  # type: ignore[attr-defined]
        self.fields["department"].label = "向哪个机关提出"
        self.fields["department"].help_text = "记录由谁制作，就向谁提出；职能不符的，我们会转送或者告知。"
