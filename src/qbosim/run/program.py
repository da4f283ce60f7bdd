"""Starting a program unchanged, with Intuit's names leading to the simulator, and being its stand-in until it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from qbosim.addresses import INTUIT_HOSTS, RUN_ADDRESSES
from qbosim.certificates import Certificates
from qbosim.rules import Topic, assumed
from qbosim.run import inside, trust
from qbosim.server import Server, serving
from qbosim.simulator import Simulator

FIRST_ADDRESS = RUN_ADDRESSES[0]
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGINT)

RULES = Topic(
    "TLS and addresses",
    assumed(
        "run.names",
        "A program that `qbosim run` starts reaches the simulator under Intuit's own names on port 443; nobody else on "
        "the machine does.",
        "a program that is to be tested unchanged keeps Intuit's addresses",
    ),
    assumed(
        "run.own_network",
        "With `--own-network` the program reaches nothing but the simulator, and no privilege is needed for port 443.",
        "a network namespace of the program's own has a port 443 of its own",
    ),
    assumed(
        "run.status",
        "`qbosim run` ends as the program ends: its exit code, or 128 and the number of the signal that ended it; "
        "signals are passed on to it.",
        "so that it can stand in front of any command, as `env` or `timeout` can",
    ),
)


class NotRun(Exception):
    """A program that could not be started, in four parts."""

    def __init__(self, which: str, why: str, remedy: str, status: int = 1) -> None:
        super().__init__(f"{which}: {why}")
        self.which, self.why, self.remedy, self.status = which, why, remedy, status


@dataclass(frozen=True)
class Program:
    """What to run, and how."""

    command: Sequence[str]
    trust_files: Sequence[Path] = ()
    """Files of trusted authorities that the program reads of its own accord."""
    own_network: bool = False
    """The program sees no network but the simulator."""
    grant: Callable[[], Mapping[str, str]] | None = None
    """Gives the access and refresh token that the program finds in its environment."""


BY_HAND = (
    "or do it by hand: start `qbosim serve --tls`, let Intuit's names lead there, and let the program trust its `ca` "
    "(docs/qbosim.md says how)"
)


def run(simulator: Simulator, tls: Certificates, folder: Path, program: Program) -> int:
    """Run a program against the simulator and answer its exit code. `folder` holds files while it runs.

    Raises `NotRun`; then nothing was run.
    """
    if not sys.platform.startswith("linux"):
        raise NotRun(sys.platform, "private host names need Linux", BY_HAND[3:])
    with ExitStack() as stack:
        server = None
        if program.own_network:
            address = FIRST_ADDRESS
        else:
            server = _bound(simulator, tls)
            address = server.host
            stack.enter_context(serving(server))
        binds = _binds(program, tls, folder, address)
        environment = _environment(simulator, tls, folder, address, program)
        return _Child(program, binds, environment, simulator, tls, address).run()


def _bound(simulator: Simulator, tls: Certificates) -> Server:
    """A server at the first of our addresses whose port 443 is free."""
    reason = ""
    for address in RUN_ADDRESSES:
        try:
            return Server(simulator, host=address, port=443, tls=tls)
        except PermissionError as error:
            first = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text().strip()
            raise NotRun(
                f"{address}:443",
                "this user may not listen on port 443: that takes CAP_NET_BIND_SERVICE, or "
                f"net.ipv4.ip_unprivileged_port_start at 443 or less (it is {first})",
                "add --own-network, which needs neither but shows the program no other network; or "
                f"`sudo sysctl net.ipv4.ip_unprivileged_port_start=443`; {BY_HAND}",
            ) from error
        except OSError as error:  # somebody, perhaps another run, listens there
            reason = error.strerror or str(error)
    raise NotRun(
        f"{RUN_ADDRESSES[0]}:443 to {RUN_ADDRESSES[-1]}:443",
        f"none of these addresses can be listened on ({reason}); a server that listens on port 443 everywhere takes all",
        f"stop that server, or add --own-network; {BY_HAND}",
    )


def _binds(program: Program, tls: Certificates, folder: Path, address: str) -> list[tuple[str, str]]:
    hosts = Path("/etc/hosts")
    try:
        text = hosts_file(hosts.read_text(encoding="utf-8", errors="surrogateescape"), address)
        ours = folder / "hosts"
        ours.write_text(text, encoding="utf-8", errors="surrogateescape")
        ours.chmod(0o644)
        files = [*trust.system_bundles(), *(path.resolve(strict=True) for path in program.trust_files)]
        laid = trust.merged(files, tls.authority.read_bytes(), folder)
    except OSError as error:
        raise NotRun(
            str(error.filename), f"the file cannot be read ({error.strerror})", "name a file that is there"
        ) from error
    return [(str(hosts), str(ours)), *((str(place), str(content)) for place, content in laid)]


def hosts_file(text: str, address: str) -> str:
    """A hosts file with Intuit's names at `address` and everything else as it was."""
    lines = [f"{address} {name}" for name in INTUIT_HOSTS]
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        kept = [word for word in words[1:] if word.lower() not in INTUIT_HOSTS]
        if len(kept) == len(words[1:]):
            lines.append(line)
        elif kept:
            lines.append(" ".join([words[0], *kept]))
    return "\n".join(lines) + "\n"


def _environment(
    simulator: Simulator, tls: Certificates, folder: Path, address: str, program: Program
) -> dict[str, str]:
    before = dict(os.environ)
    added = {
        "QBOSIM_URL": f"https://{address}",
        "QBOSIM_CLIENT_ID": simulator.client_id,
        "QBOSIM_CLIENT_SECRET": simulator.client_secret,
        "QBOSIM_REALM_ID": simulator.realm_id,
        "QBOSIM_WEBHOOK_VERIFIER": simulator.webhook_verifier,
        "QBOSIM_CA": str(tls.authority),
        **trust.variables(before, tls.authority.read_bytes(), folder),
    }
    for name in ("NO_PROXY", "no_proxy"):  # a proxy would lead past the simulator, to Intuit itself
        added[name] = ",".join(filter(None, (before.get(name), *INTUIT_HOSTS, address)))
    if program.grant is not None:
        added |= program.grant()
    return before | added


class _Child:
    """The running program."""

    def __init__(
        self,
        program: Program,
        binds: list[tuple[str, str]],
        environment: Mapping[str, str],
        simulator: Simulator,
        tls: Certificates,
        address: str,
    ) -> None:
        self._program = program
        self._binds = binds
        self._environment = environment
        self._simulator = simulator
        self._tls = tls
        self._address = address
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def run(self) -> int:
        """Start the program and wait for its end."""
        hear, tell = os.pipe()
        ours, theirs = socket.socketpair()
        with self._passing_signals_on(), ExitStack() as stack, ours, os.fdopen(hear, "rb") as trouble:
            with theirs:
                self._process = self._started(tell, theirs)
            os.close(tell)
            for number in self._early:
                self._process.send_signal(number)
            if self._program.own_network:
                self._serve_inside(ours, stack)
            told = trouble.read()  # ends when the program has taken over
            code = self._process.wait()
            if told:
                raise _not_run(json.loads(told), code)
        return code if code >= 0 else 128 - code

    def _started(self, tell: int, theirs: socket.socket) -> subprocess.Popen[bytes]:
        plan = {
            "binds": self._binds,
            "loopback": self._address if self._program.own_network else None,
            "socket": theirs.fileno(),
            "parent": os.getpid(),
            "tell": tell,
        }
        launcher = [sys.executable, "-I", "-S", str(inside.__file__), json.dumps(plan)]
        return subprocess.Popen(  # noqa: S603 - running the user's command is what this is for
            [*launcher, *self._program.command],
            env=self._environment,
            pass_fds=(tell, theirs.fileno()),
        )

    def _serve_inside(self, ours: socket.socket, stack: ExitStack) -> None:
        """Answer on the socket that the launcher made inside the program's own network."""
        _, handed, _, _ = socket.recv_fds(ours, 16, 1)
        if handed:
            listening = socket.socket(fileno=handed[0])
            server = Server(self._simulator, host=self._address, tls=self._tls, listening=listening)
            stack.enter_context(serving(server))
            ours.sendall(b"ready")

    @contextmanager
    def _passing_signals_on(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {}
        for number in _PASSED_ON:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, self._pass_on)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and sys.stdin is not None and sys.stdin.isatty():
            return  # the terminal has told the program itself
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


def _not_run(told: Mapping[str, object], code: int) -> NotRun:
    step, which = str(told["step"]), str(told["which"])
    reason = os.strerror(int(str(told["errno"])))
    if step == "exec":
        return NotRun(which, f"it cannot be run ({reason})", "name a program that is there", status=code)
    if step in ("unshare", "map"):
        return NotRun(
            f"{step} {which}",
            f"this system does not let the user make a private mount namespace ({reason}); that takes CAP_SYS_ADMIN, "
            "or user namespaces: user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 (Debian), "
            "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), and in a container a seccomp profile that "
            "allows unshare and mount",
            f"set that, or run it as root (a container: with --cap-add SYS_ADMIN); {BY_HAND}",
        )
    return NotRun(
        f"{step} {which}",
        f"the program's private view could not be made ({reason})",
        f"see that {which} is there and that mounting is allowed; {BY_HAND}",
    )
