import io

PATH = 'tests/python/file_wrapper.py'


def wrapping(make, *size, headers=()):
    """An application that returns a file which this has made."""
    def application(environ, start_response):
        start_response('200 OK', [*TEXT, *headers])
        wrapper = environ['wsgi.file_wrapper']
        return wrapper(make(environ), *size)
    return application


class Bare:
    def __init__(self, data):
        self.read = io.BytesIO(data).read


class Told:
    """A file that tells the log what is done with it."""

    def __init__(self, environ, data=b'abc'):
        self.file, self.log = io.BytesIO(data), environ['wsgi.errors']

    def read(self, size):
        self.log.write(f'read({size})\n')
        return self.file.read(size)

    def close(self):
        self.log.write('close()\n')


class Failing(Told):
    def read(self, size):
        if self.file.tell():
            raise OSError('on purpose')
        return super().read(size)


def this(at=0):
    file = open(PATH, 'rb')
    file.seek(at)
    return file


a_file = wrapping(lambda environ: this())
in_small_blocks = wrapping(lambda environ: this(), 100)
from_the_middle = wrapping(lambda environ: this(100))
in_memory = wrapping(lambda environ: io.BytesIO(b'in memory'))
empty = wrapping(lambda environ: io.BytesIO())
without_close = wrapping(lambda environ: Bare(b'no close'))
blocks = wrapping(Told)
blocks_of_3 = wrapping(Told, 3)
declared = wrapping(
    lambda environ: Told(environ, b'abcdefghi'), 3,
    headers=[('Content-Length', '6')])
of_text = wrapping(lambda environ: io.StringIO('text'))
failing = wrapping(Failing)


def inside_of_another(environ, start_response):
    for block in in_memory(environ, start_response):
        yield block


def not_returned(environ, start_response):
    environ['wsgi.file_wrapper'](Told(environ))
    start_response('200 OK', TEXT)
    return [b'another']
