#!/usr/bin/env python3
"""Measures how long the appliance takes from the kernel to the print server's answer, beside a plain Debian with CUPS: the same
emulated machine, the same way to start the kernel, the same question from outside, in turn.

    benches/boot.py [--runs 3] [--kernel]

Needs an image (image/build --debian), root, and Debian's arch-test, e2fsprogs, mmdebstrap, qemu-system-arm and qemu-user-static. Debian is
what mmdebstrap calls "important" with its own kernel and initramfs, and CUPS without what it recommends; it is made once and
kept below target/image, or in PLATEN_CACHE. --kernel starts it once more with the appliance's kernel, without an initramfs, which
says how much of the difference is the kernel's."""
import argparse
import os
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IMAGE = os.path.join(ROOT, "target/image")
CACHE = os.environ.get("PLATEN_CACHE", IMAGE)
PACKAGES = "linux-image-arm64,systemd-sysv,udev,cups"
NETWORK = "[Match]\nType=ether\n[Network]\nDHCP=yes\n"
# What the first start leaves with U-Boot.
IDENTITY = " systemd.machine_id=6f1a7c528d0e4f0b9c3a2b5d7e914c00"
PATIENCE = 900


def run(*words, **more):
    return subprocess.run(words, check=True, **more)


def debian():
    """A folder with the plain Debian: disk, kernel, initramfs."""
    out = os.path.join(CACHE, "debian-cups")
    if os.path.isdir(out):
        return out
    print("making a plain Debian with CUPS, which takes a while: its packages configure themselves in an emulator", flush=True)
    binfmt = "/proc/sys/fs/binfmt_misc"
    if not os.path.exists(f"{binfmt}/register"):
        run("mount", "-t", "binfmt_misc", "none", binfmt)
    if not os.path.exists(f"{binfmt}/qemu-aarch64"):
        with open("/usr/lib/binfmt.d/qemu-aarch64.conf", encoding="utf-8") as known:
            line = known.read().strip()
        with open(f"{binfmt}/register", "w", encoding="utf-8") as register:
            register.write(line)
    # If this is killed, mmdebstrap leaves /dev, /proc and /sys mounted below the folder: unmount them before you remove it.
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        root = os.path.join(folder, "root")
        run(
            "mmdebstrap", "--mode=root", "--architectures=arm64", "--variant=important", f"--include={PACKAGES}",
            "--aptopt=APT::Install-Recommends \"false\"", "--quiet", "trixie", root, "http://deb.debian.org/debian",
        )
        with open(os.path.join(root, "etc/systemd/network/20-wired.network"), "w", encoding="utf-8") as file:
            file.write(NETWORK)
        run("systemctl", f"--root={root}", "enable", "systemd-networkd", stderr=subprocess.DEVNULL)
        # Nobody waits for networks here, and CUPS answers to more than itself.
        run("systemctl", f"--root={root}", "mask", "systemd-networkd-wait-online.service", stderr=subprocess.DEVNULL)
        with open(os.path.join(root, "etc/fstab"), "w", encoding="utf-8") as file:
            file.write("/dev/vda / ext4 defaults 0 1\n")
        path = os.path.join(root, "etc/cups/cupsd.conf")
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("Listen localhost:631", "Listen *:631\nServerAlias *")
        text = re.sub(r"(<Location />\n)", r"\1  Allow all\n", text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        made = os.path.join(folder, "made")
        os.mkdir(made)
        for name, glob in (("vmlinuz", "vmlinuz"), ("initrd", "initrd.img")):
            shutil.copy(os.path.realpath(os.path.join(root, glob)) if os.path.exists(os.path.join(root, glob)) else newest(root, glob), os.path.join(made, name))
        run("mke2fs", "-q", "-t", "ext4", "-d", root, os.path.join(made, "disk.img"), "2G")
        os.rename(made, out)
    return out


def newest(root, name):
    boot = os.path.join(root, "boot")
    return os.path.join(boot, sorted(file for file in os.listdir(boot) if file.startswith(f"{name}-"))[-1])


def partition(disk, name):
    """Where a partition of the image begins, in bytes, and its identity."""
    with open(disk, "rb") as file:
        file.seek(512)
        head = file.read(92)
        entries, count, size = struct.unpack_from("<QII", head, 72)
        file.seek(entries * 512)
        for _ in range(count):
            entry = file.read(size)
            if entry[56:128].decode("utf-16-le").rstrip("\0") == name:
                one, two, three = struct.unpack_from("<IHH", entry, 16)
                return struct.unpack_from("<Q", entry, 32)[0] * 512, f"{one:08x}-{two:04x}-{three:04x}-{entry[24:26].hex()}-{entry[26:32].hex()}"
    sys.exit(f"benches/boot: the image has no partition {name}")


def platen(folder):
    """Kernel, initramfs, words for it as U-Boot's script (image/board/boot.cmd) starts the appliance, disk; and words more, from
    the second start on."""
    disk = os.path.join(folder, "platen.img")
    run("cp", "--sparse=always", os.path.join(IMAGE, "platen-pi4.img"), disk)
    os.truncate(disk, 2 << 30)
    start, identity = partition(disk, "slot-a")
    with open(disk, "rb") as file:
        file.seek(start + 40)
        (used,) = struct.unpack("<Q", file.read(8))
        file.seek(start + (used + 4095) // 4096 * 4096)
        words = dict(line.split("=", 1) for line in file.read(4096).rstrip(b"\0").decode().splitlines())
    part = f"PARTUUID={identity}"
    table = f"root,,,ro,0 {words['verity_sectors']} verity 1 {part} {part} 4096 4096 {words['verity']}"
    line = f'root=/dev/dm-0 dm-mod.waitfor={part} dm-mod.create="{table}" rootfstype=squashfs ro rootwait rauc.slot=A quiet'
    return os.path.join(IMAGE, "root/usr/lib/kernel/Image"), None, line + " panic=5 fsck.repair=yes net.ifnames=0 console=ttyAMA0", disk, IDENTITY


def plain(folder, kernel=None):
    made = debian()
    disk = os.path.join(folder, "debian.img")
    run("cp", "--sparse=always", os.path.join(made, "disk.img"), disk)
    initrd = None if kernel else os.path.join(made, "initrd")
    return kernel or os.path.join(made, "vmlinuz"), initrd, "root=/dev/vda ro quiet console=ttyAMA0", disk, ""


def start(kernel, initrd, line, disk):
    """Seconds from the machine's power to the first answer by HTTP on port 631."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024", "-kernel", kernel, "-append", line]
    words += ["-initrd", initrd] if initrd else []
    words += ["-drive", f"file={disk},format=raw,if=none,id=disk", "-device", "virtio-blk-pci,drive=disk,romfile="]
    words += ["-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{port}-:631", "-device", "virtio-net-pci,netdev=net,romfile="]
    words += ["-device", "virtio-rng-pci,romfile=", "-display", "none", "-monitor", "none", "-serial", f"file:{disk}.log"]
    begun = time.monotonic()
    machine = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    try:
        while time.monotonic() - begun < PATIENCE:
            if machine.poll() is not None:
                sys.exit(f"benches/boot: QEMU ended; see {disk}.log")
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as door:
                    door.sendall(b"GET / HTTP/1.1\r\nHost: localhost:631\r\nConnection: close\r\n\r\n")
                    if door.recv(12).startswith(b"HTTP/1."):
                        return time.monotonic() - begun
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit(f"benches/boot: nobody answered in {PATIENCE} s; see {disk}.log")
    finally:
        machine.kill()
        machine.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--kernel", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=IMAGE) as folder:
        machines = {"Platen": platen(folder), "Debian with CUPS": plain(folder)}
        if options.kernel:
            os.mkdir(os.path.join(folder, "own"))
            machines["the same, our kernel"] = plain(os.path.join(folder, "own"), machines["Platen"][0])
        seen = {name: [] for name in machines}
        # The first start of each makes keys, grows disks and writes what is kept: it is told apart.
        for turn in range(options.runs + 1):
            for name, machine in machines.items():
                kernel, initrd, line, disk, later = machine
                took = start(kernel, initrd, line + (later if turn else ""), disk)
                print(f"{name:22} {'first start' if turn == 0 else f'start {turn}':12} {took:6.1f} s", flush=True)
                if turn:
                    seen[name].append(took)
        ours = statistics.median(seen["Platen"])
        for name, times in seen.items():
            median = statistics.median(times)
            print(f"{name:22} median {median:6.1f} s of {len(times)}, {median / ours:.2f} times ours")


main()
