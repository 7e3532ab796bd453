"""What a departure leaves behind, said before it happens. Reads only."""

from datetime import date

from talent.models import Employment
from talent.staffing import would_break

ENDED_APART = "证书仍登记在该单位，请另行办理注销或者变更注册"


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
    lacks = would_break(enterprise, on, leaving=person)
    return [f"离职后不再符合资质标准：{lack.words}。" for lack in lacks] + said
