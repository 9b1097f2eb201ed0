import gc
import io
import sys

TEXT = [('Content-Type', 'text/plain')]
classes = {}


def application(environ, start_response):
    for thing in (environ['wsgi.input'], environ['wsgi.errors'],
                  start_response, environ['wsgi.file_wrapper'](None)):
        classes[type(thing).__name__] = type(thing)
    page = globals()['page_' + environ['PATH_INFO'][1:]]
    return page(environ, start_response)


def page_state(environ, start_response):
    """How many there are of all things, one in a line."""
    for _ in range(3):
        gc.collect()
    with open('/proc/self/status') as file:
        memory = [line.split()[1] for line in file if 'VmRSS' in line]
    numbers = {
        'objects': len(gc.get_objects()),
        'application': sys.getrefcount(application),
        'headers': sys.getrefcount(TEXT),
        'none': 0 if sys.version_info >= (3, 12) else sys.getrefcount(None),
        'memory': int(memory[0]),
    }
    for name, class_ in sorted(classes.items()):
        numbers[name] = sys.getrefcount(class_)
    start_response('200 OK', TEXT)
    return ['\n'.join(f'{k} {v}' for k, v in numbers.items()).encode()]


# What is answered.

def page_whole(environ, start_response):
    start_response('200 OK', TEXT)
    return [b'Hello']


def page_stream(environ, start_response):
    start_response('200 OK', TEXT)
    for _ in range(3):
        yield b'x' * 1000


def page_read(environ, start_response):
    file = environ['wsgi.input']
    data = [file.read(1), file.readline(), *file.readlines(1), *file]
    start_response('200 OK', TEXT)
    return data


def page_unread(environ, start_response):
    start_response('200 OK', TEXT)
    return [b'not read']


def page_write(environ, start_response):
    write = start_response('200 OK', TEXT)
    write(b'written')
    return [b'and', b'returned']


def page_file(environ, start_response):
    start_response('200 OK', TEXT)
    return environ['wsgi.file_wrapper'](io.BytesIO(b'x' * 1000), 300)


def page_log(environ, start_response):
    environ['wsgi.errors'].writelines(['a line\n', 'and another'])
    start_response('200 OK', TEXT)
    return [b'logged']


def page_replaced(environ, start_response):
    start_response('200 OK', TEXT)
    try:
        raise ValueError
    except ValueError:
        start_response('404 Not Found', TEXT, sys.exc_info())
    return [b'replaced']


def page_cycle(environ, start_response):
    # Only the collector finds it.
    environ['test.cycle'] = environ, start_response
    start_response('200 OK', TEXT)
    return [b'in a circle']


def page_close_fails(environ, start_response):
    start_response('200 OK', TEXT)
    return Body(environ, b'Hello', ValueError())


# What is answered with 500.

def page_fails(environ, start_response):
    kept = environ
    raise ValueError(kept)


def page_iter_fails(environ, start_response):
    start_response('200 OK', TEXT)
    return Uniterable()


def page_fails_first(environ, start_response):
    start_response('200 OK', TEXT)
    raise ValueError(environ)
    yield


def page_input_fails(environ, start_response):
    environ['wsgi.input'].read('no number')


def page_file_fails(environ, start_response):
    start_response('200 OK', TEXT)
    # It has no read().
    return environ['wsgi.file_wrapper'](environ)


def page_refused(environ, start_response):
    start_response('200 OK', [('A', 'b\n')])


def page_twice(environ, start_response):
    start_response('200 OK', TEXT)
    start_response('200 OK', TEXT)


def page_never(environ, start_response):
    return [b'Hello']


def page_no_bytes(environ, start_response):
    start_response('200 OK', TEXT)
    return ['text']


def page_none(environ, start_response):
    start_response('200 OK', TEXT)


def page_exits(environ, start_response):
    sys.exit(environ)


# What is cut.

def page_fails_between(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'Hello'
    raise ValueError(environ)


def page_fails_late(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'Hello'
    try:
        raise ValueError
    except ValueError:
        start_response('500 Late', TEXT, sys.exc_info())


def page_text_late(environ, start_response):
    start_response('200 OK', TEXT)
    return [b'Hello', 'text']


def page_both_fail(environ, start_response):
    start_response('200 OK', TEXT)
    return Body(environ, ValueError(), ValueError(environ))


def page_endless(environ, start_response):
    start_response('200 OK', TEXT)
    while True:
        yield b'x' * 10000


class Body:
    def __init__(self, environ, block, error):
        self.environ, self.block, self.error = environ, block, error

    def __iter__(self):
        yield b'Hello'
        if self.block != b'Hello':
            raise self.block

    def close(self):
        raise self.error


class Uniterable:
    def __iter__(self):
        raise ValueError(self)
