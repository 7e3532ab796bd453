from django import forms


class SynonymForm(forms.Form):
    terms = forms.CharField(
        label="同义词",
        max_length=400,
        help_text="意思相同的词，用顿号分开，例如：身份证、身分证、居民身份证。搜其中一个，其余的也能找到。",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写同义词。", "max_length": "一组同义词太长，请分成几组。"},
    )


class PinForm(forms.Form):
    question = forms.CharField(
        label="搜索词",
        max_length=100,
        help_text="与公众输入的完全相同时才推荐，例如：施工许可。",
        error_messages={"required": "请填写搜索词。", "max_length": "搜索词至多100个字。"},
    )
    address = forms.CharField(
        label="页面地址",
        max_length=300,
        help_text="从浏览器复制公开页面的地址。页面撤下后不再推荐。",
        error_messages={"required": "请填写页面地址。", "max_length": "地址太长，请检查。"},
    )
    position = forms.IntegerField(
        label="顺序",
        min_value=1,
        max_value=99,
        initial=1,
        help_text="数字小的在前。",
        error_messages={
            "required": "请填写顺序。",
            "invalid": "顺序应为整数。",
            "min_value": "顺序从1开始。",
            "max_value": "顺序至多99。",
        },
    )
