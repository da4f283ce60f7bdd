"""The few pages a person sees: the consent page, its error page, and the front page of the simulator.

Plain HTML with its style inside, no script, nothing fetched from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from qbosim.realms import Realm
from qbosim.wire import Response

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2421;--soft:#5d6b66;--card:#fff;
--back:#eef3f0;--line:#d8e2dd;--go:#19703a;--on-go:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e8efec;--soft:#9db0a8;--card:#18211d;--back:#0e1512;
--line:#2b3933;--go:#57c785;--on-go:#06210f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;
background:var(--back);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:min(34rem,100%);background:var(--card);border:1px solid var(--line);border-radius:14px;
padding:1.75rem;box-shadow:0 8px 30px rgb(0 0 0/.07)}
.wide{width:min(52rem,100%)}
.badge{display:inline-block;font-size:.78rem;color:var(--soft);
border:1px solid var(--line);border-radius:99px;padding:.1rem .7rem}
h1{font-size:1.35rem;line-height:1.3;margin:.9rem 0 .5rem}
p,li{color:var(--soft)}p b,li b{color:var(--ink)}
fieldset{border:1px solid var(--line);border-radius:10px;margin:1.2rem 0;padding:.5rem .9rem}
legend{font-weight:600;padding:0 .4rem}
label{display:flex;gap:.6rem;align-items:center;padding:.45rem 0;cursor:pointer}
label small{color:var(--soft);margin-left:auto;font-variant-numeric:tabular-nums}
.actions{display:flex;gap:.7rem;flex-wrap:wrap;margin-top:1.2rem}
button{font:inherit;font-weight:600;padding:.6rem 1.3rem;border-radius:9px;border:1px solid var(--line);
background:none;color:var(--ink);cursor:pointer}
button.go{background:var(--go);border-color:var(--go);color:var(--on-go);flex:1}
a.go{display:inline-block;font-weight:600;padding:.5rem 1.1rem;border-radius:9px;background:var(--go);
color:var(--on-go);text-decoration:none}
a:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid #4c9ffe;outline-offset:2px}
code{font-size:.9em;background:var(--back);padding:.05rem .35rem;border-radius:5px;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.92rem}
td{padding:.35rem .5rem .35rem 0;vertical-align:top;
border-top:1px solid var(--line);color:var(--soft);overflow-wrap:anywhere}
@media(min-width:46rem){td:first-child{white-space:nowrap}}
@media(max-width:46rem){td{display:block;padding-right:0}td+td{border:0;padding-top:0}}
"""

_SCOPES = {
    "com.intuit.quickbooks.accounting": "Read and change the company's books",
    "com.intuit.quickbooks.payment": "Take payments",
    "openid": "Know who you are",
    "profile": "See your name",
    "email": "See your e-mail address",
    "phone": "See your phone number",
    "address": "See your address",
}


def consent(
    app_name: str, companies: Iterable[Realm], scopes: Iterable[str], fields: Mapping[str, str]
) -> Response:
    """The page that asks whether an app may connect, and to which company.

    `fields` come back with the answer.
    """
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    choices = "".join(
        f'<label><input type="radio" name="realmId" value="{escape(each.realm)}"{first}>'
        f" {escape(each.name)} <small>{escape(each.realm)}</small></label>"
        for first, each in _marked(companies)
    )
    company = f"<fieldset><legend>Company</legend>{choices}</fieldset>" if choices else ""
    wishes = "".join(f"<li>{escape(_SCOPES.get(scope, scope))}</li>" for scope in scopes)
    body = (
        f"<h1>Connect <b>{escape(app_name)}</b> to QuickBooks?</h1>"
        f"<p><b>{escape(app_name)}</b> asks to:</p><ul>{wishes}</ul>"
        f'<form method="post" action="/connect/oauth2">{hidden}{company}'
        '<div class="actions"><button class="go" name="decision" value="connect">Connect</button>'
        '<button name="decision" value="cancel">Cancel</button></div></form>'
    )
    return _page(200, f"Connect {app_name}", body)


def trouble(status: int, title: str, *, why: str, remedy: str) -> Response:
    """An error that must not be sent on to the app."""
    body = f"<h1>{escape(title)}</h1><p>{escape(why)}</p><p><b>What to do:</b> {escape(remedy)}</p>"
    return _page(status, title, body)


def front(url: str, companies: Iterable[Realm], controls: Iterable[tuple[str, str]]) -> Response:
    """What this server is, for a person who opened it in a browser."""
    rows = "".join(
        f"<tr><td><b>{escape(each.name)}</b></td><td>{escape(each.kind)}, {escape(each.country)}, "
        f"{escape(each.currency)}</td><td><code>{escape(each.realm)}</code></td></tr>"
        for each in companies
    )
    doors = "".join(
        f"<tr><td><code>{escape(door)}</code></td><td>{escape(doc)}</td></tr>" for door, doc in controls
    )
    body = (
        "<h1>qbosim: a QuickBooks Online that runs on this computer</h1>"
        "<p>It answers Intuit's OAuth and Accounting API addresses under this one address. "
        "No real company, bank or tax office is touched, and nothing leaves this computer.</p>"
        '<p><a class="go" href="/qbosim/console">Open the console</a></p>'
        f"<p>API <code>{escape(url)}/v3/company/&lt;realm&gt;/…</code><br>"
        f"Discovery <code>{escape(url)}/.well-known/openid_sandbox_configuration</code></p>"
        f"<table>{rows}</table><h1>Control plane</h1><table>{doors}</table>"
    )
    return _page(200, "What this is", body, width="wide")


def _marked(companies: Iterable[Realm]) -> list[tuple[str, Realm]]:
    return [("" if number else " checked", each) for number, each in enumerate(companies)]


def _page(status: int, title: str, body: str, *, width: str = "") -> Response:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · qbosim</title><style>{_STYLE}</style></head>"
        f'<body><main class="{width}"><span class="badge">qbosim · simulated Intuit</span>'
        f"{body}</main></body></html>"
    )
    return Response(
        status,
        html.encode(),
        (
            ("Content-Type", "text/html;charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("X-Frame-Options", "DENY"),
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            ),
            ("Referrer-Policy", "no-referrer"),
        ),
    )
