"""The law library and the service items of the demo city, from ``laws.yaml`` and ``items/``."""

from pathlib import Path

import yaml
from django.utils import timezone

from approvals import item_files, workflow
from approvals.models import ServiceItem
from approvals.workflow.imports import import_items
from disclosure.models import Act, Article

HERE = Path(__file__).parent


def files() -> list[Path]:
    """One file an item, in the order of their codes."""
    return sorted((HERE / "items").glob("*.yaml"))


def load_laws() -> int:
    """The law library, first what the items cite; how many acts and articles were added."""
    had = Act.objects.count() + Article.objects.count()
    known = set(Article.objects.values_list("act__title", "number"))
    known |= set(Act.objects.values_list("title", "doc_no"))
    for name in ("laws", "library"):
        text = (HERE / f"{name}.yaml").read_text(encoding="utf-8")
        acts = item_files.read(text).acts
        wanted = {(act["title"], row["number"]) for act in acts for row in act.get("articles", [])}
        wanted |= {(act["title"], act.get("doc_no", "")) for act in acts}
        if wanted - known:
            import_items(text, by=None, at=timezone.now())
    return Act.objects.count() + Article.objects.count() - had


def load_items() -> int:
    """The items with their paper forms, published; how many were added.

    What an office changed since is left alone.
    """
    known = set(ServiceItem.objects.values_list("code", flat=True))
    missing = [path for path in files() if path.stem not in known]
    samples = yaml.safe_load((HERE / "samples.yaml").read_text(encoding="utf-8"))
    for path in missing:
        at = timezone.now()
        [row] = import_items(path.read_text(encoding="utf-8"), by=None, at=at)
        for material in row.version.materials.filter(code="application"):
            workflow.draw_up_forms(material, answers=samples.get(path.stem), by=None, at=at)
        workflow.publish(row.version, by=None, at=at)
    return len(missing)
