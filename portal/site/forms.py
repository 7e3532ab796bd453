from django import forms


class KioskFollowForm(forms.Form):
    """Number and code, typed on a screen with a finger."""

    number = forms.CharField(
        label="编号",
        help_text="办件编号是14位数字；信息公开申请的登记号以YSQ开头",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "请填写编号", "max_length": "编号太长，请核对"},
    )
    code = forms.CharField(
        label="查询码",
        help_text="印在回执上，也在短信里",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填写查询码", "max_length": "查询码太长，请核对"},
    )

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split())
        if number.isdecimal() and len(number) != 14:
            raise forms.ValidationError(f"办件编号应为14位数字，现为{len(number)}位")
        return number

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())
