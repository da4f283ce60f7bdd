"""The launcher of a program: makes its private view of a few files, then becomes the program.

Started as a file of its own (`python -I -S inside.py PLAN COMMAND…`), with the standard library alone, because only a
process without threads may enter a new user namespace. PLAN is JSON: `binds` (pairs of file and what lies over it),
`loopback` (make a network of its own, and hand a socket that listens there to `socket`), `parent`, the process without
which the program shall not run, and `tell`, the pipe on which trouble is told; nothing is told when the program could be
started.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any, NoReturn

_CLONE_NEWNS = 0x0002_0000
_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4_096, 16_384, 1 << 18
_PR_SET_PDEATHSIG = 1
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


class _Trouble(Exception):
    """What could not be done, and the error number."""

    def __init__(self, step: str, which: str, number: int) -> None:
        super().__init__(step)
        self.step, self.which, self.number = step, which, number


def main(arguments: list[str]) -> NoReturn:
    """Become the program, or tell why not and end with 1 (126 and 127 as a shell does)."""
    plan = json.loads(arguments[0])
    command = arguments[1:]
    tell = int(plan["tell"])
    for ours in (tell, int(plan["socket"])):
        os.set_inheritable(ours, False)  # nothing of this is left to the program
    try:
        _prepare(plan)
        _become(command)
    except _Trouble as trouble:
        told = {"step": trouble.step, "which": trouble.which, "errno": trouble.number}
        os.write(tell, json.dumps(told).encode())
        codes = {errno.ENOENT: 127, errno.EACCES: 126}
        os._exit(codes.get(trouble.number, 126) if trouble.step == "exec" else 1)


def _prepare(plan: dict[str, Any]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    alone = bool(plan["loopback"])
    _unshare(libc, _CLONE_NEWNS | (_CLONE_NEWNET if alone else 0))
    _check(libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "mount", "/")
    for place, content in plan["binds"]:
        _check(libc.mount(os.fsencode(content), os.fsencode(place), None, _MS_BIND, None), "mount", place)
    if alone:
        _listen_for(plan)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)  # never outlive the simulator
    if os.getppid() != plan["parent"]:
        os._exit(1)  # it ended before it could be watched


def _unshare(libc: ctypes.CDLL, wanted: int) -> None:
    """Leave the machine's namespaces; whoever may not do so alone does it inside a user namespace of their own."""
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(wanted) == 0:
        return
    _check(libc.unshare(wanted | _CLONE_NEWUSER), "unshare", "user and mount namespace")
    for path, text in (
        ("setgroups", b"deny"),
        ("uid_map", b"%d %d 1" % (user, user)),
        ("gid_map", b"%d %d 1" % (group, group)),
    ):
        try:
            Path(f"/proc/self/{path}").write_bytes(text)
        except OSError as error:
            raise _Trouble("map", path, error.errno or 0) from error


def _listen_for(plan: dict[str, Any]) -> None:
    """Bring up the new network's loopback and hand a socket that listens there to the simulator."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        try:
            fcntl.ioctl(plain, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP))
        except OSError as error:
            raise _Trouble("loopback", "lo", error.errno or 0) from error
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=int(plan["socket"])) as line:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listening.bind((plan["loopback"], 443))
            listening.listen(256)
        except OSError as error:
            raise _Trouble("listen", plan["loopback"], error.errno or 0) from error
        socket.send_fds(line, [b"here"], [listening.fileno()])
        listening.close()
        line.recv(5)  # until the simulator answers there


def _become(command: list[str]) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - running the user's command is what this is for
    except OSError as error:
        raise _Trouble("exec", command[0], error.errno or 0) from error


def _check(result: int, step: str, which: str) -> None:
    if result != 0:
        raise _Trouble(step, which, ctypes.get_errno())


if __name__ == "__main__":
    main(sys.argv[1:])
