"""Serve one order a line on standard input, answer one line of JSON on standard output.

Run as ``PYTHON docs/peer/program.py DATABASE_URL`` with an interpreter that has Wagtail and psycopg2;
``manage.py bench --peer PYTHON`` does. Settings and middleware are those of Wagtail's project template,
with connections and templates kept as in production.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings

HERE = Path(__file__).resolve().parent
LOADED = 2_000


def configure(url):
    parts = urlsplit(url)
    settings.configure(
        SECRET_KEY="only measured, never served",  # noqa: S106
        ALLOWED_HOSTS=["*"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path[1:],
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": unquote(parts.hostname or ""),
                "PORT": parts.port or "",
                "CONN_MAX_AGE": None,
            }
        },
        INSTALLED_APPS=[
            "peer",
            *(f"wagtail.{name}" for name in (
                "contrib.forms", "contrib.redirects", "embeds", "sites", "users", "snippets", "documents",
                "images", "search", "admin",
            )),
            "wagtail", "modelcluster", "taggit",
            *(f"django.contrib.{name}" for name in (
                "admin", "auth", "contenttypes", "sessions", "messages", "staticfiles",
            )),
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "wagtail.contrib.redirects.middleware.RedirectMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "templates"],
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        ROOT_URLCONF="peer.urls",
        STATIC_URL="/static/",
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
        LANGUAGE_CODE="zh-hans",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MIGRATION_MODULES={"peer": "peer_migrations"},  # made when they are needed
        WAGTAIL_SITE_NAME="peer",
        WAGTAILADMIN_BASE_URL="http://localhost",
        WAGTAILSEARCH_BACKENDS={"default": {"BACKEND": "wagtail.search.backends.database"}},
    )  # fmt: skip
    made = Path(tempfile.mkdtemp(prefix="peer-"))
    (made / "peer_migrations").mkdir()
    (made / "peer_migrations" / "__init__.py").touch()
    sys.path[:0] = [str(HERE.parent), str(made)]
    django.setup()


def load(path):
    """Tables, one list page and below it the documents of a file of JSON lines; their search index; ANALYZE."""
    from django.core.management import call_command
    from django.db import connection
    from wagtail.models import Page, Site

    from peer.models import DocumentPage, ListPage

    call_command("makemigrations", "peer", verbosity=0)
    call_command("migrate", verbosity=0)
    if DocumentPage.objects.exists():
        return DocumentPage.objects.count()
    home = Page.objects.get(depth=2)
    holder = home.add_child(instance=ListPage(title="文件", slug="documents"))
    Site.objects.update(root_page=home, is_default_site=True)
    with Path(path).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            holder.add_child(instance=DocumentPage(slug=f"d{number}", **row))
            if number % LOADED == 0:
                holder.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return DocumentPage.objects.count()


def paths(what, count, words):
    from peer.models import DocumentPage

    if what == "list":
        return ["/documents/"] * count
    if what == "detail":
        slugs = list(DocumentPage.objects.order_by("pk").values_list("slug", flat=True)[: 20 * 50 : 50])
        return [f"/documents/{slugs[n % len(slugs)]}/" for n in range(count)]
    return [f"/search/?query={words[n % len(words)]}" for n in range(count)]


def timed(client, asked):
    began = time.perf_counter()
    for path in asked:
        answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
    return time.perf_counter() - began


def main():
    configure(sys.argv[1])
    import wagtail
    from django.test import Client
    from wagtail.models import Page

    client = Client()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "load":
            told = {"version": wagtail.__version__, "documents": load(order["file"])}
        elif order["do"] == "found":
            told = {"found": [Page.objects.live().search(word).count() for word in order["words"]]}
        else:
            asked = paths(order["do"], order["count"], order.get("words", []))
            told = {"seconds": timed(client, asked)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


main()
