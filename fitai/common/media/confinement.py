"""How the process that reads a video gives away what an attacker inside a decoder would want.

It keeps its open files, its memory and its threads. It loses capabilities, the network, the opening of files and the
starting of processes; memory, processor time and output to files are limited. Each of them is denied twice where the
system allows it: by limits and namespaces, and by a filter of system calls. Imports nothing of FitAI.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
CLONE_THREAD, CLONE_NEWUSER, CLONE_NEWNET = 0x10000, 0x10000000, 0x40000000
CAPABILITY_VERSION = 0x20080522
FILTER = 2

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Of a machine: the column of its numbers below, and its name in the filter."""
ALLOWED = {
    # What computing in threads over open files and given memory takes; (number on x86_64, on aarch64).
    **{"read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "lseek": (8, 62), "close": (3, 57)},
    **{"fstat": (5, 80), "newfstatat": (262, 79), "futex": (202, 98), "brk": (12, 214), "mmap": (9, 222)},
    **{"munmap": (11, 215), "mremap": (25, 216), "mprotect": (10, 226), "madvise": (28, 233)},
    **{"set_robust_list": (273, 99), "rseq": (334, 293), "exit": (60, 93), "exit_group": (231, 94)},
    **{"rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132)},
    **{"restart_syscall": (219, 128), "getpid": (39, 172), "gettid": (186, 178), "getrandom": (318, 278)},
    **{"sched_yield": (24, 124), "sched_getaffinity": (204, 123), "getcpu": (309, 168), "sysinfo": (99, 179)},
    **{"clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115)},
    **{"nanosleep": (35, 101), "gettimeofday": (96, 169), "getrusage": (98, 165), "getrlimit": (97, 163)},
}
CLONE, CLONE3, PRLIMIT64 = (56, 220), (435, 435), (302, 261)
TO_ONESELF = {"kill": (62, 129), "tgkill": (234, 131)}
EPERM, ENOSYS = 1, 38

LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, DENY, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
X32 = 0x40000000  # a second set of numbers on x86_64


def confine(limits: dict[str, Any], parent: int) -> None:
    """Give away everything but the open files, this memory and these threads."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent has gone")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # None rather than three: of three, whoever closes one can open another.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    limit_processor(limits, 0)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        if libc.unshare(CLONE_NEWNET):
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # where the system lets an ordinary user
        libc.capset((ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)())
        filter_system_calls(libc)


def limit_processor(limits: dict[str, Any], reached_s: float) -> None:
    """Allow so much processor time as a video that has come to this second may have taken, and no more.

    It is the system that ends the process: a decoder that never comes back from one picture is ended like any other.
    """
    most = int(limits["cpu_seconds"] + limits["cpu_per_second"] * (limits["seconds"] + 1))
    allowed = int(limits["cpu_seconds"] + limits["cpu_per_second"] * reached_s)
    resource.setrlimit(resource.RLIMIT_CPU, (min(allowed, most), most + 5))


def filter_system_calls(libc: Any) -> None:
    """Have the kernel refuse every call that decoding does not need; nothing happens where it has no filters, or on
    other machines than those whose numbers are known here."""
    known = ARCHITECTURES.get(platform.machine())
    if known is None or sys.byteorder != "little":
        return
    code = program(*known, os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(_Program(len(code) // 8, ctypes.addressof(buffer))), 0, 0)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def program(column: int, architecture: int, pid: int) -> bytes:
    """The filter, for the BPF of the kernel: a line a test, with how many lines to skip if it holds and if not."""
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (IF_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (IF_AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, KILL),
    ]
    for numbers in ALLOWED.values():
        lines += [(IF_EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, ALLOW)]
    # The C library then starts a thread by `clone`, whose flags can be looked at.
    lines += [(IF_EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, DENY | ENOSYS)]
    for numbers, test, value in (
        (CLONE, IF_ANY_BIT, CLONE_THREAD),
        (PRLIMIT64, IF_EQUAL, 0),  # its own limits
        *((numbers, IF_EQUAL, pid) for numbers in TO_ONESELF.values()),
    ):
        lines += [
            (IF_EQUAL, 0, 4, numbers[column]),
            (LOAD, 0, 0, FIRST_ARGUMENT),
            (test, 0, 1, value),
            (RETURN, 0, 0, ALLOW),
            (RETURN, 0, 0, DENY | EPERM),
        ]
    lines.append((RETURN, 0, 0, DENY | EPERM))
    return b"".join(struct.pack("<HBBI", *line) for line in lines)
