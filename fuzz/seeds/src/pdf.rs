//! PDF: drawn pages, pictures, forms, masks, patterns, fonts, encryption, object streams, and trees that lead back.

use super::{Files, deflate, jpeg, samples};

struct Writer {
    objects: Vec<Vec<u8>>,
    pages: Vec<usize>,
    catalogue: String,
    trailer: String,
}

impl Writer {
    fn new() -> Writer {
        Writer {
            objects: vec![Vec::new(); 2],
            pages: Vec::new(),
            catalogue: String::new(),
            trailer: String::new(),
        }
    }

    fn object(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.objects.push(body.into());
        self.objects.len()
    }

    fn stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let mut body = format!("<<{entries}/Length {}>>stream\n", data.len()).into_bytes();
        body.extend(data);
        body.extend(b"\nendstream");
        self.object(body)
    }

    fn page(&mut self, entries: &str, content: &str) -> &mut Writer {
        let content = self.stream("", content.as_bytes());
        let page = self.object(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 40]{entries}/Contents {content} 0 R>>"
        ));
        self.pages.push(page);
        self
    }

    fn tree(&mut self) {
        let kids: String = self.pages.iter().map(|p| format!("{p} 0 R ")).collect();
        self.objects[0] = format!("<</Type/Catalog/Pages 2 0 R{}>>", self.catalogue).into_bytes();
        if self.objects[1].is_empty() {
            self.objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {}>>", self.pages.len()).into_bytes();
        }
    }

    fn finish(&mut self) -> Vec<u8> {
        self.tree();
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let mut places = Vec::new();
        for (number, body) in (1..).zip(&self.objects) {
            places.push(bytes.len());
            bytes.extend(format!("{number} 0 obj\n").into_bytes());
            bytes.extend(body);
            bytes.extend(b"\nendobj\n");
        }
        let start = bytes.len();
        let count = places.len() + 1;
        bytes.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").into_bytes());
        for place in places {
            bytes.extend(format!("{place:010} 00000 n \n").into_bytes());
        }
        bytes.extend(
            format!(
                "trailer\n<</Size {count}/Root 1 0 R{}>>\nstartxref\n{start}\n%%EOF\n",
                self.trailer
            )
            .into_bytes(),
        );
        bytes
    }

    /// The same with all objects that are no streams in an object stream, behind a cross-reference stream.
    fn packed(&mut self) -> Vec<u8> {
        self.tree();
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let count = self.objects.len();
        let holder = count + 1;
        let (mut inside, mut index, mut inner) = (Vec::new(), String::new(), 0u8);
        let mut entries: Vec<[u8; 4]> = vec![[0, 0, 0, 255]];
        for (number, body) in (1..).zip(&self.objects) {
            if body.ends_with(b"endstream") {
                let [.., a, b] = (bytes.len() as u32).to_be_bytes();
                entries.push([1, a, b, 0]);
                bytes.extend(format!("{number} 0 obj\n").into_bytes());
                bytes.extend(body);
                bytes.extend(b"\nendobj\n");
            } else {
                entries.push([2, 0, holder as u8, inner]);
                inner += 1;
                index += &format!("{number} {} ", inside.len());
                inside.extend(body);
                inside.push(b' ');
            }
        }
        let packed = deflate(&[index.as_bytes(), &inside].concat());
        let [.., a, b] = (bytes.len() as u32).to_be_bytes();
        entries.push([1, a, b, 0]);
        bytes.extend(
            format!(
                "{holder} 0 obj\n<</Type/ObjStm/N {inner}/First {}/Filter/FlateDecode/Length {}>>stream\n",
                index.len(),
                packed.len()
            )
            .into_bytes(),
        );
        bytes.extend(packed);
        bytes.extend(b"\nendstream\nendobj\n");
        let start = bytes.len();
        let [.., a, b] = (start as u32).to_be_bytes();
        entries.push([1, a, b, 0]);
        let table = deflate(&entries.concat());
        bytes.extend(
            format!(
                "{} 0 obj\n<</Type/XRef/Size {}/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length {}>>stream\n",
                holder + 1,
                holder + 2,
                table.len()
            )
            .into_bytes(),
        );
        bytes.extend(table);
        bytes.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").into_bytes());
        bytes
    }
}

const DRAWN: &str =
    "1 0 0 rg 5 5 20 20 re f 0 0 1 RG 2 w 10 10 m 30 35 l 50 5 l s 0 1 0 0 k 40 20 m 50 20 50 30 40 30 c b*";

fn drawn() -> Writer {
    let mut pdf = Writer::new();
    pdf.page("", DRAWN);
    pdf
}

/// A picture on a page, all of it or with something else.
fn picture(entries: &str, data: &[u8], more: &str) -> Vec<u8> {
    let mut pdf = Writer::new();
    let image = pdf.stream(&format!("/Type/XObject/Subtype/Image{entries}"), data);
    let content = format!("q 60 0 0 40 0 0 cm /I Do Q {more}");
    pdf.page(&format!("/Resources<</XObject<</I {image} 0 R>>>>"), &content);
    pdf.finish()
}

pub fn all() -> Files {
    let mut files = Files::new();
    let mut add = |name: &str, bytes: Vec<u8>| files.push((name.to_owned(), bytes));
    add("drawn", drawn().finish());
    add("packed", drawn().packed());
    let whole = drawn().finish();
    add("no-table", whole[..whole.len() * 2 / 3].to_vec());

    let rgb = "/Width 9/Height 7/ColorSpace/DeviceRGB/BitsPerComponent 8";
    let data = samples(9 * 7 * 3);
    add("picture", picture(rgb, &data, ""));
    add(
        "picture-flate",
        picture(&format!("{rgb}/Filter/FlateDecode"), &deflate(&data), ""),
    );
    add("picture-drawn", picture(rgb, &data, DRAWN));
    let (_, baseline) = &jpeg::all()[12];
    let entries = "/Width 19/Height 23/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode";
    add("picture-jpeg", picture(entries, baseline, ""));
    let entries = "/Width 9/Height 7/ColorSpace[/Indexed/DeviceRGB 3<000000ff000000ff000000ff>]/BitsPerComponent 2";
    add("picture-indexed", picture(entries, &samples(21), ""));
    let entries = "/Width 16/Height 8/ImageMask true/BitsPerComponent 1/Decode[1 0]";
    add("picture-mask", picture(entries, &samples(16), ""));
    let entries = "/Width 5/Height 5/ColorSpace/DeviceCMYK/BitsPerComponent 8/Filter[/ASCIIHexDecode/RunLengthDecode]";
    add("picture-cmyk", picture(entries, b"81 10 81 80 81 FF 80>", ""));
    let entries = "/Width 4/Height 4/ColorSpace/DeviceGray/BitsPerComponent 16/Filter/LZWDecode";
    let lzw = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
    add(
        "picture-lzw",
        picture(
            entries,
            &{ lzw }.encode(&samples(32)).expect("memory can be written"),
            "",
        ),
    );
    let entries = "/Width 8/Height 4/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor \
                   15/Colors 1/Columns 8>>";
    let rows: Vec<u8> = (0..4u8).flat_map(|y| [&[y], &samples(8)[..]].concat()).collect();
    add("picture-predictor", picture(entries, &deflate(&rows), ""));

    let mut pdf = Writer::new();
    let mask = pdf.stream(
        "/Type/XObject/Subtype/Image/Width 4/Height 4/ColorSpace/DeviceGray/BitsPerComponent 8",
        &samples(16),
    );
    let image = pdf.stream(&format!("/Type/XObject/Subtype/Image{rgb}/SMask {mask} 0 R"), &data);
    pdf.page(
        &format!("/Resources<</XObject<</I {image} 0 R>>>>"),
        "q 30 0 0 30 5 5 cm /I Do Q",
    );
    add("soft-mask", pdf.finish());

    let mut pdf = Writer::new();
    let inner = pdf.stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 30 30]/Matrix[0.5 0 0 0.5 3 3]",
        DRAWN.as_bytes(),
    );
    let outer = pdf.stream(
        &format!("/Type/XObject/Subtype/Form/BBox[0 0 60 40]/Group<</S/Transparency/I true>>/Resources<</XObject<</F {inner} 0 R>>>>"),
        b"/F Do 1 0 0 1 20 5 cm /F Do",
    );
    pdf.page(
        &format!("/Resources<</XObject<</F {outer} 0 R>>/ExtGState<</G<</ca 0.5/BM/Multiply>>>>>>"),
        "/G gs /F Do 0.7 0.7 -0.7 0.7 30 0 cm /F Do",
    );
    add("forms", pdf.finish());

    let mut pdf = Writer::new();
    let own = pdf.objects.len() + 1;
    pdf.stream(
        &format!("/Type/XObject/Subtype/Form/BBox[0 0 60 40]/Resources<</XObject<</F {own} 0 R>>>>"),
        b"0 0 9 9 re f /F Do",
    );
    pdf.page(&format!("/Resources<</XObject<</F {own} 0 R>>>>"), "/F Do");
    add("form-in-itself", pdf.finish());

    let mut pdf = Writer::new();
    let group = pdf.stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 60 40]/Group<</S/Transparency/CS/DeviceGray>>",
        b"0.5 g 0 0 30 40 re f",
    );
    pdf.page(
        &format!("/Resources<</ExtGState<</G<</SMask<</S/Luminosity/G {group} 0 R>>>>>>>>"),
        "/G gs 1 0 0 rg 0 0 60 40 re f",
    );
    add("mask-of-a-group", pdf.finish());

    let mut pdf = Writer::new();
    let tiles = pdf.stream(
        "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 5 5]/XStep 5/YStep 5/Resources<<>>",
        b"1 0 1 rg 0 0 3 3 re f",
    );
    let function = "<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1.5>>";
    pdf.page(
        &format!(
            "/Resources<</Pattern<</P {tiles} 0 R/Q<</PatternType 2/Shading<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 60 40]/\
             Function {function}/Extend[true false]>>>>>>/Shading<</S<</ShadingType 3/ColorSpace/DeviceRGB/Coords[20 20 2 30 20 \
             15]/Function {function}>>>>>>"
        ),
        "/Pattern cs /P scn 0 0 30 40 re f /Q scn 30 0 30 40 re f /S sh",
    );
    add("patterns", pdf.finish());

    let mut pdf = Writer::new();
    let function = pdf.stream(
        "/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]",
        b"{ 2 copy add 2 div 3 1 roll mul sqrt exch dup 0.5 gt { pop 1 } { 2 mul } ifelse }",
    );
    let table = pdf.stream(
        "/FunctionType 0/Domain[0 1]/Range[0 1 0 1 0 1]/Size[4]/BitsPerSample 8",
        &samples(12),
    );
    let mesh = pdf.stream(
        "/ShadingType 4/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8/Decode[0 60 0 40 0 1 0 1 0 1]",
        &samples(36),
    );
    pdf.page(
        &format!(
            "/Resources<</Shading<</A<</ShadingType 1/ColorSpace/DeviceRGB/Function {function} 0 R/Matrix[60 0 0 40 0 0]>>/M {mesh} \
             0 R>>/ColorSpace<</T[/Separation/Gold/DeviceRGB {table} 0 R]/L[/Lab<</WhitePoint[0.96 1 0.82]>>]>>>>"
        ),
        "/A sh /M sh /T cs 0.4 scn 5 5 9 9 re f /L cs 50 20 -20 scn 20 5 9 9 re f",
    );
    add("functions", pdf.finish());

    let mut pdf = Writer::new();
    let glyph = pdf.stream("", b"500 0 d0 0 0 400 400 re f");
    let type3 = pdf.object(format!(
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 500 500]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<</a {glyph} 0 R>>/Encoding\
         <</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[500]>>"
    ));
    pdf.page(
        &format!(
            "/Resources<</Font<</H<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>/S<</Type/Font/\
             Subtype/Type1/BaseFont/Symbol>>/T {type3} 0 R>>>>"
        ),
        "BT /H 12 Tf 5 20 Td (Platen \\344) Tj 2 Tr 0 -12 Td [(A) -120 (V)] TJ /S 9 Tf (abc) Tj /T 20 Tf 0 Tr (aa) Tj ET \
         BT /H 8 Tf 7 Tr (clip) Tj ET 0 0 60 40 re f",
    );
    add("text", pdf.finish());

    let mut pdf = Writer::new();
    pdf.page("/Rotate 90/CropBox[5 5 50 30]/UserUnit 2", DRAWN)
        .page("", "0 g 9 9 9 9 re f");
    add("two-pages", pdf.finish());

    let mut pdf = drawn();
    pdf.tree();
    pdf.objects[1] = b"<</Type/Pages/Kids[2 0 R 4 0 R 2 0 R]/Count 3>>".to_vec();
    add("tree-in-a-circle", pdf.finish());

    let mut pdf = drawn();
    pdf.catalogue = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/AA<</WC<</S/Launch/F(calc)>>>>/Names<</JavaScript<</Names[(a)\
                     <</S/JavaScript/JS(while\\(1\\);)>>]>>>>/AcroForm<</Fields[]/XFA(x)>>"
        .into();
    let annotation = "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://example.org)>>>>]";
    pdf.page(annotation, DRAWN);
    add("scripts", pdf.finish());

    let mut pdf = drawn();
    pdf.trailer = "/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O<0000000000000000000000000000000000000000000000000000000000000000>\
                   /U<0000000000000000000000000000000000000000000000000000000000000000>>>/ID[<00><00>]"
        .into();
    add("locked", pdf.finish());
    let mut pdf = drawn();
    pdf.trailer =
        "/Encrypt<</Filter/Standard/V 5/R 6/Length 256/P -4/StmF/StdCF/StrF/StdCF/CF<</StdCF<</CFM/AESV3/Length 32>>>>\
                   /O<00>/U<00>/OE<00>/UE<00>/Perms<00>>>/ID[<00><00>]"
            .into();
    add("locked-aes", pdf.finish());

    let mut pdf = drawn();
    pdf.trailer = "/Prev 0".into();
    add("table-in-a-circle", pdf.finish());

    let mut pdf = Writer::new();
    pdf.page(
        "/Resources<</Properties<</O<</Type/OCG/Name(x)>>>>>>",
        "/OC /O BDC q 20 0 0 20 9 9 cm BI /W 4 /H 4 /CS /G /BPC 8 ID 0123456789abcdef EI Q EMC [3 1] 0 d 1 J 2 j 0 0 m 9 9 l S W n",
    );
    add("inline-picture", pdf.finish());
    files
}
