"""The one statement of a search, written for its question.

``hits`` are taken from the token index without order, so the planner cannot walk the dates for a
rare word. Up to CAP hits are sorted. Of more, those with the words in their title come first
(when these are few), then the newest rows are tried one after another, and only when too few of
them match is everything found sorted. What is no longer valid comes last; what was public until
a day before %(today)s is no match.
"""

from collections.abc import Sequence

_HITS = """
WITH hits AS MATERIALIZED (
    SELECT id, kind, "on", department_id, "column", topic, genre, validity, is_past
    FROM finding_searchrow r WHERE {match} {within} LIMIT %(cap)s + 1
),
size AS MATERIALIZED (SELECT count(*) AS n FROM hits),
kept AS MATERIALIZED ({kept}),
titled AS MATERIALIZED ({titled}),
titles AS MATERIALIZED (SELECT count(*) AS n FROM titled)"""

_PAGE = """,
few AS MATERIALIZED (
    SELECT o.id, o.top, o."on" FROM (
        SELECT * FROM (
            SELECT id, "on", 2 * (NOT {past})::int + (id IN (SELECT id FROM titled))::int AS top FROM kept r
            WHERE (SELECT n FROM size) <= %(cap)s
        ) ranked WHERE (top, "on", id) < (%(top)s, %(on)s, %(id)s) ORDER BY top DESC, "on" DESC, id DESC
    ) o {checked} LIMIT %(page)s + 1
),
first AS MATERIALIZED (
    SELECT o.id, 3 AS top, o."on" FROM (
        SELECT r.id, r."on" FROM titled r
        WHERE (SELECT n FROM size) > %(cap)s AND (SELECT n FROM titles) <= %(cap)s AND NOT {past}
            AND (3, r."on", r.id) < (%(top)s, %(on)s, %(id)s)
        ORDER BY r."on" DESC, r.id DESC
    ) o {checked} LIMIT %(page)s + 1
),
recent AS MATERIALIZED (
    SELECT r.id, 2 AS top, r."on" FROM (
        SELECT * FROM finding_searchrow r
        WHERE (SELECT n FROM size) > %(cap)s AND (SELECT count(*) FROM first) <= %(page)s AND %(top)s >= 2
            AND ("on", id) < (%(walk_on)s, %(walk_id)s) {walked}
        ORDER BY "on" DESC, id DESC LIMIT %(newest)s
    ) r WHERE NOT {past} AND {match} AND {untitled} {recheck}
    ORDER BY r."on" DESC, r.id DESC LIMIT %(page)s + 1
),
rest AS MATERIALIZED (
    SELECT id, "on", {past} AS past FROM finding_searchrow r
    WHERE (SELECT n FROM size) > %(cap)s
        AND (SELECT count(*) FROM first) + (SELECT count(*) FROM recent) <= %(page)s
        AND {match} {within}
),
deep AS MATERIALIZED (
    SELECT o.id, 2 AS top, o."on" FROM (
        SELECT r.id, r."on" FROM rest r
        WHERE NOT past AND %(top)s >= 2 AND ("on", id) < (%(walk_on)s, %(walk_id)s) AND {untitled}
        ORDER BY r."on" DESC, r.id DESC
    ) o {checked} LIMIT %(page)s + 1
),
past AS MATERIALIZED (
    SELECT o.id, 0 AS top, o."on" FROM (
        SELECT r.id, r."on" FROM rest r WHERE past AND (0, "on", id) < (%(top)s, %(on)s, %(id)s)
            AND (SELECT count(*) FROM first) + (SELECT count(*) FROM deep) <= %(page)s
        ORDER BY r."on" DESC, r.id DESC
    ) o {checked} LIMIT %(page)s + 1
),
shown AS (
    SELECT * FROM few UNION ALL SELECT * FROM first
    UNION ALL SELECT * FROM recent
        WHERE (SELECT count(*) FROM first) + (SELECT count(*) FROM recent) > %(page)s
    UNION ALL SELECT * FROM deep UNION ALL SELECT * FROM past
    ORDER BY top DESC, "on" DESC, id DESC LIMIT %(page)s + 1
)"""

# The same order walked towards its beginning, from the row at which a page began.
_BACK = """,
few AS MATERIALIZED (
    SELECT o.id, o.top, o."on" FROM (
        SELECT * FROM (
            SELECT id, "on", 2 * (NOT {past})::int + (id IN (SELECT id FROM titled))::int AS top FROM kept r
            WHERE (SELECT n FROM size) <= %(cap)s
        ) ranked WHERE (top, "on", id) > (%(top)s, %(on)s, %(id)s) ORDER BY top, "on", id
    ) o {checked} LIMIT %(page)s + 1
),
recent AS MATERIALIZED (
    SELECT r.id, 2 AS top, r."on" FROM (
        SELECT * FROM finding_searchrow r
        WHERE (SELECT n FROM size) > %(cap)s AND %(top)s = 2 AND ("on", id) > (%(on)s, %(id)s) {walked}
        ORDER BY "on", id LIMIT %(newest)s
    ) r WHERE NOT {past} AND {match} AND {untitled} {recheck}
    ORDER BY r."on", r.id LIMIT %(page)s + 1
),
rest AS MATERIALIZED (
    SELECT id, "on", {past} AS past FROM finding_searchrow r
    WHERE (SELECT n FROM size) > %(cap)s AND %(top)s <= 2 AND (SELECT count(*) FROM recent) <= %(page)s
        AND {match} {within}
),
past AS MATERIALIZED (
    SELECT o.id, 0 AS top, o."on" FROM (
        SELECT r.id, r."on" FROM rest r WHERE past AND (0, "on", id) > (%(top)s, %(on)s, %(id)s)
        ORDER BY r."on", r.id
    ) o {checked} LIMIT %(page)s + 1
),
deep AS MATERIALIZED (
    SELECT o.id, 2 AS top, o."on" FROM (
        SELECT r.id, r."on" FROM rest r
        WHERE NOT past AND (2, "on", id) > (%(top)s, %(on)s, %(id)s) AND {untitled}
            AND (SELECT count(*) FROM past) <= %(page)s
        ORDER BY r."on", r.id
    ) o {checked} LIMIT %(page)s + 1
),
first AS MATERIALIZED (
    SELECT o.id, 3 AS top, o."on" FROM (
        SELECT r.id, r."on" FROM titled r
        WHERE (SELECT n FROM size) > %(cap)s AND (SELECT n FROM titles) <= %(cap)s AND NOT {past}
            AND (SELECT count(*) FROM recent) <= %(page)s
            AND (SELECT count(*) FROM past) + (SELECT count(*) FROM deep) <= %(page)s
            AND (3, r."on", r.id) > (%(top)s, %(on)s, %(id)s)
        ORDER BY r."on", r.id
    ) o {checked} LIMIT %(page)s + 1
),
shown AS (
    SELECT * FROM few UNION ALL SELECT * FROM recent WHERE (SELECT count(*) FROM recent) > %(page)s
    UNION ALL SELECT * FROM past UNION ALL SELECT * FROM deep UNION ALL SELECT * FROM first
    ORDER BY top, "on", id LIMIT %(page)s + 1
)
"""
_TOLD = """
SELECT (SELECT n FROM size), {count}, {facets}, s.top, r.id, r.kind, r.obj_id, r.title, r.body, r.url, r."on",
    r.department_id, r.index_no,
    (SELECT value FROM finding_label WHERE token = r."column"), (SELECT value FROM finding_label WHERE token = r.topic),
    (SELECT value FROM finding_label WHERE token = r.genre), (SELECT value FROM finding_label WHERE token = r.validity)
FROM (SELECT 1) one LEFT JOIN (shown s JOIN finding_searchrow r ON r.id = s.id) ON true
ORDER BY s.top DESC, r."on" DESC, r.id DESC
"""
_RECHECKED = """
SELECT h.* FROM hits h WHERE CASE WHEN (SELECT n FROM size) > %(recounted)s THEN true
    ELSE EXISTS (SELECT 1 FROM finding_searchrow r WHERE r.id = h.id {recheck}) END
"""
# OFFSET 0 keeps the planner from checking all before it has sorted any.
_CHECKED = "CROSS JOIN LATERAL (SELECT 1 FROM finding_searchrow r WHERE r.id = o.id {recheck} OFFSET 0) yes"
_TITLED = 'SELECT id, "on", is_past FROM finding_searchrow r WHERE {match_title} {within} LIMIT %(cap)s + 1'
_FACETS = """(
    SELECT json_agg(json_build_array(f.name, coalesce(l.value, f.value), f.n) ORDER BY f.n DESC, f.value) FROM (
        SELECT CASE GROUPING(kind, "column", topic, genre, department_id, year, validity)
                WHEN 63 THEN 'kind' WHEN 95 THEN 'column' WHEN 111 THEN 'topic' WHEN 119 THEN 'genre'
                WHEN 123 THEN 'department' WHEN 125 THEN 'year' ELSE 'validity' END AS name,
            coalesce("column", topic, genre, validity) AS token,
            coalesce(kind, department_id::text, year::text, "column"::text, topic::text, genre::text, validity::text)
                AS value,
            count(*) AS n
        FROM (SELECT *, extract(year FROM "on")::int AS year FROM kept LIMIT %(cap)s) k
        GROUP BY GROUPING SETS ((kind), ("column"), (topic), (genre), (department_id), (year), (validity))
    ) f LEFT JOIN finding_label l ON l.token = f.token WHERE f.value IS NOT NULL
)"""


def written(
    *,
    alternatives: int,
    recheck: str,
    ranked: bool,
    ageing: bool,
    narrowed: Sequence[str],
    dated: bool,
    faceted: bool,
    above: bool,
    back: bool = False,
) -> str:
    """The statement for a question.

    ``alternatives``: how many sets of tokens answer it (%(toks0)s …); ``recheck``: a condition on r
    beginning with AND, when tokens alone do not prove a match; ``ranked``: titles first; ``ageing``:
    what is past last; ``narrowed``: names of sets of tokens one of which each must be there (%(span)s,
    the months or years asked for); ``dated``: %(since)s to %(until)s; ``above``: only rows put after %(above)s;
    ``back``: the page before the place given instead of the one after it.
    """

    def match(name: str) -> str:
        either = " OR ".join(f"r.toks @> %({name}{n})s::int4[]" for n in range(alternatives))
        overlaps = [f" AND r.toks && %({name})s::int4[]" for name in narrowed]
        return f"({either}){''.join(overlaps)} AND (r.until IS NULL OR r.until >= %(today)s)"

    within = walked = ""
    if dated:
        # Plus nothing: as an expression it keeps the planner from the index of dates.
        within = 'AND r."on" + 0 BETWEEN %(since)s AND %(until)s'
        walked = 'AND r."on" BETWEEN %(since)s AND %(until)s'
    if above:
        within, walked = f"{within} AND r.id > %(above)s", f"{walked} AND r.id > %(above)s"
    parts = {
        "match": match("toks"),
        "within": within,
        "walked": walked,
        "recheck": recheck,
        "past": "r.is_past" if ageing else "false",
        "kept": _RECHECKED.format(recheck=recheck) if recheck else "SELECT * FROM hits",
        "checked": _CHECKED.format(recheck=recheck) if recheck else "",
        "titled": _TITLED.format(match_title=match("title"), within=within)
        if ranked else 'SELECT id, "on", is_past FROM hits WHERE false',
        "untitled": "((SELECT n FROM titles) > %(cap)s OR NOT r.id IN (SELECT id FROM titled))" if ranked else "true",
        "facets": _FACETS if faceted else "NULL::json",
        "count": "CASE WHEN (SELECT n FROM size) <= %(recounted)s THEN (SELECT count(*) FROM kept) END"
        if recheck
        else "(SELECT n FROM size)",
    }  # fmt: skip
    return (_HITS + (_BACK if back else _PAGE) + _TOLD).format(**parts)
