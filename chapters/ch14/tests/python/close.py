import weakref


class Body:
    """Blocks, of which some are to be raised, and a close() that tells."""

    def __init__(self, environ, *blocks):
        self.log, self.blocks = environ['wsgi.errors'], blocks

    def __iter__(self):
        for block in self.blocks:
            if isinstance(block, BaseException):
                raise block
            yield block

    def close(self):
        self.log.write('close() was called\n')


class ListBody(list):
    def __init__(self, environ, *blocks):
        super().__init__(blocks)
        self.close = Body(environ).close


class NoIterator(Body):
    __iter__ = None


class IteratorFails(Body):
    def __iter__(self):
        raise ValueError('no iterator')


def returning(*blocks, kind=Body, headers=()):
    def application(environ, start_response):
        start_response('200 OK', [*TEXT, *headers])
        return kind(environ, *blocks)
    return application


class Once(Body):
    """An iterator of its own."""

    def __init__(self, environ, *blocks):
        super().__init__(environ)
        self.rest = iter(blocks)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.rest)


whole = returning(b'Hello', b'World')
empty = returning()
one_block = returning(b'Hello')
a_generator = returning(b'Hello', b'World', kind=Once)
a_list = returning(b'Hello', kind=ListBody)
declared = returning(b'Hello', headers=[('Content-Length', '5')])
too_short = returning(b'Hello', headers=[('Content-Length', '3')])
too_long = returning(b'Hello', headers=[('Content-Length', '7')])
fails_at_once = returning(ValueError('at once'))
fails_between = returning(b'Hello', ValueError('between'), b'World')
fails_at_the_end = returning(b'Hello', ValueError('at the end'))
no_bytes = returning('Hello')
no_bytes_behind = returning(b'Hello', 'World')
no_iterator = returning(kind=NoIterator)
iterator_fails = returning(kind=IteratorFails)
leaves_by_exit = returning(b'Hello', SystemExit(1))
interrupted = returning(b'Hello', KeyboardInterrupt())
endless = returning(*[b'x' * 1000] * 10000)


def no_start_response(environ, start_response):
    return Body(environ, b'Hello')


def refused(environ, start_response):
    return RefusedBody(environ, start_response)


class RefusedBody(Body):
    def __init__(self, environ, start_response):
        super().__init__(environ)
        self.start_response = start_response

    def __iter__(self):
        self.start_response('200 OK\n', [])
        yield b'Hello'


class CloseFails(Body):
    def close(self):
        raise ValueError('in close')


class CloseExits(Body):
    def close(self):
        sys.exit(3)


class CloseIsNone(Body):
    close = 1


close_fails = returning(b'Hello, ', b'World', kind=CloseFails)
close_exits = returning(b'Hello, ', b'World', kind=CloseExits)
close_is_missing_a_call = returning(
    b'Hello, ', b'World', kind=CloseIsNone)
both_fail = returning(b'Hello', ValueError('in the body'), kind=CloseFails)


def without(environ, start_response):
    start_response('200 OK', TEXT)
    return iter([b'Hello'])


def finally_(environ, start_response):
    start_response('200 OK', [*TEXT, ('Content-Length', '3')])
    try:
        yield b'Hello'
        yield b'World'
    finally:
        environ['wsgi.errors'].write('finally\n')


class Iterator(Once):
    def close(self):
        self.log.write("the iterator's\n")


class Two(Body):
    def __init__(self, environ):
        self.environ = environ

    def __iter__(self):
        return Iterator(self.environ, b'Hello', b'World')

    def close(self):
        self.environ['wsgi.errors'].write("the iterable's\n")


def two_of_them(environ, start_response):
    start_response('200 OK', TEXT)
    return Two(environ)


class Held:
    alive = weakref.WeakSet()

    def __init__(self, environ):
        self.environ = environ

    def __iter__(self):
        count = len(self.alive)
        self.alive.add(self)
        yield b'%d before' % count
        yield b' this one'


held = returning(kind=Held)
