#!/usr/bin/python3
"""Measures the IPP door beside CUPS' cupsd, in turn, with the same documents and clients, and prints the ratios.

    benches/ipp.py [--jobs 10000] [--folder target/bench-ipp] [--only platen|safe|default]
    benches/ipp.py --memory [--jobs 10000] [--platen PROGRAM]

Three servers: Platen; cupsd as Debian configures it; and cupsd made safe (DirtyCleanInterval 0, SyncOnClose Yes), which is
the fair peer, because the default one loses acknowledged jobs at a power cut. All of them hold what they are given
(job-hold-until), so that only the door is measured. Needs Debian's cups-daemon, root, and release builds:

    cargo build --release && cargo bench --bench ipp_load --no-run

The folder should lie on the disk that is meant: what is synced is what is measured. With --memory nothing is timed:
Platen alone is told to take 200 MB, 10000 jobs and long lists of them, and its memory is looked at all the while."""
import argparse
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLATEN = os.path.join(ROOT, "target/release/platen")


def load_generator():
    """The newest build of it."""
    found = glob.glob(os.path.join(ROOT, "target/release/deps/ipp_load-*"))
    found = [f for f in found if os.access(f, os.X_OK) and not f.endswith(".d")]
    if not found:
        sys.exit("benches/ipp.py: build it first: cargo bench --bench ipp_load --no-run")
    return max(found, key=os.path.getmtime)


class Server:
    """One that runs, with what its process takes."""

    def __init__(self, name, command, address, path, folder):
        self.name, self.address, self.path = name, address, path
        self.log = open(os.path.join(folder, "log"), "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(100):
            time.sleep(0.1)
            if self.process.poll() is not None:
                sys.exit(f"{name} did not start: see {self.log.name}")
            if self.ask("printer", 1, 1, quiet=True):
                return
        sys.exit(f"{name} does not answer: see {self.log.name}")

    def ask(self, operation, clients, count, quiet=False, size=None):
        run = [LOAD, self.address, self.path, operation, str(clients), str(count), "--hold"]
        run += [f"--bytes={size}"] if size else []
        done = subprocess.run(run, capture_output=True, text=True)
        if done.returncode != 0:
            if quiet:
                return None
            sys.exit(f"{self.name}: {operation}: {done.stderr.strip()}")
        result = json.loads(done.stdout)
        if result["refused"] and not quiet:
            sys.exit(f"{self.name}: {operation}: {result['refused']} of {count} were refused")
        return result

    def status(self):
        """The lines of memory, in MB: VmRSS, RssAnon, RssFile, VmHWM …"""
        lines = [line.split() for line in open(f"/proc/{self.process.pid}/status")]
        return {words[0].rstrip(":"): int(words[1]) / 1000 for words in lines if words[-1] == "kB"}

    def memory(self):
        """Resident MB."""
        return self.status().get("VmRSS", 0)

    def stop(self):
        self.process.send_signal(signal.SIGINT if self.name == "platen" else signal.SIGTERM)
        self.process.wait(30)


def platen(folder):
    config = os.path.join(folder, "platen.toml")
    with open(config, "w") as out:
        out.write(f'data = "{folder}/data"\n[ipp]\nlisten = ["127.0.0.1:8651"]\njobs-per-user = 1000000\n[web]\nlisten = []\n'
                  '[[printer]]\nname = "Gertie"\nuri = "virtual:"\n')
    return Server("platen", [PLATEN, "--config", config], "127.0.0.1:8651", "/ipp/print", folder)


def cupsd(folder, safe):
    port = 8653 if safe else 8652
    for name in ("spool", "cache", "state", "root", "spool/tmp"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    with open(os.path.join(folder, "root/cups-files.conf"), "w") as out:
        out.write(f"ServerRoot {folder}/root\nRequestRoot {folder}/spool\nTempDir {folder}/spool/tmp\nCacheDir {folder}/cache\n"
                  f"StateDir {folder}/state\nAccessLog /dev/null\nPageLog /dev/null\nErrorLog {folder}/error_log\n"
                  f"SystemGroup root\nFileDevice Yes\nSyncOnClose {'Yes' if safe else 'No'}\n")
    with open(os.path.join(folder, "root/cupsd.conf"), "w") as out:
        out.write(f"LogLevel error\nListen 127.0.0.1:{port}\nBrowsing Off\nMaxJobs 0\nMaxJobsPerUser 0\nMaxClients 200\n"
                  "MaxHoldTime 0\nPreserveJobHistory Yes\nDefaultAuthType None\n"
                  + ("DirtyCleanInterval 0\n" if safe else "")
                  + "<Location />\nOrder allow,deny\nAllow all\n</Location>\n"
                    "<Policy default>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n")
    with open(os.path.join(folder, "root/printers.conf"), "w") as out:
        out.write("<DefaultPrinter load>\nDeviceURI file:///dev/null\nState Idle\nAccepting Yes\nJobSheets none none\n"
                  "OpPolicy default\nErrorPolicy stop-printer\n</DefaultPrinter>\n")
    command = ["cupsd", "-f", "-c", f"{folder}/root/cupsd.conf", "-s", f"{folder}/root/cups-files.conf"]
    return Server("cupsd safe" if safe else "cupsd default", command, f"127.0.0.1:{port}", "/printers/load", folder)


def measure(server, jobs):
    """Figures by name."""
    figures = {}

    def take(name, operation, clients, count, key="per_second"):
        result = server.ask(operation, clients, count)
        figures[name] = result[key]
        return result

    figures["RSS idle, MB"] = server.memory()
    server.ask("printer", 1, 200)
    result = take("Get-Printer-Attributes, 1 client, /s", "printer", 1, 3000)
    figures["its answer, bytes"] = result["answer_bytes"]
    take("Get-Printer-Attributes, 8 clients, /s", "printer", 8, 8000)
    take("48 of them that both have, 1 client, /s", "equal", 1, 3000)
    result = take("48 of them that both have, 8 clients, /s", "equal", 8, 8000)
    figures["their answer, bytes"] = result["answer_bytes"]
    take("Print-Job, 1 client, no history, /s", "print", 1, 200)
    result = take("Print-Job, 8 clients, no history, /s", "print", 8, 1000)
    figures["its worst, ms"] = result["worst_ms"]
    # A history: what was made is canceled, in parts, as long as it takes.
    made = 1200
    while made < jobs:
        part = min(2000, jobs - made)
        server.ask("print", 8, part)
        made += part
    server.ask("cancel", 1, 1)
    time.sleep(1)
    take(f"Print-Job, 1 client, {jobs} jobs of history, /s", "print", 1, 200)
    result = take(f"Print-Job, 8 clients, {jobs} jobs of history, /s", "print", 8, 1000)
    figures["its worst then, ms"] = result["worst_ms"]
    take("Get-Jobs of all that ended, ms", "jobs", 1, 5, "p50_ms")
    take("Get-Jobs, limit 50, ms", "jobs50", 1, 50, "p50_ms")
    take("Get-Printer-Attributes beside Get-Jobs, p99, ms", "beside", 1, 500, "p99_ms")
    figures["RSS then, MB"] = server.memory()
    return figures


class Watch:
    """Looks at a server's memory every 5 ms while something happens: the most that was resident."""

    def __init__(self, server):
        self.server, self.most, self.done = server, {}, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.done.wait(0.005):
            now = self.server.status()
            if now.get("VmRSS", 0) > self.most.get("VmRSS", 0):
                self.most = now

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def watch_memory(server, jobs):
    """Prints what is resident before, during and after each of some works, in MB."""
    print(f"{'MB resident':44}{'before':>9}{'most':>9}{'after':>9}{'anon':>9}{'file':>9}{'threads':>9}")

    def row(name, work):
        before = server.memory()
        with Watch(server) as watch:
            work()
        time.sleep(1)
        after = server.status()
        threads = len(os.listdir(f"/proc/{server.process.pid}/task"))
        print(f"{name:44}{before:9.1f}{watch.most.get('VmRSS', 0):9.1f}{after['VmRSS']:9.1f}{after['RssAnon']:9.1f}"
              f"{after['RssFile']:9.1f}{threads:9}", flush=True)

    row("idle, after the start", lambda: time.sleep(3))
    row("200 printers described", lambda: server.ask("printer", 1, 200))
    row("200 MB in one job", lambda: server.ask("print", 1, 1, size=200_000_000))
    row("200 MB in 2000 jobs, 8 clients", lambda: server.ask("print", 8, 2000))

    def fill():
        made = 2001
        while made < jobs:
            part = min(2000, jobs - made)
            server.ask("print", 8, part)
            made += part
    row(f"{jobs} jobs", fill)
    row("all of them canceled", lambda: server.ask("cancel", 1, 1))
    row("5 lists of all of them, one after the other", lambda: server.ask("jobs", 1, 5))
    row("5 lists of all of them, at once", lambda: server.ask("jobs", 5, 5))
    row("50 lists of all of them, 5 at once", lambda: server.ask("jobs", 5, 50))
    row("idle for 15 s", lambda: time.sleep(15))
    print(f"VmHWM {server.status()['VmHWM']:.1f} MB")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--jobs", type=int, default=10000)
parser.add_argument("--folder", default=os.path.join(ROOT, "target/bench-ipp"))
parser.add_argument("--only", choices=("platen", "safe", "default"), action="append",
                    help="these servers alone; a cupsd with 10000 jobs takes many minutes")
parser.add_argument("--memory", action="store_true", help="look at Platen's memory, and time nothing")
parser.add_argument("--platen", default=PLATEN, help="another program than target/release/platen")
options = parser.parse_args()
PLATEN = options.platen
LOAD = load_generator()
if options.memory:
    shutil.rmtree(options.folder, ignore_errors=True)
    os.makedirs(options.folder)
    server = platen(options.folder)
    try:
        watch_memory(server, options.jobs)
    finally:
        server.stop()
    sys.exit()
for program in (PLATEN, shutil.which("cupsd") or "/usr/sbin/cupsd"):
    if not os.access(program, os.X_OK):
        sys.exit(f"benches/ipp.py: {program} is not there")
os.environ["PATH"] += ":/usr/sbin"
table = {}
starts = {"platen": platen, "safe": lambda f: cupsd(f, True), "default": lambda f: cupsd(f, False)}
for start in [start for name, start in starts.items() if name in (options.only or starts)]:
    folder = os.path.join(options.folder, str(len(table)))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    server = start(folder)
    print(f"{server.name} …", file=sys.stderr, flush=True)
    try:
        table[server.name] = measure(server, options.jobs)
    finally:
        server.stop()
names = list(next(iter(table.values())))
print(f"{'':52}" + "".join(f"{server:>16}" for server in table) + f"{'ours : safe':>14}")
for name in names:
    row = [figures[name] for figures in table.values()]
    both = [table[server][name] for server in ("platen", "cupsd safe") if server in table]
    ratio = f"{both[0] / both[1]:.2f}" if len(both) == 2 and both[1] else ""
    print(f"{name:52}" + "".join(f"{value:16.1f}" for value in row) + f"{ratio:>14}")
