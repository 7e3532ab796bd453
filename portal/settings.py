"""Settings from the environment only; safe by default in development.

With ``PORTAL_ENV=production`` the process refuses to start without secret key,
field keys, hosts, database and broker.
"""

import contextlib
import json
import os
import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from portal import engines

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
PORTAL_ENV = env.str("PORTAL_ENV", default="development")
PRODUCTION = PORTAL_ENV == "production"
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
DATA_DIR = Path(env.str("PORTAL_DATA", default=str(BASE_DIR / ".data"))).resolve()


def required_in_production(name: str, default: str) -> str:
    value = env.str(name, default="")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set when PORTAL_ENV=production.")
    return value or default


def development_secrets() -> dict[str, str]:
    """Keys made once for this data folder, readable by its owner only."""
    path = DATA_DIR / "secrets.json"
    try:
        return _read_or_make_secrets(path)
    except OSError as refusal:
        raise ImproperlyConfigured(
            f"The data folder {DATA_DIR} cannot be used ({refusal.strerror}): it belongs to another user, or is "
            "not writable. Name another with PORTAL_DATA."
        ) from refusal


def _read_or_make_secrets(path: Path) -> dict[str, str]:
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        made = {"secret_key": secrets.token_urlsafe(48), "field_keys": f"k1:{secrets.token_hex(32)}"}
        made["hash_key"] = secrets.token_hex(32)
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.touch(mode=0o600)
        scratch.write_text(json.dumps(made))
        with contextlib.suppress(FileExistsError):  # another process was first; its keys count
            os.link(scratch, path)
        scratch.unlink()
    return json.loads(path.read_text())


_own = {"secret_key": "", "field_keys": "", "hash_key": ""} if PRODUCTION else development_secrets()
SECRET_KEY = required_in_production("SECRET_KEY", _own["secret_key"])
# "id:hex,id:hex": the first encrypts, all decrypt. The hash key finds encrypted values again.
FIELD_KEYS = required_in_production("FIELD_KEYS", _own["field_keys"])
HASH_KEY = required_in_production("HASH_KEY", _own["hash_key"])
ALLOWED_HOSTS = required_in_production("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
DATABASE_URL = required_in_production("DATABASE_URL", engines.database_url(DATA_DIR))
REDIS_URL = required_in_production("REDIS_URL", engines.redis_url(DATA_DIR))
EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
EMBEDDED_REDIS = not env.str("REDIS_URL", default="")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.guardian",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "csp",
    "portal.audit",
    "portal.people",
    "portal.notices",
    "portal.workdays",
    "portal.papers",
    "portal.search",
    "disclosure",
    "talent",
    "approvals",
    "portal.supervision",
    "portal.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.site.policy.PolicyMiddleware",
    "portal.site.page_cache.PageCacheMiddleware",
    "portal.site.traditional.TraditionalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.people.middleware.SessionRules",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.site.refused.RefusalMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.site.context.frame",
            ]
        },
    }
]

# Triggers are put in place after every migrate, all at once: as steps of the migrations they made
# an empty database take four times as long, and a forgotten step would go unseen.
PGTRIGGER_MIGRATIONS = False
PGTRIGGER_INSTALL_ON_MIGRATE = True

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"].update(CONN_MAX_AGE=env.int("CONN_MAX_AGE", default=60), CONN_HEALTH_CHECKS=True)
# The history triggers ask for this; not set, each row costs them an error caught (see portal.audit.history).
_options = DATABASES["default"].setdefault("OPTIONS", {})
_options["options"] = f"{_options.get('options', '')} -c pgtrigger.ignore={{}}".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# What every page says of itself (网页标签规范, 国办发〔2017〕47号) and of who stands behind it.
SITE = {
    "name": env.str("SITE_NAME", default="示范市政务服务网"),
    "organ": env.str("SITE_ORGAN", default="示范市人民政府"),
    "tagline": env.str("SITE_TAGLINE", default="政务服务与信息公开"),
    "domain": env.str("SITE_DOMAIN", default="www.shifan.gov.cn.example"),
    "id_code": env.str("SITE_ID_CODE", default="9901000001"),
    "phone": env.str("SITE_PHONE", default="12345"),
    "icp": env.str("SITE_ICP", default="示ICP备00000000号"),
    "police_record": env.str("SITE_POLICE_RECORD", default="示公网安备 99010002000001号"),
    "identity": env.str("SITE_IDENTITY", default="演示城市，未申领"),
    "identity_url": env.str("SITE_IDENTITY_URL", default=""),
    "note": env.str("SITE_NOTE", default="示范市是一座虚构的城市，页面上的机构、人员和办件均为演示。"),
}

PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", default=30)  # for visitors without a session
# Set lists and documents in each web process; each is asked after before it is shown. 0: none.
KEPT_PAGES_BYTES = env.int("KEPT_PAGES_BYTES", default=16 * 1024 * 1024)

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
if not PRODUCTION:
    STATIC_ROOT.mkdir(
        parents=True, exist_ok=True
    )  # nothing is collected here, but WhiteNoise warns without it
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
STORAGES = {
    # Uploads and issued papers; any other backend (S3) by its dotted path and options.
    "default": {
        "BACKEND": env.str("FILE_STORAGE", default="portal.papers.storage.PrivateFileStorage"),
        "OPTIONS": env.json("FILE_STORAGE_OPTIONS", default={}),
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# What papers print and where their QR codes lead.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
DISCLOSURE_OFFICE = env.str("DISCLOSURE_OFFICE", default="zwgk")  # code of the department in charge
REGISTRY_OFFICE = env.str("REGISTRY_OFFICE", default="zjj")  # keeps the registries of enterprises and people
# How index numbers read: organisation_year, credit_month or credit_year (disclosure.numbering).
DISCLOSURE_INDEX_FORM = env.str("DISCLOSURE_INDEX_FORM", default="credit_month")
RECONSIDERATION_ORGAN = env.str("RECONSIDERATION_ORGAN", default="示范市人民政府")
PAPERS_NOTICE = env.str(
    "PAPERS_NOTICE", default="" if PRODUCTION else "示范市是虚构的城市，本文书仅用于演示，不具有法律效力。"
)
# Root and department keys that sign papers. In production they are put there, never made by the portal.
SIGNING_DIR = Path(env.str("SIGNING_DIR", default=str(DATA_DIR / "ca")))
SIGNING_PASSPHRASE = env.str("SIGNING_PASSPHRASE", default="")
SIGNING_MAKES_KEYS = env.bool("SIGNING_MAKES_KEYS", default=not PRODUCTION)
# Dotted path of a function (bytes, name) -> name of what was found, or "". Off when empty.
PAPERS_SCANNER = env.str("PAPERS_SCANNER", default="")
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="unix:/run/clamav/clamd.ctl")
COMPETENT_COURT = env.str("COMPETENT_COURT", default="示范市人民法院")

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "portal.people.rights.RightsBackend",  # first: for an administrator its no is final
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"portal.people.passwords.{rule}"}
    for rule in ("LengthRule", "ClassesRule", "OwnNameRule", "HistoryRule", "CommonRule")
]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/my/"

CSRF_FAILURE_VIEW = "portal.site.refused.expired"
ACCOUNT_ADAPTER = "portal.site.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "username"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1"]
ACCOUNT_SIGNUP_FORM_CLASS = "portal.people.sign_up.NameAtSignUp"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_FORMS = {
    "signup": "portal.people.forms.SignUpForm",
    "login": "portal.people.forms.SignInForm",
    "request_login_code": "portal.people.forms.RequestCodeForm",
    "confirm_login_code": "portal.people.forms.ConfirmCodeForm",
    "verify_phone": "portal.people.forms.VerifyPhoneForm",
    "change_phone": "portal.people.forms.ChangePhoneForm",
    "change_password": "portal.people.forms.ChangePasswordForm",
    "set_password": "portal.people.forms.SetPasswordForm",
    "reauthenticate": "portal.people.forms.ReauthenticateForm",
}
# How many codes a number gets is counted by the outbox, and the lock after five failures is a row
# of our own (people.Lockout); here stand the limits by address.
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip", "verify_phone": None, "login_failed": "20/m/ip"}
MFA_ADAPTER = "portal.people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "portal.people.forms.SecondFactorForm",
    "reauthenticate": "portal.people.forms.SecondFactorAgainForm",
    "activate_totp": "portal.people.forms.ActivateTOTPForm",
}
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from the machine itself, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
CSRF_TRUSTED_ORIGINS = (
    [f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS] if PRODUCTION else []
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# What fails is written to where the process writes (journal, container). Addresses that were not found
# are not: they may hold the key of someone's case.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}

UNFOLD = {
    "SITE_TITLE": "示范市政务服务工作台",
    "SITE_HEADER": "示范市政务服务",
    "SITE_SUBHEADER": "工作台",
    "SITE_URL": "/",
    "SHOW_HISTORY": False,
    "BORDER_RADIUS": "4px",
    "STYLES": [
        lambda request, sheet=sheet: static(f"css/{sheet}.css") for sheet in ("tokens", "components", "desk")
    ],
    "SCRIPTS": [lambda request: static("js/desk.js")],
    "COLORS": {
        "primary": {
            "50": "#eef4fb",
            "100": "#dbe7f5",
            "200": "#b9cfea",
            "300": "#8fb1dc",
            "400": "#5d8cc9",
            "500": "#3a6fb5",
            "600": "#1f5599",
            "700": "#174480",
            "800": "#143a6c",
            "900": "#12325c",
            "950": "#0b2140",
        }
    },
    "SIDEBAR": {"show_search": False, "navigation": "portal.site.sidebar.navigation"},
}

CELERY_BROKER_URL = engines.broker_url(REDIS_URL)
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("CELERY_WORKERS", default=2)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# Notices: the gateway by dotted path, its options as JSON; by default messages go to a file.
SMS_SIGNATURE = env.str("SMS_SIGNATURE", default="示范市政务服务")
SMS_GATEWAY = env.str("SMS_GATEWAY", default="portal.notices.gateways.console.ConsoleGateway")
SMS_GATEWAY_OPTIONS = env.json("SMS_GATEWAY_OPTIONS", default={})
NOTICE_LEASE = env.int("NOTICE_LEASE", default=60)  # seconds until a silent send is asked after
NOTICE_PUSH_TOKEN = env.str(
    "NOTICE_PUSH_TOKEN", default=""
)  # in the address Aliyun or Tencent push receipts to
_mail = env.email("EMAIL_URL", default=f"filemail://{DATA_DIR / 'outbox' / 'mail'}")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = (
    _mail["EMAIL_BACKEND"],
    _mail["EMAIL_HOST"] or "",
    _mail["EMAIL_PORT"] or 25,
)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = "/" + str(_mail["EMAIL_FILE_PATH"]).lstrip("/")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")
