//! The guest book's file: a line for each entry, as a form is sent.

use gateway::Form;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use url::form_urlencoded::Serializer;

/// The entries in a file, which other processes may write to as well.
pub struct Entries {
    file: PathBuf,
}

/// What one visitor has left.
pub struct Entry {
    pub name: String,
    pub message: String,
}

impl Entries {
    pub fn at(file: PathBuf) -> Self {
        Self { file }
    }

    /// Adds an entry. When this returns, it is on the disk.
    pub fn add(&self, entry: &Entry) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        let mut file = options.open(&self.file)?;
        // Until the file is closed, be it by the end of the process.
        file.lock()?;
        let end = end_of_entries(&mut file)?;
        // What follows is half an entry, of a process that was ended.
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        file.write_all(entry.line().as_bytes())?;
        file.sync_data()
    }

    /// All entries, the oldest first.
    pub fn all(&self) -> io::Result<Vec<Entry>> {
        let mut file = match File::open(&self.file) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Ok(Vec::new());
            }
            file => file?,
        };
        file.lock_shared()?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let lines = text.split_inclusive(|&byte| byte == b'\n');
        Ok(lines.filter_map(Entry::read).collect())
    }
}

/// Where the last whole line ends.
fn end_of_entries(file: &mut File) -> io::Result<u64> {
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let last = text.iter().rposition(|&byte| byte == b'\n');
    Ok(last.map_or(0, |at| at as u64 + 1))
}

impl Entry {
    fn line(&self) -> String {
        let mut fields = Serializer::new(String::new());
        fields.append_pair("name", &self.name);
        fields.append_pair("message", &self.message);
        fields.finish() + "\n"
    }

    /// An entry from its line, if the line has an end.
    fn read(line: &[u8]) -> Option<Self> {
        let form = Form::parse(line.strip_suffix(b"\n")?).ok()?;
        let name = form.get("name")?.to_string();
        let message = form.get("message")?.to_string();
        Some(Self { name, message })
    }
}
