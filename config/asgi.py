"""The pulse (heartbeats and answer saves) beside the pages, one origin.

Django's own ASGI handler is three to four times slower than its WSGI one, so the pages go through a2wsgi.
"""

from a2wsgi import WSGIMiddleware

from config.wsgi import application as pages
from xueshi.web import pulse

application = pulse.beside(WSGIMiddleware(pages, workers=16))
