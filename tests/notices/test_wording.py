"""A message says what its template and its values say, and nothing else."""

from datetime import date, datetime

import pytest

from portal.notices import wording
from portal.notices.loading import SOURCE, read_templates
from tests.notices.makers import LOCAL


def test_values_read_as_a_clerk_would_write_them():
    assert wording.as_words(date(2026, 9, 8)) == "2026年9月8日"
    assert wording.as_words(datetime(2026, 9, 8, 9, 5, tzinfo=LOCAL)) == "2026年9月8日09:05"
    assert wording.as_words(["营业执照", "身份证"]) == "营业执照、身份证"
    assert wording.as_words(3) == "3"


def test_a_value_cannot_forge_a_signature_or_break_the_line():
    assert wording.as_words("甲\n【银行】 乙") == "甲 〔银行〕 乙"


def test_a_missing_or_superfluous_variable_is_refused_by_name():
    with pytest.raises(wording.WrongVariables, match="number"):
        wording.worded(["number"], {}, "case_news")
    with pytest.raises(wording.WrongVariables, match="naem"):
        wording.worded(["number"], {"number": "1", "naem": "2"}, "case_news")


@pytest.mark.parametrize("body", ["{number}", " {a}{b} ", "您的{0}", "您的{a.b}", "您的{a!r}", "您好{key}"])
def test_a_template_the_operators_or_the_code_could_not_use_is_refused(body):
    with pytest.raises(ValueError, match=r"template|argument"):
        wording.variables(body)


def test_every_template_of_the_house_can_be_read():
    templates = read_templates()
    assert templates
    assert all(template.title and template.channels for template in templates)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- {code: a, title: 甲, body: 好}\n- {code: a, title: 乙, body: 好}", "twice"),
        ("- {code: a, title: 甲, body: 好, chanels: [sms]}", "chanels"),
        ("- {code: a, title: 甲, body: 好, channels: [fax]}", "channel"),
        ("- {code: a, title: 甲, body: '{x}'}", "words of its own"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, text, fault):
    source = tmp_path / SOURCE.name
    source.write_text(text)
    with pytest.raises(ValueError, match=fault):
        read_templates(source)
