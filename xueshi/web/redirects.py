"""Where a browser goes after a form was posted."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """303: what was posted is done; look there, by GET, and a reload posts nothing again."""

    status_code = 303
