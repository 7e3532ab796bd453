from django import forms

from portal.workdays.models import Unit

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
