"""Which items, terms and tax codes the host's own may be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tieout.domain.documents import Service, TaxRegion, Term
from tieout.domain.matching import Verdict, match_services, match_tax_regions, match_terms
from tieout.domain.seen import SeenItem, SeenTaxCode, SeenTerm


def test_a_service_is_exact_by_name_or_by_sku() -> None:
    services = [Service("s1", "Pest Control"), Service("s2", "Hourly rate", sku="HR-1")]
    items = [SeenItem("1", "0", "pest control"), SeenItem("2", "0", "Hours", sku="hr-1")]
    found = match_services(services, items)
    assert [one.verdict for one in found] == [Verdict.EXACT, Verdict.EXACT]
    assert [one.candidates[0].qbo_id for one in found] == ["1", "2"]
    assert "the same SKU" in found[1].candidates[0].reasons


def test_a_service_whose_sku_and_name_point_to_two_items_is_ambiguous() -> None:
    items = [SeenItem("1", "0", "Pest Control"), SeenItem("2", "0", "Hours", sku="PC")]
    [found] = match_services([Service("s1", "Pest Control", sku="PC")], items)
    assert found.verdict is Verdict.AMBIGUOUS
    assert {one.qbo_id for one in found.candidates} == {"1", "2"}


def test_an_equal_name_with_another_sku_is_for_review() -> None:
    [found] = match_services(
        [Service("s1", "Pest Control", sku="PC")], [SeenItem("1", "0", "Pest Control", sku="X")]
    )
    assert found.verdict is Verdict.REVIEW
    assert "its SKU is X" in found.candidates[0].reasons


def test_categories_bundles_and_inactive_items_are_never_exact() -> None:
    item = SeenItem("1", "0", "Gardening")
    for sort in ("Category", "Group"):
        assert (
            match_services([Service("s1", "Gardening")], [replace(item, type=sort)])[0].verdict
            is Verdict.NONE
        )
    [found] = match_services([Service("s1", "Gardening")], [replace(item, active=False)])
    assert found.verdict is Verdict.REVIEW


def test_a_misspelt_service_is_for_review() -> None:
    [found] = match_services([Service("s1", "Gardenning")], [SeenItem("1", "0", "Gardening")])
    assert found.verdict is Verdict.REVIEW
    assert match_services([Service("s1", "")], [SeenItem("1", "0", "")])[0].verdict is Verdict.NONE


def test_a_term_is_exact_with_the_same_name_and_days() -> None:
    seen = [SeenTerm("3", "Net 30", 30), SeenTerm("4", "Net 15", 15), SeenTerm("5", "Month end", None)]
    found = match_terms(
        [
            Term("t1", "net 30", 30),
            Term("t2", "15 days", 15),
            Term("t3", "Net 15", 10),
            Term("t4", "Month end", 0),
        ],
        seen,
    )
    assert [one.verdict for one in found] == [Verdict.EXACT, Verdict.REVIEW, Verdict.REVIEW, Verdict.REVIEW]
    assert "15 days there" in found[2].candidates[0].reasons
    assert match_terms([Term("t9", "Net 60", 60)], seen)[0].verdict is Verdict.NONE


def test_two_terms_of_one_name_and_length_are_ambiguous() -> None:
    [found] = match_terms(
        [Term("t1", "Net 30", 30)], [SeenTerm("3", "Net 30", 30), SeenTerm("4", "NET-30", 30)]
    )
    assert found.verdict is Verdict.AMBIGUOUS


def test_a_tax_region_is_exact_with_the_same_name_and_rate() -> None:
    codes = [
        SeenTaxCode("2", "California", is_group=True, rate=Decimal("8")),
        SeenTaxCode("3", "Tucson", is_group=True, rate=Decimal("9.1")),
    ]
    found = match_tax_regions(
        [
            TaxRegion("r1", "California", Decimal("8.00")),
            TaxRegion("r2", "Tucson", Decimal("8.7")),
            TaxRegion("r3", "Elsewhere", Decimal("9.1")),
            TaxRegion("r4", "Oregon", Decimal("0")),
        ],
        codes,
    )
    assert [one.verdict for one in found] == [Verdict.EXACT, Verdict.REVIEW, Verdict.REVIEW, Verdict.NONE]
    assert "the rate there is 9.1 %" in found[1].candidates[0].reasons
    assert "the same rate, 9.1 %" in found[2].candidates[0].reasons


def test_the_pseudo_codes_of_the_us_are_never_offered() -> None:
    codes = [
        SeenTaxCode("TAX", "TAX", rate=Decimal("8")),
        SeenTaxCode("NON", "NON", taxable=False, rate=Decimal("0")),
    ]
    found = match_tax_regions(
        [TaxRegion("r1", "TAX", Decimal("8")), TaxRegion("r2", "Non", Decimal("0"))], codes
    )
    assert [one.verdict for one in found] == [Verdict.NONE, Verdict.NONE]
