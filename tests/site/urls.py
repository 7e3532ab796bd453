"""The site with one page more: every component in every state, to be looked at and measured."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from portal import urls as project
from portal.refusals import RuleBroken

PAGE = """{% extends "base.html" %}
{% block title %}组件 - {{ city.name }}{% endblock %}
{% block meta %}{% include "components/meta_column.html" with name="组件" description="全部组件" keywords="组件" type="公共服务" only %}{% endblock %}
{% block breadcrumb %}<li aria-current="page">组件</li>{% endblock %}
{% block heading %}<div class="page__head"><h1>组件</h1><p class="lead">页面由这些部件组成。</p></div>{% endblock %}
{% block columns %}<div class="columns columns--aside"><div>
{% include "components/steps.html" with steps=steps only %}
<h2>按钮</h2><p class="actions">{% include "components/button.html" with label="提交申请" only %} {% include "components/button.html" with label="保存草稿" kind="secondary" only %} {% include "components/button.html" with label="撤回申请" kind="danger" only %} {% include "components/button.html" with label="返回上一步" kind="link" href="#" only %}</p>
<h2>状态</h2><p>{% for word, tone in statuses %}{% include "components/status.html" with word=word tone=tone only %} {% endfor %}</p>
<h2>提示</h2><div class="stack">{% for word, tone in statuses %}{% include "components/notice.html" with tone=tone title=word text="请于2026年9月28日前补充材料，逾期视为撤回申请。" href="#" link="查看补正通知" only %}{% endfor %}</div>
<h2>期限</h2><p>{% include "components/deadline.html" with date=day days_left=5 why_url="#" only %}</p><p>{% include "components/deadline.html" with date=day days_left=0 only %}</p><p>{% include "components/deadline.html" with date=day days_left=-3 why_url="#" only %}</p>
<h2>进度</h2>{% include "components/timeline.html" with entries=timeline only %}
<h2>表格</h2>{% include "components/table.html" with caption="材料清单" columns=columns rows=rows only %}{% include "components/pager.html" with page=page only %}
<h2>没有记录</h2>{% include "components/table.html" with caption="空" columns=columns rows=none empty="今天没有待办的办件。新的办件分到您名下后会出现在这里。" only %}
<h2>卡片</h2><div class="cards">{% for card in cards %}{% include "components/card.html" with title=card text="住房和城乡建设局" meta="承诺7个工作日" href="#" only %}{% endfor %}</div>
<h2>表单</h2><form method="post" class="form" novalidate>{% csrf_token %}{% include "components/form.html" with form=form only %}{% include "components/upload.html" with field=files.file files=uploaded only %}<div class="actions">{% include "components/button.html" with label="保存并继续" only %}</div></form>
</div><aside class="aside" aria-label="相关"><div><h2>谁来办</h2><p>示范市住房和城乡建设局</p></div><div><h2>怎么联系</h2><p>窗口电话 0990-12345678</p></div></aside></div>{% endblock %}
{% block pagefoot %}{% include "components/page_foot.html" with office="示范市行政审批局" phone="12345" updated=day only %}{% endblock %}
"""


class SampleForm(forms.Form):
    name = forms.CharField(label="单位名称", help_text="与营业执照一致。")
    uscc = forms.CharField(
        label="统一社会信用代码", widget=forms.TextInput(attrs={"class": "cells-18"}), max_length=18
    )
    on = forms.DateField(label="计划开工日期", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="工程类别", choices=[("a", "房屋建筑"), ("b", "市政基础设施")])
    way = forms.ChoiceField(
        label="领取方式", choices=[("w", "窗口领取"), ("p", "邮寄送达")], widget=forms.RadioSelect
    )
    parts = forms.MultipleChoiceField(
        label="涉及专业",
        choices=[("j", "建筑"), ("d", "电气")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="补充说明", widget=forms.Textarea, required=False)
    promise = forms.BooleanField(label="我承诺所填内容真实、准确")

    def clean_uscc(self) -> str:
        code = self.cleaned_data["uscc"]
        if len(code) != 18:
            raise forms.ValidationError(f"统一社会信用代码应为18位，现为{len(code)}位。")
        return code


class FileForm(forms.Form):
    file = forms.FileField(label="建设工程规划许可证", help_text="正本扫描件，加盖单位公章。")


def styleguide(request: HttpRequest) -> HttpResponse:
    form = SampleForm({"name": "示范市第一建筑工程有限公司", "uscc": "91990100MA0000001", "way": "w"})
    context: dict[str, Any] = {
        "form": form,
        "files": FileForm(),
        "uploaded": [{"name": "规划许可证.pdf", "size": 812_345, "href": "#", "remove_name": "remove"}],
        "steps": [
            {"label": "选择情形", "url": "#", "state": "done"},
            {"label": "填写信息", "url": "#", "state": "now"},
            {"label": "上传材料", "url": "#", "state": "todo"},
            {"label": "预检", "state": "todo"},
            {"label": "核对提交", "state": "todo"},
        ],
        "statuses": [
            ("已受理", "info"),
            ("准予许可", "ok"),
            ("需要您补充材料", "warn"),
            ("不予许可", "alarm"),
            ("已撤回", "plain"),
        ],
        "day": date(2026, 9, 28),
        "timeline": [
            {
                "at": datetime(2026, 9, 18, 9, 30, tzinfo=UTC),
                "title": "提交申请",
                "office": "网上",
                "state": "done",
            },
            {"at": date(2026, 9, 21), "title": "已受理", "office": "市住房和城乡建设局", "state": "done"},
            {"at": date(2026, 9, 23), "title": "正在审查", "text": "由两名工作人员审查。", "state": "now"},
            {"at": date(2026, 9, 30), "title": "作出决定", "text": "最迟在这一天。", "state": "next"},
        ],
        "columns": ["材料", "来源", {"label": "份数", "num": True}],
        "rows": [
            [{"text": "施工图审查合格书", "href": "#"}, "审图机构", {"text": "1", "num": True}],
            ["工程质量安全措施", "申请人自备", {"text": "2", "num": True}],
        ],
        "page": Paginator(range(100), 10).page(3),
        "cards": ["建筑工程施工许可证核发", "商品房预售许可", "二级建造师注册"],
    }
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


def broken(request: HttpRequest, kind: str) -> HttpResponse:
    """Every way a page can fail, so that each answer can be looked at."""
    if kind == "crash":
        raise ZeroDivisionError
    if kind == "rule":
        raise RuleBroken("申请已经撤回，不能再补充材料。", basis="《中华人民共和国行政许可法》第三十二条")
    if kind in ("gone", "busy"):
        return render(
            request, {"gone": "410.html", "busy": "429.html"}[kind], status={"gone": 410, "busy": 429}[kind]
        )
    raise {"bad": SuspiciousOperation, "forbidden": PermissionDenied}[kind]


handler400, handler403 = project.handler400, project.handler403
handler404, handler500 = project.handler404, project.handler500
urlpatterns = [
    path("broken/<kind>/", broken),
    path("styleguide/", styleguide),
    path("", include("portal.urls")),
]
