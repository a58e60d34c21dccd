"""What Schemathesis is told of the house: who asks, what is there, what a good request looks like. It also writes down
how every operation has answered."""

import json
import os
import pathlib
import secrets
import zlib

import schemathesis
from schemathesis.auths import GLOBAL_AUTH_STORAGE, AuthContext
from house import CALLBACK, PASSWORD, REFUSED, SHUTS_OUT, Somebody, picture

THERE = json.loads(os.environ["THERE"])
TALLY = open(os.environ["TALLY"], "a", buffering=1)
COOKIE = "__Host-platen"
#: Parts of paths that stand in for made-up ones, about every second time.
KNOWN = {
    "job": THERE["job"][0],
    "printer": "gertie",
    "paper": THERE["paper"][0],
    "preset": THERE["preset"][0],
    "template": "white-border",
    "profile": THERE["profile"],
    "upload": THERE["upload"][0],
    "webhook": THERE["webhook"][0],
    "delivery": THERE["delivery"],
    "pool": "both",
    "source": "main",
    "update": 1,
    "button": "pause",
    "channel": THERE["channel"],
    "client": THERE["shop"]["client_id"],
    "user": THERE["user"][0],
    "grant": THERE["grant"],
    "session": THERE["session"],
}
#: Operations after which what was known is there no more, or may not be acted on: made-up cases name something else.
SPENDS = {"cancelJob", "removePaper", "removePreset", "removePrinter", "removeProfile", "removeUpload", "removeUser",
          "removeWebhook", "revokeClient", "endGrant", "endSession", "clearPrinterProfile"}


def name_of(operation):
    return operation.definition.raw["operationId"]


def examples():
    """Good requests by operation: what is put in place of the parts of its path, and what else it takes."""
    jobs, papers, uploads = THERE["job"], THERE["paper"], THERE["upload"]
    shop = {"client_id": THERE["shop"]["client_id"], "client_secret": THERE["shop"]["client_secret"]}
    old = {"client_id": THERE["gone"]["client_id"]}
    paper = {"name": "Baryta", "media": "a3", "media_type": "photographic-glossy", "finish": "glossy"}
    ticket = {"paper": papers[0], "print_scaling": "fit", "number_up": 1}
    job = {"name": "Dunes", "mode": "draft", "copies": 2, "ticket": ticket, "metadata": {"order": "7"}}
    sheets = {"sheets": 3, "note": "by hand"}
    rest = picture()[100:]
    given = {"grant_type": "client_credentials", "scope": "jobs:read", **shop}
    return {
        "claim": [{"body": {"code": "AAAA-AAAA", "name": "otto", "password": PASSWORD}}],
        "signIn": [{"body": {"name": "olga", "password": PASSWORD}}],
        "changePassword": [{"body": {"password": PASSWORD, "new_password": PASSWORD}}],
        "beginTotp": [{"body": {"password": PASSWORD}}],
        "confirmTotp": [{"body": {"code": "000000"}}],
        "removeTotp": [{"body": {"password": PASSWORD}}],
        "endSession": [{"session": THERE["session"]}],
        "endGrant": [{"grant": THERE["grant"]}],
        "listGrants": [{"query": {"client": shop["client_id"]}}],
        "listSessions": [{"query": {"user": 1}}],
        "addClient": [{"body": {"name": "Desk", "scopes": "jobs:read jobs:write", "redirect_uris": [CALLBACK]}}],
        "revokeClient": [{"client": old["client_id"]}],
        "rotateClientSecret": [{"client": THERE["rotated"]["client_id"]}],
        "listEvents": [{"query": {"after": 3}}],
        "listJobs": [{"query": {"state": ["open"], "limit": 5}}, {"query": {"q": "photo", "reference": "order 7"}}],
        "createJob": [
            {"body": {**job, "uploads": [uploads[0]]}, "headers": {"Idempotency-Key": "one"}},
            {"body": {"job": job, "document": [picture()]}, "media_type": "multipart/form-data",
             "multipart_content_types": {"job": "application/json", "document": "image/png"}},
        ],
        "actOnJobs": [{"body": {"ids": jobs[7:9], "act": "hold"}}],
        "changeJob": [{"job": jobs[6], "body": {"name": "Dunes", "ticket": {"border": 5}, "metadata": None}}],
        "approveJob": [{"job": jobs[1]}],
        "cancelJob": [{"job": jobs[2]}],
        "holdJob": [{"job": jobs[3], "body": {"until": None}}],
        "releaseJob": [{"job": jobs[3]}],
        "restartJob": [{"job": jobs[11]}],
        "promoteJob": [{"job": jobs[4]}],
        "prioritiseJob": [{"job": jobs[4], "body": {"priority": 60}}],
        "moveJob": [{"job": jobs[5], "body": {"destination": "gertie"}}],
        "reprintJob": [{"job": jobs[10], "body": {"copies": 1, "draft": True}}],
        "answerJob": [{"job": jobs[0], "body": {"answer": "done"}}],
        "getToken": [{"body": given}],
        "revokeToken": [{"body": {"token": THERE["ended"], **shop}}],
        "introspectToken": [{"body": {"token": THERE["token"], **shop}}],
        "viewAuthorization": [{"query": THERE["asked"]}],
        "answerAuthorization": [{"body": {**THERE["asked"], "approved": True}}],
        "getJobProof": [{"job": jobs[9], "query": {"size": 200, "gamut": 2.0}}],
        "getJobThumbnail": [{"job": jobs[9]}],
        "getJobLayout": [{"job": jobs[9]}],
        "proofJob": [{"body": {"job": {"uploads": [uploads[1]], "ticket": ticket}, "look": {"size": 200}}}],
        "layOutJob": [{"body": {"uploads": [uploads[1]], "ticket": ticket}}],
        "quoteJob": [{"body": {"copies": 3, "ticket": ticket}}],
        "beginUpload": [{"body": {"bytes": 1_000, "name": "dunes.png"}}],
        "appendUpload": [{"upload": uploads[4], "headers": {"Upload-Offset": "100"}, "body": rest}],
        "removeUpload": [{"upload": uploads[5]}],
        "addPaper": [{"body": {**paper, "weight": 310, "price": 6.5, "sheets": 10}}],
        "changePaper": [{"body": {"price": "5.10", "low": 3}}],
        "removePaper": [{"paper": papers[1]}],
        "restockPaper": [{"body": sheets}],
        "countPaper": [{"body": sheets}],
        "spoilPaper": [{"body": sheets}],
        "writeOffPaper": [{"body": sheets}],
        "listPaperEntries": [{"query": {"limit": 2}}],
        "addPrinter": [{"body": {"name": "Clara", "uri": "virtual:", "seconds_per_sheet": 0.5}}],
        "probePrinter": [{"body": {"uri": "ipp://127.0.0.1:9/ipp/print"}}],
        "changePrinter": [{"printer": "bertha", "body": {"name": "Bertha the second"}}],
        "removePrinter": [{"printer": THERE["printer"][1], "query": {"jobs": "to-pool"}}],
        "setLoaded": [{"body": {"paper": papers[0], "sheets": 20}}],
        "clearLoaded": [{"source": "rear"}],
        "setPrinterProfile": [{"printer": "bertha", "body": {"profile": THERE["profile"], "media_type": "matte"}}],
        "clearPrinterProfile": [{"printer": "bertha", "query": {"media_type": "matte"}}],
        "runRoutine": [{"body": {"routine": "nozzle-check", "confirm": True}}],
        "listInkEntries": [{"query": {"limit": 2}}],
        "fitTank": [{"body": {"ml": 80, "note": "a new one"}}],
        "addProfile": [
            {"body": pathlib.Path(THERE["icc"]).read_bytes(), "media_type": "application/vnd.iccprofile",
             "query": {"name": "Rag"}},
        ],
        "removeProfile": [{"profile": THERE["unused"]}],
        "renameProfile": [{"body": {"name": "Rag, matte"}}],
        "changeSettings": [{"body": {"studio_name": "The Quiet Darkroom", "handling_price": "2.50"}}],
        "restoreBackup": [{"body": THERE["backup"]}],
        "getLog": [{"query": {"level": "info", "limit": 10}}],
        "previewTemplate": [{"query": {"side": 100, "paper": "a4"}}],
        "addPreset": [{"body": {"name": "Gallery", "media": "a3", "border": 10, "print_quality": "high"}}],
        "changePreset": [{"body": {"border": 8}}],
        "removePreset": [{"preset": THERE["preset"][1]}],
        "addUser": [{"body": {"name": "dora", "role": "operator"}}],
        "changeUser": [{"body": {"role": "viewer"}}],
        "removeUser": [{"user": THERE["user"][1]}],
        "resetUser": [{"user": THERE["user"][2], "body": {"totp": True}}],
        "addWebhook": [{"body": {"url": "https://shop.example/new", "events": ["job-changed"]}}],
        "changeWebhook": [{"body": {"enabled": False}}],
        "removeWebhook": [{"webhook": THERE["webhook"][1]}],
    }


EXAMPLES = examples()


@schemathesis.hook
def before_add_examples(context, examples):
    operation = context.operation
    parts = [part["name"] for part in operation.definition.raw.get("parameters", []) if part["in"] == "path"]
    bodies = list(operation.definition.raw.get("requestBody", {}).get("content", {}))
    for example in EXAMPLES.get(name_of(operation), [{}]):
        kinds = ("query", "headers", "body", "multipart_content_types")
        more = {name: value for name, value in example.items() if name in kinds}
        if "body" in example:
            more["media_type"] = example.get("media_type", bodies[0])
        path = {part: example.get(part, KNOWN[part]) for part in parts}
        case = operation.Case(path_parameters=path, **more)
        GLOBAL_AUTH_STORAGE.set(case, AuthContext(operation=operation, app=None))
        examples.append(case)


@schemathesis.hook
def before_call(context, case, kwargs):
    # Made-up jobs, printers and papers are hardly ever there.
    parts = case.path_parameters
    is_made_up = case.meta is not None and case.meta.phase.name.value in ("coverage", "fuzzing")
    if is_made_up and parts and name_of(case.operation) not in SPENDS:
        # By what was made up, and not by whose turn it is: the same each time.
        made_up = repr((sorted(parts.items()), case.query, case.body)).encode(errors="replace")
        if zlib.crc32(made_up) % 2:
            case.path_parameters.update({part: KNOWN[part] for part in parts if part in KNOWN})


@schemathesis.hook
def after_call(context, case, response):
    name = name_of(case.operation)
    TALLY.write(f"{name} {response.status_code}\n")
    if not case.meta and name not in REFUSED and response.status_code >= 400:
        print(f"a good example of {name} was refused: {response.status_code} {response.text[:400]}")
    if name in SHUTS_OUT and (response.status_code == 401 or name == "signOut"):
        Session.current = None


#: What serde says, and no person.
FOREIGN = ("invalid type", "invalid value:", "missing field", "unknown field", "unknown variant", "expected one of", " at line ")


@schemathesis.check
def people_understand_refusals(ctx, response, case):
    if response.status_code == 422:
        said = response.json()["detail"]
        assert not any(words in said for words in FOREIGN), f"nobody talks like that: {said}"


@schemathesis.serializer("application/offset+octet-stream", "application/partial-upload", "application/vnd.iccprofile")
def bytes_as_they_are(context, value):
    return value if isinstance(value, bytes) else str(value).encode()


def schemes(operation):
    return {name for choice in operation.definition.raw.get("security", []) for name in choice}


class Session:
    """A person in a browser; another one when that one was shut out."""

    current = None
    keeper = None

    @classmethod
    def cookie(cls):
        if cls.current is None:
            keeper = Somebody(THERE["base"], THERE["ca"])
            token = keeper.token_of(THERE["keeper"])
            name = f"owner {secrets.token_hex(4)}"
            invited = Somebody(THERE["base"], THERE["ca"], token).post("/api/v1/users", {"name": name, "role": "owner"})
            asked = {"name": name, "password": invited["password"], "new_password": PASSWORD}
            keeper.post("/api/v1/session", asked)
            cls.current = keeper.session.cookies[COOKIE]
        return cls.current


@schemathesis.auth(refresh_interval=None)
class Auth:
    """By the program's token where one is good for it, and cannot be lost; else as a person."""

    def get(self, case, context):
        wanted = schemes(context.operation)
        if "bearer" in wanted and name_of(context.operation) not in SHUTS_OUT:
            return "bearer", THERE["token"]
        return ("session", Session.cookie()) if "session" in wanted else None

    def set(self, case, data, context):
        kind, value = data
        if kind == "bearer":
            case.headers["Authorization"] = f"Bearer {value}"
        else:
            case.cookies[COOKIE] = value
            case.headers["Origin"] = THERE["base"]
