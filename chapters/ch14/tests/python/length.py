def returning(make, *headers):
    def application(environ, start_response):
        start_response('200 OK', [*TEXT, *headers])
        return make()
    return application


def generator(*blocks):
    yield from blocks


def failing():
    yield b'Hello'
    raise RuntimeError('nobody has asked')


def length(n):
    return ('Content-Length', str(n))


one_block = returning(lambda: [b'Hello'])
one_block_in_a_tuple = returning(lambda: (b'Hello',))
no_block = returning(list)
an_empty_block = returning(lambda: [b''])
an_empty_generator = returning(generator)
two_blocks = returning(lambda: [b'Hel', b'lo'])
a_generator = returning(lambda: generator(b'Hello'))
declared = returning(lambda: [b'Hello'], length(5))
declared_and_generated = returning(
    lambda: generator(b'Hel', b'lo'), length(5))
too_long = returning(lambda: [b'Hello'], length(7))
too_long_and_generated = returning(
    lambda: generator(b'Hel', b'lo'), length(7))
too_short = returning(lambda: [b'Hello'], length(3))
too_short_and_generated = returning(
    lambda: generator(b'He', b'llo'), length(3))
then_fails = returning(failing, length(5))
file_of_ten = returning(list, length(10))


def bodiless(environ, start_response):
    start_response(environ['STATUS'], [])
    return []


def bodiless_generator(environ, start_response):
    start_response(environ['STATUS'], [])
    return generator(b'')


def with_a_body(environ, start_response):
    start_response(environ['STATUS'], [])
    return [b'Hello']
