//! Sessions in files.

use super::{FAR, KEY, OTHER, load, put, record};
use crate::session::places::Place;
use crate::support::Folder;
use gateway::middleware::session::{FileStore, Record, Store};
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

const HOUR: Duration = Duration::from_secs(60 * 60);

pub fn damage(place: &Place, key: &str, bytes: &[u8]) {
    fs::write(place.folder.path("sessions").join(key), bytes).unwrap();
}

pub fn keys(place: &Place) -> Vec<String> {
    let mut names = names(&place.folder.path("sessions"));
    names.retain(|name| name.len() == 32);
    names
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string();
    let mut names: Vec<_> =
        entries.map(|entry| name(entry.unwrap()).unwrap()).collect();
    names.sort();
    names
}

fn set_time(file: &Path, time: SystemTime) {
    let file = File::options().write(true).open(file).unwrap();
    file.set_modified(time).unwrap();
}

#[test]
fn the_folder_is_this_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("sessions-mode");
    let path = folder.path("a").join("b");
    let store = FileStore::new(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    put(&store, &record(KEY, &[]));
    // One that is there is taken as it is.
    let store = FileStore::new(&path).unwrap();
    assert!(load(&store, KEY).is_some());
    let expected = ["00.lock", KEY, "swept"].map(String::from);
    assert_eq!(names(&path), expected);
}

#[test]
fn what_cannot_be_a_folder_is_named() {
    let folder = Folder::new("sessions-no-folder");
    let path = folder.path("file");
    fs::write(&path, "").unwrap();
    for path in [path.clone(), path.join("below")] {
        let error = FileStore::new(&path).unwrap_err().to_string();
        let start = format!("{}: ", path.display());
        assert!(error.starts_with(&start), "{error}");
    }
}

#[test]
fn what_is_no_key_gets_nowhere_near_a_file() {
    let folder = Folder::new("sessions-keys");
    let store = FileStore::new(folder.path("sessions")).unwrap();
    put(&store, &record(KEY, &[]));
    let before = names(&folder.path("sessions"));
    let long = KEY.to_string() + "0";
    let nul = "\0".repeat(32);
    let arabic = "٠".repeat(16);
    let dots = "../".repeat(10) + "..";
    let keys = [
        "",
        "..",
        "swept",
        "00.lock",
        "../sessions",
        "/etc/passwd",
        &KEY[1..],
        &KEY.to_uppercase(),
        &long,
        &nul,
        &arabic,
        &dots,
    ];
    for key in keys {
        let says = format!("{key:?}: not a session's key");
        let error = store.load(key).unwrap_err();
        assert_eq!(error.to_string(), says);
        let error = store.update(key, &mut |_| panic!("{key}"));
        assert_eq!(error.unwrap_err().to_string(), says);
        let other = record(key, &[]);
        let error = store.update(KEY, &mut |_| Ok(Some(other.clone())));
        assert_eq!(error.unwrap_err().to_string(), says);
        assert_eq!(load(&store, KEY), Some(record(KEY, &[])));
    }
    assert_eq!(names(&folder.path("sessions")), before);
    assert_eq!(names(&folder.path("")), ["sessions"]);
}

#[test]
fn what_cannot_be_written_changes_nothing() {
    let folder = Folder::new("sessions-unwritten");
    let store = FileStore::new(folder.path("")).unwrap();
    put(&store, &record(KEY, &[("user", "Ada")]));
    let beside = folder.path(&format!("{KEY}.new"));
    fs::create_dir(&beside).unwrap();
    for key in [KEY, FAR] {
        let error =
            store.update(KEY, &mut |_| Ok(Some(record(key, &[]))));
        let error = error.unwrap_err().to_string();
        let start = format!("{}: ", beside.display());
        assert!(error.starts_with(&start), "{error}");
    }
    let ada = record(KEY, &[("user", "Ada")]);
    assert_eq!(load(&store, KEY), Some(ada));
    assert_eq!(load(&store, FAR), None);
}

#[test]
fn a_folder_that_is_gone_is_an_error() {
    let folder = Folder::new("sessions-gone");
    let path = folder.path("sessions");
    let store = FileStore::new(&path).unwrap();
    fs::remove_dir(&path).unwrap();
    let error = store.update(KEY, &mut |_| Ok(Some(record(KEY, &[]))));
    let error = error.unwrap_err().to_string();
    assert!(error.contains(&*path.to_string_lossy()), "{error}");
}

/// A folder with one of each that a sweep may meet, and which of them
/// it has to leave.
fn to_be_swept(name: &str) -> (Folder, FileStore, Vec<String>) {
    let folder = Folder::new(name);
    let store = FileStore::new(folder.path("")).unwrap();
    let past = SystemTime::now() - HOUR;
    let key = |n: u32| format!("{n:032x}");
    let over = Record { expires: 1, ..record(&key(1), &[]) };
    // All are put while the first sweep is less than an hour ago.
    put(&store, &record(&key(0), &[]));
    put(&store, &over);
    // A copy whose time is that of the copying.
    put(&store, &record(&key(2), &[("is", "copied")]));
    set_time(&folder.path(&key(2)), past);
    // Somebody has to look at this one.
    put(&store, &record(&key(3), &[]));
    fs::write(folder.path(&key(3)), "torn").unwrap();
    set_time(&folder.path(&key(3)), past);
    // One whose writer was killed, and one that is being written.
    for (n, time) in [(4, past), (5, SystemTime::now() + HOUR)] {
        let file = folder.path(&format!("{}.new", key(n)));
        fs::write(&file, "half").unwrap();
        set_time(&file, time);
    }
    // Another program's, and one that cannot be removed.
    fs::write(folder.path("README"), "hands off").unwrap();
    set_time(&folder.path("README"), past);
    fs::create_dir(folder.path(&key(6))).unwrap();
    set_folder_time(&folder.path(&key(6)), past);

    let mut left = names(&folder.path(""));
    left.retain(|name| *name != key(1) && !name.starts_with(&key(4)));
    (folder, store, left)
}

fn set_folder_time(folder: &Path, time: SystemTime) {
    File::open(folder).unwrap().set_modified(time).unwrap();
}

#[test]
fn once_an_hour_what_is_over_is_swept() {
    let (folder, store, mut left) = to_be_swept("sessions-swept");
    let before = names(&folder.path(""));
    let swept = folder.path("swept");

    // Less than an hour after the last time, nothing is.
    set_time(&swept, SystemTime::now() - HOUR + HOUR / 10);
    put(&store, &record(OTHER, &[]));
    let mut with_other = before.clone();
    with_other.push(OTHER.into());
    with_other.sort();
    assert_eq!(names(&folder.path("")), with_other);

    // Nor is it when no session begins.
    set_time(&swept, SystemTime::now() - HOUR * 2);
    put(&store, &record(OTHER, &[("user", "Ada")]));
    assert_eq!(names(&folder.path("")), with_other);

    put(&store, &record(FAR, &[]));
    left.extend([FAR, OTHER, "ff.lock"].map(String::from));
    left.sort();
    assert_eq!(names(&folder.path("")), left);
    let time = fs::metadata(&swept).unwrap().modified().unwrap();
    assert!(time.elapsed().unwrap() < HOUR);
}

#[test]
fn a_sweep_whose_time_is_to_come_does_not_last_for_ever() {
    let (folder, store, left) = to_be_swept("sessions-clock");
    set_time(&folder.path("swept"), SystemTime::now() + HOUR * 1000);
    put(&store, &record(OTHER, &[]));
    assert!(names(&folder.path("")).len() == left.len() + 1);
}

#[test]
fn a_file_has_the_time_at_which_its_session_is_over() {
    let folder = Folder::new("sessions-time");
    let store = FileStore::new(folder.path("")).unwrap();
    for expires in [1, 1_000_000_000, 2_000_000_000] {
        put(&store, &Record { expires, ..record(KEY, &[]) });
        let metadata = fs::metadata(folder.path(KEY)).unwrap();
        let time = metadata.modified().unwrap();
        let seconds = time.duration_since(SystemTime::UNIX_EPOCH);
        assert_eq!(seconds.unwrap().as_secs(), expires);
    }
}
