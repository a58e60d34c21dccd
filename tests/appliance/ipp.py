"""IPP (RFC 8010, 8011), as little as it takes to print and to list jobs."""
import struct
import urllib.request


class Unanswered(Exception):
    """No answer, or half of one: nothing is known."""


def attribute(tag, name, value):
    value = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value


def ipp(port, operation, more=b"", document=b"", path="/ipp/print", timeout=20):
    """Asks; the status and the attributes by name, of each group of jobs one dictionary."""
    head = struct.pack(">BBHIB", 2, 0, operation, 1, 1)
    head += attribute(0x47, "attributes-charset", "utf-8") + attribute(0x48, "attributes-natural-language", "en")
    head += attribute(0x45, "printer-uri", f"ipp://localhost:{port}{path}") + attribute(0x42, "requesting-user-name", "studio")
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", head + more + b"\x03" + document, {"Content-Type": "application/ipp"}
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return decode(answer.read())
    except (OSError, ValueError, struct.error, IndexError) as error:
        raise Unanswered(str(error)) from error
    except Exception as error:  # http.client has many
        raise Unanswered(repr(error)) from error


def decode(data):
    (status,) = struct.unpack_from(">H", data, 2)
    at, groups, group, name = 8, [], {}, ""
    while data[at] != 3:
        tag = data[at]
        at += 1
        if tag < 0x10:
            group = {}
            groups.append(group)
            continue
        (length,) = struct.unpack_from(">H", data, at)
        if length:
            name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        (length,) = struct.unpack_from(">H", data, at)
        value = data[at + 2 : at + 2 + length]
        at += 2 + length
        known = struct.unpack(">i", value)[0] if tag in (0x21, 0x23) else value.decode("utf-8", "replace")
        group.setdefault(name, []).append(known)
    return status, groups


def print_job(port, name, document):
    """The job's number once it is acknowledged."""
    more = attribute(0x42, "job-name", name) + attribute(0x49, "document-format", "image/jpeg")
    status, groups = ipp(port, 0x0002, more, document)
    if status > 0xFF:
        raise Unanswered(f"status {status:#06x}")
    return next(g["job-id"][0] for g in groups if "job-id" in g)


def jobs(port):
    """All jobs: name to state and what is said of it."""
    found = {}
    for which in ("not-completed", "completed"):
        more = attribute(0x44, "which-jobs", which)
        for n, wanted in enumerate(("job-id", "job-name", "job-state", "job-state-reasons")):
            more += attribute(0x44, "requested-attributes" if n == 0 else "", wanted)
        _, groups = ipp(port, 0x000A, more)
        found.update({g["job-name"][0]: (g["job-state"][0], g["job-state-reasons"]) for g in groups if "job-name" in g})
    return found
