"""一生一档: one child's page, and why each obligation is owed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.enrolment import ON_THEIR_OWN_PAGE
from notoneless.core.spells import Spell
from notoneless.core.stages import RETURNED
from notoneless.core.terms import Act
from notoneless.core.time_limit import label as limit_label
from notoneless.records.access import GROUP_FIELDS, Fields, Thing, Verb, posts_that
from notoneless.records.models import Case, Obligation, Person
from notoneless.records.scopes import fields_through, reach_to, verbs_through
from notoneless.services.key_groups import groups_shown
from notoneless.services.on_roll import quadrant_of, standings
from notoneless.services.own_duties import answers_for
from notoneless.services.permissions import Held, held_by
from notoneless.services.residence import home_of, house_of
from notoneless.services.same_child import same_of
from notoneless.services.visits import KIND_OF
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.children import ChildFile, Clocks, child_file
from notoneless.web.read.reasons import Reason, reason
from notoneless.web.read.support import on_file
from notoneless.web.signed_in import signed_in
from notoneless.web.templatetags.words import fact_lines, owed, pack_and_rule
from notoneless.web.timeline import timeline
from notoneless.web.views.acts import KINDS
from notoneless.web.views.visits import visit_links
from notoneless.web.words import due_words, left_words


@never_cache
@require_GET
@gzip_page
@signed_in
def child(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """The file of one child, with the next act as its one primary button."""
    at = now()
    file = child_file(child_or_404(person, child_id, at), as_of=at)
    seen = reach_to(person, file.child, at.date(), Thing.CHILD, Verb.SEE)
    fields = fields_through(seen)
    held = held_by(person, at.date())
    stands = standings([child_id], at.date())[child_id]
    mine = [o for o in file.obligations if answers_for(held, o)]
    return page(
        request,
        person,
        "child",
        at,
        file=file,
        child=file.child,
        clocks=_clocks(file, at),
        next_act={"url": form_address(mine[0]), "name": owed(mine[0])} if mine else None,
        other_acts=visit_links(file.child)
        + [{"url": reverse("web:act", args=(child_id, kind)), "name": KINDS[kind].title} for kind in KINDS]
        + _enrolment(child_id, held)
        + _papers(child_id, held),
        timeline=timeline(file, fields),
        support=on_file(person, file, held, fields, at),
        fields=fields,
        guardians=file.child.guardians.all() if Fields.CONTACT in fields else (),
        key_groups=groups_shown(file.child, fields, at.date()),
        identity_no=file.child.identity_no_masked(),
        home=home_of(file.child, at.date()) if Fields.CONTACT in fields else None,
        house=house_of(file.child, at.date()),
        standing=stands,
        quadrant=quadrant_of(file.child, stands),
        same=same_of(file.child),
        may_change=Verb.CHANGE in verbs_through(seen, Thing.CHILD),
        may_group=bool(fields & set(GROUP_FIELDS.values())),
    )


@never_cache
@require_GET
@signed_in
def obligation(request: HttpRequest, person: Person, child_id: UUID, key: UUID) -> HttpResponse:
    """Why: the clause, our words, the reading, the facts, and how the moment was counted."""
    at = now()
    found = child_or_404(person, child_id, at)
    row = Obligation.objects.filter(child=found, pk=key).first()
    if row is None:
        raise Http404
    why = reason(found, row, as_of=at, language=get_language() or "zh")
    found_rule = pack_and_rule(row)
    rule = found_rule[1] if found_rule else None
    limit = limit_label(rule.obliges[row.number].by, get_language() or "zh") if rule else ""
    return page(
        request,
        person,
        "obligation",
        at,
        child=found,
        o=row,
        why=why,
        rule=rule,
        limit=limit,
        facts=_facts(why),
    )


def _enrolment(child_id: UUID, held: list[Held]) -> list[dict[str, object]]:
    """The way to the child's enrolment, for whoever works with such."""
    if not any(each.post in posts_that(Thing.CHANGE, Verb.SEE) for each in held):
        return []
    return [{"url": reverse("web:child_enrolment", args=(child_id,)), "name": _("学籍")}]


def _papers(child_id: UUID, held: list[Held]) -> list[dict[str, object]]:
    """The way to the child's papers, for whoever works with such."""
    if not any(each.post in posts_that(Thing.PAPER, Verb.SEE) for each in held):
        return []
    return [{"url": reverse("web:papers", args=(child_id,)), "name": _("文书")}]


def _facts(why: Reason) -> list[str]:
    return list(why.why.facts) if why.why else fact_lines(why.row)


def form_address(obligation: Obligation) -> str:
    """The form that meets the obligation, filled with what it asks for."""
    if obligation.act in ON_THEIR_OWN_PAGE:
        return reverse("web:child_enrolment", args=(obligation.child_id,))
    if obligation.act is Act.PAIR and obligation.who in posts_that(Thing.SUPPORT, Verb.RECORD):
        return reverse("web:add_pairing", args=(obligation.child_id,))
    if (plan := _plan_of(obligation)) is not None:
        return plan
    if obligation.act in KIND_OF:
        return f"{reverse('web:visit', args=(obligation.child_id,))}?ordered={obligation.pk}"
    asked = {"act": obligation.act.value, "to": obligation.to_post or "", "with": obligation.taking_part}
    address = reverse("web:act", args=(obligation.child_id, "report"))
    return f"{address}?{urlencode({name: value for name, value in asked.items() if value}, doseq=True)}"


def _plan_of(obligation: Obligation) -> str | None:
    """Where the plan it asks for is made, once there is a case."""
    if obligation.act is not Act.PLAN or obligation.who not in posts_that(Thing.CASE, Verb.CHANGE):
        return None
    case = Case.objects.filter(child=obligation.child_id).first()
    return reverse("web:case_plan", args=(case.number,)) if case else None


def _clocks(file: ChildFile, at: datetime) -> list[dict[str, str]]:
    clocks = []
    if file.clocks.away is not None:
        clocks.append({"name": _("连续旷课"), "value": _spell(file.clocks.away)})
    elif file.stage in RETURNED:
        clocks.append({"name": _("返校后到校"), "value": _stable(file.clocks)})
    timed = [o for o in file.obligations if o.due_at]
    if timed and timed[0].due_at:
        due = timed[0].due_at
        value = _("%(due)s（%(left)s）") % {"due": due_words(due, at), "left": left_words(due, at)}
        clocks.append({"name": _("最近的时限"), "value": value})
    return clocks


def _spell(spell: Spell) -> str:
    """Over days without a roll call its length is an interval."""
    if spell.unknown:
        return _("%(least)s 到 %(most)s 个上课日") % {"least": spell.min_days, "most": spell.max_days}
    return _("%(days)s 个上课日") % {"days": spell.min_days}


def _stable(clocks: Clocks) -> str:
    if clocks.stable_after:
        return _("%(days)s / %(needed)s 个上课日") % {"days": clocks.present, "needed": clocks.stable_after}
    return _("%(days)s 个上课日") % {"days": clocks.present}
