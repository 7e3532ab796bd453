"""Acts and what grows on them, named for the state they are in."""

from datetime import date
from typing import Any

from django.utils import timezone

from disclosure.models import Act, Article
from disclosure.workflow import library
from tests.people.makers import make_clerk, make_department


def make_act(title: str = "中华人民共和国行政许可法", **fields: Any) -> Act:
    """An act entered through the workflow, in force since 2004 unless told otherwise."""
    fields = {
        "level": "law",
        "doc_no": "中华人民共和国主席令第七号",
        "issuer": "全国人民代表大会常务委员会",
        "issued_on": date(2003, 8, 27),
        "effective_on": date(2004, 7, 1),
    } | fields
    return library.keep_act(Act(title=title, **fields), by=None, at=timezone.now())


def make_law_article(
    act: Act, number: str = "第三十二条", text: str = "五日内不告知补正的，视为受理。", **fields: Any
) -> Article:
    return library.keep_article(
        Article(act=act, number=number, text=text, **fields), by=None, at=timezone.now()
    )


def make_librarian() -> Any:
    """Somebody of the disclosure office."""
    return make_clerk("publicity", make_department("zwgk", name="示范市人民政府政务公开办公室"))
