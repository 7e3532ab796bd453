"""templates.yaml into rows: what the code says replaces the row, what staff set stays."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from portal.notices import wording
from portal.notices.models import Channel, Template, TemplateKind

SOURCE = Path(__file__).with_name("templates.yaml")
FIELDS = {"code", "title", "kind", "channels", "bypass_quiet", "lives_for", "body"}
CODE_LIVES = timedelta(minutes=5)
NOTICE_LIVES = timedelta(hours=72)


def read_templates(source: Path = SOURCE) -> list[Template]:
    """The templates of the file, unsaved. Raises ValueError naming the entry that is wrong."""
    found: dict[str, Template] = {}
    for entry in yaml.safe_load(source.read_text(encoding="utf-8")):
        template = _template(entry)
        if template.code in found:
            raise ValueError(f"{template.code}: appears twice in {source.name}")
        found[template.code] = template
    return list(found.values())


def _template(entry: dict[str, Any]) -> Template:
    code = entry.get("code", "?")
    if unknown := set(entry) - FIELDS:
        raise ValueError(f"{code}: unknown {', '.join(sorted(unknown))}")
    kind = entry.get("kind", TemplateKind.NOTICE)
    channels = entry.get("channels", [Channel.SMS, Channel.IN_SITE])
    if kind not in TemplateKind.values or not channels or not set(channels) <= set(Channel.values):
        raise ValueError(f"{code}: unknown kind or channel")
    hours = entry.get("lives_for")
    lives_for = timedelta(hours=hours) if hours else CODE_LIVES if kind == TemplateKind.CODE else NOTICE_LIVES
    template = Template(
        code=code,
        title=entry["title"],
        kind=kind,
        channels=list(channels),
        body=entry["body"].strip(),
        bypass_quiet=bool(entry.get("bypass_quiet", kind == TemplateKind.CODE)),
        lives_for=lives_for,
    )
    try:
        wording.variables(template.body)
    except ValueError as fault:
        raise ValueError(f"{code}: {fault}") from fault
    return template


def sync_templates(source: Path = SOURCE) -> int:
    """Make the rows say what the file says; rows gone from it are retired, not removed."""
    templates = read_templates(source)
    Template.objects.bulk_create(
        templates,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "title", "kind", "body", "channels", "bypass_quiet", "lives_for", "is_retired",
        ],
    )  # fmt: skip
    Template.objects.exclude(code__in=[t.code for t in templates]).update(is_retired=True)
    return len(templates)
