//! What a package is made of, as far as its Cargo.toml tells.

use crate::project::Project;
use crate::run::programs::MODULES;
use std::path::{Component, Path, PathBuf};
use toml::{Table, Value};

/// A package, by its folder as seen from the root: `chapters/ch05`, or
/// nothing for the one at the root.
pub struct Package {
    folder: PathBuf,
    manifest: Table,
}

impl Package {
    pub fn read(project: &Project, folder: &Path) -> Option<Self> {
        let path = folder.join("Cargo.toml");
        let text = project.read(&path.to_string_lossy()).ok()?;
        let manifest: Table = text.parse().ok()?;
        let folder = folder.to_path_buf();
        manifest
            .contains_key("package")
            .then_some(Self { folder, manifest })
    }

    /// Where its code is.
    pub fn places(&self) -> Vec<PathBuf> {
        let usual = ["Cargo.toml", "build.rs", "src", MODULES];
        usual.map(|name| self.folder.join(name)).to_vec()
    }

    /// The roots of its library and its programs that are elsewhere.
    pub fn roots(&self) -> Vec<PathBuf> {
        let lib = self.manifest.get("lib").into_iter();
        let bins = self.targets("bin");
        lib.chain(bins).filter_map(|one| self.path_of(one)).collect()
    }

    /// The root of a test, or the roots of all.
    pub fn tests(&self, name: Option<&str>) -> Vec<PathBuf> {
        let tests = self.folder.join("tests");
        let declared = self
            .targets("test")
            .filter(|test| {
                let its = test.get("name").and_then(Value::as_str);
                name.is_none() || its == name
            })
            .filter_map(|test| self.path_of(test));
        let mut roots: Vec<PathBuf> = declared.collect();
        match name {
            None => roots.push(tests),
            Some(name) => {
                roots.push(tests.join(format!("{name}.rs")));
                roots.push(tests.join(name).join("main.rs"));
            }
        }
        roots
    }

    /// The folders of the packages of this repository that it uses.
    pub fn dependencies(&self, with_tests: bool) -> Vec<PathBuf> {
        let kinds: &[&str] = match with_tests {
            true => &DEPENDENCIES,
            false => &DEPENDENCIES[1..],
        };
        let of = |table: &Table| {
            let tables =
                kinds.iter().filter_map(|kind| table.get(*kind));
            let all = tables.filter_map(Value::as_table);
            let all = all.flat_map(|table| table.values());
            all.filter_map(|one| self.path_of(one)).collect::<Vec<_>>()
        };
        let targets = self.manifest.get("target");
        let targets = targets.and_then(Value::as_table).into_iter();
        let targets = targets.flat_map(|t| t.values());
        let mut found = of(&self.manifest);
        found.extend(targets.filter_map(Value::as_table).flat_map(of));
        found
    }

    fn targets(&self, kind: &str) -> impl Iterator<Item = &Value> {
        let all = self.manifest.get(kind).and_then(Value::as_array);
        all.into_iter().flatten()
    }

    /// The value of `path`, as seen from the root.
    fn path_of(&self, value: &Value) -> Option<PathBuf> {
        let path = value.get("path")?.as_str()?;
        Some(plain(&self.folder.join(path)))
    }
}

/// The tables of dependencies, that of tests first.
const DEPENDENCIES: [&str; 3] =
    ["dev-dependencies", "dependencies", "build-dependencies"];

/// A path without `.` and `..`, which stays below the root.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}
