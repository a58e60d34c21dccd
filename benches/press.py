#!/usr/bin/python3
"""Measures the press beside the programs that do the same work, in turn, and prints CPU, wall time, peak memory and
temporary files of each, and the ratios to ours.

    benches/press.py [--folder target/bench] [--runs 3] [SCENARIO ...]

Needs Debian's libvips-tools, ghostscript, mupdf-tools, graphicsmagick, colord-data, python3-numpy, python3-pil, and a release build.
Peers that are missing are named and end it with an error. Of several runs the one with the least CPU counts."""
import argparse
import os
import resource
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLATEN = os.path.join(ROOT, "target/release/platen")
PROFILE = os.path.join(ROOT, "assets/profiles/virtual-pro-1000-lustre.icc")


def watch(process, ended, temporary, peak):
    """The most that lay in the temporary folder or in files that the process deleted and holds open."""
    while not ended.wait(0.02):  # never asks the process itself: that would take its usage away
        size = 0
        for base, _, files in os.walk(temporary):
            for name in files:
                try:
                    size += os.stat(os.path.join(base, name)).st_blocks * 512
                except OSError:
                    pass
        try:
            for fd in os.listdir(f"/proc/{process.pid}/fd"):
                link = f"/proc/{process.pid}/fd/{fd}"
                if os.readlink(link).endswith("(deleted)"):
                    size += os.stat(link).st_blocks * 512
        except OSError:
            pass
        peak[0] = max(peak[0], size)


def run(command, folder):
    """CPU seconds, wall seconds, peak MiB, MiB of temporary files."""
    temporary = os.path.join(folder, "temporary")
    shutil.rmtree(temporary, ignore_errors=True)
    os.makedirs(temporary)
    env = dict(os.environ, TMPDIR=temporary, TEMP=temporary, VIPS_CONCURRENCY="1")
    started = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak, ended = [0], threading.Event()
    watcher = threading.Thread(target=watch, args=(process, ended, temporary, peak))
    watcher.start()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    ended.set()
    watcher.join()
    if process.returncode != 0:
        sys.exit(f"failed ({process.returncode}): {' '.join(command)}\n{errors.decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, peak[0] / 2**20


def first_band(command):
    """Seconds from the start of the program to the first 64 KiB of the page at the reader."""
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        got = process.stdout.read(65536)
        seconds = time.monotonic() - begun
        process.kill()
    if len(got) < 65536:
        sys.exit(f"no band: {' '.join(command)}")
    return seconds


def scenarios(at):
    """For each scenario: ours, and the peers with what they leave out."""
    out = at("out")

    def ours(source, paper, dpi, *more, workers=1):
        return [PLATEN, "render", at(source), "-o", out + ".pwg", "--paper", paper, "--dpi", str(dpi), "--profile",
                PROFILE, "--workers", str(workers), "--scratch", at("temporary"), "--quiet", *more]

    def vips(source, size):
        return ["vipsthumbnail", at(source), "--size", size + "!", "--export-profile", PROFILE, "--intent", "relative",
                "-o", out + ".ppm"]

    def gs(source, dpi, *more):
        return ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pwgraster", f"-r{dpi}",
                "-dcupsColorSpace=19", "-dcupsBitsPerColor=8", "-dcupsBitsPerPixel=24", "-dcupsNumColors=3",
                f"-sOutputICCProfile={PROFILE}", "-dRenderIntent=1", "-dBlackPtComp=1", f"-sOutputFile={out}.pwg",
                f"--permit-file-read={PROFILE}", *more, at(source)]

    def drawn(source):
        return [("gs, AA 4", gs(source, 600, "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4", "-sDEVICE=ppmraw"),
                 "writes PPM"),
                ("gs", gs(source, 600), "no antialiasing"),
                ("mupdf", ["mutool", "draw", "-q", "-F", "pwg", "-r", "600", "-o", out + ".pwg", at(source)], "no ICC")]

    gm = lambda source, size: ["gm", "convert", at(source), "-filter", "Lanczos", "-resize", size + "!", "-profile",
                               PROFILE, out + ".ppm"]
    no_bpc = "no BPC, writes PPM"
    return {
        "jpeg-600": (ours("b50.jpg", "22x17in", 600, "--layout", "fill"), [
            ("vips", vips("b50.jpg", "13200x10200"), no_bpc),
            ("gs, nearest", gs("b50.pdf", 600), "no Lanczos"),
            ("gs, interpolated", gs("b50.pdf", 600, "-dInterpolateControl=-1"), ""),
            ("gm", gm("b50.jpg", "13200x10200"), no_bpc)]),
        "jpeg-600-turned": (ours("b50-turned.jpg", "17x22in", 600, "--layout", "fill", "--turn", "none"), [
            ("vips", vips("b50-turned.jpg", "10200x13200"), no_bpc)]),
        "tiff16-600": (ours("c45.tif", "22x17in", 600, "--layout", "fill"), [
            ("vips", vips("c45.tif", "13200x10200"), no_bpc)]),
        "tiff16-600-turned": (ours("c45.tif", "17x22in", 600, "--layout", "fill", "--turn", "left"), []),
        "jpeg-300": (ours("b50.jpg", "19x13in", 300, "--layout", "fill"), [
            ("vips", vips("b50.jpg", "5700x3900"), no_bpc),
            ("gm", gm("b50.jpg", "5700x3900"), no_bpc)]),
        "jpeg-600-4-workers": (ours("b50.jpg", "22x17in", 600, "--layout", "fill", workers=4), []),
        "pdf-image": (ours("b50.pdf", "22x17in", 600, "--layout", "fill"), [
            ("gs, nearest", gs("b50.pdf", 600), "no Lanczos"),
            ("mupdf", ["mutool", "draw", "-q", "-F", "pwg", "-r", "600", "-o", out + ".pwg", at("b50.pdf")], "no ICC")]),
        "pdf-vector": (ours("vector.pdf", "22x17in", 600), drawn("vector.pdf")),
        "pdf-opaque": (ours("opaque.pdf", "22x17in", 600), drawn("opaque.pdf")),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", default=os.path.join(ROOT, "target/bench"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("scenario", nargs="*")
    options = parser.parse_args()
    folder = os.path.abspath(options.folder)
    at = lambda name: os.path.join(folder, name)
    missing = [p for p in ("vipsthumbnail", "gs", "gm", "mutool") if not shutil.which(p)]
    if missing or not os.path.exists(PLATEN):
        sys.exit(f"missing: {' '.join(missing + ([] if os.path.exists(PLATEN) else [PLATEN]))}")
    adobe = "/usr/share/color/icc/colord/AdobeRGB1998.icc"
    subprocess.run(["/usr/bin/python3", os.path.join(ROOT, "benches/inputs.py"), folder, adobe], check=True)
    all_of_them = scenarios(at)
    print(f"{'scenario':22} {'program':18} {'CPU s':>7} {'wall s':>7} {'MiB':>6} {'temp MiB':>8} {'ours/CPU':>9} "
          f"{'ours/MiB':>9}  remark")
    for name in [n for n in options.scenario or all_of_them if n != "first-band"]:
        command, peers = all_of_them[name]
        measured = [("platen", command, "")] + peers
        ours = None
        for program, command, remark in measured:
            best = min(run(command, folder) for _ in range(options.runs))
            ours = ours or best
            print(f"{name:22} {program:18} {best[0]:7.2f} {best[1]:7.2f} {best[2]:6.0f} {best[3]:8.0f} "
                  f"{ours[0] / best[0]:9.2f} {ours[2] / best[2]:9.2f}  {remark}", flush=True)
        for name_out in os.listdir(folder):
            if name_out.startswith("out."):
                os.remove(at(name_out))
    if not options.scenario or "first-band" in options.scenario:
        first_bands(at, options.runs)


def first_bands(at, runs):
    """How soon a page begins to flow."""
    for source, paper, turn in [("b50.jpg", "22x17in", "none"), ("b50-turned.jpg", "17x22in", "none"),
                                ("c45.tif", "22x17in", "none"), ("vector.pdf", "22x17in", "none")]:
        command = [PLATEN, "render", at(source), "-o", "-", "--format", "pwg", "--paper", paper, "--dpi", "600",
                   "--layout", "fill", "--turn", turn, "--profile", PROFILE, "--workers", "1", "--scratch",
                   at("temporary"), "--quiet"]
        best = min(first_band(command) for _ in range(runs))
        print(f"first band of {source:15} {best * 1000:6.0f} ms", flush=True)


if __name__ == "__main__":
    main()
