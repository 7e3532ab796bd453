"""Filters that mask personal data on a page: ``{% load people %}``."""

from django import template

from portal.people import masking

register = template.Library()


@register.filter
def mask_name(value: str | None) -> str:
    return masking.mask_name(value or "")


@register.filter
def mask_surname(value: str | None) -> str:
    return masking.mask_surname(value or "")


@register.filter
def mask_id(value: str | None) -> str:
    return masking.mask_id(value or "")


@register.filter
def mask_id_public(value: str | None) -> str:
    return masking.mask_id_public(value or "")


@register.filter
def mask_phone(value: str | None) -> str:
    return masking.mask_phone(value or "")


@register.filter
def without_numbers(value: str | None) -> str:
    return masking.without_numbers(value or "")


@register.filter
def mask_address(value: str | None) -> str:
    return masking.mask_address(value or "")
