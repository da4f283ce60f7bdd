"""`qbosim run`: programs nobody changed, under Intuit's own names. Each test starts a real program."""

from __future__ import annotations

import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qbosim.addresses import INTUIT_HOSTS
from qbosim.run import trust
from qbosim.run.program import FIRST_ADDRESS, hosts_file
from tests.qbosim.test_cli import COMMAND

API = "https://quickbooks.api.intuit.com"


def started(*arguments: str, before: tuple[str, ...] = (), **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, *COMMAND, "run", "--company", "empty", "--seed", "5", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | more,
    )


def ran(*arguments: str, before: tuple[str, ...] = (), **more: str) -> tuple[int, str, str]:
    """Run a program; skips where the machine does not allow it, and says why."""
    process = started(*arguments, before=before, **more)
    out, told = process.communicate(timeout=60)
    assert "Traceback" not in told
    if "Which: unshare" in told or "Which: map" in told or "may not listen on port 443" in told:
        pytest.skip(told)
    return process.returncode, out, told


@functools.cache
def allowed() -> None:
    """Skip where nothing can be run."""
    assert ran("--", "true")[0] == 0


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def unprivileged() -> tuple[str, ...]:
    """What makes a command run as somebody who may do nothing special but read this project's files."""
    if os.geteuid() != 0:
        return ()
    identity = ("--reuid", "65534", "--regid", "65534", "--clear-groups")
    return (
        needs("setpriv"),
        *identity,
        "--inh-caps",
        "+dac_read_search",
        "--ambient-caps",
        "+dac_read_search",
    )


pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="private host names need Linux")

PYTHON = (
    "import os, json, urllib.request as u\n"
    f"request = u.Request('{API}/v3/company/' + os.environ['QBOSIM_REALM_ID'] + '/companyinfo/1', headers="
    "{'Authorization': 'Bearer ' + os.environ['QBOSIM_ACCESS_TOKEN'], 'Accept': 'application/json'})\n"
    "print(json.load(u.urlopen(request))['CompanyInfo']['CompanyName'])\n"
)


@pytest.mark.rule("run.names")
def test_curl_reaches_the_simulator_under_every_name_of_intuits_whatever_proxy_there_is() -> None:
    curl = needs("curl")
    before = Path("/etc/hosts").read_bytes()
    addresses = [part for name in INTUIT_HOSTS for part in ("-o", "/dev/null", f"https://{name}/op/v1/jwks")]
    nowhere = "http://127.0.0.1:1"
    code, out, told = ran("--", curl, "-sS", "-w", "%{http_code} ", *addresses, https_proxy=nowhere)
    assert (code, out.split(), told) == (0, ["200"] * len(INTUIT_HOSTS), "")
    assert Path("/etc/hosts").read_bytes() == before


def test_a_python_program_reads_the_company_with_the_tokens_in_its_environment() -> None:
    assert ran("--grant-env", "--", sys.executable, "-c", PYTHON)[:2] == (0, "New Company\n")


def test_a_client_that_pins_its_own_authorities_trusts_a_named_file(tmp_path: Path) -> None:
    bundles = trust.system_bundles()
    if not bundles:
        pytest.skip("this system has no file of trusted authorities")
    own = tmp_path / "cacert.pem"
    own.write_bytes(bundles[0].read_bytes())
    code = (
        "import ssl, sys, urllib.request as u\n"
        "context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
        f"context.load_verify_locations(r'{own}')\n"
        f"print(u.urlopen('{API}/op/v1/jwks', context=context).status)\n"
    )
    assert ran("--trust-file", str(own), "--", sys.executable, "-c", code)[:2] == (0, "200\n")
    _, told = started("--", sys.executable, "-c", code).communicate(timeout=60)
    assert "CERTIFICATE_VERIFY_FAILED" in told
    assert own.read_bytes() == bundles[0].read_bytes()


def test_python_requests_node_and_java_trust_the_simulator(tmp_path: Path) -> None:
    requests = f"import requests; print('requests', requests.get('{API}/op/v1/jwks').status_code)"
    node = f"fetch('{API}/op/v1/jwks').then(answer => console.log('node', answer.status))"
    java = tmp_path / "Ask.java"
    java.write_text(
        "public class Ask { public static void main(String[] all) throws Exception {\n"
        f'var line = (java.net.HttpURLConnection) new java.net.URL("{API}/op/v1/jwks").openConnection();\n'
        'System.out.println("java " + line.getResponseCode()); } }\n'
    )
    clients = {"requests": f'{sys.executable} -c "{requests}"'}
    if shutil.which("node"):
        clients["node"] = f'node -e "{node}"'
    if shutil.which("javac"):
        clients["java"] = f"java {java}"
    code, out, told = ran("--", "sh", "-c", "; ".join(clients.values()))
    assert (code, out.splitlines()) == (0, [f"{client} 200" for client in clients]), told


@pytest.mark.rule("run.status")
def test_the_exit_code_the_output_and_the_open_files_are_the_programs_own() -> None:
    assert ran("--", "sh", "-c", "echo out; echo err >&2; exit 7") == (7, "out\n", "err\n")
    opened = "import os; print(*sorted(os.listdir('/proc/self/fd')), flush=True); os.kill(os.getpid(), 9)"
    assert ran("--", sys.executable, "-c", opened)[:2] == (137, "0 1 2 3\n")  # the last one reads the list


@pytest.mark.rule("run.status")
def test_signals_are_passed_on_to_the_program() -> None:
    allowed()
    process = started(
        "--", "sh", "-c", "trap 'echo got it; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (5, "got it\n")


def test_the_program_does_not_outlive_a_simulator_that_was_killed(tmp_path: Path) -> None:
    allowed()
    process = started("--", "sh", "-c", "echo $$; exec sleep 60", TMPDIR=str(tmp_path))  # it cannot tidy up
    assert process.stdout is not None
    program = int(process.stdout.readline())
    process.kill()
    process.communicate(timeout=30)
    ends = time.monotonic() + 10
    while Path(f"/proc/{program}").exists() and _state(program) != "Z" and time.monotonic() < ends:
        time.sleep(0.02)
    assert not Path(f"/proc/{program}").exists() or _state(program) == "Z"


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def test_two_runs_at_once_do_not_disturb_each_other() -> None:
    inner = [*COMMAND, "run", "--company", "empty", "--", "sh", "-c", "echo $QBOSIM_URL"]
    code, out, _ = ran("--", "sh", "-c", 'echo $QBOSIM_URL; exec "$@"', "sh", *inner)
    urls = out.split()
    assert code == 0
    assert len(set(urls)) == 2


@pytest.mark.rule("run.own_network")
def test_without_any_privilege_a_program_runs_in_a_network_of_its_own() -> None:
    curl = needs("curl")
    script = (
        f'{curl} -sS -H "Authorization: Bearer $QBOSIM_ACCESS_TOKEN" -H "Accept: application/json" '
        f"{API}/v3/company/$QBOSIM_REALM_ID/companyinfo/1; echo; {curl} -sS https://192.0.2.1/; echo $?"
    )
    code, out, _ = ran("--own-network", "--grant-env", "--", "sh", "-c", script, before=unprivileged())
    read, status = out.splitlines()
    assert (code, json.loads(read)["CompanyInfo"]["CompanyName"]) == (0, "New Company")
    assert status == "7"  # curl could not connect


def test_without_the_right_to_port_443_the_message_names_what_is_missing() -> None:
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 443:
        pytest.skip("anybody may listen on port 443 here")
    done = subprocess.run(
        [*unprivileged(), *COMMAND, "run", "--company", "empty", "--", "true"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    for words in ("Which: 127.71.66.79:443", "CAP_NET_BIND_SERVICE", "--own-network", "by hand"):
        assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_that_is_not_there_is_told_as_a_shell_tells_it(tmp_path: Path) -> None:
    code, _, told = ran("--", "no-such-program")
    assert code == 127
    assert "Which: no-such-program" in told
    (tmp_path / "file").write_text("")
    assert ran("--", str(tmp_path / "file"))[0] == 126


def test_a_trust_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    code, _, told = ran("--trust-file", str(tmp_path / "nothing.pem"), "--", "true")
    assert code == 1
    assert "nothing.pem" in told


def test_what_a_run_did_is_kept_in_its_data(tmp_path: Path) -> None:
    file = str(tmp_path / "world.db")
    create = (
        "import os, json, urllib.request as u\n"
        f"u.urlopen(u.Request('{API}/v3/company/' + os.environ['QBOSIM_REALM_ID'] + '/customer', "
        "data=json.dumps({'DisplayName': 'Kept'}).encode(), headers={'Authorization': 'Bearer ' + "
        "os.environ['QBOSIM_ACCESS_TOKEN'], 'Accept': 'application/json'}))\n"
    )
    assert ran("--data", file, "--grant-env", "--", sys.executable, "-c", create)[0] == 0
    find = PYTHON.replace("companyinfo/1", "customer/1").replace("['CompanyInfo']['CompanyName']", "")
    code, out, told = ran("--data", file, "--grant-env", "--", sys.executable, "-c", find)
    assert code == 0, told
    assert "Kept" in out


def test_a_hosts_file_keeps_everything_but_intuits_names() -> None:
    text = f"127.0.0.1 localhost\n10.0.0.1 {INTUIT_HOSTS[0]} other # both\n10.0.0.2 {INTUIT_HOSTS[1]}\n"
    made = hosts_file(text, FIRST_ADDRESS).splitlines()
    assert made[: len(INTUIT_HOSTS)] == [f"{FIRST_ADDRESS} {name}" for name in INTUIT_HOSTS]
    assert made[len(INTUIT_HOSTS) :] == ["127.0.0.1 localhost", "10.0.0.1 other"]


def test_variables_add_to_what_a_program_trusts_already(tmp_path: Path) -> None:
    mine = tmp_path / "mine.pem"
    mine.write_text("mine")
    before = {"REQUESTS_CA_BUNDLE": str(mine), "JAVA_TOOL_OPTIONS": "-Dmine=1"}
    made = trust.variables(before, b"ours", tmp_path)
    assert Path(made["REQUESTS_CA_BUNDLE"]).read_bytes() == b"mine\nours"
    assert Path(made["NODE_EXTRA_CA_CERTS"]).read_bytes() == b"ours"
    assert Path(made["SSL_CERT_FILE"]).read_bytes().endswith(b"ours")
    assert made["JAVA_TOOL_OPTIONS"].startswith("-Dmine=1 -Djavax.net.ssl.trustStore=")


CLIENT = """
import os
from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.objects.customer import Customer

auth = AuthClient(
    os.environ["QBOSIM_CLIENT_ID"], os.environ["QBOSIM_CLIENT_SECRET"], "http://localhost:8000/", "sandbox",
    refresh_token=os.environ["QBOSIM_REFRESH_TOKEN"], realm_id=os.environ["QBOSIM_REALM_ID"],
)
print(auth.token_endpoint)
auth.refresh()
client = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=auth.realm_id)
customer = Customer()
customer.DisplayName = "Made unchanged"
customer.save(qb=client)
print([each.DisplayName for each in Customer.all(qb=client)])
print(auth.revoke())
"""


def test_intuits_own_client_and_python_quickbooks_work_with_no_address_set(tmp_path: Path) -> None:
    script = tmp_path / "client.py"
    script.write_text(CLIENT)
    code, out, told = ran("--grant-env", "--", sys.executable, str(script))
    assert code == 0, told
    assert out.splitlines() == [
        "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        "['Made unchanged']",
        "True",
    ]
