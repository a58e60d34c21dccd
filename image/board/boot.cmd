# U-Boot's script: which slot starts. The same on every machine; U-Boot sets devtype and devnum to the disk that this
# script came from.
#
# The environment lies twice in the partition "environment", in U-Boot's redundant layout (CRC, counter, text), which
# fw_setenv and RAUC write as well. Whoever writes takes the older copy, so that a power cut costs the newer one at most.
# Only what is named is ever taken from it. BOOT_ORDER: slots by preference. BOOT_A_LEFT, BOOT_B_LEFT: tries that are left;
# one is taken off at each start, and the running system sets it back when it has seen itself work. machine_id: made by
# the system at its first start.
setenv kept "BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT machine_id"
setenv size 0x4000
setenv blocks 0x20

part start ${devtype} ${devnum} environment first
# 4 MiB on: another erase block of the card.
setexpr second ${first} + 0x2000
setexpr copy1 ${scriptaddr} + 0x10000
setexpr copy2 ${scriptaddr} + 0x20000
setexpr counter1 ${copy1} + 4
setexpr counter2 ${copy2} + 4

setenv good1
setenv good2
if ${devtype} read ${copy1} ${first} ${blocks}; then
  if env import -c ${copy1} ${size} ${kept}; then setenv good1 1; setexpr.b n1 *${counter1}; fi
fi
if ${devtype} read ${copy2} ${second} ${blocks}; then
  if env import -c ${copy2} ${size} ${kept}; then setenv good2 1; setexpr.b n2 *${counter2}; fi
fi

# Which of them is the newer one; the counter goes round after ff.
setenv newer 0
if test -n "${good1}"; then setenv newer 1; fi
if test -n "${good2}"; then
  if test -z "${good1}"; then
    setenv newer 2
  elif test 0x${n1} -eq 0xff && test 0x${n2} -eq 0; then
    setenv newer 2
  elif test 0x${n1} -eq 0 && test 0x${n2} -eq 0xff; then
    setenv newer 1
  elif test 0x${n2} -gt 0x${n1}; then
    setenv newer 2
  fi
fi
setenv n 0
if test ${newer} -eq 1; then env import -c ${copy1} ${size} ${kept}; setenv n ${n1}; fi
if test ${newer} -eq 2; then env import -c ${copy2} ${size} ${kept}; setenv n ${n2}; fi
setexpr n ${n} + 1
setexpr n ${n} "&" 0xff
if test ${newer} -eq 1; then
  setenv older ${second}
else
  setenv older ${first}
fi
setenv keep 'env export -c -s ${size} ${copy1} ${kept}; mw.b ${counter1} 0x${n} 1; ${devtype} write ${copy1} ${older} ${blocks}'

test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 3

setenv slot
setenv fallback
for name in ${BOOT_ORDER}; do
  if test -n "${slot}"; then
    # The one that would be next.
    if test "${name}" = "A" && test 0x${BOOT_A_LEFT} -gt 0; then setenv fallback platen.fallback; fi
    if test "${name}" = "B" && test 0x${BOOT_B_LEFT} -gt 0; then setenv fallback platen.fallback; fi
  elif test "${name}" = "A" && test 0x${BOOT_A_LEFT} -gt 0; then
    setenv slot A
    setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1
  elif test "${name}" = "B" && test 0x${BOOT_B_LEFT} -gt 0; then
    setenv slot B
    setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1
  fi
done
if test -z "${slot}"; then
  # Each has failed so often. The first one starts all the same and stays up, so that somebody can look at it.
  for name in ${BOOT_ORDER}; do
    if test -z "${slot}"; then setenv slot ${name}; fi
  done
fi
run keep
echo "platen: slot ${slot} (left: A ${BOOT_A_LEFT}, B ${BOOT_B_LEFT}; order ${BOOT_ORDER})"

setenv label slot-a
if test "${slot}" = "B"; then setenv label slot-b; fi
part number ${devtype} ${devnum} ${label} number
part uuid ${devtype} ${devnum}:${number} uuid
part start ${devtype} ${devnum} ${label} start
setenv console ttyAMA0,115200
if test "${board}" = "rpi"; then setenv console ttyS1,115200; fi
# Words for the kernel, another console, "tree=firmware" or "panel=1", that somebody left beside this script.
setenv words
setenv tree
setenv panel
if load ${devtype} ${devnum}:1 ${copy1} kernel.txt; then env import -t ${copy1} ${filesize} console words tree panel; fi

# The root is read through dm-verity: behind the squashfs, whose length is in its head, are the words for it and the tree
# (image/steps/verity). What U-Boot itself reads is not checked.
setenv verity
setexpr at ${copy1} + 0x28
if ${devtype} read ${copy1} ${start} 8; then
  setexpr.l at *${at}
  setexpr at ${at} + 0xfff
  setexpr at ${at} / 0x1000
  setexpr at ${at} * 8
  setexpr at ${at} + ${start}
  if ${devtype} read ${copy1} ${at} 8; then env import -t ${copy1} 0x1000 verity verity_sectors; fi
fi
setenv root "root=/dev/dm-0 dm-mod.waitfor=PARTUUID=${uuid} dm-mod.create=\"root,,,ro,0 ${verity_sectors} verity 1 PARTUUID=${uuid} PARTUUID=${uuid} 4096 4096 ${verity}\""
setenv bootargs "${root} rootfstype=squashfs ro rootwait rauc.slot=${slot} ${fallback} console=${console} quiet panic=5 fsck.repair=yes net.ifnames=0 ${words}"
if test -n "${machine_id}"; then setenv bootargs "${bootargs} systemd.machine_id=${machine_id}"; fi

# The slot's device tree, into which U-Boot copies what the Raspberry Pi's firmware knows of this board (memory, MAC
# address, DMA). QEMU's virt machine makes its own.
setenv fdt ${fdtcontroladdr}
if test -n "${fdt_addr}"; then setenv fdt ${fdt_addr}; fi
if test "${board}" = "rpi" && test "${tree}" != "firmware"; then
  if load ${devtype} ${devnum}:${number} ${fdt_addr_r} /usr/lib/kernel/bcm2711-rpi-4-b.dtb; then setenv fdt ${fdt_addr_r}; fi
fi
if test -n "${panel}"; then
  if load ${devtype} ${devnum}:${number} ${copy1} /usr/lib/kernel/panel.dtbo; then
    fdt addr ${fdt}
    fdt resize 0x2000
    fdt apply ${copy1}
  fi
fi
if load ${devtype} ${devnum}:${number} ${kernel_addr_r} /usr/lib/kernel/Image; then
  booti ${kernel_addr_r} - ${fdt}
fi
echo "platen: slot ${slot} does not start"
sleep 2
reset
