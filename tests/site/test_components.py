"""Every component prints what a reader and a screen reader need."""

import re
from datetime import date

import pytest
from django import forms
from django.template.loader import render_to_string

pytestmark = pytest.mark.django_db


@pytest.fixture
def styleguide(client, settings):
    settings.ROOT_URLCONF = "tests.site.urls"
    return client.get("/styleguide/").content.decode()


def test_a_wrong_field_is_named_in_the_summary_and_explained_at_the_field(styleguide):
    words = "统一社会信用代码应为18位，现为17位。"
    assert f'<a href="#id_uscc">{words}</a>' in styleguide
    assert re.search(rf'<p class="field__error" id="id_uscc_error">{words}</p>', styleguide)
    assert re.search(r'<input[^>]*name="uscc"[^>]*aria-describedby="id_uscc_error"', styleguide)


def test_what_was_typed_is_still_there_after_an_error(styleguide):
    assert 'value="91990100MA0000001"' in styleguide


def test_only_optional_fields_are_marked(styleguide):
    optional = re.findall(r'>([^<>]+)<span class="field__optional">选填', styleguide)
    assert optional == ["涉及专业", "补充说明"]


def test_no_page_carries_style_or_script_in_line(styleguide):
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", styleguide)


@pytest.mark.parametrize(
    ("left", "words"),
    [(5, "（还有5个工作日）"), (0, "（今天到期）"), (-3, "（已超期3个工作日）"), (None, "")],
)
def test_a_deadline_is_a_date_first_and_a_count_second(left, words):
    html = render_to_string("components/deadline.html", {"date": date(2026, 9, 28), "days_left": left})
    assert re.sub(r"<[^>]+>", "", html).strip() == f"2026年9月28日{words}"


def test_an_empty_table_says_why():
    html = render_to_string(
        "components/table.html", {"caption": "待办", "rows": [], "empty": "今天没有待办。"}
    )
    assert "今天没有待办。" in html
    assert "<table" not in html


def test_a_form_without_errors_has_no_summary():
    class Plain(forms.Form):
        name = forms.CharField(label="姓名")

    assert "errors" not in render_to_string("components/form.html", {"form": Plain()})
