//! Python's applications as ours.
