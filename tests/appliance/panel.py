"""The front panel through a kernel: a simulated GPIO chip (gpio-sim) has the lines of hardware/panel.toml. Its buttons are
pressed from outside of the daemon, and its lights are read back and compared with the table in src/panel/lights.rs."""
import glob
import os
import re
import time
import tomllib

from .common import CACHE, PATIENCE, ROOT, fail, say, wait_for
from .ipp import Unanswered, attribute, ipp, print_job

CHIP = "platen-test"
LIGHTS = ("ready", "busy", "attention", "fault")
# How long the lights are looked at: the longest pattern comes round in four seconds.
LOOK = 7

PREPARE = f"""set -e
[ -d /sys/module/gpio_sim ] || busybox insmod /run/gpio-sim.ko
[ -d /sys/kernel/config/gpio-sim ] || mount -t configfs configfs /sys/kernel/config
cd /sys/kernel/config/gpio-sim
if ! [ -d test ]; then
    mkdir test test/lines
    echo 28 >test/lines/num_lines
    echo {CHIP} >test/lines/label
    echo 1 >test/live
fi
echo /sys/devices/platform/$(cat test/dev_name)/$(cat test/lines/chip_name)
"""


def own_map():
    """The map of the hardware on the simulated chip, without a display: there is none to simulate."""
    with open(os.path.join(ROOT, "hardware/panel.toml"), encoding="utf-8") as file:
        text = file.read()
    text = text.replace('board = "raspberry-pi-4"', 'board = "other"').replace('chip = "pinctrl-bcm2711"', f'chip = "{CHIP}"')
    text = re.sub(r"^led = .*\n", "", text, flags=re.MULTILINE)
    return text[: text.index("[display]")]


class Panel:
    """The panel of a guest."""

    def __init__(self, guest):
        self.guest = guest
        parts = tomllib.loads(own_map())
        self.lines = {part["role"]: part["line"] for part in parts["light"] + parts["button"]}
        self.sysfs = None

    def fit(self):
        """Builds the panel in; again after each start, as nothing of it lasts."""
        modules = glob.glob(os.path.join(CACHE, "modules-test/*/kernel/drivers/gpio/gpio-sim.ko"))
        if len(modules) != 1:
            fail("the kernel's build left no gpio-sim")
        with open(modules[0], "rb") as module:
            self.guest.put("/run/gpio-sim.ko", module.read())
        self.sysfs = self.guest.sure(PREPARE, "there is no simulated panel").split()[-1]

    def switch_on(self):
        """The owner writes down that there is a panel."""
        self.guest.put("/var/lib/platen/panel.toml", own_map().encode())
        command = "cd /var/lib/platen && busybox chown platen:platen panel.toml && "
        command += "{ busybox grep -qF '[panel]' platen.toml || printf '\\n[panel]\\npins = \"panel.toml\"\\n' >>platen.toml; } && systemctl restart platen"
        self.guest.sure(command, "the panel can't be switched on")
        self.guest.wait()

    def file(self, role, name):
        return f"{self.sysfs}/sim_gpio{self.lines[role]}/{name}"

    def press(self, *roles, seconds=0.15):
        """Presses these together and lets go after so long."""
        down = "; ".join(f"echo pull-down >{self.file(role, 'pull')}" for role in roles)
        up = "; ".join(f"echo pull-up >{self.file(role, 'pull')}" for role in roles)
        self.guest.sure(f"{down}; busybox usleep {int(seconds * 1e6)}; {up}", "the panel can't be pressed")

    def samples(self, seconds=LOOK, before=":", after=":"):
        """Lines of the time in seconds and the levels of the four lights, as fast as the guest can."""
        reads = "; ".join(f"read v{n} <{self.file(role, 'value')}" for n, role in enumerate(LIGHTS))
        loop = f"{before}; read end _ </proc/uptime; end=$((${{end%.*}}+{seconds})); while :; do read t _ </proc/uptime; {reads}; "
        loop += f"echo $t $v0$v1$v2$v3; [ ${{t%.*}} -lt $end ] || break; busybox usleep 15000; done; {after}"
        said = self.guest.sure(loop, "the lights can't be read")
        lines = (line.split() for line in said.splitlines())
        return [(float(at), levels) for at, levels in lines if len(levels) == 4]

    def shown(self, **how):
        """What each light does, in the words of the daemon's patterns."""
        samples = self.samples(**how)
        return tuple(pattern([(at, levels[n] == "1") for at, levels in samples]) for n in range(4))

    def expect(self, what, *patterns):
        """Waits until the lights do what the table says; None is any."""
        end = time.monotonic() + PATIENCE / 3
        while True:
            seen = self.shown()
            if all(wanted in (None, found) for wanted, found in zip(patterns, seen)):
                break
            if time.monotonic() > end:
                fail(f"the lights of \"{what}\" are {seen} and should be {patterns}")
        say(f"lights: {what}: {', '.join(f'{role} {does}' for role, does in zip(LIGHTS, seen))}")


def pattern(samples):
    """Which pattern these levels are: by how often they change, and how long they rest."""
    runs = []
    for at, lit in samples:
        if runs and runs[-1][0] == lit:
            runs[-1][2] = at
        else:
            if runs:
                runs[-1][2] = at
            runs.append([lit, at, at])
    if len(runs) == 1:
        return "steady" if runs[0][0] else "off"
    # Ends are cut off: only what lies between two changes is whole.
    whole = [(lit, end - begin) for lit, begin, end in runs[1:-1]]
    longest = max((length for lit, length in whole if lit), default=9.0)
    if longest > 1.0:
        return "breathes"
    rest = max((length for lit, length in whole if not lit), default=9.0)
    if rest < 0.9:
        return "in turn" if longest > 0.3 else "flickers"
    # A group is what lies between two rests.
    groups, count = [], None
    for lit, length in whole:
        if not lit and length > 0.9:
            if count:
                groups.append(count)
            count = 0
        elif lit and count is not None:
            count += 1
    if not groups:
        return "unclear"
    # A busy machine may miss a flash, and never sees one too many.
    count = max(groups)
    return "1 flash" if count == 1 else f"{count} flashes"


def acted(owner, since, act):
    """Waits until the log says that the panel did this."""
    done = wait_for(f"the panel to have done {act}", PATIENCE / 3, lambda: [e for e in owner.panel_acts(since) if e["act"] == act])
    if not done[0]["source"].startswith("panel"):
        fail(f"who did it is not told: {done[0]}")
    say(f"panel: {act}: {done[0]['said']}")


def until(what, look):
    return wait_for(what, PATIENCE / 3, look)


def held(owner, job):
    found = owner.get(f"/api/v1/jobs/{job}")
    return found and "job-held-for-review" in found["reasons"]


def job_of(guest, name, photo):
    def taken():
        try:
            return print_job(guest.port, name, photo)
        except Unanswered:
            return None

    return until("a job to be taken", taken)


def exercise(panel, owner, printer, photo):
    """Every state that can be made from outside, and every button that does something."""
    guest = panel.guest
    panel.expect("ready", "steady", "off", "off", "off")
    buttons(panel, owner, printer, photo)
    trouble(panel, owner, printer, photo)

    def identify():
        try:
            return ipp(guest.port, 0x003C, attribute(0x44, "identify-actions", "flash"))[0] < 0x100
        except Unanswered:
            return False

    until("Identify-Printer to be taken", identify)
    panel.expect("identified by IPP", "flickers", "flickers", "flickers", "flickers")
    panel.expect("ready again", "steady", "off", "off", "off")


def buttons(panel, owner, printer, photo):
    guest = panel.guest
    since = owner.newest()
    panel.press("pause")
    acted(owner, since, "pause-printer")
    panel.expect("paused", "2 flashes", "off", "off", "off")
    job = job_of(guest, "panel waits", photo)
    panel.expect("paused, and a job waits", "2 flashes", "1 flash", "off", "off")
    printer.command("speed 600")
    panel.press("pause")
    acted(owner, since, "resume-printer")
    panel.expect("printing", "steady", "breathes", "off", "off")

    # Less than the time to hold does nothing; then the panel asks, no is no, and yes cancels.
    panel.press("cancel", seconds=0.5)
    panel.press("cancel", seconds=3)
    panel.expect("the panel asks", "steady", "breathes", "3 flashes", "off")
    panel.press("cancel")
    panel.expect("no was said", "steady", "breathes", "off", "off")
    if owner.panel_acts(since)[2:]:
        fail(f"the panel did more than it was asked for: {owner.panel_acts(since)}")
    panel.press("cancel", seconds=3)
    panel.press("action")
    acted(owner, since, "cancel-job")
    until("the job to be canceled", lambda: (owner.get(f"/api/v1/jobs/{job}") or {}).get("state") == "canceled")

    since = owner.newest()
    panel.press("select", "action")
    acted(owner, since, "identify-printer")
    panel.expect("identified at the box", "flickers", "flickers", "flickers", "flickers")

    # A reset is armed to be seen after 2 s, and would come after 10.
    pull = panel.file("setup", "pull")
    armed = panel.shown(seconds=3, before=f"echo pull-down >{pull}; busybox usleep 2600000", after=f"echo pull-up >{pull}")
    if armed != ("off", "off", "in turn", "in turn"):
        fail(f"the lights of an armed reset are {armed}")
    say(f"lights: setup held, and let go in time: {', '.join(armed)}")
    if any(event["act"].startswith("reset") for event in owner.panel_acts(since)):
        fail("a reset that was let go was carried out")
    printer.command("power-cycle\nspeed 0.2")
    panel.expect("ready after all that", "steady", "off", "off", "off")


def trouble(panel, owner, printer, photo):
    guest = panel.guest
    printer.command("paper 0")
    panel.expect("paper out", "off", "off", "2 flashes", "off")
    printer.command("paper 100\njam on")
    panel.expect("a jam", "off", "off", "off", "steady")
    printer.command("jam off\noffline on")
    panel.expect("the printer does not answer", "off", "off", "off", "2 flashes")
    printer.command("offline off")
    panel.expect("all well", "steady", "off", "off", "off")

    # The printer loses its power in the middle of a sheet: a person is asked, and answers that there is none.
    printer.command("speed 600")
    job = job_of(guest, "panel question", photo)
    until("the sheet to be printing", lambda: "job-printing" in (owner.get(f"/api/v1/jobs/{job}") or {}).get("reasons", []))
    printer.command("power-cycle\nspeed 0.2")
    until("the question", lambda: held(owner, job))
    panel.expect("a question", "steady", "off", "3 flashes", "off")
    since = owner.newest()
    # Opens it, goes to the second answer, says it.
    panel.press("action")
    panel.press("select")
    panel.press("action")
    acted(owner, since, "answer-print-again")
    until("the sheet to be printed after all", lambda: "panel question" in printer.sheets())
    panel.expect("answered", "steady", "off", "off", "off")
