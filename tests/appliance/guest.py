"""The machine with its card in QEMU, and the printer outside of it."""
import json
import os
import re
import subprocess
import tempfile
import time
import urllib.request

from .common import CACHE, PATIENCE, ROOT, fail, free_port, wait_for
from .ipp import Unanswered, ipp


class Printer:
    """`platen simulate` on this machine, which the guest reaches at 10.0.2.2."""

    def __init__(self, platen, folder):
        self.ledger = os.path.join(folder, "prints.jsonl")
        self.port = free_port()
        log = open(os.path.join(folder, "simulate.log"), "w")
        command = [platen, "simulate", "--name", "Outside", "--spool", folder, "--port", str(self.port), "--seconds-per-page", "0.2"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def sheets(self):
        """Names of the jobs of which sheets came out, one for each sheet."""
        if not os.path.exists(self.ledger):
            return []
        with open(self.ledger, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.endswith("\n")]
        # Platen adds a token to the name, by which it finds its job again.
        return [re.sub(r" \[[0-9a-f]+\]$", "", line["job_name"]) for line in lines if line["event"] == "page"]

    def command(self, line):
        """Something happens to the printer."""
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control", line.encode(), timeout=20).close()

    def stop(self):
        self.process.kill()
        self.process.wait()


class Guest:
    """A card and the machine that it is in."""

    def __init__(self, folder, settings):
        self.folder = folder
        self.disk = os.path.join(folder, "card.img")
        self.serial = os.path.join(folder, "serial.log")
        self.key = os.path.join(folder, "key")
        subprocess.run(["cp", "--sparse=always", os.path.join(CACHE, "platen-pi4.img"), self.disk], check=True)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(settings)
            file.flush()
            subprocess.run(["mcopy", "-o", "-i", f"{self.disk}@@4M", file.name, "::platen.toml"], check=True)
        self.allow_ssh()
        # The card is larger than the image.
        os.truncate(self.disk, 2 << 30)
        self.process = None
        self.port = self.secure = self.ssh_port = 0

    def allow_ssh(self):
        """Puts a key where the appliance looks for it: SSH is off without one."""
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key], check=True)
        start, _ = self.partition("data")
        write = f"mkdir lib\ncd lib\nmkdir ssh\ncd ssh\nwrite {self.key}.pub authorized_keys\n"
        for field in ("uid", "gid"):
            write += f"set_inode_field authorized_keys {field} 0\n"
        subprocess.run(["debugfs", "-w", "-f", "-", f"{self.disk}?offset={start}"], input=write, text=True, capture_output=True, check=True)

    def partition(self, name):
        """Where it begins and how long it is, in bytes."""
        listing = subprocess.run(["sfdisk", "--json", self.disk], check=True, capture_output=True, text=True).stdout
        part = next(p for p in json.loads(listing)["partitiontable"]["partitions"] if p.get("name") == name)
        return part["start"] * 512, part["size"] * 512

    def start(self):
        self.port, self.secure, self.ssh_port = free_port(), free_port(), free_port()
        net = "user,id=net"
        for here, there in ((self.port, 631), (self.secure, 443), (self.ssh_port, 22)):
            net += f",hostfwd=tcp:127.0.0.1:{here}-:{there}"
        log = open(self.serial, "ab")
        log.write(b"\n--- power on ---\n")
        log.flush()
        self.process = subprocess.Popen(self.machine(net), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.begun = time.monotonic()

    def machine(self, net):
        """The words by which QEMU is started, with its serial line on its standard output."""
        return [os.path.join(ROOT, "image/steps/qemu"), self.disk, "-netdev", net, "-display", "none", "-monitor", "none", "-serial", "stdio"]

    def put(self, path, content):
        """Writes a file."""
        self.sure(f"cat >{path}", f"{path} can't be written", content=content)

    def sure(self, command, trouble, **more):
        """What a command says that must succeed, and may be tried again where the connection was the trouble."""
        for again in (True, True, False):
            code, said = self.ssh(command, **more)
            # 255 is ssh's own.
            if code == 0 or code != 255 or not again:
                break
        if code != 0:
            fail(f"{trouble}: {said}")
        return said

    def ssh(self, command, timeout=PATIENCE, content=b""):
        """Runs a command as whoever helps would; its exit code and what it said."""
        options = ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "ConnectTimeout=300", "LogLevel=ERROR", "BatchMode=yes"]
        words = ["ssh", "-i", self.key, "-p", str(self.ssh_port)]
        words += [word for option in options for word in ("-o", option)] + ["root@127.0.0.1", command]
        done = subprocess.run(words, input=content, capture_output=True, timeout=timeout, check=False)
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    def version(self):
        """The version and the slot that run; none while nobody answers."""
        try:
            code, said = self.ssh(". /etc/os-release; echo $VERSION_ID $(grep -o 'rauc.slot=.' /proc/cmdline)", 90)
        except subprocess.TimeoutExpired:
            return None
        words = said.split()
        return (words[-2], words[-1][-1]) if code == 0 and len(words) >= 2 else None

    def boot(self):
        """Which start of the machine this is; none while nobody answers."""
        try:
            code, said = self.ssh("cat /proc/sys/kernel/random/boot_id", 60)
        except subprocess.TimeoutExpired:
            return None
        return said.strip() if code == 0 else None

    def answers(self):
        if self.process.poll() is not None:
            fail(f"QEMU ended; see {self.serial}")
        try:
            return ipp(self.port, 0x000B, timeout=5)[0] < 0x100
        except Unanswered:
            return False

    def wait(self):
        wait_for("the image to answer by IPP", PATIENCE, self.answers)
        return time.monotonic() - self.begun

    def cut(self):
        """The power is gone."""
        self.process.kill()
        self.process.wait()

    def data(self):
        """The data partition as a file of its own."""
        start, size = self.partition("data")
        path = os.path.join(self.folder, "data.ext4")
        copy = ["dd", f"if={self.disk}", f"of={path}", "bs=1M", "conv=sparse", "status=none", "iflag=skip_bytes,count_bytes"]
        subprocess.run(copy + [f"skip={start}", f"count={size}"], check=True)
        return path
