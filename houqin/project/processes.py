"""Small things about processes that the standard library leaves to the system."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def begin_child(parent: int) -> None:
    """Called in a new child before it becomes its program: it ends with its parent and leaves Ctrl-C to it.

    A terminal sends Ctrl-C to everybody at once; the parent then stops its children in order, each with one signal.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    die_with_parent(parent)


def die_with_parent(parent: int | None = None) -> None:
    """Ask the kernel to end this process when its parent dies, however it dies. Linux only; elsewhere nothing.

    `parent` is the id the parent had before this process was made: when it is gone already, leave at once.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
