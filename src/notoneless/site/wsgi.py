"""The door for a WSGI server."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.site.settings")
application = get_wsgi_application()

# What is loaded by now stays; a request makes thousands of short-lived values and hardly a circle, so looking
# for circles after every 700 of them finds nothing and costs a tenth of the time.
gc.freeze()
gc.set_threshold(20_000, 20, 20)
