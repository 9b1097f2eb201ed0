"""Answers one request, as CGI has it, by module:application."""

import importlib
import sys
from wsgiref.handlers import CGIHandler
from wsgiref.validate import validator

module, name = sys.argv[1].split(":")
application = getattr(importlib.import_module(module), name)
CGIHandler().run(validator(application))
