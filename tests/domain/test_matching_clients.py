"""Which customers a client may be, and what may be taken in bulk."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.domain.documents import Address, Client
from tieout.domain.matching import Suggestion, Verdict, match_clients
from tieout.domain.seen import SeenParty


def clients(*names: str) -> list[Client]:
    return [Client(f"c{at}", name) for at, name in enumerate(names, 1)]


def customers(*names: str) -> list[SeenParty]:
    return [SeenParty(str(at), "0", name) for at, name in enumerate(names, 1)]


def verdicts(found: Sequence[Suggestion]) -> list[str]:
    return [suggestion.verdict.value for suggestion in found]


def test_equal_names_alone_on_both_sides_are_exact() -> None:
    [found] = match_clients(clients("Smith and Sons"), customers("SMITH & SONS, Inc.", "Smithson"))
    assert found.host_ref == "c1"
    assert found.verdict is Verdict.EXACT
    assert found.candidates[0].qbo_id == "1"
    assert found.candidates[0].score == 100
    assert found.candidates[0].reasons == ("the same name",)


def test_two_customers_with_one_name_are_ambiguous_for_the_client() -> None:
    [found] = match_clients(clients("Acme"), customers("Acme Inc", "ACME, LLC"))
    assert found.verdict is Verdict.AMBIGUOUS
    assert {candidate.qbo_id for candidate in found.candidates} == {"1", "2"}


def test_two_clients_with_one_name_are_both_ambiguous() -> None:
    found = match_clients(clients("Acme", "Acme Ltd", "Blue Heron"), customers("Acme", "Blue Heron"))
    assert verdicts(found) == ["ambiguous", "ambiguous", "exact"]


def test_names_of_nothing_but_legal_words_never_match() -> None:
    assert (
        verdicts(match_clients(clients("Limited", ""), customers("Company Inc", "Limited", "")))
        == ["none"] * 2
    )


def test_a_misspelt_name_is_offered_for_review() -> None:
    [found] = match_clients(clients("Jonson Plumbing"), customers("Johnson Plumbing", "Jackson Plastering"))
    assert found.verdict is Verdict.REVIEW
    assert found.candidates[0].qbo_id == "1"
    assert found.candidates[0].score >= 90
    assert "a similar name" in found.candidates[0].reasons


def test_a_typo_in_a_single_word_is_offered_for_review() -> None:
    [found] = match_clients(clients("Jonson"), customers("Johnson", "Zebra"))
    assert found.verdict is Verdict.REVIEW
    assert [candidate.qbo_id for candidate in found.candidates] == ["1"]


def test_words_in_another_order_are_offered_for_review() -> None:
    [found] = match_clients(clients("Heron Blue Landscaping"), customers("Blue Heron Landscaping"))
    assert found.verdict is Verdict.REVIEW
    assert "the same words in another order" in found.candidates[0].reasons


def test_siblings_that_differ_in_one_word_are_never_exact() -> None:
    found = match_clients(
        clients("Acme Widgets West", "Acme Widgets East"),
        customers("Acme Widgets East", "Acme Widgets North"),
    )
    assert verdicts(found) == ["review", "exact"]


def test_a_longer_name_that_holds_the_whole_name_is_offered() -> None:
    [found] = match_clients(clients("Blue Heron"), customers("Blue Heron Landscaping and Garden Design"))
    assert found.verdict is Verdict.REVIEW
    assert "all words of the shorter name" in found.candidates[0].reasons


def test_the_company_a_person_works_for_is_offered_but_not_taken() -> None:
    person = replace(customers("Jo Smith")[0], company_name="Blue Heron Ltd")
    [found] = match_clients(clients("Blue Heron"), [person])
    assert found.verdict is Verdict.REVIEW
    assert "the same company name" in found.candidates[0].reasons


@pytest.mark.parametrize(
    "ours, theirs, reason",
    [
        ({"tax_id": "12-345"}, {"tax_id": "99 999"}, "another tax id"),
        ({"email": "jo@acme.com"}, {"email": "jo@other.com"}, "another e-mail address"),
        ({"email": "jo1@gmail.com"}, {"email": "jo2@gmail.com"}, "another e-mail address"),
        (
            {"address": Address(postcode="94043")},
            {"address": Address(postcode="10001-1234")},
            "another postcode",
        ),
        ({"currency": "EUR"}, {"currency": "USD"}, "another currency"),
        ({"name": "Acme Ltd"}, {"name": "Acme GmbH"}, "another legal form"),
        ({}, {"active": False}, "it is inactive in QuickBooks"),
        ({"active": False}, {}, "the client is inactive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_equal_name_with_a_contradiction_is_for_review(
    ours: dict[str, object], theirs: dict[str, object], reason: str
) -> None:
    client = replace(clients("Acme")[0], **ours)  # type: ignore[arg-type]
    customer = replace(customers("Acme")[0], **theirs)  # type: ignore[arg-type]
    [found] = match_clients([client], [customer])
    assert found.verdict is Verdict.REVIEW
    assert reason in found.candidates[0].reasons
    assert found.candidates[0].score < 100


@pytest.mark.parametrize(
    "ours, theirs",
    [
        ({"email": "jo@acme.com"}, {"email": "billing@mail.acme.com, jo@gmail.com"}),
        ({"email": "JO@gmail.com"}, {"email": "jo@gmail.com"}),
        ({"tax_id": "GB 123"}, {"tax_id": "gb-123"}),
        ({"address": Address(postcode="94043")}, {"address": Address(postcode="94043-1234")}),
        ({"phone": "+1 (650) 555-0100"}, {"phone": "650.555.0100"}),
        ({"name": "Acme Inc"}, {"name": "Acme Incorporated"}),
        ({"tax_id": "GB 123"}, {}),
    ],
)
def test_what_agrees_or_is_missing_does_not_contradict(
    ours: dict[str, object], theirs: dict[str, object]
) -> None:
    client = replace(clients("Acme")[0], **ours)  # type: ignore[arg-type]
    customer = replace(customers("Acme")[0], **theirs)  # type: ignore[arg-type]
    [found] = match_clients([client], [customer])
    assert found.verdict is Verdict.EXACT


def test_an_inactive_namesake_does_not_make_the_active_one_ambiguous() -> None:
    old = SeenParty("7", "0", "Acme (deleted)", active=False)
    [found] = match_clients(clients("Acme"), [old, *customers("Acme")])
    assert found.verdict is Verdict.EXACT
    [only_old] = match_clients(clients("Acme"), [old])
    assert only_old.verdict is Verdict.REVIEW
    assert only_old.candidates[0].qbo_id == "7"


def test_a_shared_tax_id_or_mail_address_is_offered_whatever_the_names_are() -> None:
    ours = [Client("c1", "JS Consulting", tax_id="55"), Client("c2", "Q", email="q@x.org")]
    theirs = [
        SeenParty("1", "0", "Smith, John", tax_id="55"),
        SeenParty("2", "0", "Wholly Other", email="Q@x.org"),
    ]
    found = match_clients(ours, theirs)
    assert verdicts(found) == ["review", "review"]
    assert "the same tax id" in found[0].candidates[0].reasons
    assert "the same e-mail address" in found[1].candidates[0].reasons


def test_a_client_of_its_own_is_never_compared_with_a_sub_customer() -> None:
    parent, child = customers("Acme", "Blue Heron")
    child = replace(child, parent=parent.qbo_id, full_name="Acme:Blue Heron")
    assert verdicts(match_clients(clients("Blue Heron"), [parent, child])) == ["none"]


def test_a_branch_is_exact_only_below_the_same_parent() -> None:
    head, branch = clients("Acme Ltd", "Workshop")
    branch = replace(branch, parent=head.ref)
    acme, other, below_acme, below_other = customers("Acme Inc", "Other", "Workshop", "Workshop")
    below_acme = replace(below_acme, parent=acme.qbo_id)
    below_other = replace(below_other, parent=other.qbo_id)
    exact = match_clients([head, branch], [acme, other, below_acme, below_other])[1]
    assert exact.verdict is Verdict.EXACT
    assert exact.candidates[0].qbo_id == below_acme.qbo_id
    elsewhere = match_clients([head, branch], [acme, other, below_other])[1]
    assert elsewhere.verdict is Verdict.REVIEW
    assert "it belongs to another customer there" in elsewhere.candidates[0].reasons
    at_the_top = match_clients([head, branch], customers("Acme", "Workshop"))[1]
    assert at_the_top.verdict is Verdict.REVIEW
    assert "it stands at the top there" in at_the_top.candidates[0].reasons


def test_at_most_five_are_offered_best_first() -> None:
    [found] = match_clients(
        clients("Blue Heron Garden"), customers(*(f"Blue Heron Garden {sign}" for sign in "ABCDEFGH"))
    )
    scores = [candidate.score for candidate in found.candidates]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    assert [candidate.qbo_id for candidate in found.candidates] == ["1", "2", "3", "4", "5"]


WORDS = st.sampled_from(
    ["Acme", "Blue", "Heron", "Sons", "Inc", "Ltd", "West", "East", "&", "Jonson", "Johnson"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
MAILS = st.sampled_from(["", "", "a@acme.com", "b@acme.com", "a@blue.org"])
FIRMS = st.lists(st.tuples(NAMES, MAILS, st.booleans()), max_size=8)


def _our(firms: list[tuple[str, str, bool]]) -> list[Client]:
    return [
        Client(f"c{at}", name, email=mail, active=active) for at, (name, mail, active) in enumerate(firms)
    ]


def _their(firms: list[tuple[str, str, bool]]) -> list[SeenParty]:
    return [
        SeenParty(f"c{at}", "0", name, email=mail, active=active)
        for at, (name, mail, active) in enumerate(firms)
    ]


def _exact(found: Sequence[Suggestion]) -> set[tuple[str, str]]:
    return {(one.host_ref, one.candidates[0].qbo_id) for one in found if one.verdict is Verdict.EXACT}


@settings(max_examples=150, deadline=None)
@given(ours=FIRMS, theirs=FIRMS)
def test_no_customer_is_exact_for_two_clients(
    ours: list[tuple[str, str, bool]], theirs: list[tuple[str, str, bool]]
) -> None:
    exact = _exact(match_clients(_our(ours), _their(theirs)))
    assert max(Counter(customer for _, customer in exact).values(), default=0) <= 1
    assert all(theirs[int(customer[1:])][2] for _, customer in exact)


@settings(max_examples=150, deadline=None)
@given(ours=FIRMS, theirs=FIRMS)
def test_what_is_exact_one_way_is_exact_the_other_way(
    ours: list[tuple[str, str, bool]], theirs: list[tuple[str, str, bool]]
) -> None:
    # Namesakes that are inactive count at the host and not in the books, so only active ones are compared here.
    ours, theirs = [(n, m, True) for n, m, _ in ours], [(n, m, True) for n, m, _ in theirs]
    there = _exact(match_clients(_our(ours), _their(theirs)))
    back = _exact(match_clients(_our(theirs), _their(ours)))
    assert there == {(ours_ref, their_ref) for their_ref, ours_ref in back}


@settings(max_examples=150, deadline=None)
@given(ours=FIRMS, theirs=FIRMS, data=st.data())
def test_the_order_of_either_list_changes_nothing(
    ours: list[tuple[str, str, bool]], theirs: list[tuple[str, str, bool]], data: st.DataObject
) -> None:
    some, others = _our(ours), _their(theirs)
    before = {one.host_ref: one for one in match_clients(some, others)}
    turned = match_clients(data.draw(st.permutations(some)), data.draw(st.permutations(others)))
    assert {one.host_ref: one for one in turned} == before


def test_five_thousand_by_five_thousand_take_seconds() -> None:
    stems = [f"{one}{two}{three}" for one in "bdfgklmnprst" for two in "aeiou" for three in "bdfgklmnprst"]
    names = [f"{stems[at % 720]} {stems[(at * 7 + at // 720) % 720]} trading" for at in range(5000)]
    started = time.perf_counter()
    found = match_clients(clients(*(f"{name}x" for name in names)), customers(*names))
    assert time.perf_counter() - started < 20, "blocking does not block"
    right = sum(
        any(candidate.qbo_id == str(at) for candidate in one.candidates) for at, one in enumerate(found, 1)
    )
    assert right > 4900
