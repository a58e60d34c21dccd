"""A house for Schemathesis: the real daemon, claimed, with something of everything in it, so that what is asked for is
there. Then Schemathesis asks: for all that leaves whoever asks signed in, and at last for what may shut him out.

Ends with 1 when Schemathesis finds a fault, or when an operation has never answered anything but 401 and 403.
"""

import hashlib
import json
import os
import pathlib
import re
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from base64 import urlsafe_b64encode
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import HTTPAdapter

HERE = pathlib.Path(__file__).parent
PASSWORD = "a quiet darkroom"
CALLBACK = "https://shop.example/callback"
#: The verifier of RFC 7636's own example, and its challenge.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#: What may end whoever asks: asked for last, by somebody who comes in again when he was shut out.
SHUTS_OUT = [
    "claim", "signIn", "signOut", "changePassword", "beginTotp", "confirmTotp", "removeTotp", "endSession", "endGrant",
    "revokeClient", "rotateClientSecret", "changeUser", "removeUser", "resetUser", "restoreBackup", "revokeToken",
]
#: Tags of about half of the rest.
OF_JOBS = ["jobs", "uploads", "proofs"]
#: What can't be done as asked here, and is refused with reasons: there is an owner already, nobody knows the code of an
#: authenticator app, no sheet is asked about, and no printer is at the address.
REFUSED = {"claim", "confirmTotp", "answerJob", "probePrinter"}
#: Those of a front panel, which this house has not.
REFUSED |= {"getPanel", "getPanelDisplay", "followPanel", "pressPanelButton"}
#: Those that the appliance's own services carry out, which an ordinary machine has not.
REFUSED |= {"bringUpdate", "cancelUpdate", "checkForUpdates", "goBack", "sawUpdate", "getUpdateLog"}
REFUSED |= {"beginHelp", "endHelp", "resetMachine"}


def fail(*what):
    print("tests/schemathesis:", *what, file=sys.stderr)
    raise SystemExit(1)


def picture(width=60, height=40):
    """A PNG."""
    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in (4 * x, 6 * y, 128)) for y in range(height))
    part = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


class Elsewhere(HTTPAdapter):
    """From another address of this machine: where somebody is wrong often, its neighbours are not kept waiting."""

    def init_poolmanager(self, *args, **more):
        super().init_poolmanager(*args, source_address=("127.0.0.2", 0), **more)


class Daemon:
    """The daemon, in a folder of its own."""

    def __init__(self, platen, folder):
        self.folder = pathlib.Path(folder)
        config = self.folder / "platen.toml"
        config.write_text(
            "data = 'state'\n[ipp]\nlisten = ['127.0.0.1:0']\nannounce = false\n[web]\nlisten = ['127.0.0.1:0']\n"
            "[[printer]]\nname = 'Gertie'\nuri = 'virtual:'\n"
            "[[pool]]\nname = 'Both'\nprinters = ['Gertie']\n"
        )
        self.log = open(self.folder / "log", "w+b")
        self.process = subprocess.Popen(
            [platen, "serve", "--config", config], stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        said = ""
        for line in self.process.stdout:
            said += line
            if "stop" in line:
                break
        page, code = re.search(r"https://localhost:(\d+)/", said), re.search(r"setup code (\S+),", said)
        if not page or not code:
            fail(f"the daemon did not start:\n{said}{self.logged()}")
        self.base, self.code = f"https://localhost:{page[1]}", code[1]
        self.ca = str(self.folder / "ca.pem")
        tls = json.loads((self.folder / "state/tls.json").read_text())
        pathlib.Path(self.ca).write_text(tls["certificate"])

    def logged(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Somebody:
    """Who asks: by a session, or by a token."""

    def __init__(self, base, ca, token=None):
        self.base, self.ca, self.session = base, ca, requests.Session()
        # Else REQUESTS_CA_BUNDLE would say whom to trust.
        self.session.trust_env = False
        self.session.mount("https://", Elsewhere())
        self.session.headers["Origin"] = base
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method, path, **more):
        answer = self.session.request(method, self.base + path, verify=self.ca, timeout=60, **more)
        if not answer.ok:
            fail(method, path, answer.status_code, answer.text)
        return answer

    def post(self, path, json=None, **more):
        told = self.ask("POST", path, json=json, **more)
        return told.json() if told.content else None

    def token_of(self, client, scope=None):
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        return self.post("/oauth/token", data=form, auth=(client["client_id"], client["client_secret"]))["access_token"]


def furnish(daemon, profile):
    """Puts something of everything into the house. Gives who may do all, and what is there."""
    owner = Somebody(daemon.base, daemon.ca)
    owner.post("/api/v1/claim", {"code": daemon.code, "name": "olga", "password": PASSWORD})
    scopes = owner.ask("GET", "/api/v1/me").json()["scopes"]
    program = lambda name, **more: owner.post("/api/v1/clients", {"name": name, "scopes": scopes, **more})
    # Who sees to it that others can come in again. Nothing that is asked for names it.
    keeper = program("keeper")
    shop = program("shop", redirect_uris=[CALLBACK])
    there = {"base": daemon.base, "ca": daemon.ca, "password": PASSWORD, "keeper": keeper}
    there["shop"], there["gone"], there["rotated"] = shop, program("gone"), program("rotated")
    there["token"] = owner.token_of(shop)
    # What is sent belongs to whoever sends it.
    sender = Somebody(daemon.base, daemon.ca, there["token"])
    there["ended"] = owner.token_of(shop, "jobs:read")

    # A person has let the program act for him.
    asked = {"response_type": "code", "client_id": shop["client_id"], "code_challenge_method": "S256"}
    asked["code_challenge"] = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    there["asked"] = {**asked, "redirect_uri": CALLBACK, "scope": "jobs:read"}
    code = lambda: dict(parse_qsl(urlsplit(owner.post("/api/v1/oauth/authorize", {**there["asked"], "approved": True})["redirect_uri"]).query))["code"]
    given = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    owner.post("/oauth/token", data={**given, "code": code()}, auth=(shop["client_id"], shop["client_secret"]))
    elsewhere = Somebody(daemon.base, daemon.ca)
    elsewhere.post("/api/v1/session", {"name": "olga", "password": PASSWORD})
    sessions = owner.ask("GET", "/api/v1/sessions").json()["items"]
    there["session"] = next(session["id"] for session in sessions if not session["current"])
    there["backup"] = owner.ask("GET", "/api/v1/system/backup").json()
    there["grant"] = owner.ask("GET", "/api/v1/grants").json()["items"][0]["id"]

    made = lambda path, **new: owner.post(path, new)["id"]
    there["user"] = [made("/api/v1/users", name=name, role="client") for name in ("anna", "bert", "carl")]
    there["printer"] = [made("/api/v1/printers", name=name, uri="virtual:") for name in ("Bertha", "Old one")]
    # What prints can't be changed, and takes a processor.
    for printer in ["gertie", *there["printer"]]:
        owner.post(f"/api/v1/printers/{printer}/pause")
    owner.post("/api/v1/pools/platen/pause")
    paper = {"media": "a4", "media_type": "photographic-matte", "finish": "matte", "price": 4.2}
    there["paper"] = [made("/api/v1/papers", name=name, **paper) for name in ("Photo Rag", "Old rag")]
    there["preset"] = [made("/api/v1/presets", name=name, media="a4", border=5) for name in ("White border", "Old preset")]
    owner.post("/api/v1/papers/%s/restock" % there["paper"][0], {"sheets": 25})
    owner.ask("PUT", "/api/v1/printers/gertie/loaded/main", json={"paper": there["paper"][0], "sheets": 20})
    icc = {"data": pathlib.Path(profile).read_bytes(), "headers": {"Content-Type": "application/vnd.iccprofile"}}
    there["profile"] = owner.post("/api/v1/profiles?name=Rag", **icc)["digest"]
    icc["data"] = pathlib.Path(profile).with_name("ps_rgb.icc").read_bytes()
    there["unused"] = owner.post("/api/v1/profiles", **icc)["digest"]
    owner.ask("PUT", "/api/v1/printers/bertha/profiles", json={"profile": there["profile"]})

    photo = picture()
    there["icc"] = str(profile)

    def upload(data=photo):
        begun = sender.post("/api/v1/uploads", {"bytes": len(photo), "name": "photo.png"})["id"]
        part = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        sender.ask("PATCH", f"/api/v1/uploads/{begun}", data=data, headers=part)
        return begun

    there["upload"] = [upload() for _ in range(4)] + [upload(photo[:100]), upload(photo[:100])]
    inks = owner.ask("GET", "/api/v1/printers/gertie/supplies").json()["items"]
    there["channel"] = inks[0]["channel"] if inks else "none"
    hook = owner.post("/api/v1/webhooks", {"url": "https://shop.example/hook", "events": []})["id"]
    there["webhook"] = [hook, owner.post("/api/v1/webhooks", {"url": "https://shop.example/old"})["id"]]
    job = {"mode": "draft", "ticket": {"paper": there["paper"][0]}, "reference": "order 7"}
    job = {"job": (None, json.dumps(job), "application/json"), "document": ("photo.png", photo, "image/png")}
    there["job"] = [owner.post("/api/v1/jobs", files=job)["id"] for _ in range(12)]
    for ended in there["job"][-2:]:
        owner.post(f"/api/v1/jobs/{ended}/cancel")
    # The courier looks at the log every now and then.
    for _ in range(100):
        sent = owner.ask("GET", f"/api/v1/webhooks/{hook}/deliveries").json()["items"]
        if sent:
            break
        time.sleep(0.1)
    there["delivery"] = sent[0]["id"] if sent else 1
    return there


def schemathesis(daemon, there, tally, *groups):
    """Has Schemathesis ask for groups of operations, side by side: it takes a processor itself. Whether it found faults."""
    asked = [begun(daemon, there, tally, group) for group in groups]
    return any([ended(*one) for one in asked])


def ended(process, said):
    failed = process.wait()
    said.seek(0)
    print(said.read(), flush=True)
    return failed


def begun(daemon, there, tally, which):
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
        "THERE": json.dumps(there),
        "TALLY": str(tally),
    }
    command = [
        str(pathlib.Path(sys.executable).parent / "st"), "--config-file", str(HERE / "schemathesis.toml"),
        "run", f"{daemon.base}/api/v1/openapi.json", "--tls-verify", daemon.ca, *which,
    ]
    said = tempfile.TemporaryFile("w+")
    return subprocess.Popen(command, env=environment, cwd=daemon.folder, stdout=said, stderr=said), said


def main(platen, profile):
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(platen, folder)
        try:
            there = furnish(daemon, profile)
            tally = daemon.folder / "tally"
            shuts_out = [option for name in SHUTS_OUT for option in ("--include-operation-id", name)]
            of_jobs = [option for tag in OF_JOBS for option in ("--include-tag", tag)]
            the_rest = [option.replace("include", "exclude") for option in of_jobs + shuts_out]
            failed = schemathesis(daemon, there, tally, of_jobs, the_rest)
            failed = schemathesis(daemon, there, tally, shuts_out) or failed
            heard = {"getOpenApi": {200: 1}}
            for line in tally.read_text().splitlines():
                name, status = line.split()
                statuses = heard.setdefault(name, {})
                statuses[int(status)] = statuses.get(int(status), 0) + 1
            answered(daemon, heard)
            if failed or "panicked" in daemon.logged():
                fail("Schemathesis has found faults; what the daemon said:", daemon.logged()[-4_000:])
        finally:
            daemon.stop()


def answered(daemon, heard):
    """Whether every operation was done as asked once, or refused with reasons where that can't be."""
    document = requests.get(f"{daemon.base}/api/v1/openapi.json", verify=daemon.ca, timeout=30).json()
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    done = [name for name in names if any(status < 400 for status in heard.get(name, {}))]
    shut = [name for name in names if not set(heard.get(name, {})) - {401, 403}]
    never = [f"{name} {sorted(heard.get(name, {}))}" for name in names if name not in done and name not in REFUSED]
    cases = sum(many for statuses in heard.values() for many in statuses.values())
    took = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{len(names)} operations, {cases} answers; {len(done)} operations were done as asked. Schemathesis took a "
        f"processor for {took.ru_utime + took.ru_stime:.0f} s"
    )
    if shut or never:
        fail("never done as asked:", ", ".join(never), "; nothing but 401 and 403 from:", ", ".join(shut))


if __name__ == "__main__":
    main(*sys.argv[1:])
