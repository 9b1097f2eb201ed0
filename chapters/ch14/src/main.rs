use pyo3::prelude::*;
fn main() {
    Python::initialize();
    Python::attach(|py| println!("{}", py.version()));
}
