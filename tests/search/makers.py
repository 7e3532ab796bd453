"""A seeded small town's papers: the same every run."""

from datetime import date, timedelta
from random import Random

from django.db import connection

from portal.search import workflow as search

PHRASES = [
    "人社",
    "国资",
    "住建",
    "施工许可",
    "安全生产",
    "商品房预售",
    "行政审批",
    "政务服务",
    "城市道路",
    "燃气经营",
    "排水管网",
    "消防设计",
    "二级建造师",
    "劳动保障",
    "医疗保险",
    "公共资源交易",
    "招标投标",
    "质量监督",
    "竣工验收",
    "不动产登记",
    "规划条件",
    "环境影响评价",
    "节能审查",
    "绿化",
    "示范市",
    "示东区",
    "办事处",
    "工作日",
    "申请人",
    "受理通知书",
    "专家评审",
    "听证",
    "现场勘验",
    "补正材料",
    "承诺时限",
    "法定期限",
    "〔2026〕",
    "第7号",
    "Notice",
    "2026",
    "A座",
    "BIM",
    "100%",
    "GB/T",
    "信用代码",
]
STOPS = ["的", "和", "在", "，", "。", "、", "（", "）", "《", "》", "：", " "]


TOPICS, GENRES = ("综合政务", "科技、教育"), ("通知", "意见", "批复")
COLUMNS = (("政策文件", "规范性文件"), ("政策文件", "政策解读"), ("通知公告",))


def sentence(seed: Random, length: int) -> str:
    parts = []
    for _ in range(length):
        parts.append(seed.choice(PHRASES))
        if seed.random() < 0.4:
            parts.append(seed.choice(STOPS))
        if seed.random() < 0.2:
            parts.append("".join(chr(seed.randrange(0x4E00, 0x5500)) for _ in range(seed.randrange(1, 4))))
    return "".join(parts)


def fill(count: int, rare: str = "罕见词") -> None:
    """``count`` papers, every other one naming 住建局; only the last names ``rare``."""
    seed = Random(20261120)
    for number in range(count):
        search.put(
            "paper",
            number,
            title=sentence(seed, 4)[:60],
            body=sentence(seed, 20)
            + ("住建局" if number % 2 else "")
            + (rare if number == count - 1 else ""),
            url=f"/papers/{number}/",
            on=date(2026, 1, 1) + timedelta(days=seed.randrange(300)),
            column=seed.choice(COLUMNS),
            topic=seed.choice(TOPICS),
            genre=seed.choice(GENRES),
            validity=seed.choice(("有效", "有效", "废止")),
            department_id=seed.randrange(5),
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE finding_searchrow")
