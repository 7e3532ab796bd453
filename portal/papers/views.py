from django.http import HttpResponse


def verify(request):
    return HttpResponse()


def verify_key(request, key):
    return HttpResponse()
