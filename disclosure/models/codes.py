"""The lists a document is described by, with their fixed wording."""

from django.db import models

from portal.people.models import PostRole


class ColumnType(models.TextChoices):
    """国办发〔2017〕47号, tag ColumnType; the label is what the tag says."""

    PROFILE = "profile", "概况信息"
    NEWS = "news", "政务动态"
    POLICY = "policy", "政策文件"
    NOTICE = "notice", "通知公告"
    CATALOGUE = "catalogue", "信息公开目录"
    DATA = "data", "数据发布"
    SERVICE = "service", "在线办事"
    PUBLIC_SERVICE = "public_service", "公共服务"
    LETTERS = "letters", "咨询留言"
    SURVEY = "survey", "征集调查"
    INTERVIEW = "interview", "在线访谈"


class Rhythm(models.TextChoices):
    """How often a column must change; days in ``RHYTHM_DAYS`` (国办秘函〔2019〕19号)."""

    NEWS = "news", "动态、要闻类（14天）"
    NOTICE = "notice", "通知公告、政策文件类（180天）"
    PLAN = "hr_plan", "人事、规划计划类（365天）"
    STATIC = "static", "有变化时更新"


RHYTHM_DAYS: dict[str, int | None] = {
    Rhythm.NEWS: 14,
    Rhythm.NOTICE: 180,
    Rhythm.PLAN: 365,
    Rhythm.STATIC: None,
}


class Entry(models.TextChoices):
    """The fixed entries of the platform page (国办公开办函〔2019〕61号)."""

    GUIDE = "guide", "政府信息公开指南"
    SYSTEM = "system", "政府信息公开制度"
    STATUTORY = "statutory", "法定主动公开内容"
    ANNUAL_REPORT = "annual_report", "政府信息公开年报"
    REQUEST = "request", "依申请公开"
    GAZETTE = "gazette", "政府公报"


class StatutoryItem(models.TextChoices):
    """《中华人民共和国政府信息公开条例》第二十条、第二十一条."""

    ACTS = "20-1", "行政法规、规章和规范性文件"
    AGENCY = "20-2", "机关职能、机构设置、办公地址、办公时间、联系方式、负责人姓名"
    PLANS = "20-3", "国民经济和社会发展规划、专项规划、区域规划及相关政策"
    STATISTICS = "20-4", "国民经济和社会发展统计信息"
    LICENSING = "20-5", "办理行政许可和其他对外管理服务事项的依据、条件、程序以及办理结果"
    PENALTIES = (
        "20-6",
        "实施行政处罚、行政强制的依据、条件、程序以及本行政机关认为具有一定社会影响的行政处罚决定",
    )
    BUDGET = "20-7", "财政预算、决算信息"
    FEES = "20-8", "行政事业性收费项目及其依据、标准"
    PROCUREMENT = "20-9", "政府集中采购项目的目录、标准及实施情况"
    PROJECTS = "20-10", "重大建设项目的批准和实施情况"
    WELFARE = "20-11", "扶贫、教育、医疗、社会保障、促进就业等方面的政策、措施及其实施情况"
    EMERGENCIES = "20-12", "突发公共事件的应急预案、预警信息及应对情况"
    INSPECTIONS = "20-13", "环境保护、公共卫生、安全生产、食品药品、产品质量的监督检查情况"
    RECRUITMENT = "20-14", "公务员招考的职位、名额、报考条件等事项以及录用结果"
    OTHER = "20-15", "法律、法规、规章和国家有关规定规定应当主动公开的其他政府信息"
    CITY = "21-A", "市政建设、公共服务、公益事业、土地征收、房屋征收、治安管理、社会救助"
    TOWNSHIP = (
        "21-B",
        "贯彻落实农业农村政策、农田水利工程建设运营、农村土地承包经营权流转、宅基地使用情况审核、"
        "土地征收、房屋征收、筹资筹劳、社会救助",
    )


class Topic(models.TextChoices):
    STATE_COUNCIL = "01", "国务院组织机构"
    GENERAL = "02", "综合政务"
    ECONOMY = "03", "国民经济管理、国有资产监管"
    FINANCE = "04", "财政、金融、审计"
    LAND = "05", "国土资源、能源"
    FARMING = "06", "农业、林业、水利"
    INDUSTRY = "07", "工业、交通"
    TRADE = "08", "商贸、海关、旅游"
    MARKET = "09", "市场监管、安全生产监管"
    CONSTRUCTION = "10", "城乡建设、环境保护"
    SCIENCE = "11", "科技、教育"
    CULTURE = "12", "文化、广电、新闻出版"
    HEALTH = "13", "卫生、体育"
    POPULATION = "14", "人口与计划生育、妇女儿童工作"
    LABOUR = "15", "劳动、人事、监察"
    SECURITY = "16", "公安、安全、司法"
    CIVIL = "17", "民政、扶贫、救灾"
    PEOPLES = "18", "民族、宗教"
    FOREIGN = "19", "对外事务"
    OVERSEAS = "20", "港澳台侨工作"
    DEFENCE = "21", "国防"
    OTHER = "22", "其他"


class Genre(models.TextChoices):
    """The fifteen of 《党政机关公文处理工作条例》 and what a site publishes besides."""

    RESOLUTION = "resolution", "决议"
    DECISION = "decision", "决定"
    ORDER = "order", "命令（令）"
    COMMUNIQUE = "communique", "公报"
    ANNOUNCEMENT = "announcement", "公告"
    CIRCULAR = "circular", "通告"
    OPINION = "opinion", "意见"
    NOTICE = "notice", "通知"
    BULLETIN = "bulletin", "通报"
    REPORT = "report", "报告"
    ASKING = "asking", "请示"
    REPLY = "reply", "批复"
    MOTION = "motion", "议案"
    LETTER = "letter", "函"
    MINUTES = "minutes", "纪要"
    RULE = "rule", "规章"
    NORMATIVE = "normative", "行政规范性文件"
    INTERPRETATION = "interpretation", "政策解读"
    OTHER = "other", "其他"


# What may not stand without its interpretation, and has a validity from the day it is published.
POLICY_GENRES = frozenset({Genre.RULE, Genre.NORMATIVE})


class Audience(models.TextChoices):
    ALL = "all", "社会公众"
    CITIZEN = "citizen", "公民"
    ENTERPRISE = "enterprise", "企业"
    ORGANISATION = "organisation", "其他组织"


class Attribute(models.TextChoices):
    PROACTIVE = "proactive", "主动公开"
    ON_REQUEST = "on_request", "依申请公开"
    WITHHELD = "withheld", "不予公开"


class Method(models.TextChoices):
    WEBSITE = "website", "政府网站"
    GAZETTE = "gazette", "政府公报"
    PRESS = "press", "新闻发布会"
    MEDIA = "media", "报刊广播电视"
    READING_POINT = "reading_point", "公开查阅点"


class Scope(models.TextChoices):
    PUBLIC = "public", "面向社会"
    APPLICANT = "applicant", "面向申请人"


class Validity(models.TextChoices):
    IN_FORCE = "in_force", "有效"
    LAPSED = "lapsed", "失效"
    REPEALED = "repealed", "废止"
    AMENDED = "amended", "已修改"


class DocumentState(models.TextChoices):
    UNPUBLISHED = "unpublished", "未公开"
    PUBLISHED = "published", "已公开"
    WITHDRAWN = "withdrawn", "已撤下"


class VersionStatus(models.TextChoices):
    DRAFT = "draft", "起草"
    DEPARTMENT_REVIEW = "department_review", "部门审核"
    SECRECY_REVIEW = "secrecy_review", "保密审查"
    APPROVAL = "approval", "批准"
    SCHEDULED = "scheduled", "待定时发布"
    PUBLISHED = "published", "已发布"
    SUPERSEDED = "superseded", "已被新版代替"
    DISCARDED = "discarded", "已作废"


OPEN_VERSIONS = (
    VersionStatus.DRAFT,
    VersionStatus.DEPARTMENT_REVIEW,
    VersionStatus.SECRECY_REVIEW,
    VersionStatus.APPROVAL,
    VersionStatus.SCHEDULED,
)
FROZEN_VERSIONS = (VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED)

LEGAL_MOVES: dict[str, set[str]] = {
    VersionStatus.DRAFT: {VersionStatus.DEPARTMENT_REVIEW, VersionStatus.DISCARDED, VersionStatus.PUBLISHED},
    VersionStatus.DEPARTMENT_REVIEW: {
        VersionStatus.SECRECY_REVIEW,
        VersionStatus.DRAFT,
        VersionStatus.PUBLISHED,
    },
    VersionStatus.SECRECY_REVIEW: {VersionStatus.APPROVAL, VersionStatus.DRAFT, VersionStatus.PUBLISHED},
    VersionStatus.APPROVAL: {VersionStatus.SCHEDULED, VersionStatus.PUBLISHED, VersionStatus.DRAFT},
    VersionStatus.SCHEDULED: {VersionStatus.PUBLISHED, VersionStatus.DRAFT},
    VersionStatus.PUBLISHED: {VersionStatus.SUPERSEDED},
}


class LinkKind(models.TextChoices):
    INTERPRETS = "interprets", "解读"
    SUPERSEDES = "supersedes", "替代"
    REPEALS = "repeals", "废止"
    AMENDS = "amends", "修改"


# What a published link makes of its target.
LINK_VALIDITY: dict[str, str] = {
    LinkKind.SUPERSEDES: Validity.LAPSED,
    LinkKind.REPEALS: Validity.REPEALED,
    LinkKind.AMENDS: Validity.AMENDED,
}


class ReviewStage(models.TextChoices):
    SUBMISSION = "submission", "提交"
    DEPARTMENT = "department", "部门审核"
    SECRECY = "secrecy", "保密审查"
    APPROVAL = "approval", "批准"
    URGENT = "urgent", "紧急发布"
    RATIFICATION = "ratification", "补办审批"
    RECALL = "recall", "收回"


class Verdict(models.TextChoices):
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"


class PersonalData(models.TextChoices):
    ID_CARD = "id_card", "公民身份号码"
    MOBILE = "mobile", "手机号码"
    BANK_CARD = "bank_card", "银行卡号"


# 保密审查 asks these of every document; a step stores the answer to each.
SECRECY_CHECKLIST: dict[str, str] = {
    "state_secret": "不涉及国家秘密（《中华人民共和国政府信息公开条例》第十四条）",
    "safety": "公开后不危及国家安全、公共安全、经济安全、社会稳定（第十四条）",
    "third_party": "不涉及商业秘密、个人隐私，或者已依法征得同意（第十五条）",
    "internal": "不属于内部事务信息、过程性信息、行政执法案卷信息，或者依法可以公开（第十六条）",
    "personal_data": "个人信息已按照最小必要处理（《中华人民共和国个人信息保护法》第六条）",
}


DRAFTING = (PostRole.EDITOR, PostRole.HANDLER)
REVIEWING = (PostRole.REVIEWER, PostRole.HEAD)
CLEARING = (PostRole.SECRECY,)
APPROVING = (PostRole.APPROVER, PostRole.HEAD)
STAGE_ROLES: dict[str, tuple[str, ...]] = {
    ReviewStage.DEPARTMENT: REVIEWING,
    ReviewStage.SECRECY: CLEARING,
    ReviewStage.APPROVAL: APPROVING,
    ReviewStage.URGENT: APPROVING,
    ReviewStage.RATIFICATION: APPROVING,
}
# What the disclosure office may do for any department; a department's own review stays its own.
OFFICE_STAGES = frozenset({ReviewStage.SECRECY, ReviewStage.APPROVAL, ReviewStage.RATIFICATION})
STAGE_OF: dict[str, str] = {
    VersionStatus.DEPARTMENT_REVIEW: ReviewStage.DEPARTMENT,
    VersionStatus.SECRECY_REVIEW: ReviewStage.SECRECY,
    VersionStatus.APPROVAL: ReviewStage.APPROVAL,
}
