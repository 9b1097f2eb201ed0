import threading


def every_way(environ, start_response):
    file = environ['wsgi.input']
    parts = [file.read(2), file.readline(), *file.readlines(2), *file]
    parts += [part for part in (file.read(9), file.readline()) if part]
    start_response('200 OK', TEXT)
    return [repr(parts).encode()]


def reads(environ, start_response):
    environ['wsgi.input'].read()


def passes_over(environ, start_response):
    try:
        environ['wsgi.input'].readline()
    except OSError as error:
        raise RuntimeError('no form') from error


def reads_first(environ, start_response):
    environ['wsgi.input'].read()
    yield b'never'


def catches(environ, start_response):
    try:
        text = repr(environ['wsgi.input'].read())
    except OSError as error:
        text = f'{type(error).__name__}: {error}'
    start_response('200 OK', TEXT)
    return [text.encode()]


def in_threads(environ, start_response):
    file, sizes = environ['wsgi.input'], []

    def read():
        while data := file.read(1000):
            sizes.append(len(data))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    start_response('200 OK', TEXT)
    return [str(sum(sizes)).encode()]
