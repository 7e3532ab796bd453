"""The detectors of 挂靠疑点: each one statement over all people or over those named.

A detector answers a line for each suspicion: person, enterprise, what makes it this one and no other,
a sentence, and the rows it rests on. It changes nothing.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from talent.models import FlagKind
from talent.models.flags import age_limit_on

AGE_LIMIT = 65
MOVES_ALLOWED = 2  # new registrations at other enterprises within twelve months, of the house
MOVES_WITHIN = timedelta(days=365)
INSURED_WITHIN = timedelta(days=92)  # an older payment says nothing of today

_FORCE = "{0}.archived_at IS NULL AND {0}.valid_from <= %(on)s AND ({0}.valid_to IS NULL OR {0}.valid_to >= %(on)s)"
# Every place where a person works or holds a certificate that day.
_PLACES = f"""
places AS (
    SELECT w.person_id, w.enterprise_id, 'talent.registration' AS model, w.id, '注册' AS what, w.valid_from
    FROM talent_registration w WHERE {_FORCE.format("w")} {{of_w}}
    UNION ALL
    SELECT w.person_id, w.enterprise_id, 'talent.employment', w.id, '任职', w.valid_from
    FROM talent_employment w WHERE {_FORCE.format("w")} {{of_w}}
    UNION ALL
    SELECT w.person_id, w.enterprise_id, 'talent.safetycertificate', w.id, '安全生产考核合格证', w.valid_from
    FROM talent_safetycertificate w WHERE {_FORCE.format("w")} {{of_w}}
)
"""  # noqa: S608 (constant text)
_REGISTERED = f"""
registered AS (
    SELECT w.id, w.person_id, w.enterprise_id, w.certificate_no, w.valid_from
    FROM talent_registration w WHERE {_FORCE.format("w")} {{of_w}}
)
"""  # noqa: S608 (constant text)
_ROW = "jsonb_build_object('label', {0}, 'model', {1}, 'key', {2})"

_STATEMENTS: dict[str, str] = {
    # The enterprise is where a registration is held, as it is the certificate that may hang.
    FlagKind.TWO_ENTERPRISES: f"""
        WITH {_PLACES}, many AS (
            SELECT person_id FROM places GROUP BY person_id
            HAVING count(DISTINCT enterprise_id) > 1 AND bool_or(what <> '任职'))
        SELECT p.person_id,
               (array_agg(p.enterprise_id ORDER BY (p.what = '任职'), p.id))[1],
               string_agg(p.model || ':' || p.id, ',' ORDER BY p.model, p.id),
               '同时在' || count(DISTINCT p.enterprise_id) || '个企业：' ||
                   string_agg(DISTINCT e.name || p.what, '、'),
               jsonb_agg({_ROW.format("e.name || p.what || '（自' || p.valid_from || '起）'", "p.model", "p.id")}
                         ORDER BY p.model, p.id)
        FROM places p JOIN many USING (person_id) JOIN talent_enterprise e ON e.id = p.enterprise_id
        GROUP BY p.person_id""",  # noqa: S608 (constant text)
    FlagKind.INSURANCE: f"""
        WITH {_REGISTERED}, paid AS (
            SELECT DISTINCT ON (w.person_id) w.person_id, w.month FROM talent_insurance w
            WHERE w.archived_at IS NULL AND w.month <= %(on)s AND w.month >= %(insured_from)s {{of_w}}
            ORDER BY w.person_id, w.month DESC)
        SELECT r.person_id, r.enterprise_id, r.id || ':' || min(i.payer_uscc),
               '在' || e.name || '注册，' || to_char(paid.month, 'YYYY"年"MM"月"') || '社会保险由' ||
                   string_agg(DISTINCT i.payer_name, '、') || '缴纳',
               jsonb_build_array({_ROW.format("e.name || '注册，证书编号' || r.certificate_no", "'talent.registration'", "r.id")})
               || jsonb_agg({_ROW.format("to_char(paid.month, 'YYYY-MM') || '由' || i.payer_name || '缴费'", "'talent.insurance'", "i.id")} ORDER BY i.id)
        FROM registered r JOIN talent_enterprise e ON e.id = r.enterprise_id
        JOIN paid ON paid.person_id = r.person_id
        JOIN talent_insurance i ON i.person_id = r.person_id AND i.month = paid.month AND i.archived_at IS NULL
        GROUP BY r.person_id, r.enterprise_id, r.id, e.name, r.certificate_no, paid.month, e.uscc
        HAVING bool_and(i.payer_uscc <> e.uscc)""",  # noqa: S608 (constant text)
    # The database lets nobody lead two projects on a day; but one that runs on may have been left without a leader.
    FlagKind.PROJECTS: f"""
        WITH leads AS (
            SELECT w.id, w.person_id, w.works_id, w.project_id FROM talent_leadership w
            WHERE {_FORCE.format("w")} {{of_w}})
        SELECT n.person_id, now_at.enterprise_id, f.id || ':' || n.id,
               '“' || left_at.name || '”尚未竣工也没有新的项目负责人，又担任“' || now_at.name || '”项目负责人',
               jsonb_build_array(
                   {_ROW.format("left_at.name || '（任项目负责人至' || f.valid_to || '）'", "'talent.leadership'", "f.id")},
                   {_ROW.format("now_at.name || '（现任项目负责人）'", "'talent.leadership'", "n.id")})
        FROM leads n JOIN talent_leadership f ON f.person_id = n.person_id AND f.archived_at IS NULL
             AND f.works_id <> n.works_id AND f.valid_to < %(on)s
        JOIN talent_project left_at ON left_at.id = f.project_id AND left_at.archived_at IS NULL
             AND (left_at.completed_on IS NULL OR left_at.completed_on > %(on)s) AND left_at.stopped_on IS NULL
        JOIN talent_project now_at ON now_at.id = n.project_id
        WHERE NOT EXISTS (
            SELECT 1 FROM talent_leadership other WHERE other.project_id = f.project_id
              AND other.id <> f.id AND other.archived_at IS NULL AND other.valid_from >= f.valid_to)""",  # noqa: S608 (constant text)
    FlagKind.AGE: f"""
        WITH {_REGISTERED}
        SELECT r.person_id, r.enterprise_id, r.id::text, '已满{AGE_LIMIT}周岁，仍在' || e.name || '注册',
               jsonb_build_array({_ROW.format("e.name || '注册，证书编号' || r.certificate_no", "'talent.registration'", "r.id")})
        FROM registered r JOIN talent_person p ON p.id = r.person_id AND p.born_on <= %(born_by)s
        JOIN talent_enterprise e ON e.id = r.enterprise_id""",  # noqa: S608 (constant text)
    FlagKind.MANY_MOVES: f"""
        SELECT m.person_id, (array_agg(m.enterprise_id ORDER BY m.valid_from DESC, m.id DESC))[1], max(m.id)::text,
               '十二个月内' || count(*) || '次变更注册单位',
               jsonb_agg({_ROW.format("m.valid_from || '起在' || e.name || '注册'", "'talent.registration'", "m.id")} ORDER BY m.valid_from, m.id)
        FROM (
            SELECT w.*, lag(w.enterprise_id) OVER (PARTITION BY w.person_id ORDER BY w.valid_from, w.id) AS former
            FROM talent_registration w WHERE w.archived_at IS NULL AND w.valid_from <= %(on)s {{of_w}}
        ) m JOIN talent_enterprise e ON e.id = m.enterprise_id
        WHERE m.valid_from > %(moved_from)s AND m.former <> m.enterprise_id
        GROUP BY m.person_id HAVING count(*) > {MOVES_ALLOWED}""",  # noqa: S608 (constant text)
    # Each step is kept apart: of tables filled a moment ago nothing is known, and the planner, left to
    # join at will, tries every registration with every party.
    FlagKind.SHARED_CONTACT: f"""
        WITH reached AS MATERIALIZED (
            SELECT p.id AS person_id, a.phone_hash FROM people_party a JOIN talent_person p ON p.party_id = a.id
            WHERE a.phone_hash <> '' {{shared}}
        ), phones AS MATERIALIZED (
            SELECT r.id, r.person_id, r.enterprise_id, reached.phone_hash
            FROM reached JOIN talent_registration r USING (person_id) WHERE {_FORCE.format("r")}
        ), shared AS (
            SELECT phone_hash FROM phones GROUP BY phone_hash
            HAVING count(DISTINCT enterprise_id) > 1 AND count(DISTINCT person_id) > 1)
        SELECT w.person_id, w.enterprise_id, w.phone_hash || ':' || w.enterprise_id,
               '与' || count(DISTINCT o.person_id) || '名在其他企业注册的人员使用同一联系电话',
               jsonb_build_array({_ROW.format("'本人在' || e.name || '注册'", "'talent.registration'", "w.id")})
               || jsonb_agg(DISTINCT {_ROW.format("there.name || '的' || p.name", "'talent.registration'", "o.id")})
        FROM phones w JOIN shared USING (phone_hash)
        JOIN phones o ON o.phone_hash = w.phone_hash AND o.person_id <> w.person_id AND o.enterprise_id <> w.enterprise_id
        JOIN talent_enterprise e ON e.id = w.enterprise_id
        JOIN talent_enterprise there ON there.id = o.enterprise_id JOIN talent_person p ON p.id = o.person_id
        WHERE true {{of_w}}
        GROUP BY w.person_id, w.enterprise_id, w.phone_hash, w.id, e.name""",  # noqa: S608 (constant text)
}


@dataclass(frozen=True)
class Suspicion:
    kind: str
    person_id: int
    enterprise_id: int
    fingerprint: str
    sentence: str
    rows: list[dict[str, Any]]


def suspicions(*, on: date, persons: Iterable[int] | None = None) -> list[Suspicion]:
    """What all detectors find that day, of everyone or of those named."""
    values = {
        "on": on,
        "persons": None if persons is None else sorted(set(persons)),
        "born_by": age_limit_on(on, AGE_LIMIT),
        "moved_from": on - MOVES_WITHIN,
        "insured_from": on - INSURED_WITHIN,
    }
    named = persons is not None
    parts = {
        "of_w": "AND w.person_id = ANY(%(persons)s::bigint[])" if named else "",
        "shared": "AND a.phone_hash = ANY(ARRAY(SELECT b.phone_hash FROM people_party b JOIN talent_person q"
        " ON q.party_id = b.id WHERE q.id = ANY(%(persons)s::bigint[])))" if named else "",
    }  # fmt: skip
    found = []
    with connection.cursor() as cursor:
        for kind, text in _STATEMENTS.items():
            cursor.execute(text.format(**parts), values)
            for person, enterprise, ident, sentence, rows in cursor.fetchall():
                told = json.loads(rows) if isinstance(rows, str) else rows
                mark = f"{kind}:{person}:{ident}"[:200]
                found.append(Suspicion(str(kind), person, enterprise, mark, sentence[:300], told))
    return found
