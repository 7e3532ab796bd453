"""What the applicant answers the office: a correction of the request, and reasons for so many."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from disclosure import request_access as access
from disclosure.forms.requests import AnswerForm, ReasonsForm
from disclosure.held_uploads import Uploads
from disclosure.models import InformationRequest
from disclosure.models.requests import FilePurpose, RequestStatus
from disclosure.workflow import requests as workflow
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays.models import Clock


@dataclass(frozen=True)
class Answer:
    """One notice the applicant answers. ``asked`` is its row, ``take`` the verb."""

    status: RequestStatus
    asked: Callable[[InformationRequest], Any]
    form: type[AnswerForm]
    purpose: FilePurpose
    take: Callable[..., Any]
    title: str
    meaning: str
    heading: str
    done: str
    button: str
    not_asked: str


CORRECTION = Answer(
    RequestStatus.CORRECTION, lambda found: found.asked_correction, AnswerForm, FilePurpose.CORRECTION,
    workflow.receive_correction, "提交补正",
    "没有正当理由逾期不补正的，视为放弃申请；收到补正后，答复期限重新计算。", "需要补正的事项",
    "补正已经提交，答复期限自今天起重新计算。", "提交补正", "这个申请现在不需要补正。",
)  # fmt: skip
REASONS = Answer(
    RequestStatus.REASONS, lambda found: found.asked_reasons, ReasonsForm, FilePurpose.REASONS,
    workflow.receive_reasons, "说明申请理由",
    "理由合理的，我们继续办理，期限内答复不了的会告知您延迟到哪一天；理由不合理或者逾期不说明的，可能不予处理。",
    "为什么需要您说明", "申请理由已经提交，答复期限不变。", "提交申请理由", "这个申请现在不需要说明理由。",
)  # fmt: skip


def correct(request: HttpRequest, number: str) -> HttpResponse:
    """The answer to the correction notice."""
    return _answer(request, number, CORRECTION)


def state_reasons(request: HttpRequest, number: str) -> HttpResponse:
    """The answer to the notice of article 35."""
    return _answer(request, number, REASONS)


@never_cache
@require_http_methods(["GET", "POST"])
def _answer(request: HttpRequest, number: str, answer: Answer) -> HttpResponse:
    found = access.own(request, number)
    asked = answer.asked(found)
    if found.status != answer.status or asked is None:
        messages.info(request, answer.not_asked)
        return redirect("disclosure:progress", number=number)
    posted = request.method == "POST"
    user = request.user if isinstance(request.user, User) and request.user.is_citizen else None
    form = answer.form(*((request.POST, request.FILES) if posted else ()))
    uploads = Uploads(found.form_key, {"materials": answer.purpose})
    if posted and uploads.taken_back(request, user):
        form.errors.clear()
    elif posted:
        valid = form.is_valid()
        uploads.keep(request, form, user)
        if valid and not form.errors:
            try:
                answer.take(found, answer=form.cleaned_data["answer"], by=user, at=timezone.now())
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, answer.done)
                return redirect("disclosure:progress", number=number)
    context = {
        "found": found,
        "asked": asked,
        "answer": answer,
        "form": form,
        "fields": uploads.beside(form.visible_fields()),
        "clock": Clock.objects.filter(pk=asked.clock_id).with_light(localdate()).first(),
    }
    return render(request, "disclosure/requests/answer.html", context, status=422 if form.errors else 200)
