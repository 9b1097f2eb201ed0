//! The book's applications, for Python's servers.
