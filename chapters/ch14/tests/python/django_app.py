import warnings
from wsgiref.validate import WSGIWarning, validator

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

warnings.simplefilter('error', WSGIWarning)
settings.configure(
    ALLOWED_HOSTS=['*'],
    DATA_UPLOAD_MAX_MEMORY_SIZE=9 << 20,
    MIDDLEWARE=['django.contrib.sessions.middleware.SessionMiddleware',
                'django.middleware.common.CommonMiddleware'],
    ROOT_URLCONF=__name__,
    SECRET_KEY='for tests only',
    SESSION_ENGINE='django.contrib.sessions.backends.signed_cookies',
    LOGGING_CONFIG=None,
)


def index(request):
    return HttpResponse('<p>Hello caf\xe9</p>')


def who(request, name):
    root = request.META['SCRIPT_NAME']
    return HttpResponse(f'{name}, {request.GET.get("q")}, {root}')


def form(request):
    request.session['name'] = request.POST['name']
    return HttpResponse(f'Hello {request.POST["name"]}')


def name(request):
    return HttpResponse(request.session.get('name', 'nobody'))


def upload(request):
    file = request.FILES['file']
    data = file.read()
    return HttpResponse(f'{file.name}: {len(data)} bytes, {sum(data)}')


def stream(request):
    lines = (f'{n} {request.path_info}\n' for n in range(3))
    return StreamingHttpResponse(lines, content_type='text/plain')


def error(request):
    raise ValueError('on purpose')


def stream_error(request):
    def lines():
        yield 'first\n'
        raise ValueError('in the stream')
    return StreamingHttpResponse(lines(), content_type='text/plain')


urlpatterns = [
    path('', index),
    path('who/<name>', who),
    path('form', form),
    path('session', name),
    path('upload', upload),
    path('stream', stream),
    path('error', error),
    path('stream-error', stream_error),
]
application = validator(get_wsgi_application())
