//! CIEDE2000.

/// CIEDE2000 (CIE 142-2001, with the notes of Sharma, Wu and Dalal 2005) of two Lab colours under D50; weights are 1.
/// About 1 is what a trained eye just sees.
pub fn delta_e_2000(a: [f64; 3], b: [f64; 3]) -> f64 {
    const TWENTY_FIVE_TO_7: f64 = 6_103_515_625.0;
    let toward_grey = |c: f64| {
        let c7 = c.powi(7);
        (c7 / (c7 + TWENTY_FIVE_TO_7)).sqrt()
    };
    let chroma_mean = (a[1].hypot(a[2]) + b[1].hypot(b[2])) / 2.0;
    let stretch = 1.5 - 0.5 * toward_grey(chroma_mean);
    let polar = |v: [f64; 3]| {
        let x = v[1] * stretch;
        let hue = if x == 0.0 && v[2] == 0.0 {
            0.0
        } else {
            v[2].atan2(x).to_degrees().rem_euclid(360.0)
        };
        (x.hypot(v[2]), hue)
    };
    let ((c1, h1), (c2, h2)) = (polar(a), polar(b));
    let colourless = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if colourless => 0.0,
        d if d > 180.0 => d - 360.0,
        d if d < -180.0 => d + 360.0,
        d => d,
    };
    let hue_mean = match h1 + h2 {
        sum if colourless => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };
    let dl = b[0] - a[0];
    let dc = c2 - c1;
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
    let l50 = ((a[0] + b[0]) / 2.0 - 50.0).powi(2);
    let c_mean = (c1 + c2) / 2.0;
    let cosine = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cosine(hue_mean - 30.0) + 0.24 * cosine(2.0 * hue_mean) + 0.32 * cosine(3.0 * hue_mean + 6.0)
        - 0.20 * cosine(4.0 * hue_mean - 63.0);
    let sl = 1.0 + 0.015 * l50 / (20.0 + l50).sqrt();
    let sc = 1.0 + 0.045 * c_mean;
    let sh = 1.0 + 0.015 * c_mean * t;
    let bend = 60.0 * (-((hue_mean - 275.0) / 25.0).powi(2)).exp();
    let rt = -2.0 * toward_grey(c_mean) * bend.to_radians().sin();
    let (l, c, h) = (dl / sl, dc / sc, dh / sh);
    (l * l + c * c + h * h + rt * c * h).max(0.0).sqrt()
}
