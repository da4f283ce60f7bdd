"""Names of firms and people, made comparable: `The Smith & Sons Co., Ltd.` is `smith and sons`."""

from __future__ import annotations

import re
import unicodedata

FORMS: dict[str, str] = {
    # English-speaking countries
    "inc": "inc",
    "incorporated": "inc",
    "corp": "corp",
    "corporation": "corp",
    "co": "",
    "company": "",
    "llc": "llc",
    "limited liability company": "llc",
    "pllc": "llc",
    "llp": "llp",
    "limited liability partnership": "llp",
    "lp": "lp",
    "ltd": "ltd",
    "limited": "ltd",
    "plc": "plc",
    "public limited company": "plc",
    "cic": "cic",
    "dac": "ltd",
    "ulc": "ulc",
    "ltee": "ltd",
    "pty": "ltd",
    "proprietary": "ltd",
    "pvt": "ltd",
    "private": "ltd",
    "pte": "ltd",
    # German-speaking countries
    "gmbh": "gmbh",
    "ggmbh": "gmbh",
    "mbh": "gmbh",
    "gmbh and co kg": "kg",
    "kg": "kg",
    "kgaa": "kgaa",
    "ohg": "ohg",
    "gbr": "gbr",
    "ug": "gmbh",
    "ug haftungsbeschrankt": "gmbh",
    "ag": "ag",
    # Romance-speaking countries
    "sa": "sa",
    "s a": "sa",
    "sarl": "sarl",
    "s a r l": "sarl",
    "sa rl": "sarl",
    "sas": "sas",
    "s a s": "sas",
    "sasu": "sas",
    "eurl": "sarl",
    "snc": "snc",
    "sci": "sci",
    "srl": "srl",
    "s r l": "srl",
    "srls": "srl",
    "spa": "spa",
    "s p a": "spa",
    "sl": "sl",
    "s l": "sl",
    "slu": "sl",
    "sau": "sa",
    "sa de cv": "sa",
    "s a de c v": "sa",
    "sapi de cv": "sa",
    "s de rl de cv": "srl",
    "lda": "lda",
    "ltda": "lda",
    "limitada": "lda",
    "eireli": "lda",
    "sagl": "sarl",
    # The Netherlands, Belgium and the Nordic countries
    "bv": "bv",
    "b v": "bv",
    "nv": "nv",
    "n v": "nv",
    "vof": "vof",
    "bvba": "bv",
    "sprl": "srl",
    "ab": "ab",
    "aktiebolag": "ab",
    "as": "as",
    "asa": "as",
    "aps": "aps",
    "oy": "oy",
    "oyj": "oy",
    "ehf": "ehf",
    "hf": "hf",
    # Central and eastern Europe, Turkey
    "sp z oo": "spzoo",
    "sp z o o": "spzoo",
    "spolka z oo": "spzoo",
    "sro": "sro",
    "s r o": "sro",
    "spol s r o": "sro",
    "spol sro": "sro",
    "kft": "kft",
    "zrt": "zrt",
    "nyrt": "zrt",
    "doo": "doo",
    "d o o": "doo",
    "ood": "ood",
    "eood": "ood",
    "uab": "uab",
    "sia": "sia",
    "ou": "ou",
    "ltd sti": "ltd",
    "ооо": "ooo",
    # Asia
    "kk": "kk",
    "k k": "kk",
    "kabushiki kaisha": "kk",
    "sdn bhd": "bhd",
    "bhd": "bhd",
    "tbk": "tbk",
}
"""Legal forms as they end a name, and the family of each; "" for a word that says nothing about the form."""

CHARACTERS = ("株式会社", "有限会社", "合同会社", "股份有限公司", "有限公司", "주식회사")
"""Legal forms written without blanks, before or after the name."""
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that Unicode does not take apart into a letter and an accent."""
FORM_WORDS_MAX = max(len(form.split()) for form in FORMS)

_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_AND = re.compile(r"[&+]")
_INITIALS = re.compile(r"\b(?:[^\W\d_][./])+[^\W\d_]?\b(?!\w)\.?")
_OTHER = re.compile(r"[^\w]+|_")


def normalised(name: str) -> str:
    """Make a name comparable; "" for one that says nothing but a legal form, which never matches.

    Case, accents of Latin and Greek letters, punctuation, `&` for *and*, legal forms at the end and *the* at
    either end make no difference.
    """
    return " ".join(_taken_apart(name)[0])


def legal_form(name: str) -> str:
    """Name the family of the legal form a name ends in; "" when it shows none."""
    return _taken_apart(name)[1]


def words_of(text: str) -> list[str]:
    """Take a text apart into plain words: no case, accents or punctuation, `&` is *and*."""
    plain = _without_accents(unicodedata.normalize("NFKC", text).casefold())
    plain = _AND.sub(" and ", _APOSTROPHES.sub("", plain))
    plain = _INITIALS.sub(lambda found: found[0].replace(".", "").replace("/", "") + " ", plain)
    return _OTHER.sub(" ", plain).split()


def plain(text: str) -> str:
    """Make a text comparable that is no firm's name: an item's, a term's, a tax's."""
    return " ".join(words_of(text))


def _taken_apart(name: str) -> tuple[list[str], str]:
    for form in CHARACTERS:
        name = name.strip().removeprefix(form).removesuffix(form)
    words = words_of(name)
    while words and words[0] == "the":
        words = words[1:]
    family = ""
    while words:
        if words[-1] in ("the", "and"):
            words = words[:-1]
            continue
        length = next((size for size in range(FORM_WORDS_MAX, 0, -1) if " ".join(words[-size:]) in FORMS), 0)
        if not length:
            break
        family = family or FORMS[" ".join(words[-length:])]
        words = words[:-length]
    return words, family


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    kept: list[str] = []
    base = ""
    for sign in unicodedata.normalize("NFD", text.translate(LETTERS)):
        # In other scripts such a mark is a letter of its own: й is not и, and が is not か.
        if unicodedata.combining(sign) and (base < "\u0250" or "\u0370" <= base <= "\u03ff"):
            continue
        if not unicodedata.combining(sign):
            base = sign
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))
