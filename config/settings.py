"""One file, read from the environment; a surprising value is refused in words (see also `checks`)."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import database

BASE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("XUESHI_VAR", BASE / "var"))


def _choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(allowed)}")
    return value


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number")
    return int(value)


# demo: `make run`; test: the suite; production: a city.
ENV = _choice("XUESHI_ENV", "demo", ("demo", "test", "production"))
DEBUG = _choice("XUESHI_DEBUG", "no", ("yes", "no")) == "yes"
PORT = _number("XUESHI_PORT", 8000)
SITE_URL = os.environ.get("XUESHI_SITE_URL", f"http://127.0.0.1:{PORT}")

DEVELOPMENT_KEY = "development-only-key-of-xueshi-never-in-production-0123456789"
SECRET_KEY = os.environ.get("XUESHI_SECRET_KEY", DEVELOPMENT_KEY)
# Where the keys live that seal documents and hide identity numbers: outside the database.
KEYS_DIR = Path(os.environ.get("XUESHI_KEYS_DIR", VAR / "keys"))
ALLOWED_HOSTS = os.environ.get("XUESHI_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",  # not its pages: the two below need its models
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "config.apps.HouseConfig",
    "xueshi.kernel",
    "xueshi.people",
    "xueshi.ledger",
    "xueshi.courses",
    "xueshi.exams",
    "xueshi.payments",
    "xueshi.recognition",
    "xueshi.drafts",
    "xueshi.training",
    "xueshi.study",
    "xueshi.certificates",
    "xueshi.web.look",
    "xueshi.web.public",
    "xueshi.web.learner",
    "xueshi.web.authority",
    "xueshi.web.employer",
    "xueshi.web.provider",
    "xueshi.web.operator",
    "xueshi.web.exchange",
]
MIDDLEWARE = [
    "xueshi.web.middleware.few_methods",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xueshi.web.middleware.PagesCompressed",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "xueshi.web.middleware.refusals",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "xueshi" / "web" / "templates"],  # what several doors show alike
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "xueshi.web.context.house",
                "xueshi.web.look.context.look",
            ],
            "builtins": [
                "xueshi.web.look.templatetags.look",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    },
]

DATABASES = {"default": database.settings_from(os.environ.get("DATABASE_URL", "postgresql:///xueshi"))}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600 if ENV != "test" else 0,
    "TEST": {"NAME": os.environ.get("XUESHI_TEST_DATABASE", "test_xueshi")},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "xueshi.people.backend.AccountBackend",
]
PASSWORD_HASHERS = ["xueshi.people.hashing.BoundedArgon2"]
if ENV == "test":  # the suite signs in thousands of times; one test proves the real hasher
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "public:sign_in"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours; long enough to stop guessing, short enough before a deadline
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody can lock a rival out from elsewhere
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "xueshi.web.sessions.address_of"
PROXIES = _number("XUESHI_PROXIES", 0)  # of ours, before the web process: whose X-Forwarded-For is believed
AXES_LOCKOUT_CALLABLE = "xueshi.web.public.signing_in.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_SENSITIVE_PARAMETERS = ["username", "password", "id_number", "ip_address"]

# The engine of the second factor and of the list of sessions; pages, doors and throttles are ours.
ACCOUNT_USER_MODEL_USERNAME_FIELD = "id_index"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "xueshi.people.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "学时"
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"

# How often a network may ask for codes, registrations and the like within an hour; an office shares one address.
KNOCKS_PER_ADDRESS = _number("XUESHI_KNOCKS_PER_ADDRESS", 120)

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if ENV == "production":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
        # A payment page is reached by a redirect from a form.
        "form-action": [SELF, os.environ.get("XUESHI_ALIPAY_ORIGIN", "http://127.0.0.1:8011")],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = sorted(p for p in (BASE / "locale").glob("*") if p.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE / "var" / "assets"]  # built by tools.assets, wherever XUESHI_VAR is
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENV != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Papers and rosters are held in memory whole and sealed; more than this is not taken (web/middleware.py).
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

POLICIES_DIR = Path(os.environ.get("XUESHI_POLICIES_DIR", BASE / "policies"))
# The population as columns, drawn from the database and kept up to date; may be deleted at any time.
SNAPSHOTS_DIR = Path(os.environ.get("XUESHI_SNAPSHOTS", VAR / "snapshots"))
FONTS_DIR = BASE / "node_modules" / "@expo-google-fonts"

EMAIL_HOST = os.environ.get("XUESHI_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = _number("XUESHI_SMTP_PORT", 8025)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("XUESHI_MAIL_FROM", "xueshi@example.test")
SMS_ENDPOINT = os.environ.get("XUESHI_SMS_ENDPOINT", "http://127.0.0.1:8011/sms/")
SMS_KEY_ID = os.environ.get("XUESHI_SMS_KEY_ID", "sandbox")
SMS_SECRET_FILE = Path(os.environ.get("XUESHI_SMS_SECRET_FILE", VAR / "sandbox" / "keys" / "sms_secret"))

ALIPAY_GATEWAY = os.environ.get("XUESHI_ALIPAY_GATEWAY", "http://127.0.0.1:8011/gateway.do")
ALIPAY_APP_ID = os.environ.get("XUESHI_ALIPAY_APP_ID", "2021000000000000")
# Where Alipay tells us, and where it sends the payer back: addresses of `web/exchange` and `web/learner`.
ALIPAY_NOTIFY_URL = f"{SITE_URL}/exchange/alipay/notice"
ALIPAY_RETURN_URL = f"{SITE_URL}/learn/orders/return/"
ALIPAY_SELLER_ID = os.environ.get("XUESHI_ALIPAY_SELLER_ID", "2088000000000000")
ALIPAY_KEYS_DIR = Path(os.environ.get("XUESHI_ALIPAY_KEYS_DIR", VAR / "sandbox" / "keys"))

# Reports of a bug, and the debug page, say where it happened and nothing of what was typed.
DEFAULT_EXCEPTION_REPORTER_FILTER = "xueshi.kernel.redaction.NothingTyped"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"redacted": {"()": "xueshi.kernel.redaction.Redacted"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redacted"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"xueshi": {"level": "INFO"}},
}
