"""Words the demo city's people use for the same thing."""

from django.utils import timezone

from portal.search import workflow as search
from portal.search.models import Synonym

SYNONYMS = (
    "施工许可、开工许可、建筑许可",
    "商品房预售、楼盘预售、预售证",
    "社会保险、社保",
    "住房公积金、公积金",
    "信息公开、政务公开",
    "不动产登记、房产证",
)


def load_synonyms() -> int:
    """Groups of synonyms; how many were new. What the office changed since is left alone."""
    missing = [
        group for group in SYNONYMS if not Synonym.objects.filter(terms__overlap=group.split("、")).exists()
    ]
    for group in missing:
        search.keep_synonym(group, by=None, at=timezone.now())
    return len(missing)
