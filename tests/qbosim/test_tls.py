"""TLS: a throw-away authority, its names, and the addresses that are answered behind it."""

from __future__ import annotations

import json
import socket
import ssl
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from qbosim.addresses import INTUIT_HOSTS
from qbosim.certificates import Certificates, certificates_in
from qbosim.server import open_simulator, running
from tests.qbosim.test_cli import fails, serve


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, Certificates]]:
    made = certificates_in(tmp_path)
    with open_simulator(company="empty", seed=7) as simulator, running(simulator, tls=made) as url:
        yield url, made


def trusting(made: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(made.authority)
    return context


def under(name: str, url: str, made: Certificates, path: str) -> Any:
    """A GET to one of Intuit's names, led to the simulator as a hosts file would lead it."""
    with httpx2.Client(verify=trusting(made), trust_env=False) as client:
        answer = client.get(f"{url}{path}", headers={"host": name}, extensions={"sni_hostname": name})
    return answer.json()


@pytest.mark.rule("tls.names")
def test_every_name_of_intuits_is_answered_with_a_certificate_that_holds_for_it(
    secure: tuple[str, Certificates],
) -> None:
    url, made = secure
    for name in (*INTUIT_HOSTS, "localhost", "127.0.0.1"):
        assert under(name, url, made, "/op/v1/jwks")["keys"]
    with pytest.raises(httpx2.ConnectError, match=r"(?i)hostname mismatch|not valid for"):
        under("example.com", url, made, "/op/v1/jwks")
    with pytest.raises(httpx2.ConnectError, match=r"(?i)certificate verify failed"):
        httpx2.get(f"{url}/op/v1/jwks", trust_env=False)


@pytest.mark.rule("tls.names_apart")
def test_a_host_name_is_answered_without_addresses_and_an_address_without_names(
    secure: tuple[str, Certificates],
) -> None:
    url, made = secure
    port = int(url.rpartition(":")[2])
    for asked, kind in (("localhost", "DNS"), (INTUIT_HOSTS[0], "DNS"), ("127.0.0.1", "IP Address")):
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            trusting(made).wrap_socket(plain, server_hostname=asked) as spoken,
        ):
            shown = spoken.getpeercert()
        assert shown is not None
        assert {entry[0] for entry in shown["subjectAltName"]} == {kind}


@pytest.mark.rule("tls.discovery")
def test_discovery_answers_the_names_under_which_it_was_asked(secure: tuple[str, Certificates]) -> None:
    url, made = secure
    with httpx2.Client(verify=trusting(made)) as client:
        near = client.get(f"{url}/.well-known/openid_configuration").json()
    assert near["token_endpoint"] == f"{url}/oauth2/v1/tokens/bearer"
    assert url.startswith("https://")
    far = under("developer.api.intuit.com", url, made, "/.well-known/openid_sandbox_configuration")
    assert {key: value for key, value in far.items() if key.endswith(("endpoint", "uri"))} == {
        "authorization_endpoint": "https://appcenter.intuit.com/connect/oauth2",
        "token_endpoint": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": "https://sandbox-accounts.platform.intuit.com/v1/openid_connect/userinfo",
        "revocation_endpoint": "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
        "jwks_uri": "https://oauth.platform.intuit.com/op/v1/jwks",
    }
    production = under("developer.api.intuit.com", url, made, "/.well-known/openid_configuration")
    assert production["userinfo_endpoint"].startswith("https://accounts.platform.intuit.com/")


@pytest.mark.rule("tls.keys_are_private")
def test_keys_are_private_and_the_authority_is_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = certificates_in(folder).authority.read_bytes()
    keys = sorted(path.name for path in folder.iterdir() if stat.S_IMODE(path.stat().st_mode) == 0o600)
    assert keys == ["qbosim-ca-key.pem", "qbosim-server-key.pem"]
    assert certificates_in(folder).authority.read_bytes() == first
    (folder / "qbosim-ca-key.pem").write_text("spoilt")
    assert certificates_in(folder).authority.read_bytes() != first


def test_a_served_simulator_speaks_tls_and_says_whom_to_trust(tmp_path: Path) -> None:
    with serve("--company", "empty", "--tls", "--ca-dir", str(tmp_path / "ca")) as served:
        made = Path(served.ready["ca"])
        assert made == tmp_path / "ca" / "qbosim-ca.pem"
        context = ssl.create_default_context(cafile=str(made))
        with httpx2.Client(verify=context) as client:
            state = client.get(f"{served.ready['url']}/qbosim/state").json()
    assert state["url"] == served.ready["url"]
    assert state["url"].startswith("https://127.0.0.1:")


def test_the_authority_lies_beside_the_data_when_no_folder_is_named(tmp_path: Path) -> None:
    with serve("--company", "empty", "--tls", "--data", str(tmp_path / "world.db")) as served:
        assert served.ready["ca"] == str(tmp_path / "world.db.tls" / "qbosim-ca.pem")


def test_a_folder_for_certificates_without_tls_or_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    assert "add --tls" in fails("--company", "empty", "--ca-dir", str(tmp_path))
    (tmp_path / "file").write_text(json.dumps(None))
    assert "cannot be kept there" in fails("--company", "empty", "--tls", "--ca-dir", str(tmp_path / "file"))
