//! Small jobs in a hurry: a picture made on the spot, sent without any program between.

use std::io;

use platen::ipp::codec::{Group, Message, Value, group, op};

use super::client::{exchange, request};

/// A job to be sent.
#[derive(Debug, Clone)]
pub struct Order {
    pub name: String,
    /// Another number, another picture.
    pub number: u32,
    pub copies: u32,
    /// Whether the picture fills its sheet: its raster has megabytes. Else it has a few kilobytes.
    pub fills: bool,
}

impl Order {
    pub fn new(name: &str, number: u32) -> Order {
        Order {
            name: name.to_owned(),
            number,
            copies: 1,
            fills: false,
        }
    }

    /// Sends it to the pool; gives the answer, whatever it says.
    pub fn send(&self, port: u16) -> io::Result<Message> {
        let mut message = request(op::PRINT_JOB, port);
        message.groups[0].push("job-name", Value::name(&self.name));
        message.groups[0].push("document-format", Value::mime("image/png"));
        let mut job = Group::new(group::JOB);
        job.push("media", Value::keyword("na_index-4x6_4x6in"));
        job.push("print-quality", Value::Enum(3));
        let scaling = if self.fills { "fill" } else { "none" };
        job.push("print-scaling", Value::keyword(scaling));
        job.push("copies", Value::Integer(self.copies as i32));
        message.groups.push(job);
        exchange(port, &message, &picture(self.number))
    }

    /// Sends it; gives its number once it is acknowledged, and none when there was no answer.
    pub fn submit(&self, port: u16) -> Option<i32> {
        let answer = self.send(port).ok()?;
        assert!(answer.code < 0x100, "a job was refused: {answer:?}");
        job_id(&answer)
    }
}

/// The number of the job that an answer is about.
pub fn job_id(answer: &Message) -> Option<i32> {
    answer.group(group::JOB)?.first("job-id")?.as_integer()
}

/// What an answer says to a person.
pub fn said(answer: &Message) -> String {
    let text = answer.group(group::OPERATION).and_then(|g| g.first("status-message"));
    text.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn picture(number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 32, 32);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> = (0..1_024u32).map(|i| (i.wrapping_mul(number | 1) >> 3) as u8).collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}
