//! Chapter 3's exercises, in the book's order.

exercises! {
    3.1 file_name;
    3.2 undisguise;
    3.3 visits;
    3.4 mount;
    3.5 limit_input;
}
