from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def marks(parts: list[tuple[str, bool]]) -> SafeString:
    """A text in parts, each with whether it was looked for: forty a page, so not a template of their own."""
    text = "".join(f"<mark>{escape(part)}</mark>" if found else escape(part) for part, found in parts)
    return mark_safe(text)  # noqa: S308 (every part is escaped)
