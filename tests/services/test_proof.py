"""The chain of one child: every obligation leads to its facts, its clause, its act and the journal."""

from __future__ import annotations

import pytest
from builders_db import School, a_school, at

from notoneless.core.paper import DayRow, Table, markdown
from notoneless.core.terms import Act, ObligationState
from notoneless.records.models import ActRecord, Case, JournalEntry, Person
from notoneless.services.casework import record_act
from notoneless.services.fingerprints import fingerprint_of
from notoneless.services.proof import chain_of, fingerprints, found_child, prove
from notoneless.services.proof_page import proof_page
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
NOON = at("2025-09-09 12:00")


@pytest.fixture
def school() -> School:
    """The first pupil is away two mornings running, reported and visited."""
    school = a_school()
    school.roll_call("A")
    _act(school, Act.REPORT, "2025-09-08 08:40")
    school.roll_call("A", "2025-09-09 08:05")
    _act(school, Act.HOME_VISIT, "2025-09-09 10:00", note="家中无人")
    return school


def _act(school: School, act: Act, moment: str, **more: str) -> ActRecord:
    when = at(moment)
    return record_act(by=school.teacher, child=school.pupils[0], act=act, happened_at=when, at=when, **more)


def test_each_obligation_stands_with_its_facts_in_the_journal(school: School) -> None:
    chain = chain_of(school.pupils[0], as_of=NOON)
    told = dict(JournalEntry.objects.values_list("seq", "act"))
    assert chain.links
    for link in chain.links:
        assert link.owed is not None
        assert link.row.rule == link.owed.bound.rule.id
        assert {told[seq] for _, _, seq in link.facts if seq} <= {"TAKE_ROLL_CALL", "RECORD_ACT"}
        assert any(seq for _, _, seq in link.facts)


def test_an_act_stands_once_with_its_fingerprint_and_its_place(school: School) -> None:
    chain = chain_of(school.pupils[0], as_of=NOON)
    met = [link.met for link in chain.links if link.row.state is ObligationState.MET and link.met]
    assert Act.HOME_VISIT in {done.act.act for done in met}
    stands = {done.act.pk for done in (*met, *chain.others)}
    assert stands == set(school.pupils[0].acts.values_list("pk", flat=True))
    for done in (*met, *chain.others):
        entry = JournalEntry.objects.get(seq=done.seq)
        assert entry.body["act"] == str(done.act.pk)


def test_a_fingerprint_follows_every_letter(school: School) -> None:
    act = school.pupils[0].acts.get(act=Act.HOME_VISIT)
    before = fingerprint_of(act)
    assert fingerprint_of(ActRecord.objects.get(pk=act.pk)) == before
    act.note = "家中有人"
    assert fingerprint_of(act) != before


def test_what_was_not_known_then_is_not_in_the_chain_of_then(school: School) -> None:
    early = chain_of(school.pupils[0], as_of=at("2025-09-08 12:00"))
    assert {done.act.act for done in early.others} | {
        link.met.act.act for link in early.links if link.met
    } == {Act.REPORT}
    assert all(link.row.opened_at <= early.as_of for link in early.links)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_names_clause_moment_and_fingerprint(school: School, language: str) -> None:
    chain = chain_of(school.pupils[0], as_of=NOON)
    page = proof_page(chain, language)
    text = markdown(page)
    assert any(isinstance(block, DayRow) for block in page.blocks)
    rules, links = [block for block in page.blocks if isinstance(block, Table)][:2]
    assert len(rules.rows) == len({(link.row.pack_id, link.row.rule) for link in chain.links})
    assert len(links.rows) == len(chain.links)
    assert {row[2] for row in links.rows} == {row[0] for row in rules.rows}
    for link in chain.links:
        assert link.owed is not None
        assert link.owed.bound.rule.pointer in text
    for done in (link.met for link in chain.links if link.met):
        assert f"{done.fingerprint[:12]} [{done.seq}]" in text


def test_whoever_may_not_hand_it_out_gets_nothing(school: School) -> None:
    with pytest.raises(Refusal):
        prove(by=school.teacher, child=school.pupils[0], at=NOON)
    assert not JournalEntry.objects.filter(act="EXPORT").exists()


def test_whoever_hands_it_out_is_in_the_journal_without_a_name(school: School) -> None:
    chain = prove(by=school.principal, child=school.pupils[0], at=NOON)
    entry = JournalEntry.objects.get(act="EXPORT")
    assert entry.by == Person.objects.get(pk=school.principal.pk)
    assert entry.body["obligations"] == len(chain.links)
    assert school.pupils[0].name not in str(entry.body)


def test_a_child_is_found_by_case_or_id_and_never_by_name(school: School) -> None:
    child = school.pupils[0]
    assert found_child(str(child.pk)) == child
    case = Case.objects.filter(child=child).first()
    if case is not None:
        assert found_child(case.number) == child
    with pytest.raises(Refusal):
        found_child(child.name)


def test_a_machine_gets_every_fingerprint_whole(school: School) -> None:
    said = fingerprints(chain_of(school.pupils[0], as_of=NOON))
    acts = said["acts"]
    assert isinstance(acts, dict)
    assert all(len(digest) == 64 for digest, _ in acts.values())
    assert len(acts) == 2
