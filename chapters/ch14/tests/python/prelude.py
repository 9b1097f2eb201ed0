import sys, warnings
from wsgiref.validate import WSGIWarning, validator
warnings.simplefilter('error', WSGIWarning)
TEXT = [('Content-Type', 'text/plain')]
