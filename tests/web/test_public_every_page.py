"""What holds for every page of guardians, the public and the offices that answer them, in both languages."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from builders_db import School, a_person, a_school, at
from conftest import Clock, signed_in
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from test_every_page import HAN, Reader

from notoneless.core.terms import ContestKind, LinkPurpose, Post
from notoneless.records.models import AttendanceMark, Child, Guardian, GuardianLink
from notoneless.services import contests, feedback, tips
from notoneless.services.guardian_links import make_link, token_of

NOW = at("2025-09-08 09:00")
# Words of the records themselves, which stay as they were written.
WRITTEN = re.compile(
    r"<option.*?</option>|<optgroup[^>]*>|<blockquote>.*?</blockquote>|"
    r'<(\w+)[^>]*lang="zh[^>]*>.*?</\1>|value="[^"]*"|content="[^"]*"',
    re.DOTALL,
)


@pytest.fixture
def link(school: School) -> GuardianLink:
    school.roll_call("A")
    guardian = Guardian.objects.create(child=school.pupils[0], name="An", relation="mother", phone="00004321")
    return make_link(by=school.teacher, guardian=guardian, purpose=LinkPurpose.WEEK, at=NOW, key="k")


def pages(school: School, link: GuardianLink, language: str) -> dict[str, str]:
    """Each page as whoever may see it sees it."""
    headers = {"accept-language": language}
    mark = AttendanceMark.objects.get()
    row = contests.contest(link=link, kind=ContestKind.MARK, mark=mark.pk, words="wrong", at=NOW, key="c")
    tip = tips.send_tip(place=school.township, seen="seen", reporter="0001234567", at=NOW, key="t")
    passed = tips.forward(by=school.bureau, tip=tip, to=school.place, words="ask", at=NOW, key="f")
    slips = feedback.make_slips(by=school.bureau, school=school.place, many=5, at=NOW, key="s")
    of_slips = ["/feedback/", f"/feedback/{slips.pk}/slips/"]
    phone = Client(headers=headers)
    phone.post(f"/family/link/{token_of(link)}/", {"digits": "4321"})
    open_to = {
        Client(headers=headers): [
            *("/public/", "/public/status/", "/public/feedback/", "/family/"),
            f"/family/link/{token_of(link)}/",
        ],
        phone: ["/family/", *(f"/family/do/{what}/" for what in ("explain", "contest", "copy"))],
        signed_in(school.office): ["/contests/", f"/contests/{row.pk}/", f"/tips/passed/{passed.pk}/"],
        signed_in(school.bureau): ["/tips/", f"/tips/{tip.pk}/", *of_slips],
        signed_in(school.teacher): [f"/child/{link.guardian.child_id}/family/"],
    }
    return {
        f"{number} {url}": client.get(url, headers=headers).content.decode()
        for number, (client, urls) in enumerate(open_to.items())
        for url in urls
    }


def test_every_field_has_a_label_and_no_page_a_script_of_its_own(
    school: School, link: GuardianLink, clock: Clock
) -> None:
    for url, page in pages(school, link, "zh-hans").items():
        found = Reader(page)
        for field in found.fields:
            assert field.get("aria-label") or field.get("id") in found.labelled, (url, field)
        assert not found.inline, (url, found.inline)
        assert all(each.startswith(("/", "#", "?", "tel:", "data:image")) for each in found.addresses), url


def test_headings_go_down_one_step_at_a_time_and_no_title_names_a_child(
    school: School, link: GuardianLink, clock: Clock
) -> None:
    for url, page in pages(school, link, "zh-hans").items():
        steps = Reader(page).headings
        assert steps[0] == 1, url
        assert steps.count(1) == 1, url
        assert all(b - a <= 1 for a, b in pairwise(steps)), (url, steps)
        title = re.search("<title>(.*?)</title>", page, re.DOTALL)
        assert title
        assert school.pupils[0].name not in title[1]


def test_every_page_is_complete_in_english(clock: Clock, db: None) -> None:
    school = a_school(1, county="County", name="School")
    names = ("Teacher", "Office", "Principal", "Bureau")
    people = (school.teacher, school.office, school.principal, school.bureau)
    for name, person in zip(names, people, strict=True):
        person.name = name
        person.save()
    Child.objects.update(name="An")
    school.class_group.name, school.township.name = "Class", "Township"
    school.class_group.save()
    school.township.save()
    school.roll_call("A")
    guardian = Guardian.objects.create(child=school.pupils[0], name="An", relation="mother", phone="00004321")
    link = make_link(by=school.teacher, guardian=guardian, purpose=LinkPurpose.WEEK, at=NOW, key="k")
    for url, page in pages(school, link, "en").items():
        found = HAN.findall("".join(Reader(WRITTEN.sub("", page)).words))
        assert found == [], url


def test_a_child_in_no_class_is_shown_and_explained_without_a_crash(school: School, clock: Clock) -> None:
    child = Child.objects.create(name="未编班")
    guardian = Guardian.objects.create(child=child, name="家长", phone="00004321")
    link = GuardianLink.objects.create(
        guardian=guardian,
        purpose=LinkPurpose.WEEK,
        made_by=school.teacher,
        made_at=NOW,
        until=at("2025-09-15 09:00"),
        key="k",
    )
    phone = Client(headers={"accept-language": "zh-hans"})
    phone.post(f"/family/link/{token_of(link)}/", {"digits": "4321"})
    assert phone.get("/family/").status_code == 200
    page = phone.get("/family/do/explain/").content.decode()
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    form = {"shown": found[1], "reason": "SICK", "from_day": "2025-09-08", "last_day": "2025-09-08"}
    assert phone.post("/family/do/explain/", form).status_code == 302
    refused = phone.post("/family/do/copy/", {"shown": found[1]})
    assert refused.status_code == 422


def test_the_queues_ask_as_often_for_twenty_rows_as_for_two(
    school: School, link: GuardianLink, clock: Clock
) -> None:
    clients = {"/tips/": school.bureau, "/contests/": school.office, "/tips/passed/": school.office}
    browsers = {url: signed_in(person) for url, person in clients.items()}

    def asked() -> dict[str, int]:
        counts = {}
        for url, client in browsers.items():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(url).status_code == 200
            counts[url] = len(queries)
        return counts

    def make(numbers: range) -> None:
        for n in numbers:
            tip = tips.send_tip(place=school.township, seen="seen", at=NOW, key=f"t{n}")
            tips.forward(by=school.bureau, tip=tip, to=school.place, words="ask", at=NOW, key=f"f{n}")
            contests.contest(link=link, kind=ContestKind.RECORD, words="wrong", at=NOW, key=f"c{n}")

    make(range(2))
    asked()
    before = asked()
    make(range(2, 20))
    assert asked() == before


def test_a_person_without_a_post_finds_none_of_the_queues(school: School, clock: Clock) -> None:
    client = signed_in(a_person("科任", Post.SUBJECT_TEACHER, school.class_group))
    for url in ("/tips/", "/tips/passed/", "/contests/", "/feedback/"):
        assert client.get(url).status_code == 404
