"""The pages of guardians and the public: open to whom they should be, silent to everybody else."""

from __future__ import annotations

import io
import json
import logging
import re
from datetime import date

import pytest
from builders_db import School, a_person, at
from conftest import Clock, signed_in
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from notoneless.core.terms import (
    ContestKind,
    ContestOutcome,
    LinkPurpose,
    Post,
    TipFinding,
)
from notoneless.records.models import (
    AttendanceMark,
    Contest,
    Explained,
    Guardian,
    GuardianLink,
    LeaveGranted,
    Outbox,
    Tip,
    TipForwarded,
)
from notoneless.services import contests, feedback, tips
from notoneless.services.casework import record_contact
from notoneless.services.guardian_links import make_link, revoke_link, token_of

NOW = at("2025-09-08 08:30")
CONTACT = "王大姐 00012345678"
SEEN = "镇上汽修店里有个十二三岁的男孩，天天在洗车。"
SCRIPT = "<script>alert(1)</script>"


def anybody(language: str = "zh-hans") -> Client:
    return Client(headers={"accept-language": language}, enforce_csrf_checks=False)


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


def shown(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def link(school: School) -> GuardianLink:
    guardian = Guardian.objects.create(
        child=school.pupils[0], name="安家长", relation="母亲", phone="000-0000 4321"
    )
    return make_link(by=school.teacher, guardian=guardian, purpose=LinkPurpose.WEEK, at=NOW, key="k")


def address(link: GuardianLink) -> str:
    return f"/family/link/{token_of(link)}/"


@pytest.fixture
def phone(link: GuardianLink, clock: Clock) -> Client:
    """The guardian's telephone, with the link open."""
    clock("2025-09-08 08:40")
    client = anybody()
    assert client.post(address(link), {"digits": "4321"}).status_code == 302
    return client


# A tip.


def send(client: Client, clock: Clock, **given: str) -> object:
    clock("2025-09-08 08:05")
    token = shown(text(client.get("/public/")))
    clock("2025-09-08 08:06")
    return client.post("/public/", {"shown": token, **given})


def test_anybody_sends_a_tip_and_follows_it_by_its_number(school: School, clock: Clock) -> None:
    client = anybody()
    page = text(send(client, clock, place=str(school.township.pk), seen=SEEN, reporter=CONTACT))
    tip = Tip.objects.get()
    assert f"{tip.receipt[:5]} {tip.receipt[5:]}" in page
    told = text(client.post("/public/status/", {"receipt": tip.receipt}))
    assert "已收到，待受理" in told
    assert "汽修" not in told
    assert client.post("/public/status/", {"receipt": "AAAAAAAAAA"}).status_code == 404


def test_the_public_pages_set_no_cookie_but_the_one_against_forged_forms(
    school: School, clock: Clock
) -> None:
    client = anybody()
    send(client, clock, place=str(school.township.pk), seen=SEEN)
    client.get("/public/status/")
    client.get("/public/feedback/")
    assert set(client.cookies) <= {"csrftoken"}


def test_a_tip_sent_twice_or_again_by_the_back_button_is_one_tip(school: School, clock: Clock) -> None:
    client = anybody()
    token = shown(text(client.get("/public/")))
    clock("2025-09-08 08:06")
    given = {"shown": token, "place": str(school.township.pk), "seen": SEEN}
    pages = [text(client.post("/public/", given)) for _ in range(3)]
    tip = Tip.objects.get()
    assert all(tip.receipt[:5] in page for page in pages)


def test_a_form_sent_at_once_is_asked_for_again_with_all_that_was_written(
    school: School, clock: Clock
) -> None:
    client = anybody()
    token = shown(text(client.get("/public/")))
    given = {"shown": token, "place": str(school.township.pk), "seen": SEEN}
    first = client.post("/public/", given)
    assert first.status_code == 422
    assert SEEN in text(first)
    assert not Tip.objects.exists()
    clock("2025-09-08 08:06")
    assert client.post("/public/", {**given, "shown": shown(text(first))}).status_code == 200


def test_what_only_a_machine_fills_in_is_refused(school: School, clock: Clock) -> None:
    given = {"place": str(school.township.pk), "seen": SEEN, "website": "http://example.org"}
    assert send(anybody(), clock, **given).status_code == 422  # type: ignore[attr-defined]
    assert not Tip.objects.exists()


def test_ten_thousand_characters_are_refused_with_the_limit_and_come_back(
    school: School, clock: Clock
) -> None:
    page = send(anybody(), clock, place=str(school.township.pk), seen="长" * 10_000)
    assert page.status_code == 422  # type: ignore[attr-defined]
    assert "最多 2000 个字" in text(page)
    assert "长" * 10_000 in text(page)


def test_an_address_sends_twenty_tips_an_hour(school: School, clock: Clock) -> None:
    for _ in range(tips.AN_HOUR):
        page = send(anybody(), clock, place=str(school.township.pk), seen=SEEN)
        assert page.status_code == 200  # type: ignore[attr-defined]
    page = send(anybody(), clock, place=str(school.township.pk), seen=SEEN)
    assert page.status_code == 429  # type: ignore[attr-defined]
    assert SEEN in text(page)


# The county's queue, and what lies below it.


@pytest.fixture
def tip(school: School, clock: Clock) -> Tip:
    return tips.send_tip(
        place=school.township, seen=SEEN + SCRIPT, reporter=CONTACT, at=at("2025-09-08 08:00"), key="t"
    )


def test_the_reporter_stands_on_no_page_until_somebody_asks(school: School, tip: Tip) -> None:
    bureau = signed_in(school.bureau)
    pages = [text(bureau.get(path)) for path in ("/tips/", f"/tips/{tip.pk}/")]
    assert not any("12345678" in page or "王大姐" in page for page in pages)
    assert CONTACT in text(bureau.post(f"/tips/{tip.pk}/reporter/"))
    assert "12345678" not in text(bureau.get(f"/tips/{tip.pk}/"))


def test_script_in_a_tip_is_shown_as_it_was_written(school: School, tip: Tip) -> None:
    page = text(signed_in(school.bureau).get(f"/tips/{tip.pk}/"))
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


def test_school_and_township_find_neither_the_tip_nor_its_reporter(
    school: School, tip: Tip, clock: Clock
) -> None:
    cadre = signed_in(a_person("镇干部", Post.TOWNSHIP, school.township))
    for client in (signed_in(school.office), signed_in(school.principal), cadre, signed_in(school.teacher)):
        for path in ("/tips/", f"/tips/{tip.pk}/"):
            assert client.get(path).status_code == 404
        assert client.post(f"/tips/{tip.pk}/reporter/").status_code == 404


def test_what_is_passed_on_is_in_the_countys_words_alone(school: School, tip: Tip) -> None:
    bureau, office = signed_in(school.bureau), signed_in(school.office)
    form = {"what": "forward", "to": str(school.place.pk), "words": "请核实有无学生在外务工。", "key": "f"}
    for _ in range(2):
        assert bureau.post(f"/tips/{tip.pk}/", form).status_code == 302
    row = TipForwarded.objects.get()
    pages = [text(office.get(path)) for path in ("/tips/passed/", f"/tips/passed/{row.pk}/")]
    assert all("请核实有无学生在外务工" in page and "汽修" not in page for page in pages)
    assert office.post(f"/tips/passed/{row.pk}/", {"words": "没有发现。"}).status_code == 302
    assert "没有发现。" in text(bureau.get(f"/tips/{tip.pk}/"))


def test_words_that_name_the_reporter_come_back_to_be_mended(school: School, tip: Tip) -> None:
    form = {"what": "forward", "to": str(school.place.pk), "words": "00012345678 说的", "key": "f"}
    page = signed_in(school.bureau).post(f"/tips/{tip.pk}/", form)
    assert page.status_code == 422
    assert "联系方式" in text(page)
    assert not TipForwarded.objects.exists()


def test_an_answered_tip_says_so_and_nothing_more_to_the_public(school: School, tip: Tip) -> None:
    form = {"what": "answer", "finding": TipFinding.FOUND_OUT.value, "words": "已找到，正在劝返。"}
    assert signed_in(school.bureau).post(f"/tips/{tip.pk}/", form).status_code == 302
    told = text(anybody().post("/public/status/", {"receipt": tip.receipt}))
    assert "已办结" in told
    assert "该办的已按制度办理" in told
    assert not any(words in told for words in ("劝返", "没上学", "在上学"))


def test_a_poster_leads_to_the_page_for_tips_in_both_languages(school: School, clock: Clock) -> None:
    page = text(anybody().get("/public/poster/"))
    assert 'src="data:image/svg+xml' in page
    assert all(words in page for words in (f"{settings.BASE_URL}/public/", "Tell us", "请告诉我们"))


# A guardian's link.


def test_a_link_asks_for_four_digits_and_leaves_no_trace(link: GuardianLink, clock: Clock) -> None:
    page = anybody().get(address(link))
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"]
    assert link.guardian.child.name not in text(page)


def test_the_link_opens_without_a_token_against_forged_forms_which_its_signature_replaces(
    link: GuardianLink, clock: Clock
) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(address(link), {"digits": "4321"}, headers={"origin": "null"})
    assert answer.status_code == 302
    assert strict.post("/family/do/copy/", {}).status_code == 403


def test_ended_revoked_locked_changed_and_missing_links_look_the_same(
    school: School, link: GuardianLink, clock: Clock
) -> None:
    def seen(path: str) -> tuple[int, str]:
        page = anybody().get(path)
        return page.status_code, re.sub(r'value="[^"]*"', "", text(page))

    good = address(link)
    wrong = [seen(good[:-3] + "xx/"), seen("/family/link/nothing/"), seen("/family/")]
    clock("2025-09-16 09:00")
    wrong.append(seen(good))
    clock("2025-09-08 09:00")
    GuardianLink.objects.update(locked_at=NOW)
    wrong.append(seen(good))
    GuardianLink.objects.update(locked_at=None)
    revoke_link(by=school.teacher, link=link, at=NOW)
    wrong.append(seen(good))
    assert {status for status, _ in wrong} == {404}
    assert len({page for _, page in wrong}) == 1


def test_five_wrong_numbers_lock_the_link_and_the_teacher_sees_it(
    school: School, link: GuardianLink, clock: Clock
) -> None:
    client = anybody()
    answers = [client.post(address(link), {"digits": "0000"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [404]
    page = text(signed_in(school.teacher).get(f"/child/{link.guardian.child_id}/family/"))
    assert "已锁定" in page


def test_a_guardian_sees_their_own_child_in_plain_words(
    school: School, link: GuardianLink, clock: Clock
) -> None:
    school.roll_call("AA")
    record_contact(
        by=school.teacher, child=school.pupils[0], happened_at=NOW, at=NOW, note="家长说孩子厌学，私下说的"
    )
    clock("2025-09-08 08:40")
    client = anybody()
    client.post(address(link), {"digits": "4321"})
    page = text(client.get("/family/"))
    assert "没有到校" in page
    assert school.pupils[0].name in page
    for hidden in (school.pupils[1].name, "旷课", "疑似辍学", "辍学", "私下", "厌学", "000-0000"):
        assert hidden not in page


def test_a_revoked_link_closes_on_the_next_page(school: School, link: GuardianLink, phone: Client) -> None:
    assert phone.get("/family/").status_code == 200
    revoke_link(by=school.teacher, link=link, at=NOW)
    assert phone.get("/family/").status_code == 404


def test_what_was_written_when_the_link_ended_comes_back(
    school: School, link: GuardianLink, phone: Client
) -> None:
    revoke_link(by=school.teacher, link=link, at=NOW)
    page = phone.post("/family/do/contest/", {"words": "那天他在" + SCRIPT})
    assert page.status_code == 404
    assert "那天他在&lt;script&gt;" in text(page)


def test_a_telephone_is_closed_by_its_button(phone: Client) -> None:
    assert phone.post("/family/close/").status_code == 200
    assert phone.get("/family/").status_code == 404


def test_an_explanation_waits_for_the_teacher_who_makes_leave_of_it_with_one_press(
    school: School, phone: Client
) -> None:
    form = {
        "shown": shown(text(phone.get("/family/do/explain/"))),
        "reason": "SICK",
        "from_day": "2025-09-08",
        "last_day": "2025-09-09",
        "words": "发烧" + SCRIPT,
    }
    for _ in range(2):
        assert phone.post("/family/do/explain/", form).status_code == 302
    row = Explained.objects.get()
    assert "等老师看" in text(phone.get("/family/"))
    child = f"/child/{school.pupils[0].pk}/"
    teacher = signed_in(school.teacher)
    page = text(teacher.get(child))
    assert "按此准假" in page
    assert SCRIPT not in page
    for _ in range(2):
        assert teacher.post(f"{child}explained/{row.pk}/", {"take": "leave"}).status_code == 302
    assert LeaveGranted.objects.get().until == date(2025, 9, 10)
    assert "老师已办请假" in text(phone.get("/family/"))


def test_who_may_not_grant_leave_does_not_read_the_explanation(school: School, phone: Client) -> None:
    form = {
        "shown": shown(text(phone.get("/family/do/explain/"))),
        "reason": "SICK",
        "from_day": "2025-09-08",
        "last_day": "2025-09-09",
        "words": "发烧三十九度",
    }
    phone.post("/family/do/explain/", form)
    subject = signed_in(a_person("科任", Post.SUBJECT_TEACHER, school.class_group))
    child = f"/child/{school.pupils[0].pk}/"
    assert "三十九度" not in text(subject.get(child))
    number = Explained.objects.get().pk
    assert subject.post(f"{child}explained/{number}/", {"take": "leave"}).status_code == 404


def test_a_mark_is_contested_answered_and_the_guardian_reads_the_answer(
    school: School, phone: Client
) -> None:
    school.roll_call("A")
    mark = AttendanceMark.objects.get()
    path = f"/family/do/contest/?mark={mark.pk}"
    form = {"shown": shown(text(phone.get(path))), "mark": str(mark.pk), "words": "他在的。"}
    for _ in range(2):
        assert phone.post("/family/do/contest/", form).status_code == 302
    row = Contest.objects.get()
    office = signed_in(school.office)
    assert school.pupils[0].name in text(office.get("/contests/"))
    answer = {"outcome": ContestOutcome.CORRECTED.value, "status": "PRESENT", "words": "查实，已更正。"}
    assert office.post(f"/contests/{row.pk}/", answer).status_code == 302
    page = text(phone.get("/family/"))
    assert "查实，已更正。" in page
    assert "没有到校" not in page


def test_another_childs_mark_cannot_be_named_in_a_contest(school: School, phone: Client) -> None:
    school.roll_call(".A")
    mark = AttendanceMark.objects.get()
    page = text(phone.get(f"/family/do/contest/?mark={mark.pk}"))
    assert 'name="mark"' not in page
    phone.post("/family/do/contest/", {"shown": shown(page), "mark": str(mark.pk), "words": "不对"})
    assert Contest.objects.get().mark is None


def test_contests_out_of_scope_are_not_there(school: School, link: GuardianLink, clock: Clock) -> None:
    row = contests.contest(link=link, kind=ContestKind.COPY, at=NOW, key="c")
    for person in (school.teacher, a_person("镇干部", Post.TOWNSHIP, school.township)):
        assert signed_in(person).get(f"/contests/{row.pk}/").status_code == 404


def test_a_link_is_made_once_shown_and_revoked(school: School, clock: Clock) -> None:
    guardian = Guardian.objects.create(child=school.pupils[0], name="安家长", phone="00004321")
    teacher, path = signed_in(school.teacher), f"/child/{school.pupils[0].pk}/family/"
    for _ in range(2):
        form = {"guardian": str(guardian.pk), "purpose": "WEEK", "key": "one"}
        assert teacher.post(path, form).status_code == 302
    link = GuardianLink.objects.get()
    assert token_of(link) in text(teacher.get(path))
    assert teacher.post(path, {"revoke": str(link.pk)}).status_code == 302
    page = text(teacher.get(path))
    assert token_of(link) not in page
    assert "已停用" in page


# The questionnaire.


def test_a_slip_answers_once_from_its_code(school: School, clock: Clock) -> None:
    batch = feedback.make_slips(by=school.bureau, school=school.place, many=10, at=NOW, key="s")
    code = feedback.codes_of(batch)[0]
    client = anybody()
    assert code in text(client.get("/public/feedback/", {"code": code}))
    form = {"code": code, **{q.code: q.choices[0].code for q in feedback.QUESTIONS}}
    assert client.post("/public/feedback/", form).status_code == 200
    again = client.post("/public/feedback/", form)
    assert again.status_code == 422
    assert "已经答过了" in text(again)


def test_slips_are_printed_by_the_county_alone(school: School, clock: Clock) -> None:
    bureau = signed_in(school.bureau)
    form = {"school": str(school.place.pk), "many": "6", "key": "s"}
    made = bureau.post("/feedback/", form)
    assert made.status_code == 302
    assert text(bureau.get(made.headers["Location"])).count('class="code"') == 6
    office = signed_in(school.office)
    assert office.get(made.headers["Location"]).status_code == 404
    assert "正在收" in text(office.get("/feedback/"))
    assert office.post("/feedback/", form).status_code == 404


@pytest.mark.parametrize("path", ["/public/", "/public/status/", "/public/feedback/", "/family/"])
def test_english_readers_read_english(school: School, clock: Clock, path: str) -> None:
    page = re.sub(
        r'<(\w+)[^>]*lang="zh[^>]*>.*?</\1>|<option.*?</option>|<optgroup[^>]*>',
        "",
        text(anybody("en").get(path)),
    )
    assert not re.search(r"[\u4e00-\u9fff]", page)


# What is written down elsewhere.


def test_no_log_keeps_the_token_of_a_link(link: GuardianLink, clock: Clock) -> None:
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        assert anybody().post(address(link), {"digits": "0000"}).status_code == 422
    finally:
        logger.removeHandler(handler)
    assert "/family/link/…" in lines.getvalue()
    assert token_of(link) not in lines.getvalue()
    assert link.pk.hex not in lines.getvalue()


def test_what_is_told_holds_no_word_of_anybody(school: School, phone: Client, tip: Tip) -> None:
    form = {
        "shown": shown(text(phone.get("/family/do/explain/"))),
        "reason": "SICK",
        "from_day": "2025-09-08",
        "last_day": "2025-09-09",
        "words": "发烧三十九度",
    }
    phone.post("/family/do/explain/", form)
    contests.contest(
        link=GuardianLink.objects.get(), kind=ContestKind.RECORD, words="电话不对", at=NOW, key="c"
    )
    told = {row.key.split("/")[0]: json.dumps(row.body, ensure_ascii=False) for row in Outbox.objects.all()}
    assert {"explained", "contest", "tip"} <= told.keys()
    assert not re.search(r"[\u4e00-\u9fff]|1234", "".join(told.values()))


# What the day begins with.


def test_today_leads_each_to_what_families_and_the_public_left_for_them(
    school: School, phone: Client, tip: Tip
) -> None:
    form = {
        "shown": shown(text(phone.get("/family/do/explain/"))),
        "reason": "SICK",
        "from_day": "2025-09-08",
        "last_day": "2025-09-09",
    }
    phone.post("/family/do/explain/", form)
    contests.contest(link=GuardianLink.objects.get(), kind=ContestKind.COPY, at=NOW, key="c")
    assert "待您看" in text(signed_in(school.teacher).get("/"))
    office, bureau = (text(signed_in(person).get("/")) for person in (school.office, school.bureau))
    assert 'href="/contests/">家长异议</a> <span class="end soft">1 件待办' in office
    assert 'href="/tips/">群众监督线索</a> <span class="end soft">1 件待办' in bureau
    assert "群众监督线索" not in office
