//! Pictures for the sample portal: small PNG files (RFC 2083) with a colour gradient, made from a name.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const WIDTH_PX: u32 = 320;
const HEIGHT_PX: u32 = 200;

/// A picture whose colours depend on the name alone.
pub fn png(name: &str) -> Vec<u8> {
    let hash = blake3::hash(name.as_bytes());
    let [red, green, blue] = [hash.as_bytes()[0], hash.as_bytes()[1], hash.as_bytes()[2]].map(u32::from);
    // Each row begins with its filter type, 0 for none.
    let mut row = vec![0];
    for x in 0..WIDTH_PX {
        let light = 160 * x / WIDTH_PX;
        row.extend([red, green, blue].map(|part| u8::try_from(part / 3 + light).unwrap_or(u8::MAX)));
    }
    let pixels = row.repeat(HEIGHT_PX as usize);
    encode(WIDTH_PX, HEIGHT_PX, &pixels)
}

/// One white pixel, as placeholders of lazy pictures are.
pub fn blank() -> Vec<u8> {
    encode(1, 1, &[0, 255, 255, 255])
}

fn encode(width_px: u32, height_px: u32, rows: &[u8]) -> Vec<u8> {
    let mut header = Vec::from(width_px.to_be_bytes());
    header.extend(height_px.to_be_bytes());
    // Eight bits a channel, RGB, the only compression, the only filter method, not interlaced.
    header.extend([8, 2, 0, 0, 0]);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder.write_all(rows).and_then(|()| encoder.finish()).expect("writing to memory does not fail");
    let mut png = Vec::from(*b"\x89PNG\r\n\x1a\n");
    for (kind, data) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
        png.extend(u32::try_from(data.len()).expect("a small picture").to_be_bytes());
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(&data);
        png.extend(kind);
        png.extend(data);
        png.extend(crc.sum().to_be_bytes());
    }
    png
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_png_and_the_same_name_gives_the_same_picture() {
        assert!(png("a").starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(png("a").ends_with(b"IEND\xaeB`\x82"));
        assert_eq!(png("a"), png("a"));
        assert_ne!(png("a"), png("b"));
    }
}
