//! Chapter 4's exercises, in the book's order.

exercises! {
    4.1 complain;
    4.2 failed_login;
    4.3 file_error;
    4.4 stamped;
    4.5 sorry;
}
