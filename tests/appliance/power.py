"""Power cuts and machines that hang."""
import subprocess
import threading
import time

from .common import PATIENCE, fail, say, wait_for
from .ipp import Unanswered, jobs, print_job


def taken(guest, name, document):
    """The number of the job, once it is acknowledged; none if nobody answered."""
    try:
        return print_job(guest.port, name, document)
    except Unanswered:
        return None


def known_jobs(guest):
    """All jobs by name; none if nobody answered."""
    try:
        return jobs(guest.port)
    except Unanswered:
        return None


def pour(guest, documents, acknowledged, stop, life):
    """Jobs until the power goes; those with an answer are written down."""
    number = 0
    while not stop.is_set():
        number += 1
        name = f"job {life}-{number}"
        job = taken(guest, name, documents[number % len(documents)])
        if job:
            acknowledged[name] = job
        # More than a queue's worth would only make the test long.
        time.sleep(0.5)


def cuts(guest, printer, documents, count, chance):
    """Cuts the power so often at random moments, and then counts jobs and sheets."""
    acknowledged, starts = {}, []
    for life in range(1, count + 1):
        stop = threading.Event()
        thread = threading.Thread(target=pour, args=(guest, documents, acknowledged, stop, life))
        # Most lives end while it works, some while it starts.
        starting = life % 4 == 0
        if not starting:
            starts.append(guest.wait())
        thread.start()
        moment = chance.uniform(2, 30) if starting else chance.uniform(0.5, 10)
        time.sleep(moment)
        guest.cut()
        stop.set()
        thread.join()
        say(f"cut {life} of {count}, {moment:.1f} s after {'power on' if starting else 'its first answer'}; {len(acknowledged)} jobs acknowledged")
        guest.start()
    starts.append(guest.wait())
    known = wait_for("the list of jobs", 120, lambda: known_jobs(guest))
    lost = [name for name in acknowledged if name not in known]
    if lost:
        fail(f"{len(lost)} of {len(acknowledged)} acknowledged jobs are lost: {lost[:5]}")
    if not acknowledged:
        fail("no job was acknowledged before any of the cuts, which proves nothing")

    def settled():
        now = known_jobs(guest)
        # Completed, or held for a person.
        return now and all(now[name][0] == 9 or "job-held-for-review" in now[name][1] for name in acknowledged) and now

    known = wait_for("all jobs to be printed or held", PATIENCE * 3, settled)
    sheets = printer.sheets()
    # Also those whose answer was lost on the way.
    twice = {name for name in sheets if name.startswith("job ") and sheets.count(name) > 1}
    unprinted = [name for name in acknowledged if known[name][0] == 9 and name not in sheets]
    if twice or unprinted:
        fail(f"printed twice: {sorted(twice)}; completed and not printed: {unprinted}")
    held = sum(1 for name in acknowledged if known[name][0] != 9)
    say(f"{count} power cuts: {len(acknowledged)} acknowledged jobs, none lost, none printed twice; {held} held with a question")
    starts.sort()
    say(f"power on to first answer by IPP: median {starts[len(starts) // 2]:.1f} s, worst {starts[-1]:.1f} s of {len(starts)}")


def hangs(guest):
    """A daemon that hangs is started anew by systemd, and a systemd that hangs by the machine's watchdog."""

    def main_process():
        code, said = guest.ssh("systemctl show -p MainPID --value platen")
        return said.strip() if code == 0 and said.strip() != "0" else None

    before = wait_for("the daemon's process", PATIENCE, main_process)
    guest.ssh(f"kill -STOP {before}")
    wait_for("the daemon that hangs to be started anew", PATIENCE, lambda: main_process() not in (None, before))
    guest.wait()
    _, said = guest.ssh("journalctl -b -u platen -o cat --no-pager")
    if "Watchdog timeout" not in said:
        fail(f"the daemon was started anew, and not because it hung: {said}")
    say("a daemon that stands still is started anew")
    boot = guest.boot()
    # Whoever waits for this command would wait for a systemd that does nothing any more.
    guest.ssh("echo 1 >/sys/fs/cgroup/init.scope/cgroup.freeze")
    wait_for("the watchdog to start the machine anew", PATIENCE, lambda: guest.boot() not in (None, boot))
    guest.wait()
    say("a system that stands still is started anew by the watchdog")


def after_all(guest):
    """What the card has to say once the machine is off."""
    guest.cut()
    data = guest.data()
    # The journal of the file system is played, as the next start would; then nothing must be left to repair.
    subprocess.run(["e2fsck", "-p", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if subprocess.run(["e2fsck", "-fn", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode != 0:
        fail("the file system of the data partition needs more than its journal")
    size = guest.partition("data")[1]
    if size < 1 << 30:
        fail(f"the data partition has not grown to the card: {size >> 20} MiB")
    say(f"the data partition has grown to {size >> 20} MiB and is whole")
