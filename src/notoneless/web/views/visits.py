"""走访: the form, the record, the pictures, and a visit to several children."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.case_terms import AttachmentKind, VisitKind, VisitTrigger
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import PlaceKind, Post
from notoneless.exchange.pictures import LIMITS
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import (
    LIVE,
    ActRecord,
    Attachment,
    Child,
    ClassGroup,
    Obligation,
    Person,
    Place,
    Visit,
    not_closed,
)
from notoneless.records.scopes import fields_for, visible_children, visible_classes
from notoneless.services.attachments import (
    PictureReady,
    keep_picture,
    may_read,
    picture_ready,
    read_attachment,
)
from notoneless.services.permissions import posts_in
from notoneless.services.refusals import Refusal
from notoneless.services.responsibility import spots_of
from notoneless.services.took_part import posts_around
from notoneless.services.visits import ACT_OF, KIND_OF, record_group_visit, record_visit, still_missing
from notoneless.web.codes import term
from notoneless.web.form_key import form_key
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.visits import one_visit
from notoneless.web.refused import sentence
from notoneless.web.said import already_sent, note_sent, say
from notoneless.web.signed_in import signed_in
from notoneless.web.templatetags.words import label, owed
from notoneless.web.visit_form import GroupVisitForm, PictureForm, SeenForm, VisitForm, WhoMayCome


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def visit(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """Record a visit, a call or a persuasion; then the child's page."""
    at = now()
    child = child_or_404(person, child_id, at)
    order = _order(request, child)
    if (earlier := _done_before(person, order, at)) is not None:
        done_at = earlier.happened_at.astimezone(CHINA_TIME)
        say(request, _("%(at)s 已记下，不再重复记录。") % {"at": f"{done_at:%H:%M}"})
        return redirect("web:child", child.pk)
    key = form_key(request)
    form = _visit_form(request, person, child, order, at)

    def act() -> None:
        made = record_visit(
            by=person,
            child=child,
            at=at,
            key=key,
            ordered=order.pk if order else None,
            signatures=form.signatures(at),
            pictures=_pictures(form),
            **form.told(),
        )
        say(request, *_what_came_of_it(made))

    return _ask(
        request,
        person,
        at,
        form,
        key,
        act,
        reverse("web:child", args=(child.pk,)),
        child=child,
        order=order,
        title=owed(order) if order else _("走访、电话、劝返"),
        phones=_phones(person, child, at),
        group_of=_my_class(person, child, at),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def group_visit(request: HttpRequest, person: Person, class_id: int) -> HttpResponse:
    """集体家访: one visit to several children of a class."""
    at = now()
    found = visible_classes(person, at.date()).filter(pk=class_id).first()
    if found is None:
        raise Http404
    pupils = list(_pupils(person, found, at).order_by("name_pinyin", "name", "pk"))
    key = form_key(request)
    form = GroupVisitForm(
        *_sent(request),
        initial={"happened_at": at.replace(tzinfo=None)},
        pupils=pupils,
        may_come=_may_come(person, pupils[0], frozenset(), _day(request, at)) if pupils else _nobody(person),
    )

    def act() -> None:
        chosen = set(form.cleaned_data["children"])
        record_group_visit(
            by=person,
            children=[pupil for pupil in pupils if str(pupil.pk) in chosen],
            at=at,
            key=key,
            pictures=_pictures(form),
            **form.told(),
        )
        say(request, _("已记下 %(n)s 名学生的走访。") % {"n": len(chosen)}, "good")

    back = reverse("web:child", args=(pupils[0].pk,)) if pupils else reverse("web:today")
    title = _("集体家访")
    return _ask(request, person, at, form, key, act, back, title=title, class_group=found, none=not pupils)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def visit_record(request: HttpRequest, person: Person, child_id: UUID, act_id: UUID) -> HttpResponse:
    """One visit as it was recorded; a further picture can be put beside it."""
    at = now()
    child = child_or_404(person, child_id, at)
    found = Visit.objects.filter(pk=act_id, act__child=child).select_related("act__by", "village").first()
    if found is None:
        raise Http404
    form = PictureForm(*_sent(request))
    problem, may_add = "", bool(posts_in(person, Thing.CHILD, Verb.RECORD, child, at.date()))
    if request.method == "POST":
        problem = _add_picture(form, person, found, at) if may_add else _("这条记录不由您补充照片。")
        if not problem:
            say(request, _("照片已保存。"), "good")
            return redirect("web:visit_record", child.pk, found.pk)
    return page(
        request,
        person,
        "visits/record",
        at,
        status=422 if problem else 200,
        child=child,
        shown=one_visit(found, private=Fields.NOTES in fields_for(person, child, at.date())),
        form=form if may_add else None,
        problem=problem,
    )


@never_cache
@require_GET
@signed_in
def attachment(request: HttpRequest, person: Person, child_id: UUID, picture_id: UUID) -> HttpResponse:
    """The picture itself; that it was looked at is in the journal."""
    at = now()
    child = child_or_404(person, child_id, at)
    found = Attachment.objects.filter(pk=picture_id, child=child).select_related("act", "content").first()
    if found is None or may_read(person, found, at) is not None:
        raise Http404
    answer = HttpResponse(read_attachment(by=person, attachment=found, at=at), content_type=found.media)
    # Its own name may be a child's; the number is nobody's.
    answer["Content-Disposition"] = f'inline; filename="{found.pk.hex}.jpg"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _ask(
    request: HttpRequest,
    person: Person,
    at: datetime,
    form: SeenForm,
    key: str,
    act: Callable[[], None],
    back: str,
    **context: Any,
) -> HttpResponse:
    """The form; once it holds together and the visit is recorded, back to where it came from."""
    problem = ""
    if request.method == "POST":
        if not already_sent(request, key):
            problem = _do(form, act)
        if not problem:
            note_sent(request, key)
            return redirect(back)
    frame = {"form": form, "key": key, "problem": problem, "back": back, "action": request.path}
    return page(request, person, "visits/form", at, status=422 if problem else 200, **frame, **context)


def _do(form: SeenForm, act: Callable[[], None]) -> str:
    """Record the visit; why not, or an empty text."""
    if not form.is_valid():
        return _("还没有记下：请看下面标出的地方。")
    try:
        act()
    except Refusal as refusal:
        return sentence(refusal)
    return ""


def _what_came_of_it(made: Visit) -> tuple[str, str]:
    """What to say: recorded, and who still has to go where the obligation asks for more."""
    missing = still_missing(made)
    if not missing:
        return _("已记下。"), "good"
    posts = _("、").join(label(post) for post in sorted(missing, key=list(Post).index))
    return _("已记下；但这一项还没有办结：规定%(posts)s也要参加。") % {"posts": posts}, "refused"


def _order(request: HttpRequest, child: Child) -> Obligation | None:
    """The obligation that led here, if it is this child's and asks for a visit."""
    asked = request.POST.get("ordered") or request.GET.get("ordered") or ""
    try:
        found = Obligation.objects.filter(pk=UUID(asked), child=child).first()
    except ValueError:
        return None
    return found if found is not None and found.act in KIND_OF else None


def _done_before(person: Person, order: Obligation | None, at: datetime) -> ActRecord | None:
    """What this person recorded today for a duty that is owed no more: the back button leads here again."""
    if order is None or order.state in LIVE:
        return None
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    acts = ActRecord.objects.filter(child=order.child_id, by=person, recorded_at__gte=today, act=order.act)
    return acts.order_by("-recorded_at").first()


def _visit_form(
    request: HttpRequest, person: Person, child: Child, order: Obligation | None, at: datetime
) -> VisitForm:
    initial: dict[str, Any] = {"happened_at": at.replace(tzinfo=None), "kind": request.GET.get("kind", "")}
    if order is not None:
        initial["kind"] = KIND_OF[order.act].value
    asking = _asking(request, child, order)
    if asking:  # nearly always because the child stays away; another reason is one tap
        initial["trigger"] = VisitTrigger.SPELL.value
    needed = frozenset(term(Post, code) for each in asking for code in each.taking_part)
    on = _day(request, at)
    return VisitForm(
        *_sent(request),
        initial=initial,
        may_come=_may_come(person, child, needed, on),
        villages=_villages(child, on),
        posts=posts_in(person, Thing.CHILD, Verb.RECORD, child, at.date()),
    )


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """What was posted, files apart; nothing where the page is only asked for."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _day(request: HttpRequest, at: datetime) -> date:
    """The day that the form is about: who held a post is asked of that day."""
    try:
        return datetime.fromisoformat(request.POST.get("happened_at", "")).date()
    except ValueError:
        return at.date()


def _may_come(person: Person, child: Child, needed: frozenset[Post], on: date) -> WhoMayCome:
    return WhoMayCome(posts_around(child, on), needed, person)


def _asking(request: HttpRequest, child: Child, order: Obligation | None) -> list[Obligation]:
    """The obligation that led here, and all others that the same visit would meet."""
    kind = request.POST.get("kind") or request.GET.get("kind") or ""
    acts = {act for each, act in ACT_OF.items() if each.value == kind} | ({order.act} if order else set())
    others = Obligation.objects.filter(child=child, state__in=LIVE, act__in=acts)
    return [*others, order] if order else list(others)


def _nobody(person: Person) -> WhoMayCome:
    return WhoMayCome((), frozenset(), person)


def _villages(child: Child, on: date) -> list[Place]:
    """The villages of the townships around the child's home and class."""
    spot = spots_of([child.pk], on)[child.pk]
    around = {*spot.around_home, *spot.around_class}
    rows = Place.objects.filter(kind=PlaceKind.VILLAGE, parent__in=around, parent__kind=PlaceKind.TOWNSHIP)
    rows = rows.filter(not_closed(on))
    return list(rows.order_by("path"))


def _pictures(form: PictureForm) -> list[PictureReady]:
    """The picture that was sent, read before anything is written."""
    sent = form.cleaned_data.get("photo")
    if not sent:
        return []
    kind = term(AttachmentKind, form.cleaned_data["photo_kind"])
    return [picture_ready(kind, sent.name or "", sent.read(LIMITS.sent_bytes + 1))]


def _add_picture(form: PictureForm, person: Person, found: Visit, at: datetime) -> str:
    if not form.is_valid():
        return _("还没有记下：请看下面标出的地方。")
    try:
        ready = _pictures(form)
        if not ready:
            return _("请选一张照片。")
        keep_picture(by=person, child=found.act.child, picture=ready[0], act=found.act, at=at)
    except Refusal as refusal:
        return sentence(refusal)
    return ""


def _phones(person: Person, child: Child, at: datetime) -> list[Any]:
    """The guardians that can be called, for whoever is shown how to reach the family."""
    shown = Fields.CONTACT in fields_for(person, child, at.date())
    return list(child.guardians.exclude(phone="")) if shown else []


def _pupils(person: Person, class_group: ClassGroup, at: datetime) -> Any:
    """The children of a class about whom this person may record."""
    mine = visible_children(person, at.date(), Verb.RECORD)
    return mine.filter(pk__in=class_group.enrolments.filter(until__isnull=True).values("child"))


def _my_class(person: Person, child: Child, at: datetime) -> ClassGroup | None:
    """The child's class where this person sees it as a whole, for a visit to several at once."""
    rows = visible_classes(person, at.date()).filter(enrolments__child=child, enrolments__until__isnull=True)
    return rows.first()


def visit_links(child: Child) -> list[dict[str, object]]:
    """The ways to the form from a child's page."""
    address = reverse("web:visit", args=(child.pk,))
    kinds = ((VisitKind.PHONE, _("联系家长")), (VisitKind.HOME, _("家访")), (VisitKind.PERSUASION, _("劝返")))
    return [{"url": f"{address}?kind={kind.value}", "name": name} for kind, name in kinds]
