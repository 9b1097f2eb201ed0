def writing(*texts, body=()):
    def application(environ, start_response):
        write = start_response('200 OK', TEXT)
        for text in texts:
            assert write(text) is None
        return list(body)
    return application


alone = writing(b'written')
alone_and_many_times = writing(*[b'%d' % n for n in range(10)])
before_a_block = writing(b'written, ', body=[b'block'])
before_blocks = writing(b'written', b', ', body=[b'one', b', ', b'two'])
nothing = writing(b'', body=[b'block'])
text = writing('text')
bytearray_ = writing(bytearray(b'text'))
none = writing(None)


def alone_in_a_generator(environ, start_response):
    start_response('200 OK', TEXT)(b'written')
    yield b''


def between_blocks(environ, start_response):
    write = start_response('200 OK', TEXT)
    yield b'one, '
    write(b'written, ')
    yield b'two'


def behind_the_blocks(environ, start_response):
    write = start_response('200 OK', TEXT)
    yield b'one, '
    yield b'two'
    write(b', written')


def replaced(environ, start_response):
    write = start_response('200 OK', TEXT)
    write(b'written')
    try:
        raise ValueError
    except ValueError:
        start_response('500 Sorry', list(TEXT), sys.exc_info())
        return [b'sorry']


def fails(environ, start_response):
    start_response('200 OK', TEXT)(b'written')
    raise ValueError


writes = []


def kept(environ, start_response):
    for write in writes:
        write(b'never sent')
    writes.append(start_response('200 OK', TEXT))
    return [b'Hello']


def too_much(environ, start_response):
    write = start_response('200 OK', [*TEXT, ('Content-Length', '3')])
    write(b'abcdef')
    return [b'ghi']
