"""The one settings module, read from top to bottom.

Every variable is read once and has its line in docs/reference/settings.md.
"""

from pathlib import Path

from fengsui.base.variables import flag, number, secret, text
from fengsui.web.static_digest import static_digest

# --- Where this installation keeps its things ------------------------------
# One folder: database, keys, road file, map. `fengsui demo --data DIR` sets it.
DATA = Path(text("FENGSUI_DATA", default="fengsui-data")).absolute()
FENGSUI_ROADS = Path(text("FENGSUI_ROADS", default=str(DATA / "city.roads")))
DEMO = flag("FENGSUI_DEMO", default=False)
DEBUG = flag("FENGSUI_DEBUG", default=False)

# --- Where facts are kept --------------------------------------------------
# SQLite needs nothing installed. `reader` sees one moment and takes no lock; `keys` is a store of its own, so that
# erasing a key reaches the data's backups too.
_SQLITE = "fengsui.base.sqlite"
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON;"
DATABASES = {
    "default": {
        "ENGINE": _SQLITE,
        "NAME": DATA / "fengsui.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": _PRAGMAS + " PRAGMA cache_size=-32000;",
        },
    },
    "reader": {
        "ENGINE": _SQLITE,
        "NAME": DATA / "fengsui.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "DEFERRED", "timeout": 10, "init_command": _PRAGMAS + " PRAGMA query_only=ON;"},
        "TEST": {"MIRROR": "default"},
    },
    "keys": {
        "ENGINE": _SQLITE,
        "NAME": DATA / "keys.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": _PRAGMAS + " PRAGMA secure_delete=ON;",
        },
    },
}
DATABASE_ROUTERS = ["fengsui.journal.stores.KeyRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What is installed -----------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "fengsui.base",
    "fengsui.journal",
    "fengsui.accounts",
    "fengsui.places",
    "fengsui.places.closures",
    "fengsui.force",
    "fengsui.incidents",
    "fengsui.web",
]
AUTH_USER_MODEL = "accounts.Account"
ROOT_URLCONF = "fengsui.web.urls"
MIDDLEWARE = [
    "fengsui.web.middleware.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fengsui.web.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "fengsui.web.middleware.SignedIn",
    "fengsui.web.middleware.RefusalsAsPages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

# --- Who may come in -------------------------------------------------------
SECRET_KEY = secret(
    "FENGSUI_SECRET_KEY", file=DATA / "secret.key", default="only-for-tests-and-checks" if not DATA.exists() else None
)
ALLOWED_HOSTS = text("FENGSUI_HOSTS", default="127.0.0.1,localhost,[::1]").split(",")
# 19 MiB a hash (OWASP's second choice for Argon2id): the default's 100 MB times four sign-ins at once would burst a
# small machine.
PASSWORD_HASHERS = ["fengsui.accounts.passwords.BoundedArgon2"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # a shift and its hand-over
SESSION_COOKIE_NAME = "fengsui_session"
CSRF_COOKIE_NAME = "fengsui_csrf"
CSRF_FAILURE_VIEW = "fengsui.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
DATA_UPLOAD_MAX_MEMORY_SIZE = number("FENGSUI_BODY_LIMIT", default=1_048_576)

# --- Languages and times ---------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
LANGUAGE_COOKIE_NAME = "fengsui_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # stored and computed in UTC; pages show the centre's zone

# --- Files for the browser -------------------------------------------------
# The address carries a digest of them all, so a browser may keep them for good and modules may import each other by
# relative path.
STATIC_URL = f"/static/{static_digest()}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- What is told on stderr ------------------------------------------------
LOG_LEVEL = text("FENGSUI_LOG_LEVEL", default="WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # A refusal is an answer, not an event of the server: a storm of conflicts must not fill the log.
    "loggers": {"django.request": {"level": "ERROR"}},
}
