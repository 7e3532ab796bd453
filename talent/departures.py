"""What a departure leaves behind, said before it happens. Reads only."""

from datetime import date

from talent import staffing
from talent.models import Employment

ENDED_APART = "离职后不再计入该单位，请另行办理注销或者变更注册"


def would_lack(employment: Employment, on: date) -> list[str]:
    """Sentences: what the enterprise loses with this person, and what stays to be settled."""
    person, enterprise = employment.person, employment.enterprise
    held = [
        str(row)
        for rows in (person.registrations, person.safetycertificates)
        for row in rows.in_force(on).filter(enterprise=enterprise).order_by("pk")
    ]
    said = [f"{person.name}持有的{one}：{ENDED_APART}。" for one in held]
    if employment.position in ("legal_representative", "manager", "chief_engineer", "project_manager"):
        said.append(f"{person.name}是该单位的{employment.get_position_display()}，离职后该岗位空缺。")
    leads = person.leaderships.in_force(on).filter(project__enterprise=enterprise).select_related("project")
    said += [f"{person.name}正在担任“{row.project}”的项目负责人。" for row in leads.order_by("pk")]
    lacks = staffing.would_break(enterprise, on, leaving=person)
    return [f"离职后不再符合资质标准：{words}。" for words, _ in staffing.said(lacks)] + said
