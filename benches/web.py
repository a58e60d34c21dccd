#!/usr/bin/python3
"""Measures every page for a signed-in owner, with few jobs in history and with many, and prints both beside each other.

    benches/web.py [--few 100] [--many 20000] [--runs 100] [--platen PROGRAM] [--fill PROGRAM] [--folder target/bench-web]

One connection by TLS is kept to each of two daemons, and a page is asked for after the last one's answer; the times are the answers' to their
last byte, medians and 99th percentiles in milliseconds. Beside them stands what a browser loads with the page, without its
pictures. A page fails whose median with many jobs is over 50 ms, or that weighs more than 150 kB. The studio's past is
made by benches/web_fill.rs. Needs release builds, and Python alone:

    cargo build --release && cargo bench --bench web_fill --no-run"""
import argparse
import glob
import http.client
import json
import os
import re
import shutil
import ssl
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Most milliseconds of a page's median, and most bytes of a page.
LATE, HEAVY = 50, 150_000
PASSWORD = "a measured darkroom"


def newest(pattern):
    found = [f for f in glob.glob(os.path.join(ROOT, pattern)) if os.access(f, os.X_OK) and not f.endswith(".d")]
    if not found:
        sys.exit("benches/web.py: build it first: cargo bench --bench web_fill --no-run")
    return max(found, key=os.path.getmtime)


class Studio:
    """A daemon over a past of so many jobs, with somebody signed in."""

    def __init__(self, jobs):
        self.folder = os.path.join(options.folder, str(jobs))
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        data = os.path.join(self.folder, "data")
        begun = time.monotonic()
        subprocess.run([options.fill, data, str(jobs)], check=True)
        print(f"{jobs} jobs were made in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        config = os.path.join(self.folder, "platen.toml")
        with open(config, "w") as out:
            out.write(f'data = "{data}"\n[ipp]\nlisten = ["127.0.0.1:0"]\nannounce = false\n'
                      '[web]\nlisten = ["127.0.0.1:0"]\nredirect = []\n')
        log = open(os.path.join(self.folder, "log"), "w")
        self.process = subprocess.Popen([options.platen, "serve", "--config", config], stdout=subprocess.PIPE,
                                        stderr=log, text=True)
        said = ""
        for line in self.process.stdout:
            said += line
            if "stop" in line:
                break
        port, code = re.search(r"https://localhost:(\d+)/", said), re.search(r"setup code (\S+),", said)
        if not port or not code:
            sys.exit(f"benches/web.py: the daemon did not start: see {log.name}\n{said}")
        trusted = ssl.create_default_context(cadata=json.load(open(os.path.join(data, "tls.json")))["certificate"])
        self.base = f"https://localhost:{port[1]}"
        self.cookie = None
        self.connection = http.client.HTTPSConnection("localhost", int(port[1]), context=trusted, timeout=60)
        claim = {"code": code[1], "name": "olga", "password": PASSWORD}
        self.tell("POST", "/api/v1/claim", claim)

    def ask(self, method, path, body=None, headers=()):
        headers = {"Origin": self.base, **({"Cookie": self.cookie} if self.cookie else {}), **dict(headers)}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def tell(self, method, path, told, mime="application/json"):
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        answer, said = self.ask(method, path, body, {"Content-Type": mime})
        if answer.status >= 300:
            sys.exit(f"benches/web.py: {path} answered {answer.status}: {said.decode()}")
        if answer.headers["Set-Cookie"]:
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return json.loads(said)

    def furnish(self):
        """What a studio has beside its jobs: people, programs, a webhook, a profile. Gives the paths of all pages."""
        for n in range(8):
            self.tell("POST", "/api/v1/users", {"name": f"person-{n}", "role": "client"})
            self.tell("POST", "/api/v1/clients", {"name": f"program {n}", "scopes": "jobs:read"})
        hook = self.tell("POST", "/api/v1/webhooks", {"url": "https://shop.example/hooks"})["id"]
        self.tell("PATCH", f"/api/v1/webhooks/{hook}", {"enabled": False})
        icc = open(os.path.join(ROOT, "assets/profiles/virtual-pro-1000-lustre.icc"), "rb").read()
        profile = self.tell("POST", "/api/v1/profiles?name=Lustre", icc, "application/vnd.iccprofile")["digest"]
        _, page = self.ask("GET", "/")
        menu = re.findall(r'<a href="(/[^"]*)"', page.decode().split("<nav")[1].split("</nav>")[0])
        _, listed = self.ask("GET", "/api/v1/jobs?state=completed&limit=200")
        items = json.loads(listed)["items"]
        middle = items[len(items) // 2]["id"]
        oldest = "/jobs?cursor=j1-32"
        return menu + [
            "/dashboard/part", "/jobs/part", "/jobs?state=completed", "/jobs?state=open", "/jobs?user=anna",
            "/jobs?printer=gertie", "/jobs?q=harbour", "/jobs?q=no.+17", "/jobs?q=nothing+like+it", oldest,
            f"/jobs/{middle}", f"/jobs/{middle}/part", "/printers/gertie", "/printers/gertie/part", "/papers/paper-0",
            f"/profiles/{profile}", "/templates/white-border", f"/webhooks/{hook}", "/account",
        ]

    def weigh(self, path):
        """Bytes of a page with its style and scripts."""
        _, page = self.ask("GET", path)
        parts = re.findall(r'<(?:script[^>]* src|link rel="stylesheet"[^>]* href)="([^"]+)"', page.decode())
        return len(page) + sum(len(self.ask("GET", part)[1]) for part in parts)

    def time(self, path):
        """Milliseconds until a page is there."""
        begun = time.perf_counter()
        answer, body = self.ask("GET", path)
        took = (time.perf_counter() - begun) * 1e3
        if answer.status != 200:
            sys.exit(f"benches/web.py: {path} answered {answer.status}: {body[:300]}")
        return took

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def plain(path):
    """A path that is the same for both."""
    return re.sub(r"/[0-9a-f]{64}$", "/…", re.sub(r"/jobs/\d+", "/jobs/…", path))


def measure(studios):
    """For each page: its weight, and for each studio its median and its 99th percentile. They are asked in turn, so that
    whatever else this machine does meanwhile falls on both."""
    paths = [studio.furnish() for studio in studios]
    rows = {}
    for row in zip(*paths):
        times = [[] for _ in studios]
        for run in range(-5, options.runs):
            for studio, path, taken in zip(studios, row, times):
                took = studio.time(path)
                if run >= 0:
                    taken.append(took)
        figures = [(statistics.median(t), sorted(t)[min(len(t) - 1, int(len(t) * 0.99))]) for t in times]
        rows[plain(row[-1])] = (studios[-1].weigh(row[-1]), figures)
    return rows


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--few", type=int, default=100)
parser.add_argument("--many", type=int, default=20_000)
parser.add_argument("--runs", type=int, default=100)
parser.add_argument("--platen", default=os.path.join(ROOT, "target/release/platen"))
parser.add_argument("--fill", help="the built benches/web_fill.rs; left out: the newest release build")
parser.add_argument("--folder", default=os.path.join(ROOT, "target/bench-web"))
options = parser.parse_args()
options.fill = options.fill or newest("target/release/deps/web_fill-*")
if not os.access(options.platen, os.X_OK):
    sys.exit(f"benches/web.py: {options.platen} is not there")
studios = []
try:
    for jobs in (options.few, options.many):
        studios.append(Studio(jobs))
    rows = measure(studios)
finally:
    for studio in studios:
        studio.stop()
faults = []
print(f"{'page':28}{'kB':>7}{options.few:>10} p50{'p99':>9}{options.many:>10} p50{'p99':>9}{'ratio':>8}")
for path, (weight, ((few, few_late), (many, many_late))) in rows.items():
    print(f"{path:28}{weight / 1000:7.1f}{few:14.2f}{few_late:9.2f}{many:14.2f}{many_late:9.2f}{many / few:8.2f}")
    if many > LATE:
        faults.append(f"{path} takes {many:.1f} ms, more than {LATE}")
    if weight > HEAVY:
        faults.append(f"{path} weighs {weight} bytes, more than {HEAVY}")
for fault in faults:
    print(f"benches/web.py: {fault}", file=sys.stderr)
sys.exit(1 if faults else 0)
