"""What the registries name by code; the words are those of the registers and certificates."""

from django.db import models


class OriginKind(models.TextChoices):
    """Where a fact comes from; see ``provenance`` for which may replace which."""

    SELF = "self", "自行申报"
    IMPORT = "import", "数据导入"
    DECISION = "decision", "批后自动入库"


class ArchiveGround(models.TextChoices):
    """Why a record is off the register, as anyone may read it; the reason itself stays with the registry."""

    MERGED = "merged", "与另一条记录合并"
    CANCELLED = "cancelled", "注销或者吊销"
    MOVED = "moved", "迁出本市"
    RETIRED = "retired", "不再执业"
    MISTAKEN = "mistaken", "登记有误"
    OTHER = "other", "其他原因"


class EnterpriseStatus(models.TextChoices):
    IN_BUSINESS = "in_business", "存续"
    REVOKED = "revoked", "吊销"
    DEREGISTERED = "deregistered", "注销"


class Series(models.TextChoices):
    """Series of qualifications (建市〔2014〕159号 and the standards of the other trades)."""

    GENERAL = "general", "施工总承包"
    SPECIALISED = "specialised", "专业承包"
    LABOUR = "labour", "施工劳务"
    SURVEY = "survey", "工程勘察"
    DESIGN = "design", "工程设计"
    SUPERVISION = "supervision", "工程监理"
    DEVELOPER = "developer", "房地产开发"


class Grade(models.TextChoices):
    SPECIAL = "0", "特级"
    FIRST = "1", "一级"
    SECOND = "2", "二级"
    THIRD = "3", "三级"
    NONE = "9", "不分等级"


class RegistrationKind(models.TextChoices):
    CONSTRUCTOR = "constructor", "注册建造师"
    ARCHITECT = "architect", "注册建筑师"
    STRUCTURAL = "structural", "注册结构工程师"
    GEOTECHNICAL = "geotechnical", "注册土木工程师（岩土）"
    UTILITIES = "utilities", "注册公用设备工程师"
    ELECTRICAL = "electrical", "注册电气工程师"
    SUPERVISOR = "supervisor", "注册监理工程师"
    COST = "cost", "注册造价工程师"


class RegistrationGrade(models.TextChoices):
    FIRST = "1", "一级"
    SECOND = "2", "二级"
    NONE = "9", "不分级"


class Speciality(models.TextChoices):
    """注册建造师 specialities: all ten in grade one, six of them in grade two."""

    BUILDING = "building", "建筑工程"
    HIGHWAY = "highway", "公路工程"
    RAILWAY = "railway", "铁路工程"
    AIRPORT = "airport", "民航机场工程"
    PORT = "port", "港口与航道工程"
    WATER = "water", "水利水电工程"
    MINING = "mining", "矿业工程"
    MUNICIPAL = "municipal", "市政公用工程"
    TELECOM = "telecom", "通信与广电工程"
    MECHANICAL = "mechanical", "机电工程"


SECOND_GRADE_SPECIALITIES = frozenset(
    {
        Speciality.BUILDING,
        Speciality.HIGHWAY,
        Speciality.WATER,
        Speciality.MINING,
        Speciality.MUNICIPAL,
        Speciality.MECHANICAL,
    }
)


class SafetyClass(models.TextChoices):
    """安管人员 (三类人员)."""

    A = "A", "A类（企业主要负责人）"
    B = "B", "B类（项目负责人）"
    C1 = "C1", "C1类（机械专职安全生产管理人员）"
    C2 = "C2", "C2类（土建专职安全生产管理人员）"
    C3 = "C3", "C3类（综合专职安全生产管理人员）"


class TitleLevel(models.IntegerChoices):
    """Higher is more, so that 中级以上 is a comparison."""

    NONE = 0, "无职称"
    JUNIOR = 1, "初级"
    MIDDLE = 2, "中级"
    SENIOR = 3, "高级"


class Education(models.TextChoices):
    """Levels as the labour statistics count them."""

    PRIMARY = "primary", "小学及以下"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中、中专、技校"
    COLLEGE = "college", "大学专科"
    BACHELOR = "bachelor", "大学本科"
    MASTER = "master", "硕士研究生"
    DOCTOR = "doctor", "博士研究生"


class Sex(models.TextChoices):
    MALE = "m", "男"
    FEMALE = "f", "女"


class Position(models.TextChoices):
    """What a person does in the enterprise; the staffing rules count by it."""

    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"
    MANAGER = "manager", "企业主要负责人"
    CHIEF_ENGINEER = "chief_engineer", "技术负责人"
    PROJECT_MANAGER = "project_manager", "项目负责人"
    TECHNICAL = "technical", "工程技术人员"
    SITE_MANAGER = "site_manager", "施工现场管理人员"
    WORKER = "worker", "技术工人"
    ACCOUNTANT = "accountant", "财务人员"
    OTHER = "other", "其他人员"


class Holding(models.TextChoices):
    OWNED = "owned", "自有"
    LEASED = "leased", "租赁"
