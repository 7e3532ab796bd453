"""Pages: against the plainest answer of the same process, and against themselves with few cases."""

from collections.abc import Callable

from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from approvals.access import SESSION_KEY
from approvals.models import Case, ItemVersion, Step
from portal.site.bench import seeding
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size
from portal.workdays.queues import PAGE

PLAIN = "Django with no middleware saying that it is alive"
KEPT = Row(
    "kept-page", "整页缓存的公开页", PLAIN, "/promises/ kept in memory, as for a visitor nobody knows",
    Sense.SLOWER, 2,
)  # fmt: skip
GUIDE = Row(
    "guide", "办事指南页", PLAIN, "/guides/<code>/ of every item in turn, asking each time whether it holds",
    Sense.SLOWER, 10,
)  # fmt: skip
TRACKING = Row(
    "tracking", "办件进度页", "the page with a hundredth of the cases", "/cases/<number>/, 20 different cases in turn",
    Sense.SLOWER, 1.2,
)  # fmt: skip
MY_TASKS = Row(
    "my-tasks", "我的待办", "the page with a hundredth of the cases", "/admin/approvals/case/mine/, 61 open tasks",
    Sense.SLOWER, 1.5,
)  # fmt: skip


def client_of_nobody() -> Client:
    host = settings.ALLOWED_HOSTS[0].lstrip(".")
    return Client(headers={"host": "localhost" if host == "*" else host})


def get(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"  # noqa: S101
    return answer.content.decode()


def plain_client() -> Client:
    plain = client_of_nobody()
    with override_settings(MIDDLEWARE=[]):
        get(plain, "/healthz")  # a handler takes its middleware at its first request
    return plain


def guide(places: Places, size: Size) -> Pair:
    client, plain = client_of_nobody(), plain_client()
    names = dict(ItemVersion.objects.current().values_list("item__code", "item__name"))
    paths = [f"/guides/{code}/" for code in sorted(names)]

    def check() -> str:
        for code, name in names.items():
            assert name in get(client, f"/guides/{code}/"), code  # noqa: S101
        return f"{len(names)} guides name their item"

    return Pair(
        reference=lambda: [get(plain, "/healthz") for _ in range(size.pages)],
        candidate=lambda: [get(client, paths[n % len(paths)]) for n in range(size.pages)],
        check=check,
    )


def kept(places: Places, size: Size) -> Pair:
    client, plain, path = client_of_nobody(), plain_client(), "/promises/"

    def read() -> None:
        with override_settings(PAGE_CACHE_SECONDS=3600):
            for _ in range(size.pages):
                get(client, path)

    def check() -> str:
        with override_settings(PAGE_CACHE_SECONDS=3600):
            first, second = get(client, path), get(client, path)
        assert first == second  # noqa: S101
        return "the kept page is the page"

    return Pair(
        reference=lambda: [get(plain, "/healthz") for _ in range(size.pages)], candidate=read, check=check
    )


def tracking(places: Places, size: Size) -> Pair:
    def visit() -> tuple[Callable[[], list[str]], list[str]]:
        """A visitor who knows the codes of twenty cases spread over the table."""
        first = seeding.closed_case()
        step = max(Case.objects.filter(item=first.item).count() // 20, 1)
        keys = [first.pk + n * step * seeding.STRIDE for n in range(20)]
        numbers = dict(Case.objects.filter(pk__in=keys).values_list("pk", "number"))
        client = client_of_nobody()
        session = client.session
        until = timezone.now().timestamp() + 3600 * 24
        session[SESSION_KEY] = {str(pk): until for pk in numbers}
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
        listed = list(numbers.values())
        return lambda: [get(client, f"/cases/{listed[n % len(listed)]}/") for n in range(size.pages)], listed

    with places.standing_in(places.few):
        few, _ = visit()
    many, numbers = visit()

    def check() -> str:
        for number, page in zip(numbers, many(), strict=False):
            assert number in page, number  # noqa: S101
        return f"{Case.objects.count():,} cases; each page is its own case's"

    return Pair(reference=inside(places, places.few, few), candidate=many, check=check)


def my_tasks(places: Places, size: Size) -> Pair:
    path = "/admin/approvals/case/mine/"

    def visit() -> Callable[[], list[str]]:
        client = client_of_nobody()
        client.force_login(seeding.handler(), backend=settings.AUTHENTICATION_BACKENDS[1])
        return lambda: [get(client, path) for _ in range(size.pages)]

    with places.standing_in(places.few):
        few = visit()
    many = visit()

    def check() -> str:
        theirs = Step.objects.filter(state="todo", assignee=seeding.handler())
        numbers = set(theirs.values_list("case__number", flat=True))
        page = many()[0]
        shown = sum(number in page for number in numbers)
        assert shown == min(len(numbers), PAGE), f"{shown} of {len(numbers)}"  # noqa: S101
        return f"{Case.objects.count():,} cases; {shown} of {len(numbers)} tasks on the first page"

    return Pair(reference=inside(places, places.few, few), candidate=many, check=check)


def inside(places: Places, place: object, side: Callable[[], object]) -> Callable[[], object]:
    def there() -> object:
        with places.standing_in(place):
            return side()

    return there


ROWS = (
    (KEPT, kept),
    (GUIDE, guide),
    (TRACKING, tracking),
    (MY_TASKS, my_tasks),
)
