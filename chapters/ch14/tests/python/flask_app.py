import sys
import warnings
from wsgiref.validate import WSGIWarning, validator

from flask import Flask, Response, request, session, stream_with_context

warnings.simplefilter('error', WSGIWarning)
app = Flask(__name__)
app.secret_key = 'for tests only'


@app.get('/')
def index():
    return '<p>Hello caf\xe9</p>'


@app.get('/who/<name>')
def who(name):
    return f'{name}, {request.args.get("q")}, {request.script_root}'


@app.post('/form')
def form():
    session['name'] = request.form['name']
    return f'Hello {request.form["name"]}'


@app.get('/session')
def name():
    return session.get('name', 'nobody')


@app.post('/upload')
def upload():
    file = request.files['file']
    data = file.read()
    return f'{file.filename}: {len(data)} bytes, {sum(data)}'


@app.get('/stream')
def stream():
    @stream_with_context
    def lines():
        for n in range(3):
            yield f'{n} {request.path}\n'
    return Response(lines(), mimetype='text/plain')


@app.get('/error')
def error():
    raise ValueError('on purpose')


@app.get('/stream-error')
def stream_error():
    def lines():
        yield 'first\n'
        raise ValueError('in the stream')
    return Response(lines(), mimetype='text/plain')


@app.get('/closed')
def closed():
    response = Response('closed')
    response.call_on_close(lambda: print('closed', file=sys.stderr))
    return response


validated = validator(app)


def application(environ, start_response):
    # Flask reads without a size then, which the validator forbids.
    del environ['wsgi.input_terminated']
    return validated(environ, start_response)
