//! The decoder against others.

#[test]
#[ignore]
fn timing() {
    use crate::press::source::RowMut;
    let path = std::path::PathBuf::from(std::env::var("JPEG").unwrap());
    let limits = crate::press::PressLimits {
        pixels: 1 << 30,
        side: 65_535,
        memory: 64 << 20,
        scratch: "/tmp".into(),
    };
    for (name, turn) in [
        ("none", super::Turn::NONE),
        ("left", super::Turn::LEFT),
        ("right", super::Turn::RIGHT),
        ("half", super::Turn::HALF),
    ] {
        for _ in 0..3 {
            let start = std::time::Instant::now();
            let mut source = super::open(&path, turn, &limits).unwrap();
            let opened = start.elapsed();
            let shape = source.shape();
            let mut row = vec![0; shape.width as usize * shape.channels];
            let mut sum = 0u64;
            for y in 0..shape.height {
                source.row(y, RowMut::Eight(&mut row)).unwrap();
                sum += u64::from(row[y as usize % row.len()]);
            }
            let peak = std::fs::read_to_string("/proc/self/status")
                .unwrap()
                .lines()
                .find(|l| l.starts_with("VmHWM"))
                .unwrap()
                .to_owned();
            println!("{name}: open {opened:?} all {:?} {sum} {peak}", start.elapsed());
        }
    }
    let start = std::time::Instant::now();
    super::head(&path, &limits).unwrap();
    println!("head {:?}", start.elapsed());
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
        let bytes = zune_jpeg::JpegDecoder::new(file).decode().unwrap();
        println!("zune {:?} {}", start.elapsed(), bytes.len());
        let bytes = std::fs::read(&path).unwrap();
        let start = std::time::Instant::now();
        let bytes = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(bytes))
            .decode()
            .unwrap();
        println!("zune mem {:?} {}", start.elapsed(), bytes.len());
    }
}
