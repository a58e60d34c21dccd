#!/usr/bin/python3
"""Makes the pictures and pages that benches/press.py measures with. Synthetic, the same on every run.

A picture has what makes a photograph hard: detail at every scale, soft gradients, hard edges, saturated patches, and
sensor noise. Needs Debian's python3-numpy and python3-pil. What is there already is not made again."""
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageDraw


def octaves(rng, h, w, falloff):
    """Noise of all scales, coarse ones strong: bilinear fields added up."""
    out = np.zeros((h, w), np.float32)
    cells, strength = 3, 1.0
    while cells < max(h, w):
        grid = rng.standard_normal((max(2, cells * h // w), max(2, cells))).astype(np.float32)
        out += strength * np.asarray(Image.fromarray(grid).resize((w, h), Image.BILINEAR))
        cells, strength = cells * 2, strength * falloff
    return out / np.abs(out).max()


def photo(w, h, seed):
    """height × width × 3, 0 to 1"""
    rng = np.random.default_rng(seed)
    light = octaves(rng, h, w, 0.72) * 0.35 + np.linspace(0.65, 0.35, h, dtype=np.float32)[:, None]
    warm = octaves(rng, h, w, 0.5) * 0.2
    mask = Image.new("L", (w, h), 0)
    draw = ImageDraw.Draw(mask)
    for i in range(300):
        x, y, s = int(rng.integers(w)), int(rng.integers(h)), int(rng.integers(w // 300 + 2, w // 30 + 4))
        if i % 3:
            draw.ellipse((x, y, x + s, y + s), fill=int(rng.integers(60, 255)))
        else:
            draw.line((x, y, x + 5 * s, y - 3 * s), fill=255, width=1 + s // 20)
    shapes = np.asarray(mask, np.float32) / 255 * 0.5
    image = np.empty((h, w, 3), np.float32)
    for c, (tint, shade) in enumerate([(1.0, 0.9), (0.1, 0.3), (-0.9, 0.1)]):
        plane = light + tint * warm
        image[..., c] = plane * (1 - shapes) + shade * shapes
    side = w // 16
    for i, rgb in enumerate([(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0), (0, 0, 0), (1, 1, 1)]):
        x = side // 2 + i * side * 3 // 2
        image[h - 2 * side : h - side, x : x + side] = rgb
    image += rng.standard_normal((h, w, 1)).astype(np.float32) * 0.012
    return np.clip(image, 0, 1)


def tiff16(path, image, icc, rows=64):
    """16 bits, uncompressed, in strips: Pillow writes no such thing."""
    h, w, _ = image.shape
    with open(path, "wb") as f:
        f.write(b"II*\0\0\0\0\0")
        offsets, counts = [], []
        for y in range(0, h, rows):
            data = (image[y : y + rows] * 65535 + 0.5).astype("<u2").tobytes()
            offsets.append(f.tell())
            counts.append(len(data))
            f.write(data)
        fields = [
            (256, 4, [w]), (257, 4, [h]), (258, 3, [16, 16, 16]), (259, 3, [1]), (262, 3, [2]), (273, 4, offsets),
            (277, 3, [3]), (278, 4, [rows]), (279, 4, counts), (284, 3, [1]), (34675, 7, list(icc)),
        ]
        entries, places = [], []
        for tag, kind, values in fields:
            packed = struct.pack("<%d%s" % (len(values), {3: "H", 4: "I", 7: "B"}[kind]), *values)
            if len(packed) > 4:
                places.append((f.tell(), packed))
                f.write(packed + b"\0" * (len(packed) % 2))
                packed = struct.pack("<I", places[-1][0])
            entries.append(struct.pack("<HHI", tag, kind, len(values)) + packed.ljust(4, b"\0"))
        at = f.tell()
        f.write(struct.pack("<H", len(entries)) + b"".join(entries) + b"\0\0\0\0")
        f.seek(4)
        f.write(struct.pack("<I", at))


def pdf(path, size, content, xobjects=(), resources=""):
    """A page; `xobjects` are (dictionary, bytes)."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    names = " ".join("/X%d %d 0 R" % (i, 5 + i) for i in range(len(xobjects)))
    objects.append(("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Contents 4 0 R /Resources << /XObject << %s >> "
                    "%s >> >>" % (*size, names, resources)).encode())
    stream = lambda head, data: b"<< " + head + b" /Length %d >>\nstream\n" % len(data) + data + b"\nendstream"
    objects.append(stream(b"/Filter /FlateDecode", zlib.compress(content.encode())))
    objects += [stream(head.encode(), data) for head, data in xobjects]
    with open(path, "wb") as f:
        f.write(b"%PDF-1.7\n")
        places = []
        for i, body in enumerate(objects):
            places.append(f.tell())
            f.write(b"%d 0 obj\n" % (i + 1) + body + b"\nendobj\n")
        at = f.tell()
        f.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
        f.write(b"".join(b"%010d 00000 n \n" % p for p in places))
        f.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))


def vectors():
    """22 × 17 inches of what programs draw: 4,000 curves, filled and drawn, 1,500 lines of text, and among them 120
    shapes under an axial or radial gradient, 400 transparent ones, a few groups, and 60 clips with 10 curves each."""
    rng = np.random.default_rng(3)
    colour = lambda: "%.2f %.2f %.2f" % tuple(rng.uniform(0, 1, 3))

    def curve(x, y, reach):
        points = rng.uniform(-reach, reach, 6) + np.array([x, y] * 3)
        return "%.1f %.1f m %.1f %.1f %.1f %.1f %.1f %.1f c" % (x, y, *points)

    def blob(x, y, reach):
        """Closed, and with an area that does not depend on luck."""
        angles = np.arange(4) * np.pi / 2 + rng.uniform(0, 1)
        at = lambda angle, r: (x + r * np.cos(angle), y + r * np.sin(angle))
        out = "%.1f %.1f m" % at(angles[0], reach)
        for a in angles:
            ends = at(a + 0.5, reach * rng.uniform(0.7, 1.4)), at(a + 1.1, reach), at(a + np.pi / 2, reach)
            out += " %.1f %.1f %.1f %.1f %.1f %.1f c" % (*ends[0], *ends[1], *ends[2])
        return out + " h"

    places = lambda n: zip(range(n), rng.uniform(0, 1584, n), rng.uniform(0, 1224, n))
    steps = []
    for i, x, y in places(4000):
        steps.append(f"{colour()} {'rg' if i % 2 else 'RG'} {0.3 + i % 7 * 0.3:.1f} w {curve(x, y, 60)} "
                     f"{'f' if i % 2 else 'S'}")
    for i, x, y in places(120):
        steps.append("q %s W n 1 0 0 1 %.1f %.1f cm /S%d sh Q" % (blob(x, y, 50), x, y, i % 4))
    for i, x, y in places(400):
        steps.append(f"q /A{i % 3} gs {colour()} rg {blob(x, y, 35)} f Q")
    for i, x, y in places(8):
        steps.append("q 1 0 0 1 %.1f %.1f cm /A%d gs /X0 Do Q" % (x, y, i % 2))
    for i, x, y in places(60):
        inner = " ".join(f"{colour()} rg {curve(x + dx, y + dy, 80)} f" for dx, dy in rng.uniform(-40, 40, (10, 2)))
        steps.append(f"q {blob(x, y, 45)} W n {inner} Q")
    order = rng.permutation(len(steps))
    steps = [steps[i] for i in order]
    for _ in range(1500):
        size = rng.uniform(5, 14)
        steps.append("BT /F %.1f Tf %.1f %.1f Td (The quick brown fox prints photographs) Tj ET"
                     % (size, rng.uniform(0, 1400), rng.uniform(0, 1200)))
    function = "/Function << /FunctionType 2 /Domain [0 1] /C0 [%s] /C1 [%s] /N 1.3 >> /Extend [true true]"
    shade = lambda kind, coords: "<< /ShadingType %d /ColorSpace /DeviceRGB /Coords [%s] %s >>" % (
        kind, coords, function % (colour(), colour()))
    shades = [shade(2, "-50 -20 50 30"), shade(3, "0 0 5 10 10 60"), shade(2, "0 60 0 -60"), shade(3, "-20 0 0 0 0 70")]
    resources = ("/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >> >> /Shading << %s >> /ExtGState << "
                 "/A0 << /ca 0.5 /CA 0.5 >> /A1 << /ca 0.3 >> /A2 << /ca 0.8 /BM /Multiply >> >>"
                 % " ".join("/S%d %s" % (i, s) for i, s in enumerate(shades)))
    form = "\n".join(f"{colour()} rg {blob(dx, dy, 40)} f" for dx, dy in rng.uniform(-60, 60, (12, 2)))
    group = ("/Type /XObject /Subtype /Form /BBox [-120 -120 120 120] /Group << /S /Transparency /CS /DeviceRGB >>",
             form.encode())
    return "\n".join(steps), resources, group


def opaque():
    """The 4,000 curves and 1,500 lines of text alone: nothing shines through, which suits programs with a fast way for
    that."""
    rng = np.random.default_rng(3)
    out = []
    for i in range(4000):
        x, y = rng.uniform(0, 1584), rng.uniform(0, 1224)
        points = rng.uniform(-60, 60, 12) + np.array([x, y] * 6)
        colour = "%.2f %.2f %.2f" % tuple(rng.uniform(0, 1, 3))
        path = "%.1f %.1f m %.1f %.1f %.1f %.1f %.1f %.1f c" % (x, y, *points[:6])
        out.append(f"{colour} {'rg' if i % 2 else 'RG'} {0.3 + i % 7 * 0.3:.1f} w {path} {'f' if i % 2 else 'S'}")
    for _ in range(1500):
        size = rng.uniform(5, 14)
        out.append("BT /F %.1f Tf %.1f %.1f Td (The quick brown fox prints photographs) Tj ET"
                   % (size, rng.uniform(0, 1400), rng.uniform(0, 1200)))
    return "\n".join(out)


def main(folder, adobe):
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    icc = open(adobe, "rb").read()
    if not os.path.exists(path("b50.jpg")):
        image = Image.fromarray((photo(8688, 5792, 11) * 255 + 0.5).astype(np.uint8))
        image.save(path("b50.jpg"), quality=95, subsampling="4:4:4", icc_profile=icc)
        exif = Image.Exif()
        exif[274] = 6
        image.save(path("b50-turned.jpg"), quality=95, subsampling="4:4:4", icc_profile=icc, exif=exif)
    if not os.path.exists(path("c45.tif")):
        tiff16(path("c45.tif"), photo(8256, 5504, 12), icc)
    if not os.path.exists(path("b50.pdf")):
        data = open(path("b50.jpg"), "rb").read()
        head = ("/Type /XObject /Subtype /Image /Width 8688 /Height 5792 /BitsPerComponent 8 /ColorSpace [/ICCBased 6 0 R] "
                "/Filter /DCTDecode")
        size = (8688 / 5792 * 1224, 1224)
        pdf(path("b50.pdf"), size, "q %g 0 0 %g 0 0 cm /X0 Do Q" % size, [(head, data), ("/N 3", icc)])
    if not os.path.exists(path("vector.pdf")):
        content, resources, group = vectors()
        pdf(path("vector.pdf"), (1584, 1224), content, [group], resources)
    if not os.path.exists(path("opaque.pdf")):
        fonts = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >> >>"
        pdf(path("opaque.pdf"), (1584, 1224), opaque(), resources=fonts)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
