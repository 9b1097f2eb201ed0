"""A Django project: the admin, its static files, and three views."""

import hashlib
import os
import pathlib

import django
from django.conf import settings

site = pathlib.Path(os.environ["SITE"])
is_new = not (site / "database").exists()
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": site / "database",
        }
    },
    DEBUG=False,
    FILE_UPLOAD_TEMP_DIR=site,
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    # Fast: it keeps no secret.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not secret",
    STATIC_URL="/static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
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
    USE_TZ=True,
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import (  # noqa: E402
    FileResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

if is_new:
    call_command("migrate", verbosity=0)
    User.objects.create_superuser("ada", "ada@example.com", "secret")


@csrf_exempt
def upload(request):
    sizes = {}
    for name, file in request.FILES.items():
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        sizes[name] = [file.name, file.size, digest.hexdigest()]
    return JsonResponse({"files": sizes, "fields": request.POST.dict()})


def download(request, size):
    name = site / f"{size}.bin"
    name.write_bytes(b"0123456789abcdef" * (size // 16))
    return FileResponse(name.open("rb"), as_attachment=True)


def stream(request, count):
    lines = (f"line {number}\n" for number in range(count))
    return StreamingHttpResponse(lines, content_type="text/plain")


def broken(request):
    raise RuntimeError("on purpose")


urlpatterns = [
    path("admin/", admin.site.urls),
    path("upload", upload),
    path("download/<int:size>", download),
    path("stream/<int:count>", stream),
    path("broken", broken),
]
application = StaticFilesHandler(get_wsgi_application())
