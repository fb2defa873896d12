"""One school week, Monday to Friday, seen from six posts, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect
from week import HAND, Somebody, Week, school_week

pytestmark = pytest.mark.journey

NEW_TEACHER = "周晓岚"


@pytest.fixture(params=["zh", "en"])
def week(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Week]:
    """The county on Monday at 08:05."""
    with school_week(browser, tmp_path_factory.mktemp("week"), request.param) as found:
        yield found


def test_a_school_week_is_lived_through_by_six_posts(week: Week) -> None:
    live(week)


def live(week: Week) -> None:
    """Monday to Friday."""
    gone = monday(week)
    moving = tuesday(week, gone)
    wednesday(week, gone, moving)
    newcomer = thursday(week, gone, moving)
    friday(week, gone, newcomer)


# Monday: a child is missing; the family does not answer; the school and the county know within the hour.


def monday(week: Week) -> str:
    teacher = week.comes("teacher", HAND)
    gone = calls_the_roll(teacher, away=True)
    teacher.reads("接下来要办", "What follows")
    teacher.reads("联系家长", "contact the guardian")
    teacher.picture("teacher-receipt")
    nobody_answers(teacher, gone)
    reports(teacher, gone, "报告教导处", "Report to the school office")

    week.show("2026-11-16T08:40")
    office = week.comes("office")
    expect(office.section("第 1 天未到", "Away, day 1")).to_contain_text(gone)
    the_county_looks(week, gone)
    county = week.comes("county")
    county.go("/first/")
    county.press("记为已看过", "Mark as reviewed")
    county.is_told("已记为看过", "Marked as reviewed")
    county.picture("county")
    return gone


def calls_the_roll(teacher: Somebody, *, away: bool = False, name: str = "") -> str:
    """The roll call of the own class, with one child away; gives its name."""
    week, page = teacher.week, teacher.page
    teacher.go("/")
    teacher.follow("开始点名", "Take the roll call")
    if away or name:
        tile = the_tile(teacher, name)
        name = tile.inner_text().splitlines()[0]
        tile.click()
        sheet = page.get_by_role("dialog", name=name)
        expect(sheet.get_by_role("link", name=week.words("打电话给", "Call"))).to_be_visible()
        teacher.press("好", "OK")
    expect(page.get_by_role("button", name=week.words("提交点名", "Submit"))).to_be_disabled()
    teacher.chooses("其余全到", "Rest present")
    teacher.press("提交点名", "Submit")
    expect(page.get_by_role("heading", name=week.words("点名回执", "Receipt"))).to_be_visible()
    teacher.reads("已收到", "Received")
    return name


def the_tile(teacher: Somebody, name: str) -> Locator:
    """The tile of a child, or of the third one of whom nothing is known yet."""
    if name:
        return teacher.main.get_by_role("button", name=re.compile(f"^{name}"))
    return teacher.main.get_by_role("button", name=teacher.week.words("未记录", "no entry")).nth(2)


def nobody_answers(teacher: Somebody, child: str) -> None:
    """The guardian is called; the button is pressed twice in a hurry and the call is written down once."""
    opens(teacher, child)
    teacher.follow("联系家长", "Contact the guardian")
    teacher.chooses("联系不上", "could not be reached")
    teacher.chooses("连续旷课", "absence spell")
    teacher.writes("见到谁", "Who was met", "打了三次，都没有人接。")
    record = teacher.week.words("记下", "Write down")
    teacher.page.get_by_role("button", name=record, exact=True).dblclick()
    teacher.is_told("已记下", "Recorded")
    expect(teacher.main.get_by_text("打了三次，都没有人接。")).to_have_count(1)


def opens(who: Somebody, child: str) -> None:
    """From the own day to the page of a child."""
    who.go("/")
    who.follow(child, child, within=who.main)
    expect(who.page.get_by_role("heading", level=1)).to_have_text(child)


def reports(who: Somebody, child: str, zh: str, en: str) -> None:
    """The one primary button of the child's page, and its form."""
    opens(who, child)
    who.follow(zh, en)
    who.press("记为已办", "Record as done")
    who.is_told("已记下", "Recorded")


def the_county_looks(week: Week, gone: str) -> None:
    """Each figure is as long as its list; two clicks lead from the day's absentees to the child."""
    county = week.comes("county")
    county.returns_to("/first/")
    silent = county.section("今天没有消息的学校", "Schools silent today").get_by_role("listitem")
    expect(silent).to_have_count(county.number("今天没有消息的学校", "Schools silent today"))
    absent = county.number("今天旷课的学生", "Absent without leave today")
    county.figure("今天旷课的学生", "Absent without leave today").click()
    expect(county.main.get_by_role("list").last.get_by_role("listitem")).to_have_count(absent)
    county.follow(gone, gone, within=county.main)
    expect(county.page.get_by_role("heading", level=1)).to_have_text(gone)


# Tuesday: two go to the house; the village is asked and answers in one line.


def tuesday(week: Week, gone: str) -> str:
    week.next_morning()
    teacher = week.comes("teacher", HAND)
    calls_the_roll(teacher, name=gone)
    reports(teacher, gone, "报告教导处", "Report to the school office")
    the_session_ends_on_the_way(teacher, gone)
    teacher.does_not_read(week.words("须参加", "Must take part"))

    week.show("2026-11-17T08:40")
    the_county_looks(week, gone)
    week.show("2026-11-17T15:00")
    cadre = week.comes("cadre", HAND)
    cadre.go("/first/")
    cadre.reads("要了解情况的孩子", "Children to find out about")
    expect(cadre.main).to_contain_text(gone)
    cadre.picture("cadre")
    cadre.follow("报情况", "Report")
    cadre.chooses("拒绝返校", "refuses to return")
    cadre.press("报上去", "Send")
    cadre.reads("请写一句话", "needs a line")
    cadre.chooses("承诺返校", "promised to return")
    cadre.writes("一句话", "One line", "奶奶说周五前送回学校。")
    cadre.page.get_by_role("button", name=week.words("报上去", "Send"), exact=True).dblclick()
    cadre.is_told("已记下", "Kept")
    cadre.reads("承诺返校", "promised to return")

    office = week.comes("office")
    opens_from_the_board(office, gone)
    expect(office.main.get_by_text("奶奶说周五前送回学校。")).to_have_count(1)
    expect(office.main.get_by_text("孩子在家，说不想读。")).to_have_count(1)
    return asks_for_a_transfer(week.comes("enrolment"))


def the_session_ends_on_the_way(teacher: Somebody, child: str) -> None:
    """The visit is written down; meanwhile the sign-in was over, and nothing of it is lost."""
    opens(teacher, child)
    teacher.reads("须参加", "Must take part")
    teacher.follow("家访", "Visit the home")
    teacher.chooses("承诺返校", "promised to return")
    assigned = teacher.week.words("挂包教师", "Teacher assigned to the class")
    teacher.main.get_by_label(re.compile(f"^{assigned} ")).first.check()
    teacher.writes("见到谁", "Who was met", "孩子在家，说不想读。")
    teacher.context.clear_cookies(name="sessionid")
    teacher.press("记下", "Write down")
    teacher.reads("您刚才填的内容还在", "What you filled in is kept")
    teacher.says_who_it_is()
    teacher.press("接着提交", "Submit now")
    teacher.is_told("已记下", "Recorded")
    expect(teacher.main.get_by_text("孩子在家，说不想读。")).to_have_count(1)


def opens_from_the_board(office: Somebody, child: str) -> None:
    """From the board of the school to the page of a child."""
    office.returns_to("/first/")
    office.follow(child, child, within=office.main)
    expect(office.page.get_by_role("heading", level=1)).to_have_text(child)


def asks_for_a_transfer(officer: Somebody) -> str:
    """Another child moves to the next school; that nobody leaves school is said on the way. Its name."""
    week = officer.week
    officer.reads("学籍核对", "Check of the rolls")
    officer.figure("在籍在校", "On roll, attending").click()
    row = officer.main.get_by_role("listitem").filter(has_text="四年级1班").first
    moving = row.get_by_role("link").inner_text()
    officer.follow(moving, moving, within=row)
    officer.follow("申请学籍异动", "Ask for an enrolment change")
    officer.chooses("家长要求退学", "The family asks to leave school")
    officer.press("提出申请", "Ask")
    officer.reads("义务教育阶段不办理退学", "Nobody leaves school in the compulsory grades")
    officer.chooses("转出", "transfer out")
    school = officer.main.get_by_label(week.words("接收学校（本县）", "Receiving school (of this county)"))
    school.select_option(label="石桥完小")
    officer.chooses("监护人书面申请", "guardian's written request")
    officer.chooses("户籍或居住证明", "proof of household or residence")
    officer.picture("enrolment", whole=True)
    officer.page.get_by_role("button", name=week.words("提出申请", "Ask"), exact=True).dblclick()
    officer.is_told("已申请", "Asked for")
    asked = officer.main.get_by_role("link", name=week.words("转出", "transfer out"))
    expect(asked).to_have_count(1)
    asked.click()
    answers(officer)
    officer.reads("下一步：接收学校确认", "Next: receiving school confirmed")
    return moving


def answers(officer: Somebody, class_name: str = "") -> None:
    """Yes to the step whose turn it is, into a class where one is asked for."""
    officer.chooses("同意", "Yes")
    if class_name:
        where = officer.main.get_by_label(officer.week.words("编入哪个班", "Into which class"))
        where.select_option(label=class_name)
    officer.press("记下答复", "Keep the answer")
    officer.is_told("已记下答复", "The answer is kept")


# Wednesday: the third day goes up, from the office to the principal to the township.


def wednesday(week: Week, gone: str, moving: str) -> None:
    week.next_morning()
    calls_the_roll(week.comes("teacher", HAND), name=gone)

    week.show("2026-11-18T08:50")
    office = week.comes("office")
    the_county_looks(week, gone)
    office.returns_to("/first/")
    expect(office.section("第 3 天及以上", "Away, day 3 or more")).to_contain_text(gone)
    office.picture("office")
    reports_by_keys(office, gone)

    principal = week.comes("principal")
    expect(principal.section("今天的例外", "Exceptions today")).to_contain_text(gone)
    expect(principal.section("等您办的", "Waiting for you")).to_contain_text(gone)
    principal.picture("principal")
    tells_the_township(principal, gone)

    township = week.comes("township", HAND)
    villages = township.section("各村在办个案和包保人", "Open cases by village, and who is assigned")
    expect(villages).to_contain_text("云岭村")
    township.picture("township")
    township.follow("云岭村", "云岭村", within=villages)
    township.follow(gone, gone, within=township.main)
    township.reads("报告乡镇政府", "Report to the township government")
    confirms_the_transfer(week.comes("receiving"), moving)


def confirms_the_transfer(receiving: Somebody, moving: str) -> None:
    """Until here the child was the old school's; the new one takes it into a class from tomorrow on."""
    receiving.go("/first/")
    receiving.reads("确认接收转学", "confirm that the child is received")
    receiving.follow("学籍异动", "Enrolment changes", within=receiving.main)
    receiving.reads("等您办", "Your turn")
    receiving.main.get_by_role("link", name=moving).click()
    receiving.reads("办结以前，学生还是原学校的", "Until this is done the child belongs to its school")
    answers(receiving, "四年级1班")


def reports_by_keys(office: Somebody, child: str) -> None:
    """The office tells the principal without touching the mouse."""
    week, page = office.week, office.page
    office.go("/")
    office.goes_by_keys(office.main.get_by_role("link", name=child).first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(child)
    owed = page.get_by_role("link", name=week.words("报告校长", "Report to the principal")).first
    office.goes_by_keys(owed)
    page.keyboard.press("Enter")
    done = page.get_by_role("button", name=week.words("记为已办", "Record as done"))
    expect(done).to_be_visible()
    office.goes_by_keys(done)
    page.keyboard.press("Enter")
    office.is_told("已记下", "Recorded")


def tells_the_township(principal: Somebody, child: str) -> None:
    """Told once, although the principal goes back in the browser and sends the form again."""
    principal.follow(child, child, within=principal.section("等您办的", "Waiting for you"))
    above = (
        ("报告乡镇政府", "Report to the township government"),
        ("报告县教育局", "Report to the county education bureau"),
    )
    for zh, en in sorted(above, key=lambda words: principal.offers(*words), reverse=True):
        principal.follow(zh, en)
        principal.press("记为已办", "Record as done")
        principal.is_told("已记下", "Recorded")
    principal.page.go_back()
    principal.is_told("不再重复记录", "not written down twice")
    for zh, en in above:
        said = re.compile(
            rf"{principal.week.words(zh, en)} · .+ · {principal.week.words('已办', 'done')}", re.I
        )
        expect(principal.main.get_by_text(said)).to_have_count(1)


# Thursday: the class has a new teacher, who takes over what is owed; the old one sees the class no more.


def thursday(week: Week, gone: str, moving: str) -> Somebody:
    week.next_morning()
    teacher, principal = week.comes("teacher", HAND), week.comes("principal")
    opens(teacher, gone)
    child = teacher.page.url.removeprefix(teacher.address)
    opens_from_the_board(principal, gone)
    persuades(principal)
    newcomer = hands_over_the_class(principal)
    teacher.finds_nothing(child)
    teacher.go("/")
    teacher.does_not_read(gone)
    signs(teacher, gone)
    takes_over(newcomer, gone)
    has_moved(week, moving)
    calls_the_roll(newcomer, name=gone)
    week.show("2026-11-19T08:40")
    the_county_looks(week, gone)
    return newcomer


def persuades(principal: Somebody) -> None:
    """On the child's page: the act that is owed next."""
    principal.follow("劝返", "Persuade to return")
    principal.chooses("承诺返校", "promised to return")
    principal.chooses("连续旷课", "absence spell")
    principal.writes("见到谁", "Who was met", "家长同意，明天由奶奶送来。")
    principal.press("记下", "Write down")
    principal.is_told("已记下", "Recorded")


def hands_over_the_class(principal: Somebody) -> Somebody:
    """The principal passes the class on to somebody new, and makes the link for the new account."""
    week = principal.week
    principal.go("/")
    principal.follow("人员与任职", "People and posts")
    held = principal.section("三年级2班", "三年级2班").get_by_role("listitem")
    held = held.filter(has_text=re.compile(week.words("班主任", "class teacher"), re.I)).first
    held.get_by_text(week.words("变动", "Change")).first.click()
    principal.follow("移交", "Hand over", within=held)
    principal.writes("新人姓名", "Name of somebody new", NEW_TEACHER)
    principal.writes("新人电话", "Telephone of somebody new", "00000000123")
    principal.press("移交", "Hand over")
    principal.is_told("已移交", "Handed over")
    principal.follow(NEW_TEACHER, NEW_TEACHER)
    principal.follow("登录链接和账号", "Sign-in link and account")
    principal.press("生成链接", "Make the link")
    link = principal.main.get_by_text(re.compile("/link/")).inner_text()
    name = principal.main.get_by_role("definition").first.inner_text()
    return opens_the_link(week, link, name)


def opens_the_link(week: Week, link: str, name: str) -> Somebody:
    """The new teacher sets a password on the own phone; the link is good once."""
    newcomer = Somebody(week, name, HAND, "four-words-make-a-week")
    week.people[name] = newcomer
    newcomer.page.goto(link)
    newcomer.writes("新密码", "New password", newcomer.password)
    newcomer.writes("再输一次新密码", "again", newcomer.password)
    newcomer.chooses("我自己的手机", "my own phone")
    newcomer.press("设置密码并登录", "Set the password and sign in")
    expect(newcomer.page.get_by_role("heading", level=1)).to_have_text(week.words("今天", "Today"))
    again = newcomer.page.goto(link)
    assert again is not None
    assert again.status == 410
    newcomer.go("/")
    return newcomer


def signs(teacher: Somebody, child: str) -> None:
    """Who leaves confirms what is handed over, of whom by number alone, and sees the class no more."""
    teacher.follow("核对并签字", "Check and sign")
    teacher.does_not_read(child)
    teacher.press("清单无误，签字移交", "The list is right: sign")
    teacher.is_told("已签字", "Signed")
    teacher.go("/")
    teacher.does_not_read("三年级2班")


def has_moved(week: Week, moving: str) -> None:
    """The child is on the roll of the new school, and none of the old one's any more."""
    receiving, officer = week.comes("receiving"), week.comes("enrolment")
    receiving.returns_to("/first/")
    receiving.figure("在籍在校", "On roll, attending").click()
    receiving.follow(moving, moving, within=receiving.main)
    receiving.reads("石桥完小 四年级1班", "石桥完小 四年级1班")
    child = receiving.page.url.removeprefix(receiving.address)
    officer.returns_to("/first/")
    officer.figure("在籍在校", "On roll, attending").click()
    expect(officer.main.get_by_role("link", name=moving, exact=True)).to_have_count(0)
    officer.finds_nothing(child.removesuffix("enrolment/"))
    officer.go(child)
    officer.reads("已办结", "done")


def takes_over(newcomer: Somebody, child: str) -> None:
    """What is owed, with its old time limit, is seen and received."""
    newcomer.reads("岗位移交", "Posts handed over")
    newcomer.follow("查看并接收", "Look and receive")
    newcomer.reads("时限照旧", "Time limits stay as they are")
    expect(newcomer.main).to_contain_text(child)
    newcomer.picture("hand-over")
    newcomer.press("已看过，接收", "Seen, received")
    newcomer.is_told("已接收", "Received")


# Friday: the child is back; whoever worried sees it, and nobody may close the case yet.


def friday(week: Week, gone: str, newcomer: Somebody) -> None:
    week.next_morning()
    calls_the_roll(newcomer)
    week.show("2026-11-20T08:45")
    principal, county, cadre = week.comes("principal"), week.comes("county"), week.comes("cadre", HAND)
    opens_from_the_board(principal, gone)
    principal.reads("已返校", "back in school")
    principal.picture("child")
    principal.go("/first/")
    back = principal.section("等您办的", "Waiting for you")
    expect(back).to_contain_text(gone)
    expect(back).to_contain_text(week.words("到校 1/5 个上课日", "present 1 of 5 school days"))
    cadre.go("/first/")
    cadre.reads("要了解情况的孩子", "Children to find out about")
    expect(cadre.main.get_by_role("link", name=gone, exact=True)).to_have_count(0)
    county.returns_to("/first/")
    county.figure("今天旷课的学生", "Absent without leave today").click()
    expect(county.main.get_by_role("link", name=gone, exact=True)).to_have_count(0)
    county.go("/first/")
    prints(county, "示范县")


def prints(who: Somebody, place: str) -> None:
    """The page on paper: the place and the day stand on it, the buttons do not."""
    who.page.emulate_media(media="print")
    expect(who.page.get_by_role("banner")).to_be_hidden()
    expect(who.page.get_by_role("heading", level=1)).to_have_text(place)
    who.reads("截至 08:45", "as of 08:45")
    assert who.page.pdf(format="A4").startswith(b"%PDF")
    who.page.emulate_media(media="screen")
