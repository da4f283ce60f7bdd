"""Names made comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.domain.names import legal_form, normalised


@pytest.mark.parametrize(
    "one, other",
    [
        ("Acme", "Acme Inc"),
        ("Acme Inc.", "ACME, LLC"),
        ("Smith and Sons", "Smith & Sons"),
        ("The Baz Company", "Baz"),
        ("Baz, The", "Baz"),
        ("Café Zoë", "cafe zoe"),
        ("O'Brien’s", "OBriens"),
        ("J.P. Harbour", "JP Harbour"),
        ("Acme-Widgets (UK) Ltd", "Acme Widgets UK Limited"),
        ("Müller GmbH & Co. KG", "Muller"),
        ("Łódź Trading Sp. z o.o.", "Lodz Trading"),
        ("Søren A/S", "Soren"),
        ("Blanc S.à r.l.", "BLANC SARL"),
        ("Verde, S.A. de C.V.", "Verde"),
        ("Kiwi Pty Ltd", "Kiwi Proprietary Limited"),
        ("株式会社アクメ", "アクメ"),
        ("ＡＣＭＥ", "acme"),
    ],
)
def test_names_that_mean_the_same_firm_are_equal(one: str, other: str) -> None:
    assert normalised(one) == normalised(other) != ""


@pytest.mark.parametrize(
    "one, other",
    [
        ("Acme Widgets West", "Acme Widgets East"),
        ("3.5 Widgets", "35 Widgets"),
        ("Иванов", "Иваноы"),
        ("Майский", "Маиский"),
        ("ガス", "カス"),
        ("Cohen", "Hen"),
        ("Incanto", "Anto"),
    ],
)
def test_names_that_only_look_alike_are_not_equal(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    "name", ["", "  ", "Limited", "Company Inc", "The Company", "LLC.", "& Co.", "—", "The The"]
)
def test_a_name_of_nothing_but_legal_words_is_empty(name: str) -> None:
    assert normalised(name) == ""


def test_a_legal_form_is_named_by_its_family() -> None:
    assert legal_form("Acme Limited") == legal_form("ACME LTD.") == "ltd"
    assert legal_form("Acme, Inc.") == legal_form("Acme Incorporated") == "inc"
    assert legal_form("Acme") == legal_form("The Acme Company") == ""


@given(
    st.lists(
        st.sampled_from(
            ["the", "Acme", "&", "and", "Söhne", "S.A.", "Inc", "co", "O'Hara", "A/S", "7.5", "Ltd."]
        ),
        max_size=6,
    )
)
def test_making_a_name_comparable_twice_changes_nothing(words: list[str]) -> None:
    once = normalised(" ".join(words))
    assert normalised(once) == once
