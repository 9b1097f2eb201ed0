import weakref

FIRST = [*TEXT, ('X-First', '1')]
SECOND = [*TEXT, ('X-Second', '2')]


def at_once(environ, start_response):
    start_response('200 OK', TEXT)
    return [b'Hello']


def in_a_first_step(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'Hello'


def after_empty_blocks(environ, start_response):
    yield b''
    yield b''
    start_response('200 OK', TEXT)
    yield b'Hello'


def never(environ, start_response):
    return []


def never_with_a_block(environ, start_response):
    return [b'Hello']


def after_a_block(environ, start_response):
    yield b'Hello'
    start_response('200 OK', TEXT)


def twice(environ, start_response):
    start_response('200 OK', TEXT)
    start_response('404 Not Found', TEXT)
    return [b'Hello']


def twice_if_the_first_was_refused(environ, start_response):
    try:
        start_response('200 OK', [('Connection', 'close')])
    except ValueError:
        start_response('200 OK', TEXT)
    return [b'Hello']


def twice_and_late(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'first'
    start_response('404 Not Found', TEXT)
    yield b'second'


def sorry(start_response):
    start_response('503 Sorry', list(SECOND), sys.exc_info())
    return [b'sorry']


def replaced(environ, start_response):
    start_response('200 OK', list(FIRST))
    try:
        raise ValueError
    except ValueError:
        return sorry(start_response)


def replaced_in_a_first_step(environ, start_response):
    start_response('200 OK', list(FIRST))
    try:
        raise ValueError
    except ValueError:
        yield from sorry(start_response)


def exc_info_alone(environ, start_response):
    try:
        raise ValueError
    except ValueError:
        return sorry(start_response)


def refused_and_caught(environ, start_response):
    try:
        start_response('200 OK', [('A', 'b\n')])
    except ValueError:
        return sorry(start_response)


def fails():
    raise ValueError('too late')


def too_late(environ, start_response):
    start_response('200 OK', FIRST)
    yield b'first, '
    try:
        fails()
    except ValueError as error:
        try:
            sorry(start_response)
        except ValueError as again:
            assert again is error
            yield f'raised again: {again}'.encode()


def too_late_and_not_caught(environ, start_response):
    start_response('200 OK', FIRST)
    yield b'first'
    try:
        fails()
    except ValueError:
        yield from sorry(start_response)


def latin_1(environ, start_response):
    start_response('200 Tr\xe8s bien', [*TEXT, ('X-Name', 'caf\xe9\xff')])
    return [b'']


def cookies(environ, start_response):
    cookies = [('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2')]
    start_response('200 OK', TEXT + cookies)
    return [b'']


def changed_later(environ, start_response):
    headers = list(FIRST)
    start_response('200 OK', headers)
    headers[:] = [('X-Later', '1'), ('Connection', 'close')]
    return [b'']


class Noted(ValueError):
    alive = weakref.WeakSet()

    def __init__(self):
        self.alive.add(self)


def kept(environ, start_response):
    try:
        raise Noted
    except Noted:
        start_response('200 OK', TEXT, sys.exc_info())
    yield b'kept' if Noted.alive else b'gone'
