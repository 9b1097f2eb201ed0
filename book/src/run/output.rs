//! What a program writes, as far as it is kept.

use crate::run::bytes;
use std::io::{self, ErrorKind, Read, Write};
use std::mem::take;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A place for so many bytes that a program writes.
///
/// What comes when it is full is dropped; or it is left unread, and the
/// program waits.
#[derive(Clone)]
pub struct Output {
    shared: Arc<(Mutex<Kept>, Condvar)>,
    limit: usize,
}

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// How often something has come.
    count: usize,
    /// Was something dropped?
    is_cut: bool,
    /// Is what there is no room for left unread?
    is_held: bool,
    has_ended: bool,
}

impl Output {
    pub fn new(limit: usize) -> Self {
        Self { shared: Arc::default(), limit }
    }

    /// Reads to the end, in a thread: the end may never come.
    pub fn read(&self, mut from: impl Read + Send + 'static) {
        let output = self.clone();
        thread::spawn(move || {
            let mut block = [0; 8192];
            loop {
                output.wait_for_room();
                match from.read(&mut block) {
                    Ok(0) => break,
                    Ok(length) => output.keep(&block[..length]),
                    Err(e) if e.kind() == ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            output.change(|kept| kept.has_ended = true);
        });
    }

    fn wait_for_room(&self) {
        let (kept, changed) = &*self.shared;
        let is_full = |kept: &mut Kept| {
            kept.is_held && kept.bytes.len() == self.limit
        };
        let waited = changed.wait_while(lock(kept), is_full);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn keep(&self, block: &[u8]) {
        self.change(|kept| {
            let room = self.limit - kept.bytes.len();
            let fits = room.min(block.len());
            kept.bytes.extend_from_slice(&block[..fits]);
            kept.is_cut |= fits < block.len();
            kept.count += 1;
        });
    }

    /// Has what there is no room for wait in the pipe, or not any more.
    pub fn hold(&self, is_held: bool) {
        self.change(|kept| kept.is_held = is_held);
    }

    pub fn is_cut(&self) -> bool {
        lock(&self.shared.0).is_cut
    }

    /// Waits until this finds something in what has come, as long as
    /// the limit says. If it has ended, there is nothing to wait for.
    pub fn find<T>(
        &self,
        limit: Duration,
        find: impl Fn(&mut Vec<u8>) -> Option<T>,
    ) -> Option<T> {
        let mut found = None;
        self.wait(limit, |kept| {
            found = find(&mut kept.bytes);
            found.is_some() || kept.has_ended || kept.is_cut
        });
        found
    }

    /// Waits for its end.
    pub fn finish(&self, limit: Duration) {
        self.wait(limit, |kept| kept.has_ended);
    }

    /// Waits until nothing has come for so long; for `most`, in all.
    pub fn settle(&self, quiet: Duration, most: Duration) {
        let start = Instant::now();
        let mut seen = lock(&self.shared.0).count;
        loop {
            let left = most.saturating_sub(start.elapsed());
            let mut is_new = false;
            self.wait(left.min(quiet), |kept| {
                is_new = kept.count > seen && !kept.is_cut;
                seen = kept.count;
                is_new || kept.has_ended || kept.is_cut
            });
            if !is_new {
                return;
            }
        }
    }

    /// Waits until this is so, as long as the limit says.
    fn wait(
        &self,
        limit: Duration,
        mut is_so: impl FnMut(&mut Kept) -> bool,
    ) {
        let (kept, changed) = &*self.shared;
        let not_yet = |kept: &mut Kept| !is_so(kept);
        let waited =
            changed.wait_timeout_while(lock(kept), limit, not_yet);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Takes out what has come, as text. It says if there was more.
    pub fn take(&self) -> String {
        let mut kept = lock(&self.shared.0);
        let bytes = take(&mut kept.bytes);
        let is_cut = take(&mut kept.is_cut);
        self.shared.1.notify_all();
        drop(kept);
        let mut text = bytes::to_text(&bytes);
        if is_cut {
            let shown = self.limit / 1024;
            text += &format!("\n(This was cut after {shown} KiB.)\n");
        }
        text
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut lock(&self.shared.0));
        self.shared.1.notify_all();
    }
}

/// What is written by ourselves.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.keep(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    /// Writes so many bytes, and tells how many it has got rid of.
    struct Source(usize, Arc<Mutex<usize>>);

    impl Read for Source {
        fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
            let length = block.len().min(self.0).min(1000);
            block[..length].fill(b'x');
            self.0 -= length;
            *self.1.lock().unwrap() += length;
            Ok(length)
        }
    }

    #[test]
    fn so_much_is_kept_and_the_rest_dropped() {
        let output = Output::new(2048);
        output.read(Source(1 << 20, Arc::default()));
        output.finish(SOON);
        let text = output.take();
        assert!(text.starts_with(&"x".repeat(2048)));
        assert!(text.ends_with("x\n(This was cut after 2 KiB.)\n"));
        assert_eq!(output.take(), "");
    }

    #[test]
    fn what_is_held_is_not_read_until_there_is_room() {
        let read = Arc::default();
        let output = Output::new(2048);
        output.hold(true);
        output.read(Source(5000, Arc::clone(&read)));
        let full =
            |bytes: &mut Vec<u8>| (bytes.len() == 2048).then_some(());
        assert_eq!(output.find(SOON, full), Some(()));
        // It has the rest of a block, at most, and waits.
        output.settle(Duration::from_millis(50), SOON);
        assert_eq!(*read.lock().unwrap(), 3000);
        output.take();
        output.hold(false);
        output.finish(SOON);
        assert_eq!(*read.lock().unwrap(), 5000);
    }

    #[test]
    fn what_never_settles_is_not_waited_for() {
        let output = Output::new(1 << 20);
        let mut writer = output.clone();
        let is_done = Arc::new(Mutex::new(false));
        let done = Arc::clone(&is_done);
        let writing = thread::spawn(move || {
            while !*done.lock().unwrap() {
                writer.write_all(b".").unwrap();
                thread::sleep(Duration::from_millis(1));
            }
        });
        let start = Instant::now();
        output.settle(SOON, Duration::from_millis(100));
        assert!(start.elapsed() < SOON);
        *is_done.lock().unwrap() = true;
        writing.join().unwrap();
        assert!(output.take().len() > 1);
    }
}
