from wsgiref.util import request_uri


def emptied(environ, start_response):
    environ.clear()
    environ[1] = object()
    start_response('200 OK', TEXT)
    return [b'nothing is left']


def counted(environ, start_response):
    environ['test.count'] = environ.get('test.count', 0) + 1
    start_response('200 OK', TEXT)
    return [str(environ['test.count']).encode()]


def url(environ, start_response):
    start_response('200 OK', TEXT)
    return [request_uri(environ).encode()]


class Arguments:
    """An application may be a class: its instances are iterables."""

    def __init__(self, *args, **kwargs):
        args[1]('200 OK', TEXT)
        self.text = f'{len(args)} and {kwargs}'

    def __iter__(self):
        yield self.text.encode()
