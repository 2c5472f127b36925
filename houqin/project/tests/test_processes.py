"""What is forked goes by its name, holds nothing of its parent, and ends as a program of its own would."""

from __future__ import annotations

import subprocess
import sys

#: Prints the child's name and, when it has ended, its exit code. The parent holds a lock all the while.
FORKING = """
import fcntl, os, sys, time
from houqin.project import processes

def work():
    os.write(1, open("/proc/self/comm", "rb").read())
    {work}

held = open({lock!r}, "w")
fcntl.flock(held, fcntl.LOCK_EX)
child = processes.fork("houqin-test", work)
{meanwhile}
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def forked(tmp_path, work: str, meanwhile: str = "") -> subprocess.CompletedProcess[str]:
    code = FORKING.format(work=work, meanwhile=meanwhile, lock=str(tmp_path / "lock"))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_a_child_ends_as_its_work_says(tmp_path):
    assert forked(tmp_path, "pass").stdout.split() == ["houqin-test", "0"]
    assert forked(tmp_path, "sys.exit(4)").stdout.split() == ["houqin-test", "4"]
    told = forked(tmp_path, "sys.exit('lost')")
    assert (told.stdout.split(), told.stderr) == (["houqin-test", "1"], "lost\n")
    failed = forked(tmp_path, "1 / 0")
    assert failed.stdout.split() == ["houqin-test", "1"]
    assert "ZeroDivisionError" in failed.stderr


def test_a_child_stops_at_once_when_asked_and_keeps_no_lock_of_its_parent(tmp_path):
    at_work = str(tmp_path / "at-work")
    meanwhile = f"""
while not os.path.exists({at_work!r}):
    time.sleep(0.02)
held.close()
fcntl.flock(open(held.name, "w"), fcntl.LOCK_EX | fcntl.LOCK_NB)
print("free", flush=True)
os.kill(child, 15)"""
    done = forked(tmp_path, f"open({at_work!r}, 'w'); time.sleep(60)", meanwhile)
    assert done.stdout.split() == ["houqin-test", "free", "-15"], done.stderr
