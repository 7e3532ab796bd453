from django import forms

from portal.workdays.models import NoticeKind, Unit

LONGEST = 400  # no limit in licensing law comes near; it keeps an answer to a page


class DeadlineForm(forms.Form):
    """The public calculator: from a day, so many days, forwards or backwards."""

    FORWARDS, BACKWARDS = "forward", "backward"

    start = forms.DateField(
        label="从哪一天起算",
        help_text="收到材料、作出决定的当日，这一天不计入，从次日数起。例如 2026-09-18。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": "请填写起算日期。",
            "invalid": "请按“年-月-日”填写一个存在的日期，例如 2026-09-18。",
        },
    )
    days = forms.IntegerField(
        label="多少天",
        min_value=0,
        max_value=LONGEST,
        widget=forms.TextInput(attrs={"class": "cells-4", "inputmode": "numeric"}),
        error_messages={
            "required": "请填写天数。",
            "invalid": "天数应为整数，例如 20。",
            "min_value": "天数不能小于0；往前推算请选“倒推”。",
            "max_value": f"天数不能超过{LONGEST}。",
        },
    )
    unit = forms.ChoiceField(
        label="怎么数",
        choices=[
            (Unit.WORKING, "工作日（不计周末和节假日，调休上班日计入）"),
            (Unit.CALENDAR, "自然日（每天都计，最后一天是休息日的顺延）"),
        ],
        widget=forms.RadioSelect,
        initial=Unit.WORKING,
        error_messages={"required": "请选择工作日或自然日。", "invalid_choice": "请选择工作日或自然日。"},
    )
    direction = forms.ChoiceField(
        label="往哪边数",
        choices=[(FORWARDS, "往后数到期限届满的一天"), (BACKWARDS, "从期限届满往前倒推，最迟哪一天办")],
        widget=forms.RadioSelect,
        initial=FORWARDS,
        error_messages={"required": "请选择往后数或倒推。", "invalid_choice": "请选择往后数或倒推。"},
    )


class PasteForm(forms.Form):
    """The State Council Office's notice as it stands on the page."""

    text = forms.CharField(
        label="通知原文",
        help_text="从标题“国务院办公厅关于××××年部分节假日安排的通知”到落款，整篇复制粘贴。",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": "请粘贴通知原文。", "max_length": "原文过长，请只粘贴通知正文。"},
    )
    kind = forms.ChoiceField(
        label="通知种类",
        choices=[
            (NoticeKind.YEAR, "全年安排（七个节日都写到，重新排定这一年的每一天）"),
            (NoticeKind.AMENDMENT, "个别调整（只改通知写到的日期）"),
        ],
        initial=NoticeKind.YEAR,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择通知种类。", "invalid_choice": "请选择通知种类。"},
    )
    doc_no = forms.CharField(
        label="文号",
        required=False,
        max_length=60,
        help_text="原文里有的不必填，例如“国办发明电〔2025〕7号”。",
        error_messages={"max_length": "文号过长。"},
    )
    year = forms.IntegerField(
        label="年份",
        required=False,
        min_value=2023,
        max_value=2100,
        help_text="原文标题里有的不必填。",
        widget=forms.TextInput(attrs={"class": "cells-4", "inputmode": "numeric"}),
        error_messages={
            "invalid": "年份应为四位数字。",
            "min_value": "日历从2023年开始。",
            "max_value": "年份不对。",
        },
    )
    url = forms.URLField(
        label="原文网址",
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        error_messages={
            "invalid": "请填写完整网址，以 https:// 开头。",
            "max_length": "网址过长。",
        },
    )
