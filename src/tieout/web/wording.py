"""Wording: the words, icons and tones that the page has for states, actions and results.

A tone is `good`, `info`, `warn`, `bad` or `calm`; it only colours what the word and the icon already say.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.domain.issues import (
    ACCEPT_THEIRS,
    CANCEL,
    CREATE,
    IGNORE,
    LINK,
    PUSH_OURS,
    RETRY,
)


@dataclass(frozen=True)
class Said:
    """How something is said."""

    word: str
    icon: str
    tone: str
    hint: str = ""


STANDS: dict[str, Said] = {
    "draft": Said("Draft", "dashed", "calm", "A draft at the host is not sent"),
    "from_books": Said("From QuickBooks", "down", "good", "Entered in QuickBooks and brought to the host"),
    "not_sent": Said("Not sent", "dashed", "calm", "Only the host has it"),
    "queued": Said(
        "Queued", "clock", "info", "It goes to QuickBooks with the next cycle, once sending is on"
    ),
    "waiting": Said("Waiting", "clock", "info", "It needs something else to be in QuickBooks first"),
    "on_its_way": Said("On its way", "send", "info", "It was sent, and the answer is being verified"),
    "needs_attention": Said("Needs attention", "alert", "bad", "It is held until somebody decides"),
    "synced": Said("Tied out", "check", "good", "Both sides agree"),
    "variance": Said("Total differs", "differs", "warn", "QuickBooks computed another total"),
    "drift": Said("Changed in QuickBooks", "differs", "bad", "QuickBooks no longer shows what was agreed"),
    "voided": Said("Voided", "ban", "calm", "Neither side has it in force"),
    "deleted": Said("Deleted", "ban", "calm", "Neither side has it any longer"),
}

CONNECTION: dict[str, Said] = {
    "connected": Said("Connected", "check", "good"),
    "needs_reconnect": Said("Needs reconnecting", "alert", "bad"),
    "paused": Said("Paused", "pause", "warn"),
    "disconnected": Said("Disconnected", "plug", "calm"),
}

SIGN_INS: dict[str, Said] = {
    "in_use": Said("In use", "check", "good", "The first that works: everything is done as this person"),
    "standby": Said("Stands by", "clock", "calm", "It is tried when those before it are lost"),
    "lost": Said("Lost", "alert", "bad", "Intuit no longer accepts it"),
}

ALLOWED: dict[bool, Said] = {
    True: Said("Yes", "check", "good"),
    False: Said("No", "ban", "calm"),
}

APP_SOURCES: dict[str, str] = {
    "own": "Your own Intuit app",
    "operator": "The operator's shared Intuit app",
    "": "None yet",
}

CONNECTING_TROUBLES: tuple[tuple[str, str, str], ...] = (
    (
        "The company is missing from Intuit's list",
        "Intuit lists the companies that the signed-in person administers, in this environment only.",
        "Sign out at Intuit and sign in as an administrator of that company, or ask one to connect it here.",
    ),
    (
        "Intuit says that you are not an administrator",
        "Only a company's primary or full administrator can let a program in.",
        "Have an administrator press Connect, or be made one in QuickBooks under Manage users.",
    ),
    (
        "Intuit says that the redirect URI is wrong",
        "It is not registered with the app, or differs from it by a letter.",
        "Copy it from App credentials into Keys & credentials in Intuit's developer portal.",
    ),
    (
        "It worked, and later it does not",
        "The sign-in was withdrawn in QuickBooks, was not used for 100 days, or its person lost their rights.",
        "Press Reconnect. Links, history and what waits stay as they are; a second person's sign-in prevents it.",
    ),
    (
        "Connect stays grey",
        "Client id and client secret are not both kept.",
        "Save them under App credentials, or ask the operator for a shared app.",
    ),
)
"""What goes wrong at connecting: what is seen, why, what to do."""

CYCLE: dict[str, Said] = {
    "running": Said("Running now", "sync", "info"),
    "succeeded": Said("Finished", "check", "good"),
    "partial": Said("Finished, some work is tried again soon", "clock", "warn"),
    "aborted": Said("Stopped: no connection", "alert", "bad"),
    "failed": Said("Failed", "alert", "bad"),
    "abandoned": Said("Taken over by another worker", "clock", "warn"),
}

STATS: tuple[tuple[str, str], ...] = (
    ("changes", "read from QuickBooks"),
    ("host_changes", "read from the host"),
    ("applied", "taken in"),
    ("queued", "queued"),
    ("confirmed", "sent and confirmed"),
    ("adopted", "found after a lost answer"),
    ("needless", "not needed any more"),
    ("postponed", "put off"),
    ("blocked", "held for you"),
    ("waiting_in", "waiting to be taken in"),
    ("stuck_in", "could not be taken in"),
)
"""What a cycle counts, in the order in which it happens."""

WORK: tuple[tuple[str, str], ...] = (
    ("queued", "Queued"),
    ("leased", "Being prepared"),
    ("waiting", "Waiting for something else"),
    ("sent", "Sent, being verified"),
    ("retry_at", "Tried again soon"),
    ("blocked", "Held for you"),
)
"""The states of pushes that are not over."""

PUSHES: dict[str, Said] = {
    "queued": Said("Queued", "clock", "info"),
    "waiting": Said("Waiting", "clock", "info"),
    "leased": Said("Being prepared", "clock", "info"),
    "sent": Said("Sent, being verified", "send", "info"),
    "retry_at": Said("Tried again soon", "clock", "warn"),
    "blocked": Said("Held", "alert", "bad"),
    "confirmed": Said("Confirmed", "check", "good"),
    "cancelled": Said("Not sent", "ban", "calm"),
    "superseded": Said("Overtaken by a newer one", "ban", "calm"),
}

PUSH_ACTIONS: dict[str, str] = {
    "create": "Make it in QuickBooks",
    "update": "Update it in QuickBooks",
    "void": "Void it in QuickBooks",
    "delete": "Delete it in QuickBooks",
}

ISSUE_STATES: dict[str, Said] = {
    "open": Said("Open", "alert", "bad"),
    "resolved": Said("Settled", "check", "good"),
    "cleared": Said("Went away by itself", "check", "calm"),
    "ignored": Said("Set aside until it changes", "pause", "calm"),
}

ACTIONS: dict[str, Said] = {
    PUSH_OURS: Said("Push ours", "up", "info", "Restore in QuickBooks what the host has"),
    ACCEPT_THEIRS: Said("Accept theirs", "down", "info", "Take into the host what QuickBooks has"),
    IGNORE: Said(
        "Ignore until it changes", "pause", "calm", "Set it aside; it comes back if the facts change"
    ),
    RETRY: Said("Retry", "sync", "info", "Try it once more with the next cycle"),
    CANCEL: Said("Do not send", "ban", "calm", "Leave it out of QuickBooks until the host changes it"),
    LINK: Said("Link to the chosen one", "link", "info", "It is the QuickBooks record that is chosen above"),
    CREATE: Said(
        "Make a new customer", "plus", "calm", "None of these: a new customer is made in QuickBooks"
    ),
    "merge": Said("Same payment: merge", "link", "info", "It is the same money; nothing is booked twice"),
    "apply": Said("Another payment: book it", "plus", "calm", "It is other money; it is booked at the host"),
    "reconnect": Said("Reconnect", "plug", "info", "Sign in at Intuit once more"),
}

VERDICTS: dict[str, Said] = {
    "exact": Said("Exact", "check", "good", "Equal, alone on both sides, nothing speaks against it"),
    "review": Said("Look at it", "eye", "warn", "Something like it is there"),
    "ambiguous": Said("Several possible", "differs", "bad", "Equal, but not alone"),
    "none": Said("Nothing like it", "dashed", "calm", "QuickBooks has nothing like it"),
}

KINDS: dict[str, str] = {
    "client": "Clients",
    "service": "Services",
    "tax_region": "Tax regions",
    "term": "Terms",
    "invoice": "Invoices",
    "credit_note": "Credit notes",
    "payment": "Payments",
}

KIND: dict[str, str] = {
    "client": "Client",
    "service": "Service",
    "tax_region": "Tax region",
    "term": "Term",
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "payment": "Payment",
}

THEIRS: dict[str, tuple[str, str]] = {
    "client": ("customer", "customers"),
    "service": ("item", "items"),
    "tax_region": ("tax code", "tax codes"),
    "term": ("term", "terms"),
}
"""QuickBooks' word, one and many, for what each kind is linked to."""

TIMELINE: dict[str, str] = {
    "queued": "clock",
    "confirmed": "check",
    "adopted": "check",
    "linked": "link",
    "unlinked": "link",
    "drift": "differs",
    "decided": "user",
    "held": "alert",
    "answer lost": "alert",
    "not sent": "ban",
}
"""Icons of what happens to a document."""

HOW: dict[str, str] = {
    "exact": "equal names",
    "confirmed": "a person said so",
    "created": "made by Tieout",
    "adopted": "found again after a lost answer",
}


HEALTH: dict[str, Said] = {
    "good": Said("Good", "check", "good"),
    "attention": Said("Needs a look", "alert", "warn"),
    "stopped": Said("Stands still", "ban", "bad"),
}

SIGNS: dict[str, str] = {
    "connection": "Connection",
    "permission": "Permission",
    "workers": "Workers",
    "cycle": "Cycles",
    "freshness": "Freshness",
    "webhooks": "Webhooks",
    "work": "Work waiting",
    "owed": "Lost answers",
    "reads": "Metered reads",
    "issues": "Needs attention",
    "notices": "Notices",
    "companies": "Companies",
}
"""What each part of health is called."""

SIGN_PAGES: dict[str, tuple[str, str]] = {
    "connection": ("Open the connection", "/"),
    "permission": ("Open the connection", "/"),
    "cycle": ("Latest cycles", "/cycles"),
    "freshness": ("What it rests on", "/mirror"),
    "reads": ("Reads by day", "/reads"),
    "issues": ("Decide", "/issues"),
    "notices": ("Read them", "/notices"),
}
"""Where each part of health is dealt with."""

WAITING: dict[tuple[str, str], str] = {
    **{("pushes", state): f"To QuickBooks: {word.lower()}" for state, word in WORK},
    ("changes", "queued"): "From QuickBooks: not taken in yet",
    ("changes", "waiting"): "From QuickBooks: waiting for something else",
    ("changes", "poison"): "From QuickBooks: could not be taken in",
    ("changes", "forgotten"): "In QuickBooks, sent by Tieout and not known here",
    ("jobs", "queued"): "Jobs to be done",
    ("jobs", "running"): "Jobs being done",
    ("events", "open"): "Webhook events not looked at yet",
}
"""What waits, by what it is and its state."""

SEVERITIES: dict[str, Said] = {
    "error": Said("Serious", "alert", "bad"),
    "warning": Said("Warning", "alert", "warn"),
    "info": Said("For information", "clock", "info"),
}

DELIVERIES: dict[str, Said] = {
    "waiting": Said("On its way", "clock", "info"),
    "delivered": Said("Delivered", "check", "good"),
    "failed": Said("Given up", "alert", "bad"),
}

READS: dict[str, str] = {
    "changes": "Change feed",
    "query": "Lists of records",
    "count": "Counts",
    "read": "Single records",
    "report": "Reports",
    "batch": "Batches",
}
"""What metered reads are spent on."""

IMPORTS: dict[str, Said] = {
    "never": Said("Not started", "dashed", "calm"),
    "waiting": Said("About to start", "clock", "info"),
    "running": Said("Running", "sync", "info"),
    "stopped": Said("Stopped", "alert", "bad"),
    "done": Said("Finished", "check", "good"),
}

EVENTS: dict[str, tuple[str, str]] = {
    "created": ("Created", "plus"),
    "first seen": ("First seen here", "eye"),
    "changed": ("Changed", "differs"),
    "made inactive": ("Made inactive", "pause"),
    "active again": ("Active again", "check"),
    "deleted": ("Deleted", "ban"),
    "merged": ("Merged into another", "link"),
    "came back": ("Came back", "check"),
}
"""What happened to a record, with an icon."""


def waits(what: str, state: str) -> str:
    """Say what kind of work waits, and how."""
    return WAITING.get((what, state)) or f"{what}: {state}".replace("_", " ").capitalize()


def said(words: dict[str, Said], key: str) -> Said:
    """Find how something is said; a state that has no words yet is shown as it is."""
    return words.get(key) or Said(key.replace("_", " ").capitalize(), "dashed", "calm")
