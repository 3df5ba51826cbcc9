"""
What the kernel takes from a process that reads a stranger's file, as far as that needs no root: Linux only.

Landlock leaves it the folders that programs lie in, to read, and nothing to write: neither keys, nor the environment
of other processes in ``/proc``; before Linux 6.2 it lets files be emptied. A filter of system calls (seccomp) leaves
it no socket, so no network and no database, nothing that looks into other processes, no group of processes of its own,
in which something would outlive it, and no change of owner, mode, times or attributes of a file, which Landlock does
not forbid. Programs that it starts are enclosed with it.

    python -m contracts.files.enclosing

writes as JSON what does not hold on this machine.
"""

import ctypes
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

# Programs, libraries and their data, for the reader and for OCR; of the project only its code. An installation, with
# its keys, may lie below /usr or /opt, so no whole tree of these.
_CODE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib takes long to import
_FOLDERS = ("bin", "lib", "lib64", "libexec", "share")
_READABLE = (
    *(f"{prefix}/{folder}" for prefix in ("", "/usr", sys.prefix, sys.base_prefix) for folder in _FOLDERS),
    *("/etc/ld.so.cache", "/dev/null", "/dev/urandom", _CODE),
)

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every machine
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1, 1 << 2, 1 << 3
# Version of Landlock from which on → what it can forbid: files (bits), TCP, signals and abstract sockets.
_FILE_BITS = ((1, 13), (2, 14), (3, 15), (5, 16))
_TRUNCATE_FROM, _TCP_FROM, _SCOPES_FROM = 3, 4, 6

_EPERM = 1
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | _EPERM
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # of the filter's machine
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_X32 = 0x40000000  # the second table of calls of x86_64


class _Machine(NamedTuple):
    """
    What a filter must know of a machine.

    ``refused`` are the numbers of socket, socketpair, ptrace, process_vm_readv, process_vm_writev, pidfd_getfd,
    io_uring_setup (which opens sockets without their call), bpf, perf_event_open, userfaultfd, add_key, request_key,
    keyctl, mount, unshare and setns; of setpgid and setsid; and of all calls that change owner, mode, times and
    attributes of a file or cut it off by its name; see ``asm/unistd.h``.
    """

    architecture: int
    refused: tuple[int, ...]


# The same on every machine: fchmodat2, setxattrat, removexattrat, file_setattr.
_NEWER = (452, 463, 466, 469)
_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        (
            *(41, 53, 101, 310, 311, 438, 425, 321, 298, 323, 248, 249, 250, 165, 272, 308),
            *(109, 112),
            76,  # truncate
            *(90, 91, 268),  # chmod, fchmod, fchmodat
            *(92, 93, 94, 260),  # chown, fchown, lchown, fchownat
            *(132, 235, 261, 280),  # utime, utimes, futimesat, utimensat
            *(188, 189, 190, 197, 198, 199),  # setxattr, removexattr, with l and f
            *_NEWER,
        ),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        (
            *(198, 199, 117, 270, 271, 438, 425, 280, 241, 282, 217, 218, 219, 40, 97, 268),
            *(154, 157),
            45,  # truncate
            *(52, 53),  # fchmod, fchmodat
            *(54, 55),  # fchownat, fchown
            88,  # utimensat
            *(5, 6, 7, 14, 15, 16),  # setxattr, removexattr, with l and f
            *_NEWER,
        ),
    ),
}


class _Rules(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Path(ctypes.Structure):
    # Packed, as the kernel has it; from Python 3.14 on that needs a layout.
    _layout_, _pack_ = "ms", 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def enclose_this_process() -> tuple[str, ...]:
    """
    Take from the process that calls it files, sockets and other processes, for good.

    :returns: what this machine cannot take, or only in part: ``files``, ``network``
    """
    if sys.platform != "linux":
        return ("files", "network")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ("files", "network")
    holds = {"files": _leave_files(libc, _READABLE), "network": _refuse_calls(libc)}
    return tuple(name for name, is_so in holds.items() if not is_so)


def _leave_files(libc: Any, paths: Iterable[str]) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    if version < 1:
        return False
    bits = max(count for since, count in _FILE_BITS if version >= since)
    rules = _Rules((1 << bits) - 1, 0b11 if version >= _TCP_FROM else 0, 0b11 if version >= _SCOPES_FROM else 0)
    # An older kernel refuses a structure with members that it does not know.
    size = 24 if version >= _SCOPES_FROM else 16 if version >= _TCP_FROM else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for path in dict.fromkeys(paths):
            _leave(libc, ruleset, path)
        is_restricted = not libc.syscall(_RESTRICT_SELF, ruleset, 0)
        return is_restricted and version >= _TRUNCATE_FROM
    finally:
        os.close(ruleset)


def _leave(libc: Any, ruleset: int, path: str) -> None:
    """Let a folder be read, if it is there."""
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = _EXECUTE | _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)  # noqa: PTH112
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_Path(allowed, folder)), 0)
    finally:
        os.close(folder)


def _refuse_calls(libc: Any) -> bool:
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.maxsize < 2**32:
        return False
    steps = _steps(machine)
    program = _Filter(len(steps), (_Step * len(steps))(*steps))
    return not libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _steps(machine: _Machine) -> Sequence[_Step]:
    """Return a filter: calls for another machine, of a second table, and those of the list get EPERM."""
    refused = machine.refused
    last = len(refused) + 1  # steps from the second comparison to the refusal, which is the last but one
    return [
        _Step(_LOAD, 0, 0, _ARCHITECTURE_AT),
        _Step(_EQUAL, 0, last + 2, machine.architecture),
        _Step(_LOAD, 0, 0, _NUMBER_AT),
        _Step(_AT_LEAST, last, 0, _X32),
        *(_Step(_EQUAL, last - at, 0, number) for at, number in enumerate(refused, 1)),
        _Step(_RETURN, 0, 0, _ALLOW),
        _Step(_RETURN, 0, 0, _REFUSE),
    ]


if __name__ == "__main__":
    import json

    sys.stdout.write(json.dumps({"lacks": enclose_this_process()}) + "\n")
