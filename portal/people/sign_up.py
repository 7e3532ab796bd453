"""Its own module because the accounts library imports it while its forms are being made."""

from typing import Any

from django import forms

from portal.people.models import User


class NameAtSignUp(forms.Form):
    """The part of the sign-up form the accounts library does not know."""

    name = forms.CharField(
        label="姓名",
        max_length=100,
        min_length=2,
        help_text="请填写真实姓名，办事时将与证件核对。",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "请填写姓名。", "min_length": "姓名至少2个字。"},
    )

    def signup(self, request: Any, user: User) -> None:
        """Nothing more to do: the adapter has made the account."""
