import json


class Own(Exception):
    pass


class NoText(Exception):
    def __str__(self):
        raise RuntimeError('no text')

    __repr__ = __str__


class ExitsInItsText(Exception):
    def __str__(self):
        raise ValueError('no text')


def raises(error):
    def raising():
        raise error
    return raising


def recursion():
    return recursion()


def recursion_in_c():
    return json.loads('[' * 100000)


WHAT = {
    'value_error': raises(ValueError('on purpose')),
    'system_exit': lambda: sys.exit(3),
    'exit_without_a_code': raises(SystemExit()),
    'interrupted': raises(KeyboardInterrupt()),
    'generator_exit': raises(GeneratorExit()),
    'stop_iteration': raises(StopIteration()),
    'of_its_own': raises(Own('of its own')),
    'of_several_lines': raises(Own('one\ntwo\nthree')),
    'no_text': raises(NoText()),
    'exits_in_its_text': raises(ExitsInItsText()),
    'without_memory': raises(MemoryError()),
    'recursion': recursion,
    'recursion_in_c': recursion_in_c,
    'not_an_exception': raises(1),
}


class Iterated:
    def __init__(self, code):
        self.code = code

    def __iter__(self):
        return self

    def __next__(self):
        self.code()


def raising(environ, start_response):
    start_response('200 OK', TEXT)
    code = WHAT[environ['WHAT']]
    if environ['AT'] == 'iterated':
        if environ['WHAT'] == 'stop_iteration':
            code = generator(code).__next__
        return Iterated(code)
    return code()


def generator(code):
    # An iterator that raises it ends; a generator that does has failed.
    yield code()


def chained(environ, start_response):
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError('on purpose') from error


def no_such_file(environ, start_response):
    open(b'/caf\xe9')


def surrogates(environ, start_response):
    raise ValueError('\udce9')


def several_lines(environ, start_response):
    raise ValueError('one\ntwo')


def behind_a_block(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'Hello'
    raise ValueError('on purpose')
    yield b'never'


def at_the_end(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'Hel'
    yield b'lo'
    raise ValueError('on purpose')


def own_page(environ, start_response):
    try:
        start_response('200 OK', TEXT)
        raise ValueError('on purpose')
    except ValueError as error:
        start_response('500 Sorry', TEXT, sys.exc_info())
        return [str(error).encode()]


turns = []


def every_other(environ, start_response):
    turns.append(1)
    start_response('200 OK', TEXT)
    if len(turns) % 2:
        raise ValueError('on purpose')
    return [b'']
