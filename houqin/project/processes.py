"""Small things about processes that the standard library leaves to the system."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
NAME_LENGTH = 15  # bytes the kernel keeps of a name
M_ARENA_MAX = -8
ASKED_TO_STOP = {signal.SIGINT, signal.SIGTERM}


def fork(name: str, work: Callable[[], object], nice: int = 0) -> int:
    """Do ``work`` in a child of this process, which must have one thread and no connection; answers the child's id.

    The child goes by ``name`` in the list of processes, shares the memory of what is loaded, holds no open file of its
    parent (locks would outlive it), ends with it and leaves Ctrl-C to it: a terminal sends that to everybody at once, and
    the parent then stops its children in order, each with one signal.
    """
    parent = os.getpid()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # Until the child has put away its parent's handlers, a signal to it waits.
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKED_TO_STOP)
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_STOP)
        return child
    code = 1
    try:
        for number in ASKED_TO_STOP:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        die_with_parent(parent)
        _prctl(PR_SET_NAME, name.encode()[:NAME_LENGTH])
        os.nice(nice)
        work()
        code = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        else:
            code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent dies, however it dies. Linux only; elsewhere nothing.

    `parent` is the id the parent had before this process was made: when it is gone already, leave at once.
    """
    if _prctl(PR_SET_PDEATHSIG, signal.SIGTERM) and os.getppid() != parent:
        os._exit(1)


def keep_few_heaps() -> None:
    """For the C library, before there are threads: those that take turns anyway need no heap each."""
    if limit := getattr(ctypes.CDLL(None), "mallopt", None):
        limit(M_ARENA_MAX, 2)


def _prctl(option: int, value: int | bytes) -> bool:
    """Whether there is such a call: on Linux alone."""
    if not sys.platform.startswith("linux"):
        return False
    ctypes.CDLL(None, use_errno=True).prctl(option, value)
    return True
