"""Takes the pictures of the page that the documentation shows: `python -m tests.web.screenshots [FOLDER]`.

Without a folder, only the picture of the README is made, docs/images/home.png. With one, every page is
photographed there on a desktop and a phone, light and dark.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.web.house import House, browsing
from tests.web.story import busy_month, stock

README = Path(__file__).parents[2] / "docs" / "images" / "home.png"
SIZES = {"desktop": (1280, 900), "phone": (390, 844), "readme": (1280, 1080)}


def photograph(
    browser: Browser, address: str, to: Path, *, size: str, scheme: str, whole: bool = True
) -> None:
    """Take one picture of one page."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=1,
        timezone_id="America/Los_Angeles",
        locale="en-US",
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    to.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=to, full_page=whole)
    context.close()


def every_page(browser: Browser, house: House, folder: Path, begin: str, addresses: dict[str, str]) -> None:
    """Take pictures of pages in both sizes and schemes."""
    for name, address in addresses.items():
        for size in ("desktop", "phone"):
            for scheme in ("light", "dark"):
                to = folder / f"{begin}-{name}-{size}-{scheme}.png"
                photograph(browser, house.url + address, to, size=size, scheme=scheme)


def main(folder: Path | None) -> None:
    """Play the story and photograph it."""
    with browsing() as browser:
        if folder is not None:
            with tempfile.TemporaryDirectory() as home:
                house = House(Path(home), company="sample", seed=7)
                every_page(browser, house, folder, "0", {"welcome": "/"})
                house.connect()
                every_page(browser, house, folder, "1", {"connected": "/"})
                house.close()
            with tempfile.TemporaryDirectory() as home:
                house = House(Path(home), company="sample", seed=7)
                house.ready()
                stock(house)
                house.sync()
                every_page(browser, house, folder, "2", {"matching": "/matching/client"})
                house.close()
        with tempfile.TemporaryDirectory() as home:
            house = House(Path(home), company="sample", seed=7)
            busy_month(house)
            if folder is not None:
                every_page(
                    browser,
                    house,
                    folder,
                    "3",
                    {
                        "home": "/",
                        "document": "/documents/invoice/I-2044",
                        "issues": "/issues",
                        "cycles": "/cycles",
                        "settings": "/settings",
                        "health": "/health",
                        "import": "/import",
                        "mirror": "/mirror",
                        "reads": "/reads",
                        "records": "/records",
                        "invoices": "/records/Invoice",
                        "record": "/records/Customer/1",
                        "notices": "/notices",
                        "companies": "/companies",
                        "company": f"/companies/{house.simulator.realm_id}",
                        "credentials": "/credentials",
                        "connect": "/connect",
                        "erase": f"/companies/{house.simulator.realm_id}/erase",
                        "disconnect": "/connection/disconnect",
                        "nowhere": "/nowhere",
                        "callback": "/oauth/callback?error=access_denied&state=x",
                    },
                )
            photograph(browser, house.url, README, size="readme", scheme="light", whole=False)
            house.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
