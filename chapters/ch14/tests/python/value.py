def value(environ, start_response):
    start_response('200 OK', TEXT)
    names = {'environ': environ, 'input': environ['wsgi.input'],
             'errors': environ['wsgi.errors']}
    return [ascii(eval(environ['EXPRESSION'], names)).encode()]
