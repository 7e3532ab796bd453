"""A plain Wagtail site, measured beside the portal by `manage.py bench --peer PYTHON`."""
