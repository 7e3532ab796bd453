"""The project's settings on engines of the test run's own.

pytest-django loads settings before any conftest, so the engines start here.
"""

import os
import threading

from django.db import connections

from tests.engine import provide

provide()
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop in the test's thread

from portal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a hash that takes no time
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  the threads of a live server leave no session behind
PAGE_CACHE_SECONDS = 0  # a test reads what it has just changed
WHITENOISE_USE_FINDERS = False  # every test client would read all static files anew

# One connection a thread, whether or not playwright's loop is running in it just then: with two, the
# second outlives the loop and holds the database of the worker when it is to be dropped.
connections._connections = threading.local()
