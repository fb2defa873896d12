"""找学生: by a part of the name, its pinyin or a whole enrolment number, among the children in scope only.

What is looked for is posted: a child's name stands in no address, and so in no history and no log.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from notoneless.records.models import Child, Enrolment, Person, SameChild
from notoneless.records.scopes import belongs, visible_children
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.signed_in import signed_in

AT_ONCE = 50
SHORTEST_PINYIN = 2  # letters; one Chinese character is enough


@never_cache
@require_http_methods(["GET", "POST"])
@gzip_page
@signed_in
def search(request: HttpRequest, person: Person) -> HttpResponse:
    """The children found, by name, each with its class; at most the first fifty."""
    at = now()
    words = " ".join(request.POST.get("q", "").split())[:60]
    found: list[Child] = []
    if _enough(words):
        children = _matching(visible_children(person, at.date()), words)
        found = list(children.order_by("name_pinyin", "name", "pk")[: AT_ONCE + 1])
    rows = Enrolment.objects.filter(belongs(at.date()), child__in=found[:AT_ONCE])
    classes = {row.child_id: row.class_group for row in rows.select_related("class_group__school")}
    lines = [(child, classes.get(child.pk)) for child in found[:AT_ONCE]]
    asked = request.method == "POST"
    more = len(found) > AT_ONCE
    return page(request, person, "search", at, words=words, lines=lines, asked=asked, more=more)


def _enough(words: str) -> bool:
    return bool(words) and (not words.isascii() or len(words) >= SHORTEST_PINYIN)


def _matching(children: QuerySet[Child], words: str) -> QuerySet[Child]:
    children = children.exclude(pk__in=SameChild.objects.values("child"))
    if words.isascii():
        pinyin = words.replace(" ", "").lower()
        return children.filter(Q(name_pinyin__istartswith=pinyin) | Q(enrolment_no=words))
    return children.filter(name__contains=words)
