"""The HTTP door of the `web` role."""

import os

from fitai.common.doors import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitai.settings.production")
application = get_wsgi_application()
