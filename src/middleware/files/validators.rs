//! What tells a file from those that had its name before.

use crate::preconditions::Validators;
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) fn validators(
    metadata: &Metadata,
    now: SystemTime,
) -> Validators {
    let modified = last_modified(metadata, now);
    Validators { etag: Some(etag(metadata, now)), modified }
}

/// As long as a file may be changed again without a trace, in the same
/// tick of its file system's clock, a tag is no strong validator (RFC
/// 9110, section 8.8.1). FAT's clock has the longest tick.
const TICK: Duration = Duration::from_secs(2);

/// An entity tag of all that changes when the file does: the time of
/// its last modification may not, since `cp -p` and `touch` set that.
/// It is a hash, because the inode's number is nobody's affair.
fn etag(metadata: &Metadata, now: SystemTime) -> String {
    let changed = (metadata.ctime(), metadata.ctime_nsec());
    let mut hasher = DefaultHasher::new();
    (metadata.ino(), metadata.len(), changed).hash(&mut hasher);
    let changed =
        Duration::new(changed.0.max(0) as u64, changed.1 as u32);
    let age = now.duration_since(UNIX_EPOCH + changed);
    let is_strong = age.is_ok_and(|age| age > TICK);
    let weak = if is_strong { "" } else { "W/" };
    format!("{weak}\"{:016x}\"", hasher.finish())
}

/// Not later than now (RFC 9110, section 8.8.2.1). What is older than
/// 1970 has no date in HTTP.
fn last_modified(
    metadata: &Metadata,
    now: SystemTime,
) -> Option<SystemTime> {
    let modified = metadata.modified().ok()?.min(now);
    modified.duration_since(UNIX_EPOCH).ok()?;
    Some(modified)
}

/// Those that stand for the very bytes. A date does when a tag does:
/// when no other change can have the same (section 8.8.2.2).
pub(super) fn certain(validators: Validators) -> Validators {
    let etag = validators.etag.as_deref().unwrap_or_default();
    let is_strong = !etag.starts_with("W/");
    let modified = validators.modified.filter(|_| is_strong);
    Validators { modified, ..validators }
}
