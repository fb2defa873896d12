"""The addresses by which telephones register, load their bundle and send, and where the school looks."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import offline, offline_checks

offline_urls: list[URLPattern] = [
    path("offline/device/", offline.device, name="offline_device"),
    path("offline/bundle/", offline.bundle, name="offline_bundle"),
    path("offline/records/", offline.records, name="offline_records"),
    path("offline/devices/", offline_checks.devices, name="offline_devices"),
    path("offline/devices/<uuid:device>/off/", offline_checks.take_off, name="revoke_device"),
    path("offline/checks/", offline_checks.checks, name="offline_checks"),
    path("offline/checks/<uuid:upload_id>/", offline_checks.check, name="offline_check"),
]
