import atexit
import multiprocessing
import os
import signal
import threading
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
TEXT = [('Content-Type', 'text/plain; charset=utf-8')]
barrier = threading.Barrier(4)

print('printed at import')
atexit.register(lambda: print('printed at exit'))


def mark(name):
    """Tells the test how far this is."""
    open(os.path.join(FOLDER, name), 'w').close()


def wait_for(name):
    """Waits for the test, but not for ever."""
    for _ in range(2000):
        if os.path.exists(os.path.join(FOLDER, name)):
            return
        time.sleep(0.01)
    raise TimeoutError(name)


def application(environ, start_response):
    page = globals().get('page_' + environ['PATH_INFO'][1:])
    if page is None:
        start_response('404 Not Found', TEXT)
        return [b'no such page']
    return page(environ, start_response)


def page_hello(environ, start_response):
    start_response('200 OK', TEXT)
    return [b'Hello from ', str(os.getpid()).encode()]


def page_flags(environ, start_response):
    start_response('200 OK', TEXT)
    names = ('multithread', 'multiprocess', 'run_once')
    flags = [name for name in names if environ[f'wsgi.{name}']]
    return [', '.join(flags).encode()]


def page_size(environ, start_response):
    size = sum(map(len, environ['wsgi.input']))
    start_response('200 OK', TEXT)
    return [str(size).encode()]


def page_together(environ, start_response):
    # Four have to be here at once.
    number = barrier.wait(20)
    start_response('200 OK', TEXT)
    return [str(number).encode()]


def page_children(environ, start_response):
    fork = multiprocessing.get_context('fork')
    codes = []
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        child = fork.Process(target=time.sleep, args=(20,))
        child.start()
        os.kill(child.pid, number)
        child.join()
        codes.append(child.exitcode)
    start_response('200 OK', TEXT)
    return [str(codes).encode()]


def page_sleep(environ, start_response):
    mark('sleeps')
    wait_for('wake')
    start_response('200 OK', TEXT)
    return [b'slept']


def page_stream(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'first, '
    wait_for('wake')
    yield b'second'


def page_read(environ, start_response):
    first = environ['wsgi.input'].read(3)
    mark('reads')
    rest = environ['wsgi.input'].read()
    start_response('200 OK', TEXT)
    return [first, b'-', rest]


def page_print(environ, start_response):
    print('printed, caf\xe9')
    start_response('200 OK', TEXT)
    return [b'the answer']


def page_read_file(environ, start_response):
    with open(os.path.join(FOLDER, 'text')) as file:
        text = file.read()
    start_response('200 OK', TEXT)
    return [text.encode()]


def page_fail(environ, start_response):
    raise ValueError('on purpose')


def page_fail_late(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'first'
    raise ValueError('on purpose, and late')


class Closing:
    def __iter__(self):
        return iter((b'first, ', b'second'))

    def close(self):
        mark('closes')
        wait_for('wake')
        mark('closed')


def page_close(environ, start_response):
    start_response('200 OK', TEXT)
    return Closing()


def page_endless(environ, start_response):
    start_response('200 OK', TEXT)
    try:
        while True:
            yield b'x' * 10000
    finally:
        mark('closed')


class Site:
    app = staticmethod(application)


def create_app():
    return application


def create_nothing():
    return None


def create_failure():
    raise RuntimeError('no application today')


not_callable = 'text'
