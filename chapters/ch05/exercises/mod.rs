//! Chapter 5's exercises, in the book's order.

exercises! {
    5.1 notice;
    5.2 status_and_bytes;
    5.3 may_reuse;
    5.4 events;
    5.5 at_most;
}
