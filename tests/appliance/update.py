"""Updates: what is refused, what survives a power cut, what is kept, and what comes back by itself."""
import http.server
import os
import re
import shutil
import subprocess
import threading
import time

from .api import Refused
from .common import CACHE, PATIENCE, ROOT, fail, free_port, say, wait_for
from .power import known_jobs, taken

KEYS = os.path.join(ROOT, "image/keys")


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder with ranges, as streaming needs them."""

    def __init__(self, folder):
        self.port = free_port()
        super().__init__(("127.0.0.1", self.port), lambda *a: Ranges(*a, folder=folder))
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Ranges(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, folder):
        self.folder = folder
        super().__init__(*arguments)

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.give(False)

    def do_GET(self):
        self.give(True)

    def give(self, body):
        path = os.path.join(self.folder, os.path.basename(self.path))
        if not os.path.isfile(path):
            self.send_error(404)
            return
        size = os.path.getsize(path)
        first, last = 0, size - 1
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted:
            first, last = int(wanted[1]), min(int(wanted[2] or last), last)
        self.send_response(206 if wanted else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        if body:
            with open(path, "rb") as file:
                file.seek(first)
                self.wfile.write(file.read(last - first + 1))


def step(name, *words, **environment):
    subprocess.run(
        [os.path.join(ROOT, "image/steps", name), *words],
        check=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600", "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", **environment},
    )


def slot(folder, version, broken=None):
    """The slot of the image as another version, perhaps with something in the place of its daemon."""
    root, out = os.path.join(folder, f"root-{version}"), os.path.join(folder, f"slot-{version}.squashfs")
    subprocess.run(["unsquashfs", "-q", "-n", "-d", root, os.path.join(CACHE, "slot.squashfs")], check=True, stdout=subprocess.DEVNULL)
    for file, key in (("etc/os-release", 'VERSION_ID="{}"'), ("etc/rauc/system.conf", "min-bundle-version={}")):
        path = os.path.join(root, file)
        with open(path, encoding="utf-8") as opened:
            text = re.sub(re.escape(key).replace(r"\{\}", "[^\"\n]*"), key.format(version), opened.read())
        with open(path, "w", encoding="utf-8") as opened:
            opened.write(text)
    if broken:
        path = os.path.join(root, "usr/bin/platen")
        os.remove(path)
        with open(path, "w", encoding="utf-8") as opened:
            opened.write(broken)
        os.chmod(path, 0o755)
    pack = ["mksquashfs", root, out, "-quiet", "-no-progress", "-noappend", "-all-root", "-comp", "zstd", "-Xcompression-level", "3", "-b", "256K"]
    subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
    step("verity", out)
    shutil.rmtree(root)
    return out


def bundle(folder, name, image, version, key="development.key.pem", cert="development.cert.pem", **environment):
    out = os.path.join(folder, name)
    step("bundle", image, version, os.path.join(KEYS, key), os.path.join(KEYS, cert), out, **environment)
    return out


def spoilt(folder, name, good, spoil):
    """A copy in which spoil(bytes) has changed something."""
    with open(good, "rb") as file:
        data = bytearray(file.read())
    data = spoil(data)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def flipped(at):
    def flip(data):
        data[at] ^= 0x55
        return data

    return flip


# It says why, as a daemon does whose database does not open.
BROKEN = """#!/bin/sh
echo 'the database of this version does not open (made so by the test)'
exit 65
"""


def make(folder):
    """Every bundle that is tried: the good one, the one whose daemon fails, and those that must be refused, with what is said."""
    two = slot(folder, "2.0.0")
    good = bundle(folder, "two.raucb", two, "2.0.0")
    key, cert = os.path.join(folder, "stranger.key"), os.path.join(folder, "stranger.cert")
    subject = ["-subj", "/CN=Stranger", "-addext", "extendedKeyUsage=codeSigning"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", *subject, "-keyout", key, "-out", cert],
        check=True, stderr=subprocess.DEVNULL,
    )
    bundle(folder, "stranger.raucb", two, "2.0.0", key, cert)
    bundle(folder, "other.raucb", two, "2.0.0", COMPATIBLE="another-machine")
    bundle(folder, "older.raucb", two, "0.0.1")
    # The signature is what is last, but for its length in 8 bytes.
    spoilt(folder, "signature.raucb", good, flipped(-200))
    spoilt(folder, "payload.raucb", good, flipped(os.path.getsize(good) // 2))
    spoilt(folder, "truncated.raucb", good, lambda data: data[: len(data) // 2])
    bundle(folder, "broken.raucb", slot(folder, "3.0.0", BROKEN), "3.0.0")
    return {
        "stranger": "self-signed certificate|unable to get local issuer|signature",
        "other": "[Cc]ompatible",
        "older": "[Vv]ersion",
        "signature": "signature|invalid padding|Verify error",
        "truncated": "[Ss]ignature size|exceeds|signature",
        "payload": "Input/output error|[Ff]ailed",
    }


def updates(owner):
    """How updates stand; none where the daemon knows nothing of them."""
    known = owner.get("/api/v1/system/updates")
    return known if known and known.get("appliance") else None


def one(owner, number):
    known = updates(owner) or {}
    return next((u for u in [known.get("current") or {}, *known.get("history", [])] if u.get("id") == number), None)


def bring(guest, owner, server, name):
    """Has a bundle installed, by the API where the daemon has one, else by SSH as whoever helps would. Whether it was, and what
    was said. By the API the machine starts anew by itself."""
    url = f"http://10.0.2.2:{server.port}/{name}.raucb"
    if updates(owner) is None:
        code, said = guest.ssh(f"rauc install {url}")
        return code == 0, said
    try:
        number = owner.ask("POST", "/api/v1/system/updates", {"url": url})["id"]
    except Refused as refused:
        return False, str(refused)
    ended = ("installed", "trying", "good", "rolled-back", "failed", "canceled")

    def over():
        found = one(owner, number)
        return found if found and found["stage"] in ended else None

    found = wait_for(f"{name} to be installed or refused", PATIENCE, over)
    return found["stage"] not in ("failed", "canceled"), found["message"]


def restart(guest, owner):
    if updates(owner) is None:
        guest.ssh("systemctl --no-block reboot")


def refusals(guest, owner, server, refused):
    for name, reason in refused.items():
        taken_in, said = bring(guest, owner, server, name)
        # Whatever else is said, it is said what is wrong.
        why = next((line for line in said.splitlines() if "LastError" in line or re.search(reason, line)), None)
        if taken_in or why is None or not re.search(reason, said):
            fail(f"the bundle {name} is not refused as it should be: {said}")
        say(f"refused: {name}: {why.strip()}")
    if guest.version()[1] != "A":
        fail("a refused bundle changed the slot")


def cut_while_it_installs(guest, server, chance):
    thread = threading.Thread(target=lambda: guest.ssh(f"rauc install http://10.0.2.2:{server.port}/two.raucb"))
    thread.start()
    moment = chance.uniform(3, 10)
    time.sleep(moment)
    guest.cut()
    thread.join()
    guest.start()
    guest.wait()
    version = wait_for("SSH", PATIENCE, guest.version)
    if version[1] != "A":
        fail(f"after a power cut {moment:.1f} s into an install, slot {version[1]} runs")
    say(f"power cut {moment:.1f} s into an install: slot A runs as before")


def update(guest, owner, server, printer, photo):
    """Version 2 comes, with what version 1 had in its queue."""
    printer.command("offline on")
    job = wait_for("a job to be taken", 120, lambda: taken(guest, "over the update", photo))
    begun = time.monotonic()
    installed, said = bring(guest, owner, server, "two")
    if not installed:
        fail(f"version 2 can't be installed: {said}")
    say(f"version 2 installed in {time.monotonic() - begun:.1f} s")
    restart(guest, owner)
    wait_for("version 2", PATIENCE, lambda: guest.version() == ("2.0.0", "B"))
    guest.wait()
    known = wait_for("the queue", PATIENCE, lambda: known_jobs(guest))
    if "over the update" not in known:
        fail(f"job {job} is lost over the update")
    printer.command("offline off")
    wait_for("the job to be printed by version 2", PATIENCE, lambda: "over the update" in printer.sheets())
    wait_for("slot B to be marked good", PATIENCE, lambda: "BOOT_B_LEFT=3" in guest.ssh("fw_printenv")[1])
    say(f"version 2 runs from slot B after {time.monotonic() - begun:.1f} s, and has printed what version 1 had taken")


def rollback(guest, owner, server, box):
    """Version 3 has a daemon that does not come up: version 2 comes back by itself, and knows why."""
    installed, said = bring(guest, owner, server, "broken")
    if not installed:
        fail(f"version 3 can't be installed: {said}")
    begun = time.monotonic()
    restart(guest, owner)
    # It goes first.
    wait_for("version 2 to end", PATIENCE, lambda: not guest.answers())
    wait_for("version 2 to come back", PATIENCE * 3, guest.answers)
    version = wait_for("SSH", PATIENCE, guest.version)
    _, environment = guest.ssh("fw_printenv")
    if version != ("2.0.0", "B") or "BOOT_A_LEFT=0" not in environment:
        fail(f"version 3 was not rolled back: {version} {environment}")
    say(f"version 3, which does not come up, was tried and left for version 2, {time.monotonic() - begun:.1f} s in all")
    # What the failed version said is still there.
    _, said = guest.ssh("journalctl -o cat --no-pager -t platen -n 500")
    kept = [line for line in said.splitlines() if "made so by the test" in line]
    if not kept:
        fail(f"nothing is kept of what version 3 said: {said[-2000:]}")
    say(f"its log is kept: {kept[-1]}")
    if updates(owner) is None:
        say("the daemon knows nothing of updates yet: why it was left is not told by the API")
        return

    def told():
        return [u for u in (updates(owner) or {}).get("history", []) if u["version"] == "3.0.0" and u["stage"] == "rolled-back"]

    last = wait_for("the API to say that version 3 was rolled back", PATIENCE, told)[0]
    say(f"the API says of version 3: {last['stage']}: {last['message']}")
    if box:
        box.fit()
        box.expect("an update was rolled back", None, None, None, "3 flashes")
