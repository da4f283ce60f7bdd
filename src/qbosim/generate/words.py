"""The words that invented businesses, streets and towns are made of. Nobody is meant by any of them."""

from __future__ import annotations

from itertools import count
from random import Random

_FIRST = (
    "Alder", "Amber", "Ånger", "Basalt", "Birch", "Bluestem", "Brïar", "Cedar", "Cobalt", "Copper", "Çınar", "Dovetail",
    "Ember", "Érable", "Fern", "Flint", "Foxglove", "Granite", "Grünwald", "Halyard", "Harbor", "Hazel", "Heron", "Indigo",
    "Ironbark", "Juniper", "Kestrel", "Lantern", "Larch", "Lumière", "Marlow", "Mesa", "Moss", "Niño Viejo", "Northwind",
    "Oak", "Obsidian", "Osprey", "Pepperwood", "Pine", "Quarry", "Quillback", "Redwood", "Río Seco", "Saltmarsh", "Señal",
    "Sparrow", "Thistle", "Tøndra", "Umber", "Vesper", "Walnut", "Willow", "Wren", "Yarrow", "Zephyr", "Żuraw",
)  # fmt: skip
_SECOND = (
    "Bay", "Bridge", "Brook", "Canyon", "Côte", "Creek", "Field", "Forge", "Gate", "Glen", "Grove", "Hill", "Hollow",
    "Island", "Lake", "Lane", "Meadow", "Mill", "Peak", "Pier", "Point", "Pond", "Ridge", "River", "Rock", "Shore",
    "Spring", "Station", "Stone", "Valley", "View", "Wharf",
)  # fmt: skip
_TRADE = (
    "Accountants", "Animal Hospital", "Architects", "Bakery", "Boatyard", "Books", "Brewing", "Builders", "Café",
    "Catering", "Cold Storage", "Credit Union", "Dental Group", "Engineering", "Environmental", "Fisheries", "Freight",
    "Furniture", "Insurance", "Joinery", "Landscaping", "Law Office", "Logistics", "Machine Works", "Marine Supply",
    "Medical Center", "Montessori School", "Orchards", "Pâtisserie", "Pharmacy", "Physical Therapy", "Plumbing Supply",
    "Printing", "Property Management", "Realty", "Security", "Solar", "Surveyors", "Textiles", "Winery",
)  # fmt: skip
_SUPPLY = (
    "Components",
    "Distribution",
    "Hardware",
    "Networks",
    "Office Supply",
    "Power",
    "Software",
    "Telecom",
    "Tools",
)
_TOWNS = (
    "Bayview",
    "Fern Hollow",
    "Larchmont Falls",
    "Millbrook",
    "San Telmo Beach",
    "Stonefield",
    "Wharf Landing",
)
SITES = ("Harbor Site", "North Branch", "Plant 2", "Uptown", "Warehouse", "West Clinic")


class Names:
    """Names of businesses, none of them twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._given: set[str] = set()

    def business(self) -> str:
        """A customer's name."""
        return self._new(_TRADE)

    def supplier(self) -> str:
        """A vendor's name."""
        return self._new(_SUPPLY)

    def _new(self, trades: tuple[str, ...]) -> str:
        draw = self._random.choice
        name = f"{draw(_FIRST)} {draw(_SECOND)} {draw(trades)}"
        numbered = (name if number == 1 else f"{name} {number}" for number in count(1))
        found = next(each for each in numbered if each.casefold() not in self._given)
        self._given.add(found.casefold())
        return found


def address(random: Random) -> dict[str, str]:
    """A street in a town of California that no map shows."""
    return {
        "Line1": f"{random.randrange(1, 990)} {random.choice(_SECOND)} {random.choice(('Street', 'Road', 'Avenue'))}",
        "City": random.choice(_TOWNS),
        "CountrySubDivisionCode": "CA",
        "PostalCode": str(94990 + random.randrange(6)),
    }


def mailbox(number: int) -> str:
    """An address that no mail reaches."""
    return f"accounts{number}@customers.example"
