"""Peak memory of processes by the kernel's own high-water mark (VmHWM).

Not getrusage: its maximum also counts what the parent held when it started the process, so a small
program started by a large one would look large.
"""

import subprocess
import threading
from pathlib import Path

LOOK_EVERY = 0.01  # Seconds. The mark only rises, so just what the last one adds can be missed.


def peak_bytes(process="self"):
    """The most memory a process has held so far; 0 when it is no more."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 if "VmHWM:" in status else 0


def resident_bytes():
    """What this process holds now."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def run(words, **options):
    """(standard output, peak bytes) of a program that is run to its end; RuntimeError with its last
    words on standard error where it fails."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, **pipes, text=True, **options) as process:
        peak, ended = [0], threading.Event()

        def watch():
            while not ended.wait(LOOK_EVERY):
                peak[0] = max(peak[0], peak_bytes(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            output, errors = process.communicate()
        finally:
            ended.set()
            watcher.join()
    if process.returncode != 0:
        raise RuntimeError(errors.strip()[-400:] or f"{words[0]} ended with {process.returncode}")
    return output, peak[0]
