//! Chapter 10's exercises, in the book's order.

exercises! {
    10.1 wants_gzip;
    10.2 matches;
    10.3 error_pages;
    10.4 overridden;
    10.5 logged;
}
