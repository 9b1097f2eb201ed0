import logging
import traceback


def writing(write):
    """An application that does this with its error log."""
    def application(environ, start_response):
        write(environ['wsgi.errors'])
        start_response('200 OK', TEXT)
        return [b'']
    return application


a_line = writing(lambda log: log.write('a line\n'))
without_an_end = writing(lambda log: log.write('no end'))
in_pieces = writing(lambda log: [
    log.write(text) for text in ('one', ', ', 'two\nth', 'ree\n')])
flushed = writing(lambda log: [
    log.write('one'), log.flush(), log.flush(), log.write('two')])
lines = writing(lambda log: log.writelines(['one\n', 'two\n']))
generated = writing(lambda log: log.writelines(
    text for text in ('one\n', 'two\n')))
nothing = writing(lambda log: [log.write(''), log.flush()])
not_ascii = writing(lambda log: log.write('caf\xe9, \u65e5\u672c, \U0001f980\n'))
surrogates = writing(lambda log: log.write('a file: /tmp/\udce9.txt\n'))
lines_of_surrogates = writing(lambda log: log.writelines(
    ['a file: /tmp/\ud83e.txt\n']))
bytes_ = writing(lambda log: log.write(b'bytes'))
lines_of_bytes = writing(lambda log: log.writelines([b'bytes']))
a_number = writing(lambda log: log.write(1))
printed = writing(lambda log: print('printed', 1, 2, file=log, flush=True))


@writing
def logged(log):
    logger = logging.Logger('test')
    handler = logging.StreamHandler(log)
    handler.setFormatter(logging.Formatter('%(levelname)s %(message)s'))
    logger.addHandler(handler)
    logger.warning('logged')


@writing
def a_traceback(log):
    try:
        1 / 0
    except ZeroDivisionError:
        traceback.print_exc(file=log)


def from_the_body(environ, start_response):
    log = environ['wsgi.errors']
    log.write('before\n')
    start_response('200 OK', TEXT)
    try:
        yield b'x'
        log.write('in the body\n')
        yield b'y'
    finally:
        log.write('closed\n')


def path(environ, start_response):
    print(environ['PATH_INFO'], file=environ['wsgi.errors'])
    start_response('200 OK', TEXT)
    return [b'']


def told(environ, start_response):
    start_response('200 OK', TEXT)
    return [str(environ['wsgi.errors'].write('\u65e5\u672c!\n')).encode()]


def caught(environ, start_response):
    try:
        environ['wsgi.errors'].write('lost\n')
        text = b'none'
    except OSError as error:
        text = type(error).__name__.encode()
    start_response('200 OK', TEXT)
    return [text]
