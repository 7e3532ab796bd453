from disclosure import rich_text
from disclosure.comparison import compare, has_changes

OLD = ["第一条 为规范管理，制定本办法。", "第二条 本办法适用于全市。", "第三条 由住建局负责。", "附则"]


def marks(lines):
    return [line.mark for line in lines]


def test_a_changed_paragraph_shows_what_went_and_what_came():
    new = [OLD[0], "第二条 本办法适用于市区。", *OLD[2:]]
    lines = compare(OLD, new)
    assert marks(lines) == ["same", "changed", "same", "same"]
    spans = [(span.mark, span.text) for span in lines[1].spans]
    assert "".join(text for mark, text in spans if mark != "added") == OLD[1]
    assert "".join(text for mark, text in spans if mark != "removed") == new[1]
    assert any(mark == "removed" for mark, _ in spans)


def test_added_removed_and_rewritten_paragraphs_stand_alone():
    lines = compare(
        OLD, [OLD[0], "完全不同的一段话，与原文毫无关系", OLD[2], OLD[3], "第四条 自印发之日起施行。"]
    )
    assert marks(lines) == ["same", "removed", "added", "same", "same", "added"]
    assert has_changes(lines)


def test_long_unchanged_stretches_are_folded_with_their_count():
    long = [f"第{n}段" for n in range(30)]
    lines = compare(long, [*long, "新增"])
    assert marks(lines) == ["skipped", "same", "same", "added"]
    assert lines[0].skipped == 28
    assert not has_changes(compare(long, long))


def test_plain_words_become_paragraphs_and_markup_is_reduced_to_what_a_document_needs():
    assert rich_text.clean("第一行\n\n 第二行 <3") == "<p>第一行</p>\n<p>第二行 &lt;3</p>"
    dirty = (
        '<p onclick="x()">正文<script>alert(1)</script><a href="javascript:x">链接</a></p><style>p{}</style>'
    )
    clean = rich_text.clean(dirty)
    assert "script" not in clean
    assert "onclick" not in clean
    assert "style" not in clean
    assert rich_text.text_of(
        "<h2>一、总则</h2><p>正文&amp;说明<br>下一行</p><table><tr><td>甲</td><td>乙</td></tr></table>"
    ) == ("一、总则\n正文&说明\n下一行\n甲 | 乙")
